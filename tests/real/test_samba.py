"""LDAP sessions against a Samba domain controller."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.errors import SessionError
from collector.model import Capture, Credential, Endpoint, Outcome, Secret, Target, Transport
from collector.probes.definition import ProbeDef, RequestDef
from collector.sessions import open_session
from tests.real.conftest import AD_BASE, AD_READER, Server

pytestmark = [pytest.mark.real, pytest.mark.slow]

ACCOUNT = Credential("reader", AD_READER[0], {"password": Secret(AD_READER[1])})


def search(filter_: str, **options: object) -> RequestDef:
    return RequestDef("search", (filter_,), "ldif", (), "search", send_options=options)


POLICY = search("(objectClass=domainDNS)", scope="base", attributes=["minPwdLength", "lockoutThreshold", "maxPwdAge"])
SCHEMA = search("(objectClass=attributeSchema)", base="{schema}", attributes=["cn"], page_size=500)
ADMINS = search(
    "(memberOf:1.2.840.113556.1.4.1941:=CN=Domain Admins,CN=Users,{base})", attributes=["objectSid", "pwdLastSet"]
)
PSO = search("(objectClass=msDS-PasswordSettings)", base="CN=Password Settings Container,CN=System,{base}")
PROBE = ProbeDef("p", "active_directory", Transport.LDAP, "directory", "1", (POLICY,))


def read(
    server: Server, *requests: RequestDef, credential: Credential = ACCOUNT, tls: str = "ldaps"
) -> list[list[Capture]]:
    port = server.tls_port if tls == "ldaps" else server.port
    options = {"tls": tls, "ca_file": str(server.ca_file), "server_name": server.name}
    endpoint = Endpoint(Transport.LDAP, port, "reader", 5, 30, options)
    target = Target("dc", server.address, "active_directory", endpoints=(endpoint,))
    session = open_session(target, endpoint, PROBE, credential)
    try:
        return [session.fetch(request) for request in requests]
    finally:
        session.close()


@pytest.mark.parametrize("tls", ["ldaps", "starttls"])
def test_policy_as_stored(samba: Server, tls: str) -> None:
    [[capture]] = read(samba, POLICY, tls=tls)
    assert capture.outcome is Outcome.OK, capture.detail
    text = (capture.body or b"").decode().splitlines()
    assert f"dn: {AD_BASE}" in text
    assert "minPwdLength: 14" in text and "lockoutThreshold: 10" in text
    assert any(line.startswith("maxPwdAge: -") for line in text)


def test_the_schema_comes_in_pages(samba: Server) -> None:
    [pages] = read(samba, SCHEMA)
    assert len(pages) >= 3
    assert sum((c.body or b"").count(b"dn: ") for c in pages) > 1200


def test_nested_groups_and_binary_values(samba: Server) -> None:
    [[capture]] = read(samba, ADMINS)
    assert b"dn: CN=Administrator," in (capture.body or b"")
    assert b"objectSid:: " in (capture.body or b"")


def test_a_container_that_is_hidden_is_empty_for_the_session(samba: Server) -> None:
    [[capture]] = read(samba, PSO)
    assert capture.outcome is not Outcome.OK or b"dn:" not in (capture.body or b"")


def test_a_long_list_is_read_range_by_range(samba: Server) -> None:
    """Three of a group's members come first, the others when asked on; each arrives once."""
    group = "(sAMAccountName=Denied RODC Password Replication Group)"
    [[whole], [ranged]] = read(
        samba, search(group, attributes=["member"]), search(group, attributes=["member;range=0-2"])
    )
    members = [line for line in (whole.body or b"").splitlines() if line.startswith(b"member: ")]
    assert len(members) > 6
    assert [line for line in (ranged.body or b"").splitlines() if line.startswith(b"member")] == members


def test_a_bind_in_the_clear_is_refused_with_a_hint(samba: Server) -> None:
    with pytest.raises(SessionError, match="strongerAuthRequired") as caught:
        read(samba, POLICY, tls="none")
    assert caught.value.outcome == Outcome.DENIED
    assert "starttls" in caught.value.hint


def test_a_wrong_password_is_denied(samba: Server) -> None:
    with pytest.raises(SessionError, match="52e") as caught:
        read(samba, POLICY, credential=replace(ACCOUNT, secrets={"password": Secret("wrong")}))
    assert caught.value.outcome == Outcome.DENIED
