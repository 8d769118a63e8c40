"""A scan goes out as folders and comes back the same; recordings made elsewhere are taken as they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from collector.errors import EvidenceError, NotFoundError
from collector.evidence.export import export_captures
from collector.evidence.folder import Imported, import_folder
from collector.model import Capture, Outcome, Transport
from collector.probes.definition import ProbeDef
from collector.store import Store, TargetResult
from tests.evidence.samples import probes as box_probes
from tests.store.samples import NOW, capture, target

KEY = b"k" * 32
BOX = 'address = "127.0.0.9"\nplatform = "box"\nfamily = "switch"\nrole = "access"\ntags = ["a"]\n'


@pytest.fixture
def probes(tmp_path: Path) -> Mapping[str, ProbeDef]:
    return box_probes(tmp_path / "probes")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "captures"
    (made / "box-1").mkdir(parents=True)
    (made / "box-1" / "target.toml").write_text(BOX)
    return made


def by_request(found: Imported) -> dict[tuple[str, int], Capture]:
    (only,) = found.targets
    return {(c.request, c.page): c for c in only.captures}


def test_what_was_exported_is_imported_unchanged(tmp_path: Path, probes: Mapping[str, ProbeDef]) -> None:
    captures = (
        capture("box-1", "show_vlan", b"10 staff\n\xff", probe="box_cli", what="show vlan brief"),
        capture("box-1", "configs", b"hostname a\n", probe="box_cli", what="show running-config"),
        capture("box-1", "configs", None, page=1, probe="box_cli", outcome=Outcome.DENIED, detail="level 15"),
        capture("box-1", "system", b"1.3.6.1.2.1.1.5.0|4|a\n", probe="any_snmp", transport=Transport.SNMP),
        capture("box-1", "people", b"dn: a\n", probe="box_ldap", transport=Transport.LDAP),
        capture("box-1", "clients", b"[]", probe="box_http", transport=Transport.HTTP),
        capture("box-1", "clients", b"[1]", probe="box_http", transport=Transport.HTTP, page=1),
    )
    made = target("box-1", platform="box", role='co"re\\', site="m\u00fcnchen", tags=("a b", "c"))
    with Store.open(tmp_path / "store.db") as store:
        number = store.begin_scan("scan", NOW, "", [made, target("never-reached")])
        store.save_target(number, TargetResult(made, "ok", Outcome.OK, "", captures))
        (path,) = export_captures(store, number, tmp_path / "out")
        with pytest.raises(EvidenceError, match="not empty"):
            export_captures(store, number, tmp_path / "out")
    names = {p.name for p in path.iterdir()}
    assert {
        "target.toml",
        "captures.jsonl",
        "show_vlan.txt",
        "system.snmprec",
        "people.ldif",
        "clients.1.json",
    } <= names
    found = import_folder(tmp_path / "out", probes, KEY)
    assert found.notes == ()
    assert sorted(found.targets[0].captures, key=str) == sorted(captures, key=str)
    assert replace(found.targets[0].target, endpoints=()) == replace(made, endpoints=(), address=made.address)
    assert {e.transport for e in found.targets[0].target.endpoints} == set(Transport)


def test_plain_recordings_find_their_requests(folder: Path, probes: Mapping[str, ProbeDef]) -> None:
    files = {
        "show_vlan_brief.txt": "10 staff\n",
        "show_running-config.txt": "hostname a\n",
        "show_startup_config.txt": "hostname a\n",
        "agent.snmprec": "1.3.6.1.2.1.1.5.0|4|a\n",
        "people.ldif": "dn: cn=a\n",
        "clients.json": "[]",
        "clients.1.json": "[1]",
    }
    for name, text in files.items():
        (folder / "box-1" / name).write_text(text)
    found = import_folder(folder, probes, KEY)
    assert found.notes == ()
    captures = by_request(found)
    assert set(captures) == {
        ("show_vlan", 0), ("configs", 0), ("configs", 1), ("system", 0), ("people", 0), ("clients", 0), ("clients", 1),
    }  # fmt: skip
    assert captures["configs", 1].what == "show startup-config"
    assert captures["show_vlan", 0].probe == "box_cli"
    assert all(c.outcome is Outcome.OK for c in captures.values())


def test_walks_are_recorded_agents_too(folder: Path, probes: Mapping[str, ProbeDef]) -> None:
    (folder / "box-1" / "walk.txt").write_text(".1.3.6.1.2.1.1.5.0 = STRING: a\n")
    assert set(by_request(import_folder(folder, probes, KEY))) == {("system", 0)}


def test_files_that_nobody_asks_for_are_named(folder: Path, probes: Mapping[str, ProbeDef]) -> None:
    for name in ("show_moon.txt", "notes.md", "other.json", "broken.snmprec"):
        (folder / "box-1" / name).write_text("x")
    (folder / "box-1" / ".hidden").write_text("x")
    (folder / "nobody").mkdir()
    (folder / "readme.md").write_text("x")
    found = import_folder(folder, probes, KEY)
    said = "\n".join(found.notes)
    for name in ("show_moon.txt", "notes.md", "other.json", "broken.snmprec", "nobody", "readme.md"):
        assert name in said
    assert "hidden" not in said
    assert [t.target.name for t in found.targets] == ["box-1"]
    assert found.targets[0].captures == ()


def test_imported_captures_are_redacted(folder: Path, probes: Mapping[str, ProbeDef]) -> None:
    (folder / "box-1" / "show_vlan.txt").write_text("10 staff\nlogin secret hunter2\n")
    (folder / "box-1" / "clients.json").write_text('[{"mac": "aa:bb:cc:dd:ee:ff"}]')
    captures = by_request(import_folder(folder, probes, KEY))
    assert b"hunter2" not in (captures["show_vlan", 0].body or b"")
    assert b"aa:bb" not in (captures["clients", 0].body or b"")
    # the same key, the same marks: a second import changes nothing
    assert by_request(import_folder(folder, probes, KEY)) == captures


@pytest.mark.parametrize(
    "line",
    [
        {"file": "../secret.txt"},
        {"file": "/etc/passwd"},
        {"file": "link.txt"},
        {"file": "missing.txt"},
        {"file": 7},
        {"file": None},
        {"transport": "carrier pigeon"},
        {"outcome": "splendid"},
        {"at": "yesterday"},
        {"at": None},
        {"page": "one"},
        {"request": "unheard_of"},
    ],
)
def test_a_bad_line_costs_itself_alone(folder: Path, probes: Mapping[str, ProbeDef], line: dict[str, object]) -> None:
    (folder.parent / "secret.txt").write_text("10 secret\n")
    (folder / "secret.txt").write_text("10 secret\n")
    (folder / "box-1" / "link.txt").symlink_to(folder / "secret.txt")
    (folder / "box-1" / "vlan.txt").write_text("10 staff\n")
    good = {
        "file": "vlan.txt",
        "transport": "ssh",
        "request": "show_vlan",
        "at": "2026-11-23T19:30:00Z",
        "outcome": "ok",
    }
    lines = [json.dumps({**good, **line}), "not json", "[]", "", json.dumps({**good, "page": 3})]
    (folder / "box-1" / "captures.jsonl").write_text("\n".join(lines))
    found = import_folder(folder, probes, KEY)
    assert set(by_request(found)) == {("show_vlan", 3)}
    assert b"secret" not in b"".join(c.body or b"" for c in found.targets[0].captures)
    assert len([n for n in found.notes if "captures.jsonl" in n]) == 3


def test_a_reply_recorded_twice_is_taken_once(folder: Path, probes: Mapping[str, ProbeDef]) -> None:
    for name in ("show_vlan.txt", "show_vlan_brief.txt"):
        (folder / "box-1" / name).write_text("10 staff\n")
    found = import_folder(folder, probes, KEY)
    assert len(found.targets[0].captures) == 1
    assert "recorded twice" in found.notes[0]


@pytest.mark.parametrize("text", ["platform = ", "platform = 7", 'tags = "x"', "tags = [1]", "\xff", 'name = ["x"]'])
def test_a_bad_target_file_is_named(folder: Path, probes: Mapping[str, ProbeDef], text: str) -> None:
    (folder / "box-1" / "target.toml").write_bytes(text.encode("latin-1"))
    found = import_folder(folder, probes, KEY)
    if text != 'tags = "x"':
        assert found.targets == ()
        assert "target.toml" in found.notes[0]


def test_one_targets_folder_and_loose_agents(folder: Path, probes: Mapping[str, ProbeDef], tmp_path: Path) -> None:
    (folder / "box-1" / "show_vlan.txt").write_text("10 staff\n")
    assert [t.target.name for t in import_folder(folder / "box-1", probes, KEY).targets] == ["box-1"]
    loose = tmp_path / "loose"
    loose.mkdir()
    (loose / "ups-7.snmprec").write_text("1.3.6.1.2.1.1.5.0|4|a\n")
    assert [t.target.name for t in import_folder(loose, probes, KEY).targets] == ["ups-7"]
    with pytest.raises(NotFoundError):
        import_folder(tmp_path / "nowhere", probes, KEY)
