"""Drift tells infrastructure, rules, coverage and reviews apart, and knows nothing of uptimes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collector.assess import Drift, Model, Snapshot, drift, score, targets_in_scope
from collector.assess.answer import Bounds, Word
from collector.assess.drift import direction
from collector.model import Fact

from .small import PORTS, Scan, model_of, rule

UP, DOWN = True, False


def snapshot(number: int, scan: Scan, model: Model, facts: Sequence[Fact] | None = None) -> Snapshot:
    tables = scan.tables()
    assessment = scan.assess(model)
    return Snapshot(
        scan=number,
        band=score(model, assessment.answers, None).band,
        answers=assessment.answers,
        verdicts=assessment.verdicts,
        facts=scan.facts if facts is None else facts,
        outcomes=list(scan.outcomes.values()),
        scopes=targets_in_scope(model, tables),
    )


def between(before: Scan, after: Scan, model: Model, later: Model | None = None) -> Drift:
    return drift(later or model, snapshot(1, before, model), snapshot(2, after, later or model))


def causes(found: Drift) -> list[dict[str, Any]]:
    return [c.to_json() for change in found.answers for c in change.causes]


def test_a_port_that_went_down_is_named_with_its_field(tmp_path: Path) -> None:
    model = model_of(tmp_path / "m")
    found = between(Scan().ports("a", *[UP] * 10), Scan().ports("a", *[UP] * 8, DOWN, DOWN), model)
    (change,) = found.answers
    assert (change.before.final, change.after.final, change.direction) == (Word.YES, Word.PARTIAL, "worse")
    by_key = {c["key"]: c for c in causes(found)}
    assert by_key["p9"] == {
        "cause": "infrastructure",
        "target": "a",
        "kind": "interface",
        "key": "p9",
        "field": "oper_up",
        "from": True,
        "to": False,
    }
    assert by_key.keys() == {"p9", "p10"}
    assert (found.added, found.removed, found.changed) == (0, 0, 2)
    assert found.regressed


def test_nothing_changed_is_no_drift(tmp_path: Path) -> None:
    found = between(Scan().ports("a", UP), Scan().ports("a", UP), model_of(tmp_path / "m"))
    assert found.to_json() == {
        "from": 1,
        "to": 2,
        "stage": {"from": {"low": 1, "high": 1}, "to": {"low": 1, "high": 1}},
        "answers": [],
        "facts": {"added": 0, "removed": 0, "changed": 0},
    }


def test_a_changed_configuration_shows_by_its_fingerprint(tmp_path: Path) -> None:
    def scan(digest: str) -> Scan:
        return Scan().fact("a", "config_state", "", saved=True, fingerprint=f"sha256:{digest}")

    found = between(scan("11"), scan("22"), model_of(tmp_path / "m"))
    assert (found.added, found.removed, found.changed) == (0, 0, 1)


def test_uptimes_counters_and_passing_clients_make_no_drift(tmp_path: Path) -> None:
    def scan(number: int) -> Scan:
        made = Scan().fact("a", "device", "", hostname="a", uptime_s=number)
        made.fact("a", "interface", "p", name="p", oper_up=True, in_octets=number)
        return made.fact("a", "wireless_client", f"c{number}", client=f"c{number}", ssid="staff")

    found = between(scan(1), scan(2), model_of(tmp_path / "m"))
    assert not found.answers
    assert (found.added, found.removed, found.changed) == (0, 0, 0)


def test_items_that_came_and_went(tmp_path: Path) -> None:
    model = model_of(tmp_path / "m")
    before, after = Scan().ports("a", *[UP] * 9), Scan().ports("a", *[UP] * 8)
    after.fact("a", "interface", "new", name="new", oper_up=False)
    found = between(before, after, model)
    by_key = {c["key"]: c for c in causes(found)}
    assert by_key["p9"]["to"] is None
    assert by_key["p9"]["from"] == {"name": "p9", "oper_up": True}
    assert by_key["new"]["from"] is None
    assert (found.added, found.removed) == (1, 1)


def test_a_source_that_fell_silent_is_coverage_and_neither_worse_nor_a_change_of_facts(tmp_path: Path) -> None:
    model = model_of(tmp_path / "m")
    before = Scan().ports("a", *[UP] * 4).ports("b", *[UP] * 4)
    after = Scan().ports("a", *[UP] * 4).outcome("b", "interface", "denied")
    found = between(before, after, model)
    (change,) = found.answers
    assert change.direction == "unclear"
    assert causes(found) == [
        {"cause": "coverage", "target": "b", "kind": "interface", "key": None, "field": "outcome",
         "from": "ok", "to": "denied"}
    ]  # fmt: skip
    assert (found.added, found.removed, found.changed) == (0, 0, 0)


def test_coverage_out_of_scope_is_no_cause(tmp_path: Path) -> None:
    model = model_of(tmp_path / "m")
    before = Scan().ports("a", UP).target("u", family="ups").ports("u", UP)
    after = Scan().ports("a", DOWN).target("u", family="ups").outcome("u", "interface", "denied")
    assert {c["cause"] for c in causes(between(before, after, model))} == {"infrastructure"}


def test_a_changed_rule_is_told_apart_with_its_file(tmp_path: Path) -> None:
    model = model_of(tmp_path / "m")
    later = model_of(tmp_path / "later", PORTS.replace("0.90", "0.95"))
    scan = Scan().ports("a", *[UP] * 9, DOWN)
    found = between(scan, scan, model, later)
    (cause,) = causes(found)
    assert (cause["cause"], cause["field"]) == ("rule", "one.toml")
    assert cause["from"] == model.criteria[0].hash
    assert cause["to"] == later.criteria[0].hash


def test_a_review_is_told_apart(tmp_path: Path) -> None:
    model = model_of(tmp_path / "m")
    scan = Scan().ports("a", DOWN)
    before = snapshot(1, scan, model)
    after = snapshot(2, scan, model)
    reviewed = replace(after.answers[0], final=Word.YES, review={"by": "someone", "decision": "override"})
    found = drift(model, before, replace(after, answers=[reviewed]))
    (cause,) = causes(found)
    assert (cause["cause"], cause["from"], cause["to"]) == ("review", "no", "yes")
    assert found.answers[0].direction == "better"


def test_time_alone_can_turn_a_verdict(tmp_path: Path) -> None:
    body = (
        'needs = ["protected_workload"]\nof = "protected_workload"\n'
        'pass = "newest_restore_point_at >= (SELECT now FROM clock) - INTERVAL 1 DAY"'
    )
    model = model_of(tmp_path / "m", rule(body))
    point = Scan().fact("b", "protected_workload", "w", workload="w").facts[0]
    found = []
    for age in (timedelta(hours=20), timedelta(hours=30)):
        scan = Scan().fact("b", "protected_workload", "w", workload="w")
        value = {**point.value, "newest_restore_point_at": point.observed_at - age}
        scan.facts = [replace(point, value=value)]
        found.append(snapshot(1, scan, model, facts=[point]))
    (cause,) = causes(drift(model, *found))
    assert (cause["target"], cause["key"], cause["field"]) == ("b", "w", "verdict")
    assert (cause["from"], cause["to"]) == ("pass", "fail")


def test_without_citations_every_changed_fact_of_the_rules_kinds_on_the_target_is_named(tmp_path: Path) -> None:
    model = model_of(
        tmp_path / "m", rule('needs = ["interface"]\nof = "target"\npass = "(SELECT bool_and(oper_up) FROM interface)"')
    )
    found = between(Scan().ports("a", UP, UP, UP), Scan().ports("a", UP, DOWN, UP), model)
    assert [(c["kind"], c["key"], c["field"]) for c in causes(found)] == [("interface", "p2", "oper_up")]


def test_a_kind_that_only_a_view_looks_at_is_found_too(tmp_path: Path) -> None:
    views = (
        "[view.tagged]\ndoc = 'x'\nsql = \"SELECT i.target, i.name AS item, v.active FROM interface i "
        'JOIN vlan v ON v.target = i.target"\n'
    )
    body = "needs = ['interface']\nof = 'tagged'\ndrawn_from = []\npass = 'active'\ncites = \"['interface ' || item]\""
    model = model_of(tmp_path / "m", rule(body), views=views)

    def scan(active: bool) -> Scan:
        return Scan().ports("a", UP).fact("a", "vlan", "7", id=7, active=active)

    assert [(c["kind"], c["key"], c["field"]) for c in causes(between(scan(True), scan(False), model))] == [
        ("vlan", "7", "active")
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (("yes", "yes"), ("no", "no"), "worse"),
        (("no", "no"), ("partial", "partial"), "better"),
        (("yes", "yes"), ("no", "yes"), "unclear"),
        (("no", "yes"), ("yes", "yes"), "better"),
        (("no", "yes"), ("no", "no"), "worse"),
        (("partial", "yes"), ("no", "partial"), "unclear"),
        (("yes", "yes"), ("no", "partial"), "worse"),
        (("no", "yes"), ("partial", "yes"), "unclear"),
        (("yes", "yes"), ("not_applicable", "not_applicable"), "unclear"),
    ],
)
def test_direction_is_told_by_the_bounds(before: tuple[str, str], after: tuple[str, str], said: str) -> None:
    old, new = (Bounds(Word(low), Word(high)) for low, high in (before, after))
    assert direction(old, new) == said
