"""LDAP sessions against OpenLDAP."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from collector.errors import SessionError
from collector.model import Capture, Credential, Endpoint, Outcome, Secret, Target, Transport
from collector.probes.definition import ProbeDef, RequestDef
from collector.sessions import open_session
from tests.real.conftest import READER, SUFFIX, Server

pytestmark = pytest.mark.real


def search(filter_: str, **options: object) -> RequestDef:
    return RequestDef("search", (filter_,), "ldif", (), "search", send_options=options)


PEOPLE = search("(uid=u*)", attributes=["uid", "cn"], page_size=30)
PROBE = ProbeDef("p", "openldap", Transport.LDAP, "directory", "1", (PEOPLE,))
ACCOUNT = Credential("reader", READER[0], {"password": Secret(READER[1])})


def read(server: Server, *requests: RequestDef, credential: Credential = ACCOUNT, **options: object) -> list[Capture]:
    target = where(server, **options)
    session = open_session(target, target.endpoints[0], PROBE, credential)
    try:
        return [c for request in requests for c in session.fetch(request)]
    finally:
        session.close()


def where(server: Server, **options: object) -> Target:
    own = {"tls": "ldaps", "ca_file": str(server.ca_file), "server_name": server.name, **options}
    port = server.tls_port if own["tls"] == "ldaps" else server.port
    endpoint = Endpoint(Transport.LDAP, port, "reader", 5, 20, own)
    return Target("dir", server.address, "openldap", endpoints=(endpoint,))


@pytest.mark.parametrize("tls", ["ldaps", "starttls"])
def test_a_paged_search_has_a_capture_a_page(slapd: Server, tls: str) -> None:
    captures = read(slapd, PEOPLE, tls=tls)
    assert [c.outcome for c in captures] == [Outcome.OK] * 4
    assert [c.page for c in captures] == [0, 1, 2, 3]
    text = b"".join(c.body or b"" for c in captures).decode()
    assert text.count("dn: uid=u") == 120
    assert [b"# more pages follow\n" in (c.body or b"") for c in captures] == [True, True, True, False]
    assert all((c.body or b"").endswith(b"# result: 0 success\n") for c in captures)


def test_text_beyond_ascii_is_base64(slapd: Server) -> None:
    [capture] = read(slapd, search("(uid=reader)", attributes=["cn"]))
    assert f"cn:: {base64.b64encode('Zoë Reader'.encode()).decode()}" in (capture.body or b"").decode()


def test_referrals_are_noted_and_not_followed(slapd: Server) -> None:
    below, at = read(
        slapd,
        search("(uid=u00*)", attributes=["uid"]),
        search("(objectClass=*)", base="ou=elsewhere,{base}", attributes=["ou"]),
    )
    assert below.outcome is Outcome.OK
    assert b"# reference: ldap://elsewhere.example.test/ou=elsewhere" in (below.body or b"")
    assert (at.outcome, at.body) == (Outcome.UNSUPPORTED, None) and "not followed" in at.detail


def test_bases_and_scopes(slapd: Server) -> None:
    root, one, empty, absent = read(
        slapd,
        search("(objectClass=*)", base="rootdse", attributes=["namingContexts"]),
        search("(ou=*)", base="{base}", scope="one", attributes=["ou"]),
        search("(objectClass=*)", base="ou=empty,{base}", scope="one"),
        search("(objectClass=*)", base="ou=absent,{base}"),
    )
    assert f"namingContexts: {SUFFIX}".encode() in (root.body or b"")
    assert (one.body or b"").count(b"dn: ") == 3
    assert (empty.body or b"").splitlines()[1:] == [b"# result: 0 success"]
    assert (absent.outcome, absent.body) == (Outcome.UNSUPPORTED, None)


def test_a_search_cut_by_the_server_is_not_whole(slapd: Server) -> None:
    captures = read(slapd, search("(uid=u*)", attributes=["uid"], page_size=0))
    assert captures[-1].outcome is Outcome.DENIED
    assert "not all" in captures[-1].detail


def test_a_bad_filter_is_unsupported_and_the_session_goes_on(slapd: Server) -> None:
    bad, good = read(slapd, search("(uid="), search("(uid=reader)"))
    assert bad.outcome is Outcome.UNSUPPORTED
    assert good.outcome is Outcome.OK


@pytest.mark.parametrize(
    ("change", "outcome", "word"),
    [
        ({"tls": "none"}, Outcome.DENIED, "refused"),
        ({"ca_file": ""}, Outcome.UNREACHABLE, "identity"),
        ({"server_name": "other.example.test"}, Outcome.UNREACHABLE, "identity"),
        ({"ca_file": "/nowhere.pem"}, Outcome.UNREACHABLE, "identity"),
        ({"ca_file": "", "tls": "starttls"}, Outcome.UNREACHABLE, "identity"),
    ],
    ids=["in the clear", "unknown CA", "another name", "no CA file", "unknown CA, StartTLS"],
)
def test_what_is_not_safe_is_not_done(slapd: Server, change: dict[str, str], outcome: Outcome, word: str) -> None:
    with pytest.raises(SessionError, match=word) as caught:
        read(slapd, PEOPLE, **change)
    assert caught.value.outcome == outcome


def test_the_address_in_a_certificate_counts(slapd: Server) -> None:
    assert read(slapd, search("(uid=reader)"), server_name="")[0].outcome is Outcome.OK


def test_only_the_target_that_says_so_is_read_unverified(slapd: Server) -> None:
    """`verify = false` is a setting that the report shows; without it the same server is refused."""
    [capture] = read(slapd, search("(uid=reader)"), ca_file="", server_name="x.test", verify=False)
    assert capture.outcome is Outcome.OK
    for verify in (True, None, 0, "false"):
        with pytest.raises(SessionError, match="identity"):
            read(slapd, search("(uid=reader)"), ca_file="", verify=verify)


def test_a_wrong_password_is_denied(slapd: Server) -> None:
    wrong = replace(ACCOUNT, secrets={"password": Secret("wrong")})
    with pytest.raises(SessionError, match="was refused") as caught:
        read(slapd, PEOPLE, credential=wrong)
    assert caught.value.outcome == Outcome.DENIED


def test_an_empty_password_is_not_sent_as_an_anonymous_bind(slapd: Server) -> None:
    with pytest.raises(SessionError, match="no password"):
        read(slapd, PEOPLE, credential=replace(ACCOUNT, secrets={}))


def test_anonymous_sees_what_it_may(slapd: Server) -> None:
    nobody = Credential("nobody", options={"bind": "anonymous"})
    root, people = read(slapd, search("(objectClass=*)", base="rootdse"), PEOPLE, credential=nobody)
    assert root.outcome is Outcome.OK
    assert people.outcome is not Outcome.OK or b"dn:" not in (people.body or b"")
