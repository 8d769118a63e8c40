"""Two readings of one device that disagree, from recorded replies to what people see."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.test_readings import run
from tests.parse.samples import SAMPLES

CONFIG = """
[organisation]
name = "Test"
[store]
url = "sqlite:///collector.db"
"""
#: What an agent says of a switch whose command line calls itself otherwise: system group, RFC 3418.
AGENT = """\
1.3.6.1.2.1.1.1.0|4|Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version {version}, RELEASE SOFTWARE (fc1)
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.1208
1.3.6.1.2.1.1.3.0|67|4200
1.3.6.1.2.1.1.5.0|4|{name}
"""


def _imported(folder: Path, name: str, version: str) -> list[str]:
    """A scan of one switch's recorded replies; the options that name its configuration."""
    (folder / "config.toml").write_text(CONFIG)
    target = folder / "replies" / "ward"
    target.mkdir(parents=True)
    (target / "target.toml").write_text('address = "192.0.2.7"\nplatform = "cisco_ios"\nrole = "access"\n')
    (target / "show_version.txt").write_bytes((SAMPLES / "cisco_ios" / "show_version" / "access.txt").read_bytes())
    (target / "agent.snmprec").write_text(AGENT.format(name=name, version=version))
    config = ["-c", str(folder / "config.toml")]
    run("import", folder / "replies", *config)
    return config


@pytest.fixture(scope="module")
def disagreeing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder = tmp_path_factory.mktemp("conflict")
    return folder, _imported(folder, "ward-9z", "15.2(7)E8")


def test_the_facts_are_there_for_people_and_programs(disagreeing: tuple[Path, list[str]]) -> None:
    config = disagreeing[1]
    rows = json.loads(run("facts", "reading_conflict", "--json", *config))
    [fact] = [r for r in rows if r["value"]["field"] == "hostname"]
    assert (fact["target"], fact["key"], fact["value"]["kind"]) == ("ward", "device hostname", "device")
    assert fact["value"]["values"] == ["ward-3b", "ward-9z"]
    assert [s.split()[0] for s in fact["value"]["sources"]] == ["ssh", "snmp"]
    assert fact["evidence"] and len(fact["also"]) == 1
    [device] = json.loads(run("facts", "device", "--json", *config))
    assert device["value"]["hostname"] == "ward-3b", "the first source's word stands"
    assert "ward-9z" in run("facts", "reading_conflict", *config)
    counted = json.loads(run("query", "SELECT count(*) AS n FROM reading_conflict", "--json", *config))
    assert counted == [{"n": len(rows)}]


def test_the_report_shows_them(disagreeing: tuple[Path, list[str]]) -> None:
    folder, config = disagreeing
    run("report", "-o", folder / "out", "--format", "html", "--format", "json", *config)
    html = (folder / "out" / "report.html").read_text()
    section = html.partition("<h2>Readings that disagree</h2>")[2].partition("<h2>")[0]
    assert re.search(r"<td>ward</td><td>device: hostname</td>.*ward-3b.*ssh .*ward-9z.*snmp ", section, re.DOTALL)
    assert "ward" in json.loads((folder / "out" / "report.json").read_text())["conflicts"]


def test_no_conflict_is_a_proven_zero(tmp_path: Path) -> None:
    config = _imported(tmp_path, "WARD-3B.hospital.example", "15.2(7)E8")
    assert json.loads(run("facts", "reading_conflict", "--json", *config)) == []
    told = json.loads(
        run("query", "SELECT outcome, rows FROM outcome WHERE kind = 'reading_conflict'", "--json", *config)
    )
    assert told == [{"outcome": "ok", "rows": 0}]
