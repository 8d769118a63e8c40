"""The read-only guard: nothing gets through that could change anything, whatever a probe's file says."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import collector.sessions.http
import collector.sessions.ldap
import collector.sessions.snmp
import collector.sessions.snmp_wire
import collector.sessions.ssh
from collector.data import probe_folders
from collector.errors import GuardError
from collector.model import Transport
from collector.probes.agent import placed
from collector.probes.definition import ProbeDef, RequestDef, load_probes
from collector.sessions import guard

TIGHT = ProbeDef("p", "p", Transport.SSH, "f", "1", (), allow=(re.compile(r"show [\w ./|-]+", re.MULTILINE),))
LOOSE = ProbeDef("p", "p", Transport.SSH, "f", "1", (), allow=(re.compile(r"[\s\S]*"),))
API = ProbeDef(
    "p",
    "p",
    Transport.HTTP,
    "f",
    "1",
    (),
    session={"login_path": "/api/token", "logout": "POST /api/logout"},
    allow=(re.compile(r"POST /api/search/\w+"),),
)


@pytest.mark.parametrize(
    "command",
    [
        "show version",
        "show running-config",
        "show interfaces status | include up",
        "show vlan | json",
        "show ip route vrf A | no-more",
    ],
)
def test_reading_passes(command: str) -> None:
    guard.check_command(TIGHT, command)


@pytest.mark.parametrize(
    "command",
    [
        "configure terminal",
        "conf t",
        "write memory",
        "copy running-config startup-config",
        "reload",
        "no shutdown",
        "delete flash:x",
        "clear counters",
        "debug all",
        "show version | redirect flash:x",
        "show version | tee flash:x",
        "show version | append flash:x",
        "show version | save x",
        "show version | bash",
        "show version > flash:x",
        "show version >> x",
        "show version ; reload",
        "show version\nreload",
        "show version\rreload",
        "show version\x03",
        "show version `reload`",
        "show version $(reload)",
        "show version && reload",
        "show version\u2028reload",
        "",
        " ",
        "show version |",
    ],
)
def test_anything_else_is_refused_even_by_a_loose_allow_list(command: str) -> None:
    for probe in (TIGHT, LOOSE):
        with pytest.raises(GuardError):
            guard.check_command(probe, command)


def test_a_command_passes_only_as_a_whole() -> None:
    probe = ProbeDef("p", "p", Transport.SSH, "f", "1", (), allow=(re.compile("show version"),))
    with pytest.raises(GuardError, match="not on the allow-list"):
        guard.check_command(probe, "show version detail")
    with pytest.raises(GuardError, match="not on the allow-list"):
        guard.check_command(probe, "xshow version")


@given(st.text(min_size=1, max_size=60))
def test_only_one_printable_line_ever_passes(text: str) -> None:
    try:
        guard.check_command(LOOSE, text)
    except GuardError:
        return
    assert text.isprintable() and not set(text) & set(";><`&\\\n\r")
    for part in text.split("|")[1:]:
        assert part.split()[0].lower() in guard._FILTERS


@given(st.sampled_from(sorted(guard._WRITING)), st.text(string.ascii_lowercase + " ", max_size=20))
def test_no_writing_word_opens_a_command(word: str, rest: str) -> None:
    for form in (word, word.upper(), f"  {word}"):
        with pytest.raises(GuardError):
            guard.check_command(LOOSE, f"{form} {rest}")


@pytest.mark.parametrize(
    "line",
    [
        "set clienv rows 0",
        "terminal length 0",
        "terminal width 511",
        "no page",
        "screen-length 0 temporary",
        "no paging",
        "show clock",
    ],
)
def test_settings_of_the_screen_pass(line: str) -> None:
    guard.check_setting(TIGHT, line)


@pytest.mark.parametrize(
    "line", ["no pager in file", "terminal monitor", "no logging", "set system x", "terminal length 0 ; x"]
)
def test_other_settings_do_not(line: str) -> None:
    with pytest.raises(GuardError):
        guard.check_setting(TIGHT, line)


def test_http_reads() -> None:
    guard.check_http(API, "GET", "/api/v1/jobs?limit=5")
    guard.check_http(API, "POST", "/api/search/jobs?x=1")
    guard.check_login(API, "POST", "/api/token")
    guard.check_login(API, "POST", "/api/logout")


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("POST", "/api/v1/jobs"),
        ("POST", "/api/token"),
        ("POST", "/api/search/jobs/../../x"),
        ("PUT", "/api/search/jobs"),
        ("PATCH", "/api/search/jobs"),
        ("DELETE", "/api/search/jobs"),
        ("GET", "//evil.example/x"),
        ("GET", "http://evil.example/x"),
        ("GET", "/x\r\nHost: evil"),
        ("get", "/x"),
    ],
)
def test_http_writes_do_not(verb: str, path: str) -> None:
    with pytest.raises(GuardError):
        guard.check_http(API, verb, path)


def test_login_calls_are_the_named_ones() -> None:
    for verb, path in (("POST", "/api/other"), ("PUT", "/api/token"), ("GET", "/api/token"), ("DELETE", "/api/logout")):
        with pytest.raises(GuardError):
            guard.check_login(API, verb, path)


@pytest.mark.parametrize("verb", ["SET", "TRAP", "set", "", "INFORM"])
def test_snmp_only_reads(verb: str) -> None:
    with pytest.raises(GuardError):
        guard.check_snmp(verb, ["1.3.6"])
    for oid in ("", "1", "1.3.6; x", ".1.3", "1.3.", "3.1", "sysDescr.0"):
        with pytest.raises(GuardError):
            guard.check_snmp("GET", [oid])


@pytest.mark.parametrize("verb", ["add", "modify", "delete", "modify_dn", "compare", "extended", ""])
def test_ldap_only_searches(verb: str) -> None:
    with pytest.raises(GuardError):
        guard.check_ldap(verb)


def test_every_request_of_every_probe_passes() -> None:
    for probe in load_probes(probe_folders()).values():
        for request in probe.collected:  # an OID below the agent's own number, of some agent
            send = tuple(placed(line, "1.3.6.1.4.1.99999.1") or line for line in request.send)
            guard.check(probe, replace(request, send=send))


def test_request_verbs_that_write_are_refused() -> None:
    request = RequestDef("r", ("1.3.6.1",), "snmp", (), "SET")
    with pytest.raises(GuardError):
        guard.check(ProbeDef("p", "*", Transport.SNMP, "f", "1", (request,)), request)


def test_sessions_have_no_verb_that_writes() -> None:
    for kind in (
        collector.sessions.ssh.SshSession,
        collector.sessions.snmp.SnmpSession,
        collector.sessions.ldap.LdapSession,
        collector.sessions.http.HttpSession,
    ):
        assert {n for n in vars(kind) if not n.startswith("_")} <= {
            "fetch", "close", "read", "opened", "peek", "become", "prompt", "greeting",
        }  # fmt: skip
    source = Path(collector.sessions.snmp_wire.__file__).read_text()
    assert "SetRequest" not in source and "SetCommand" not in source and "set_cmd" not in source
