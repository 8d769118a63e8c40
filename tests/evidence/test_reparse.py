"""A stored scan, parsed again, gives identical facts; better parsers change what they change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from collector.evidence.folder import import_folder
from collector.evidence.reparse import Reparsed, reparse
from collector.evidence.verify import verify
from collector.model import Outcome, Parsed
from collector.parse.engine import parse_target
from collector.probes.definition import ProbeDef
from collector.store import Store, TargetResult
from tests.evidence.samples import CLI, HTTP, LDAP
from tests.evidence.samples import probes as box_probes
from tests.store.samples import NOW


@pytest.fixture
def probes(tmp_path: Path) -> Mapping[str, ProbeDef]:
    return box_probes(tmp_path / "probes")


@pytest.fixture
def store(tmp_path: Path, probes: Mapping[str, ProbeDef]) -> Store:
    folder = tmp_path / "in" / "box-1"
    folder.mkdir(parents=True)
    (folder / "target.toml").write_text('platform = "box"\n')
    (folder / "show_vlan.txt").write_text("10 staff\n20 gu\0est\n")
    (folder / "show_running-config.txt").write_text("hostname box-1\n")
    (folder / "show_startup-config.txt").write_text("hostname box-1\n")
    (folder / "agent.snmprec").write_text("1.3.6.1.2.1.1.5.0|4|box-1\n")
    store = Store.open(tmp_path / "store.db")
    number = store.begin_scan("import", NOW, "", [])
    for found in import_folder(tmp_path / "in", probes, b"k" * 32).targets:
        parsed = parse_target(probes, found.captures)
        store.save_target(number, TargetResult(found.target, "ok", Outcome.OK, "", found.captures, parsed))
    store.finish_scan(number, NOW)
    assert len(list(store.facts(number, "vlan"))) == 2
    return store


def test_the_same_parsers_give_the_same_facts(store: Store, probes: Mapping[str, ProbeDef]) -> None:
    before = list(store.facts(1)), store.outcomes(1)
    assert reparse(store, 1, probes) == Reparsed()
    assert (list(store.facts(1)), store.outcomes(1)) == before


def test_the_order_in_which_replies_came_does_not_matter(store: Store, probes: Mapping[str, ProbeDef]) -> None:
    captures = store.load(store.captures(1))
    assert parse_target(probes, captures) == parse_target(probes, captures[::-1])


def test_lost_facts_come_back_from_the_evidence(store: Store, probes: Mapping[str, ProbeDef]) -> None:
    before = list(store.facts(1)), store.outcomes(1)
    store.replace_facts(1, "box-1", Parsed())
    found = reparse(store, None, probes)
    assert (found.targets, found.removed, found.changed) == (1, 0, 0)
    assert found.added == len(before[0])
    assert (list(store.facts(1)), store.outcomes(1)) == before
    assert verify(store).ok


def test_a_better_parser_changes_facts(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "better"
    box_probes(folder)
    (folder / "cli.toml").write_text(CLI.replace('name = "name"', 'name = "name"\nactive = { value = true }'))
    from collector.probes.definition import load_probes

    found = reparse(store, 1, load_probes([folder]))
    assert (found.changed, found.added, found.removed, found.targets) == (2, 0, 0, 1)
    assert all(f.value["active"] for f in store.facts(1, "vlan"))
    assert "2 changed" in found.sentence()
    assert verify(store).ok


def test_a_request_that_is_gone_loses_no_facts(store: Store, tmp_path: Path, probes: Mapping[str, ProbeDef]) -> None:
    gone = {name: replace(p, requests=p.requests[1:]) if name == "box_cli" else p for name, p in probes.items()}
    before = list(store.facts(1))
    found = reparse(store, 1, gone)
    assert (found.unknown, found.targets) == (1, 0)
    assert list(store.facts(1)) == before
    assert "no probe has any more" in found.sentence()
    assert found.to_json()["captures_unknown"] == 1


def test_the_samples_are_probes() -> None:
    assert all("probe =" in text for text in (CLI, HTTP, LDAP))
