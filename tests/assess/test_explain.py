"""An answer opens down to facts and captures, and survives being stored."""

import json
from collections.abc import Iterable
from pathlib import Path

from collector.assess import Answer, Verdict, explain, rule_text
from collector.model import Fact

from .small import PORTS, Scan, model_of, rule

UP, DOWN = True, False


def facts_of(scan: Scan):  # type: ignore[no-untyped-def]
    def find(target: str, kind: str, key: str | None) -> Iterable[Fact]:
        return [f for f in scan.facts if f.target == target and f.kind == kind and key in (None, f.key)]

    return find


def test_each_verdict_has_its_facts_and_captures(tmp_path: Path) -> None:
    model = model_of(tmp_path / "m")
    scan = Scan().ports("a", UP, DOWN)
    assessment = scan.assess(model)
    row = explain(model, assessment.answers[0], assessment.verdicts["ONE-1"], facts_of(scan))
    failing = next(v for v in row["verdicts"] if v["verdict"] == "fail")
    assert (failing["target"], failing["item"], failing["why"]) == ("a", "p2", "up is false")
    assert [f["key"] for f in failing["facts"]] == ["p2"]
    assert failing["evidence"] == ["sha256:a-interface"]
    assert "oper_up" in row["rule_text"]
    json.dumps(row)


def test_a_verdict_without_citations_shows_the_targets_facts_of_the_rules_kinds(tmp_path: Path) -> None:
    model = model_of(tmp_path / "m", PORTS.replace("cites = \"['interface ' || name]\"\n", ""))
    scan = Scan().ports("a", UP, UP).fact("a", "vlan", "1", id=1)
    assessment = scan.assess(model)
    row = explain(model, assessment.answers[0], assessment.verdicts["ONE-1"], facts_of(scan))
    assert {f["kind"] for f in row["verdicts"][0]["facts"]} == {"interface"}
    assert row["verdicts"][0]["facts_count"] == 2


def test_the_rule_text_brings_the_views_that_the_rule_uses(tmp_path: Path) -> None:
    views = "[view.lower]\ndoc = 'Ports by name.'\nsql = 'SELECT target, name AS item, oper_up FROM interface'\n"
    body = 'needs = ["interface"]\nof = "lower"\ndrawn_from = ["interface"]\npass = "oper_up"\nyes_at = 0.9'
    text = rule_text(model_of(tmp_path / "m", rule(body), views=views), "ONE-1")
    assert "-- lower: Ports by name." in text
    assert "yes_at = 0.9" in text
    assert "SELECT target, name AS item" in text


def test_answers_and_verdicts_come_back_from_json_as_they_were(tmp_path: Path) -> None:
    scan = Scan().ports("a", UP, DOWN, None, UP).outcome("b", "interface", "denied")
    assessment = scan.assess(model_of(tmp_path / "m"))
    for answer in assessment.answers:
        assert Answer.from_json(json.loads(json.dumps(answer.to_json()))).to_json() == answer.to_json()
    for verdict in assessment.verdicts["ONE-1"]:
        assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict


def test_the_answers_json_has_the_keys_that_others_rely_on(tmp_path: Path) -> None:
    row = Scan().ports("a", UP).answer(model_of(tmp_path / "m")).to_json()
    assert {
        "criterion", "domain", "stage", "question", "answer", "low", "high", "reason", "items", "share", "observed_at",
        "rule", "evidence", "review", "mode", "confirmed", "final",
    } <= row.keys()  # fmt: skip
    assert row["items"].keys() == {"pass", "fail", "unknown", "not_applicable"}
    assert row["share"] == {"low": 1.0, "high": 1.0}
    assert row["observed_at"] == "2026-03-01T11:55:00Z"
