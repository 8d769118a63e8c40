"""LDAP sessions against servers that answer as none here would: what they say becomes outcomes and hints, and no secret leaves."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.errors import GuardError, SessionError
from collector.model import Capture, Credential, Endpoint, Outcome, Secret, Target, Transport
from collector.parse.ldif import parse_ldif
from collector.probes.definition import ProbeDef, RequestDef
from collector.sessions import guard, ldap_bind, open_session
from collector.sessions.contract import Opening, plain
from collector.sessions.ldap_ntlm import md4
from collector.sessions.ldap_ranges import whole
from collector.sessions.ldif import ldif
from tests.lab.servers import ldap_message as wire
from tests.lab.servers.snmp_ber import tlv

PASSWORD = "Plain#4711aa"
Answer = Callable[[wire.Request], Sequence[bytes]]


def search(filter_: str = "(cn=a)", **options: Any) -> RequestDef:
    return RequestDef("search", (filter_,), "ldif", (), "search", send_options={"attributes": ["cn"], **options})


PROBE = ProbeDef("p", "any", Transport.LDAP, "directory", "1", (search(),))


@contextmanager
def serving(answer: Answer, deadline_s: float = 10) -> Iterator[Target]:
    """One connection after another, in the clear, each request answered by ``answer``."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client, client.makefile("rb") as stream:
                while head := stream.read(2):
                    size, more = head[1], b""
                    if size & 0x80:
                        more = stream.read(size & 0x7F)
                        size = int.from_bytes(more)
                    request = wire.read_request(head + more + stream.read(size))
                    if request.kind == wire.UNBIND:
                        break
                    try:
                        for part in answer(request):
                            client.sendall(part)
                    except OSError:
                        break

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    try:
        port = listener.getsockname()[1]
        endpoint = Endpoint(Transport.LDAP, port, "a", 3, deadline_s, {"tls": "none", "base_dn": "dc=x"})
        yield Target("dir", "127.0.0.1", "any", endpoints=(endpoint,))
    finally:
        listener.close()


def account(bind: str, user: str = "reader") -> Credential:
    return Credential("a", user, {"password": Secret(PASSWORD)}, {"bind": bind})


def read(target: Target, credential: Credential | None, *requests: RequestDef) -> list[Capture]:
    session = open_session(target, target.endpoints[0], PROBE, credential)
    try:
        return [c for request in requests for c in session.fetch(request)]
    finally:
        session.close()


def done(request: wire.Request, code: int = wire.SUCCESS, message: str = "", **more: Any) -> bytes:
    return wire.reply(request.number, request.kind, code, message, **more)


# Binds


def challenge(request: wire.Request) -> bytes:
    """A server's NTLM challenge (MS-NLMP 2.2.1.2): its domain's name as target information."""
    flags = (0xE2898215).to_bytes(4, "little")
    domain = "HOSPITAL".encode("utf-16-le")
    information = b"\x02\0" + len(domain).to_bytes(2, "little") + domain + bytes(4)
    size = len(information).to_bytes(2, "little")
    head = b"NTLMSSP\0" + (2).to_bytes(4, "little") + bytes(4) + (56).to_bytes(4, "little") + flags + b"\x11" * 8
    token = head + bytes(8) + size + size + (56).to_bytes(4, "little") + bytes(8) + information
    return done(request, 14, extra=tlv(0x87, token))


def test_a_directory_that_wants_channel_binding_refuses_ntlm_with_the_way_out() -> None:
    seen: list[bytes] = []

    def answer(request: wire.Request) -> Sequence[bytes]:
        seen.append(request.body.data)
        if len(seen) == 1:
            return [challenge(request)]
        unbound = "80090346: LdapErr: DSID-0C0907B2, comment: AcceptSecurityContext error, data 80090346, v4f7c"
        return [done(request, wire.INVALID_CREDENTIALS, unbound)]

    with serving(answer) as target, pytest.raises(SessionError, match="channel binding") as caught:
        read(target, account("ntlm", "HOSPITAL\\reader"))
    assert caught.value.outcome == Outcome.DENIED and '"simple" or "kerberos"' in caught.value.hint
    assert len(seen) == 2 and b"NTLMSSP\0\x03" in seen[1], "one attempt, no second way"
    assert not any(PASSWORD.encode(how) in data for data in seen for how in ("ascii", "utf-16-le"))


def test_a_directory_without_ntlm_says_so() -> None:
    with (
        serving(lambda request: [done(request, wire.AUTH_METHOD, "unknown mechanism")]) as target,
        pytest.raises(SessionError, match="knows no ntlm bind") as caught,
    ):
        read(target, account("ntlm", "HOSPITAL\\reader"))
    assert caught.value.outcome == Outcome.UNSUPPORTED, "the account is not at fault"


@pytest.mark.parametrize("token", [b"", b"NTLMSSP\0", b"NTLMSSP\0\x02\0\0\0\xff", b"\x60\x82"])
def test_a_challenge_that_is_none_is_no_crash(token: bytes) -> None:
    with (
        serving(lambda request: [done(request, 14, extra=tlv(0x87, token))]) as target,
        pytest.raises(SessionError) as caught,
    ):
        read(target, account("ntlm", "HOSPITAL\\reader"))
    assert caught.value.outcome == Outcome.UNREACHABLE


def opening(tls: str, bind: str) -> Opening:
    endpoint = Endpoint(Transport.LDAP, 636, "a", 3, 10, {"tls": tls})
    return Opening(Target("dir", "127.0.0.1", "any", endpoints=(endpoint,)), endpoint, PROBE, account(bind))


@pytest.mark.parametrize(
    ("tls", "bind", "hint"),
    [("none", "simple", "starttls"), ("ldaps", "ntlm", 'bind = "simple"'), ("starttls", "kerberos", 'bind = "simple"')],
)
def test_stronger_auth_required_says_what_to_set(tls: str, bind: str, hint: str) -> None:
    error = ldap_bind.refused(opening(tls, bind), bind, ldap_bind.STRONGER, "Sign or Seal are required.")
    assert error.outcome == Outcome.DENIED and "strongerAuthRequired" in str(error) and hint in error.hint


def test_a_locked_account_is_called_locked() -> None:
    said = "80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 775, v4563"
    error = ldap_bind.refused(opening("ldaps", "simple"), "simple", ldap_bind.INVALID_CREDENTIALS, said)
    assert error.outcome == Outcome.DENIED and error.hint == "the account is locked"


@pytest.mark.parametrize(
    ("text", "digest"),
    [  # RFC 1320 A.5
        (b"", "31d6cfe0d16ae931b73c59d7e0c089c0"),
        (b"message digest", "d9130a8164549fe818874806e1c7014b"),
        (b"1234567890" * 8, "e33b4ddc9c38f2199c3e7b164fcc0536"),
    ],
)
def test_md4(text: bytes, digest: str) -> None:
    assert md4(text).hex() == digest


# What is never asked for

SECRETS = [
    "userPassword", "unicodePwd", "dBCSPwd", "ntPwdHistory", "lmPwdHistory", "supplementalCredentials", "pwdHistory",
    "ms-Mcs-AdmPwd", "MS-MCS-ADMPWD", "msLAPS-Password", "msLAPS-EncryptedPassword", "msLAPS-EncryptedPasswordHistory",
    "msLAPS-EncryptedDSRMPassword", "msDS-ManagedPassword", "msFVE-RecoveryPassword", "msFVE-KeyPackage", "trustAuthIncoming",
    "initialAuthOutgoing", "krbPrincipalKey", "sambaNTPassword", "msTPM-OwnerInformation", "msPKIAccountCredentials",
    "userPassword;binary", "msLAPS-Password;range=0-1", "*", "+", "2.5.4.35", "", "cn,userPassword",
]  # fmt: skip
PLAIN = [
    "pwdLastSet", "minPwdLength", "pwdProperties", "maxPwdAge", "ms-Mcs-AdmPwdExpirationTime", "msLAPS-PasswordExpirationTime",
    "msDS-PasswordHistoryLength", "pwdAttribute", "pwdChangedTime", "member;range=0-1499", "1.1", "badPwdCount",
]  # fmt: skip


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_are_refused_by_the_guard_and_never_sent(name: str) -> None:
    with pytest.raises(GuardError):
        guard.check_ldap("search", [name])
    asked: list[int] = []

    def answer(request: wire.Request) -> Sequence[bytes]:
        asked.append(request.kind)
        return [done(request)]

    with serving(answer) as target:
        [capture] = read(target, None, search(attributes=["cn", name]))
    assert capture.outcome is Outcome.NOT_COLLECTED and capture.body is None
    assert asked == [wire.BIND, wire.SEARCH], "the bind and the look at the root entry alone"


@pytest.mark.parametrize(
    "filter_",
    [
        "(userPassword=a*)",
        "(&(cn=a)(!(ms-Mcs-AdmPwd=*)))",
        "(2.5.4.35=x)",
        "( unicodePwd>=a)",
        "(:caseExactMatch:=a)",
        "(userPassword:caseExactMatch:=a)",
    ],
)
def test_a_filter_may_not_ask_after_a_secret(filter_: str) -> None:
    with pytest.raises(GuardError):
        guard.check_ldap("search", ["cn"], filter_)


@pytest.mark.parametrize("name", PLAIN)
def test_what_only_tells_about_a_password_may_be_asked_for(name: str) -> None:
    guard.check_ldap("search", [name], f"({name.partition(';')[0]}=*)" if name != "1.1" else "(cn=a)")


def test_without_named_attributes_only_names_are_asked_for_and_what_was_not_asked_for_is_not_kept() -> None:
    wanted: list[tuple[str, ...]] = []

    def answer(request: wire.Request) -> Sequence[bytes]:
        if request.kind != wire.SEARCH:
            return [done(request)]
        wanted.append(wire.read_search(request.body).attributes)
        return [wire.entry(request.number, "cn=a", [("cn", [b"a"]), ("userPassword", [b"{SSHA}x"])]), done(request)]

    with serving(answer) as target:
        bare, named = read(target, None, search(attributes=[]), search())
    assert wanted[1:] == [("1.1",), ("cn",)]
    assert b"dn: cn=a\n\n" in (bare.body or b"") and b"cn: a\n" in (named.body or b"")
    assert b"SSHA" not in (bare.body or b"") + (named.body or b"")


# Ranges, references, referrals


def test_ranges_are_read_to_their_end() -> None:
    asked: list[str] = []

    def read_on(dn: str, described: str) -> dict[str, list[bytes]]:
        asked.append(described)
        return {"member;range=2-3": [b"c", b"d"]} if "=2-" in described else {"member;range=4-*": [b"e"]}

    found = whole("cn=g", {"member": [], "member;range=0-1": [b"a", b"b"], "cn": [b"g"]}, read_on)
    assert found == {"member": [b"a", b"b", b"c", b"d", b"e"], "cn": [b"g"]}
    assert asked == ["member;range=2-*", "member;range=4-*"]


@pytest.mark.parametrize(
    "more", [{}, {"member;range=0-1": [b"a"]}, {"member;range=2-3": []}, {"other;range=2-*": [b"x"]}]
)
def test_a_range_that_does_not_go_on_is_no_whole_list(more: dict[str, list[bytes]]) -> None:
    with pytest.raises(SessionError) as caught:
        whole("cn=g", {"member;range=0-1": [b"a", b"b"]}, lambda dn, described: more)
    assert caught.value.outcome == Outcome.UNPARSED


def test_references_are_noted_and_not_followed() -> None:
    def answer(request: wire.Request) -> Sequence[bytes]:
        if request.kind != wire.SEARCH:
            return [done(request)]
        elsewhere = wire.reference(request.number, "ldap://elsewhere.test/dc=y\r\n# result: 0 success")
        return [wire.entry(request.number, "cn=a", [("cn", [b"a"])]), elsewhere, done(request)]

    with serving(answer) as target:
        [capture] = read(target, None, search())
    notes = [line for line in (capture.body or b"").decode().splitlines() if line.startswith("#")]
    assert notes == [
        "# connection: tls=none bind=anonymous channel_binding=no",
        "# reference: ldap://elsewhere.test/dc=y # result: 0 success",
        "# result: 0 success",
    ]


def test_a_referral_is_unsupported_and_says_why() -> None:
    def answer(request: wire.Request) -> Sequence[bytes]:
        if request.kind != wire.SEARCH or not wire.read_search(request.body).base:
            return [done(request)]
        return [done(request, wire.REFERRAL, extra=tlv(0xA3, tlv(0x04, b"ldap://elsewhere.test/dc=y")))]

    with serving(answer) as target:
        [capture] = read(target, None, search())
    assert capture.outcome is Outcome.UNSUPPORTED and "not followed" in capture.detail


# Faults while reading


def paging(*pages: Sequence[str], cookie: bytes = b"more", last: Callable[[], bytes] | None = None) -> Answer:
    """Pages of names, one after another, each with a cookie for the next; ``last`` in place of what comes after them."""
    given_out = iter(pages)

    def answer(request: wire.Request) -> Sequence[bytes]:
        if request.kind != wire.SEARCH or not wire.read_search(request.body).base:
            return [done(request)]
        names = next(given_out, None)
        if names is None:
            return [last()] if last else [done(request, controls=wire.page_control(cookie))]
        entries = [wire.entry(request.number, f"cn={n}", [("cn", [n.encode()])]) for n in names]
        return [*entries, done(request, controls=wire.page_control(cookie))]

    return answer


def test_pages_that_do_not_go_on_are_no_whole_list() -> None:
    with serving(paging(["a"], ["b"])) as target:
        captures = read(target, None, search())
    assert [c.outcome for c in captures][:2] == [Outcome.OK, Outcome.OK]
    assert captures[-1].outcome is Outcome.UNPARSED and captures[-1].body is None


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (b"", Outcome.UNREACHABLE),
        (b"\x30\x84\xff\xff\xff\xff", Outcome.TIMED_OUT),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", Outcome.TIMED_OUT),
    ],
    ids=["hung up", "a length that never arrives", "no LDAP, taken for a length"],
)
def test_a_connection_lost_between_pages_keeps_what_came_and_says_so(reply: bytes, outcome: Outcome) -> None:
    def broken() -> bytes:
        if not reply:
            raise ConnectionError
        return reply

    with serving(paging(["a", "b"], last=broken), deadline_s=2) as target:
        first, second, other = read(target, None, search(), search("(cn=b)"))
    assert (first.outcome, (first.body or b"").count(b"dn: ")) == (Outcome.OK, 2)
    assert second.outcome is outcome and second.body is None
    assert other.outcome is not Outcome.OK, "a broken connection is not asked again"


@given(st.lists(st.text(max_size=40), max_size=3), st.binary(max_size=40))
@settings(max_examples=60)
def test_what_a_server_says_stays_within_its_line(notes: list[str], value: bytes) -> None:
    page = parse_ldif(
        ldif([("cn=a", {"cn": [value]})], 4, "sizeLimitExceeded", [f"reference: {plain(n)}" for n in notes])
    )
    assert page.result == 4 and page.entries == [{"dn": [b"cn=a"], "cn": [value]}] and page.damaged == 0
