"""How a session binds to a Samba domain controller, and what it says where it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.errors import SessionError
from collector.model import Capture, Credential, Endpoint, Outcome, Secret, Target, Transport
from collector.probes.definition import ProbeDef, RequestDef
from collector.sessions import open_session
from tests.real.conftest import AD_READER, Server

pytestmark = [pytest.mark.real, pytest.mark.slow]

WHO = RequestDef(
    "who", ("(sAMAccountName=reader)",), "ldif", (), "search", send_options={"attributes": ["sAMAccountName"]}
)
PROBE = ProbeDef("p", "active_directory", Transport.LDAP, "directory", "1", (WHO,))
NTLM = "LAB\\reader"


@pytest.fixture
def server(samba: Server, request: pytest.FixtureRequest) -> Server:
    """The domain controller; for a Kerberos bind, whose test has it as `bind`, with the realm known to this machine."""
    if request.node.callspec.params.get("bind") == "kerberos":
        request.getfixturevalue("realm")
    return samba


@pytest.fixture
def realm(samba: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The machine's Kerberos knows the domain, and nobody's tickets."""
    pytest.importorskip("gssapi", reason="pip install gssapi")
    (tmp_path / "krb5.conf").write_text(
        "[libdefaults]\ndefault_realm = LAB.EXAMPLE.TEST\ndns_lookup_kdc = false\ndns_canonicalize_hostname = false\n"
        f"rdns = false\n[realms]\nLAB.EXAMPLE.TEST = {{\n kdc = {samba.address}\n}}\n"
    )
    monkeypatch.setenv("KRB5_CONFIG", str(tmp_path / "krb5.conf"))
    monkeypatch.setenv("KRB5CCNAME", f"FILE:{tmp_path}/tickets")
    monkeypatch.setenv("KRB5_CLIENT_KTNAME", f"FILE:{tmp_path}/keys")
    return samba


def read(
    server: Server,
    bind: str,
    user: str = AD_READER[0],
    password: str = AD_READER[1],
    tls: str = "ldaps",
    **options: object,
) -> Capture:
    own = {"tls": tls, "ca_file": str(server.ca_file), "server_name": server.name, **options}
    endpoint = Endpoint(Transport.LDAP, server.tls_port if tls == "ldaps" else server.port, "reader", 5, 30, own)
    target = Target("dc", server.address, "active_directory", endpoints=(endpoint,))
    secrets = {"password": Secret(password)} if password else {}
    session = open_session(target, endpoint, PROBE, Credential("reader", user, secrets, {"bind": bind}))
    try:
        [capture] = session.fetch(WHO)
    finally:
        session.close()
    return capture


@pytest.mark.parametrize("tls", ["ldaps", "starttls"])
@pytest.mark.parametrize(("bind", "bound"), [("kerberos", "yes"), ("ntlm", "no"), ("simple", "no")])
def test_every_bind_reads_over_tls(server: Server, bind: str, bound: str, tls: str) -> None:
    capture = read(server, bind, NTLM if bind == "ntlm" else AD_READER[0], tls=tls)
    lines = (capture.body or b"").decode().splitlines()
    assert lines[0] == f"# connection: tls={tls} bind={bind} channel_binding={bound}"
    assert "sAMAccountName: reader" in lines
    assert AD_READER[1] not in str(capture)


@pytest.mark.parametrize(
    ("bind", "user", "word"),
    [
        ("simple", AD_READER[0], "wrong name or password"),
        ("ntlm", NTLM, "was refused"),
        ("kerberos", AD_READER[0], "wrong password"),
        ("kerberos", "nobody@lab.example.test", "no such account"),
    ],
)
def test_a_wrong_login_is_denied_and_says_why(server: Server, bind: str, user: str, word: str) -> None:
    with pytest.raises(SessionError, match=word) as caught:
        read(server, bind, user, "Wrong#2026aa")
    assert caught.value.outcome == Outcome.DENIED and "Wrong#2026aa" not in str(caught.value)


@pytest.mark.parametrize("bind", ["simple", "ntlm", "kerberos"])
def test_in_the_clear_every_bind_is_refused_with_the_way_out(server: Server, bind: str) -> None:
    with pytest.raises(SessionError, match="strongerAuthRequired") as caught:
        read(server, bind, NTLM if bind == "ntlm" else AD_READER[0], tls="none")
    assert caught.value.outcome == Outcome.DENIED
    assert "starttls" in caught.value.hint


def test_a_server_without_a_ticket_is_no_refusal_of_the_account(realm: Server) -> None:
    with pytest.raises(SessionError, match="no Kerberos ticket for ldap/other") as caught:
        read(realm, "kerberos", server_name="other.lab.example.test", verify=False)
    assert caught.value.outcome == Outcome.UNREACHABLE
    assert "krb5.conf" in caught.value.hint


def test_without_a_password_kerberos_takes_the_tickets_that_are_there(realm: Server) -> None:
    with pytest.raises(SessionError, match="no Kerberos ticket"):
        read(realm, "kerberos", password="")


def test_ntlm_needs_a_domain_and_a_password(samba: Server) -> None:
    with pytest.raises(SessionError, match="DOMAIN"):
        read(samba, "ntlm")
    with pytest.raises(SessionError, match="no password"):
        read(samba, "ntlm", NTLM, "")


@pytest.mark.parametrize(("bind", "user"), [("ntlm", NTLM), ("kerberos", AD_READER[0])])
def test_a_hardened_directory_refuses_with_the_way_out(
    strict_samba: Server, server: Server, bind: str, user: str
) -> None:
    with pytest.raises(SessionError, match="strongerAuthRequired") as caught:
        read(strict_samba, bind, user)
    assert caught.value.outcome == Outcome.DENIED and 'bind = "simple"' in caught.value.hint
    assert read(strict_samba, "simple").outcome is Outcome.OK
