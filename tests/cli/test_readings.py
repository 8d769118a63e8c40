"""What `parse`, `identify` and `scan` say to people about many files and devices: readable, summed up, and never stopped by one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from collector.cli import load_commands
from collector.cli.readings import failure_lines
from collector.errors import CollectorError
from tests.parse.samples import SAMPLES
from tests.probes.recorded import SAMPLES as RECORDED

IOS = ["parse", "--platform", "cisco_ios", "--command", "show version"]
AGENTS = sorted((RECORDED / "generic_snmp").glob("*.snmprec"))


def run(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(load_commands(), [str(a) for a in arguments])
    ended = done.exception.exit_code if isinstance(done.exception, CollectorError) else done.exit_code
    assert ended == code, (done.output, done.exception)
    return done.stdout


@pytest.fixture
def mixed(tmp_path: Path) -> list[Path]:
    """A reply that is read, one that is not, and a file that is not there."""
    good = SAMPLES / "cisco_ios" / "show_version" / "access.txt"
    bad = tmp_path / "bad.txt"
    bad.write_text("\x1b[31mnothing of the kind\n")
    return [bad, tmp_path / "gone.txt", good]


def test_parse_reads_on_after_a_bad_file_and_sums_up(mixed: list[Path]) -> None:
    said = run(*IOS, *mixed)
    assert said.index("bad.txt") < said.index("gone.txt") < said.index("access.txt")
    assert "device, stack_member: unparsed (cannot be read: No such file or directory)" in said
    assert "\x1b" not in said
    assert said.splitlines()[-1].startswith("3 files: 1 read, 2 not; ")
    document = json.loads(run(*IOS, "--json", *mixed))
    assert [Path(f["file"]).name for f in document["files"]] == ["bad.txt", "gone.txt", "access.txt"]
    assert [bool(f["facts"]) for f in document["files"]] == [False, False, True]


def test_parse_tells_the_first_line_that_did_not_fit(tmp_path: Path) -> None:
    probe = "show vlan brief"
    whole = (SAMPLES / "cisco_ios" / "show_vlan_brief" / "usual.txt").read_text()
    file = tmp_path / "odd.txt"
    file.write_text(whole.rstrip("\n") + "\n?? an odd line\n")
    said = run("parse", "--platform", "cisco_ios", "--command", probe, file)
    assert "unparsed (line" in said and "not understood: ?? an odd line" in said
    assert said.splitlines()[-1].startswith("1 file: 0 read, 1 in part; ")


def test_many_facts_of_many_files_are_cut_short_but_counted() -> None:
    agent = RECORDED / "generic_snmp" / "core-1.snmprec"
    said = run("parse", "--snmprec", agent, agent)
    assert "more; --json prints all" in said
    assert "more; --json prints all" not in run("parse", "--snmprec", agent)
    assert said.count(": not_collected (not in the recording)") == 2, "one line a file"


def test_identify_many_files(tmp_path: Path) -> None:
    said = run("identify", "--snmprec", *AGENTS, tmp_path / "gone.snmprec")
    assert all(agent.name in said for agent in AGENTS)
    assert "gone.snmprec: not known: " in said
    assert said.splitlines()[-1] == f"{len(AGENTS) + 1} files: {len(AGENTS)} identified, 1 not."
    document = json.loads(run("identify", "--json", "--snmprec", *AGENTS))
    assert [Path(f["file"]).name for f in document["files"]] == [a.name for a in AGENTS]
    assert all(f["vendor"] and f["because"] for f in document["files"])


def test_identify_one_file_has_the_document_that_others_rely_on(tmp_path: Path) -> None:
    document = json.loads(run("identify", "--json", "--snmprec", AGENTS[0]))
    assert set(document) == {"vendor", "platform", "model", "version", "serial", "hostname", "because"}
    run("identify", "--snmprec", tmp_path / "gone.snmprec", code=1)
    run("identify", code=2)


def test_failures_of_many_targets_are_one_line() -> None:
    many = [{"target": f"sw{n}", "outcome": "unparsed", "detail": "vlan: line 3 not understood: ?"} for n in range(7)]
    one = {"target": "a", "outcome": "denied", "detail": "ssh: login refused"}
    assert failure_lines([*many, one]) == [
        "sw0, sw1, sw2, sw3, sw4 and 2 more: unparsed: vlan: line 3 not understood: ?",
        "a: denied: ssh: login refused",
    ]
