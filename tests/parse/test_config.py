"""Configurations by section: questions, three-valued answers, and what a cut or a saved configuration proves."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.evidence.redact import redact
from collector.model import Capture, Outcome, Transport
from collector.parse.config import ask, config_lines, read_config
from collector.parse.reading import Reading
from collector.probes.definition import ProbeDef, RequestDef, load_probes

CONFIG = """\
! written by hand
hostname sw-1
username anna privilege 15
username bert
interface Port1
 description desk
 switchport mode access
 guard on
interface Port2
 switchport mode access
interface Port3
 shutdown
 switchport mode access
policy voice
 class rtp
  priority
policy data
 class web
line vty 0 4
 transport ssh
line vty 5 15
end
"""
LINES = config_lines(CONFIG, "cisco_ios")
VTY = {"under": "^line vty", "yes": ["^transport telnet"], "no": ["^transport ssh"]}
PORTS = {"under": "^interface ", "having": ["^switchport mode access"], "yes": ["^guard on"]}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (r"^hostname (\S+)", "sw-1"),
        ([r"^no such (\S+)", r"^hostname (\S+)"], "sw-1"),
        (r"^description (\S+)", None),  # stands under an interface, not at the top
        ({"list": [r"^username (\S+)"]}, ["anna", "bert"]),
        ({"count": [r"^username (\S+)"]}, 2),
        ({"yes": ["^hostname"]}, True),
        ({"yes": ["^telnet"], "no": ["^hostname"]}, False),
        ({"yes": ["^telnet"]}, None),
        ({"yes": ["^telnet"], "default": False}, False),
        ({"yes": ["^telnet"], "unknown": ["^hostname"], "default": False}, None),
        ({"all": ["^hostname", "^username"], "default": False}, True),
        ({"all": ["^hostname", "^telnet"], "default": False}, False),
        (VTY, False),  # over all sections together, one says ssh
        (VTY | {"each": True}, None),  # the second one says nothing, and it could be a yes
        (VTY | {"each": True, "under": "^line vty 0"}, False),
        (VTY | {"each": True, "under": "^line console"}, None),
        (VTY | {"each": True, "under": "^line console", "absent": False}, False),
        (PORTS | {"every": True, "default": False}, False),
        (PORTS | {"every": True}, None),
        (PORTS | {"every": True, "default": False, "lacking": ["^shutdown"], "having": ["^description"]}, True),
    ],
)
def test_questions(question: Any, answer: Any) -> None:
    assert ask(question, LINES) == answer


_PROBE = 'probe = "p"\nplatform = "p"\ntransport = "ssh"\nfamily = "switch"\nversion = "1"\n'


def _read(*texts: str | None, probe: ProbeDef | None = None, **options: Any) -> Reading:
    probe = probe or ProbeDef("p", "p", Transport.SSH, "switch", "1", ())
    request = RequestDef("r", ("a", "b"), "config", (), reader_options={"syntax": "cisco_ios", **options})
    at = datetime(2026, 11, 23, tzinfo=UTC)
    captures = [
        Capture("t", Transport.SSH, "p", "1", "r", "show", "x", at, Outcome.OK, page=page, body=text.encode())
        for page, text in enumerate(texts)
        if text is not None
    ]
    return read_config(probe, request, captures)


def test_sections_become_rows_with_their_parents_groups_and_joined_tables() -> None:
    tables = [
        {
            "name": "ports",
            "section": r"^interface (?P<name>\S+)",
            "lacking": ["^shutdown"],
            "ask": {"text": r"^description (.+)"},
        },
        {"name": "modes", "section": r"^switchport mode (?P<mode>\w+)", "under": r"^interface (?P<port>\S+)"},
        {
            "name": "policies",
            "section": r"^policy (?P<name>\S+)",
            "ask": {"priority": {"yes": ["^priority"], "default": False}},
        },
        {
            "name": "use",
            "section": r"^username (?P<user>\w+)",
            "ask": {},
            "join": [{"on": "user", "with": "policies", "as": "policy"}],
        },
    ]
    row = _read(CONFIG, table=tables).rows[0].values
    assert row["ports"] == [{"name": "Port1", "text": "desk"}, {"name": "Port2", "text": None}]
    assert row["modes"][0] == {"port": "Port1", "mode": "access"}
    assert [p["priority"] for p in row["policies"]] == [True, False]
    assert row["use"][0] == {"user": "anna", "policy": None}


def test_a_section_begins_where_the_line_that_ends_the_one_before_was_left_out() -> None:
    text = "acl one\n rule 1\nacl two\n rule 2\n#\nntp a\nntp b\n#\nreturn\n"
    lines = [(line.text, line.above) for line in config_lines(text, "hp_comware", "#")]
    assert lines[:4] == [("acl one", ()), ("rule 1", ("acl one",)), ("acl two", ()), ("rule 2", ("acl two",))]
    assert [text for text, above in lines[4:] if not above] == ["ntp a", "ntp b", "return"]


def test_rows_of_one_name_are_numbered() -> None:
    text = "hostname fw\n" + "".join(f"rule {name} {number}\n" for name, number in zip("abaa", "XXYZ", strict=True))
    table = {"name": "rules", "section": r"^rule (?P<list>\w) (?P<id>\w)", "place": "list"}
    (row,) = _read(text, table=[table]).rows
    assert [(r["list"], r["place"]) for r in row.values["rules"]] == [("a", 1), ("b", 1), ("a", 2), ("a", 3)]


def test_numbers_are_found_in_ranges() -> None:
    text = "vlan 10\nvlan 21\nvlan 30\ninterface x\n trunk 10,20-22\nend\n"
    tables = [
        {"name": "vlans", "section": r"^vlan (?P<name>\d+)"},
        {
            "name": "ports",
            "section": "^interface (?P<name>.*)",
            "ask": {"allowed": r"^trunk (\S+)"},
            "join": [{"on": "allowed", "with": "vlans", "as": "vlans", "ranges": True}],
        },
    ]
    assert [v["name"] for v in _read(text, table=tables).rows[0].values["ports"][0]["vlans"]] == ["10", "21"]


def test_a_configuration_that_was_cut_short_answers_nothing() -> None:
    whole = {"complete": ["^end$"], "one": {"telnet": {"yes": ["^telnet"], "default": False}}}
    assert _read(CONFIG, **whole).rows[0].values["telnet"] is False
    reading = _read(CONFIG[:-20], **whole)
    assert (reading.outcome, reading.rows) == (Outcome.UNPARSED, ())


def test_another_text_is_no_configuration() -> None:
    assert _read("Port State\n1 up\n", expect=["^hostname "]).outcome is Outcome.UNPARSED


@pytest.mark.parametrize(
    ("saved", "agree"),
    [
        (CONFIG.replace("! written by hand", "! saved on Monday"), True),
        ("Saved on Monday\n\n" + CONFIG, False),
        ("! saved on Monday\n\nclock 5\n" + CONFIG, True),
        (" ! saved on Monday\nntp server 10.0.0.1\n" + CONFIG, False),
        (CONFIG.replace("desk", "chair"), False),
        (CONFIG.replace("username bert\n", "clock 5\nusername bert\n"), True),
        (CONFIG[:-30], None),
        ("startup-config is not present", False),
        ("", None),
        (None, None),
    ],
)
def test_saved_or_not(saved: str | None, agree: bool | None) -> None:
    compare = {"ignore": ["^clock "], "absent": ["is not present"]}
    reading = _read(CONFIG, saved, complete=["^end$"], compare=compare)
    assert reading.rows[0].values["saved"] is agree


def test_lines_that_change_without_meaning_make_no_difference(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(_PROBE + "[drift]\nignore = ['^clock ']\n")
    child = _PROBE.replace('probe = "p"', 'probe = "q"\nextends = "p"')
    (tmp_path / "child.toml").write_text(child + "[drift]\nignore = ['^certificate ']\n")
    probe = load_probes([tmp_path])["q"]
    noisy = CONFIG.replace("username bert\n", "clock 5\ncertificate 12\n 0A0B 0C0D\nusername bert\n")
    quiet, loud = (_read(text, CONFIG, probe=probe).rows[0].values for text in (CONFIG, noisy))
    assert loud["saved"] is True
    assert loud["fingerprint"] == quiet["fingerprint"] != _read(noisy).rows[0].values["fingerprint"]


@pytest.mark.parametrize(
    "changed",
    [
        CONFIG.replace("desk", "chair"),
        CONFIG.replace(" guard on\n", "").replace("interface Port2\n", "interface Port2\n guard on\n"),
    ],
)
def test_a_changed_line_or_place_changes_the_fingerprint(changed: str) -> None:
    one, two = (_read(text).rows[0].values["fingerprint"] for text in (CONFIG, changed))
    assert one != two


def test_a_comment_and_indentation_do_not_change_the_fingerprint() -> None:
    other = CONFIG.replace("! written by hand", "! written on Monday").replace("\n ", "\n   ")
    assert _read(other).rows[0].values["fingerprint"] == _read(CONFIG).rows[0].values["fingerprint"]


def test_a_redacted_configuration_has_one_fingerprint_until_a_secret_changes() -> None:
    """The mark of a secret is the same as long as the store's key is."""

    def one(secret: str) -> str:
        probe = ProbeDef("p", "p", Transport.SSH, "switch", "1", (), redact=(re.compile(r"^key (\S+)", re.M),))
        text = CONFIG.replace("end\n", f"key {secret}\nend\n")
        at = datetime(2026, 11, 23, tzinfo=UTC)
        raw = Capture("t", Transport.SSH, "p", "1", "r", "show", "x", at, Outcome.OK, body=text.encode())
        kept = redact(raw, probe, (), key=b"k" * 32)
        assert kept.body is not None and secret.encode() not in kept.body
        return str(_read(kept.body.decode()).rows[0].values["fingerprint"])

    assert one("gbR4tz8w") == one("gbR4tz8w") != one("Yq7fmm2x")


def test_the_saved_configuration_alone_is_not_the_running_one() -> None:
    assert _read(None, CONFIG).outcome is Outcome.UNPARSED


@given(st.text(alphabet="abi !^C\t\n{}-0lineterfac", max_size=400))
def test_no_text_raises(text: str) -> None:
    for syntax in ("cisco_ios", "cisco_nxos", "arista_eos", "aruba_aoscx"):
        reading = _read(
            text, text, syntax=syntax, table=[{"name": "i", "section": "^int", "under": "^b"}], one={"x": "^(a)"}
        )
        assert reading.outcome in (Outcome.OK, Outcome.UNPARSED)
