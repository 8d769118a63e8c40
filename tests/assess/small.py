"""A small model and small scans for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from collector.assess import Answer, Assessment, assess, load_model
from collector.assess.answer import Word
from collector.assess.model import Criterion, Domain, Mode, Model, Stage
from collector.facts.kinds import kinds
from collector.facts.tables import FactTables
from collector.model import Fact, KindOutcome, Outcome, Target

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
READ_AT = NOW - timedelta(minutes=5)

FRAME = """
model = "small"
title = "Small"
pass_mark = "7/10"
disclaimer = "for tests"
domain = [{id = "one", title = "One", prefix = "ONE"}, {id = "two", title = "Two", prefix = "TWO"}]
stage = [{number = 1, title = "first"}, {number = 2, title = "second"}, {number = 3, title = "third"}]
"""

PORTS = """
[[criterion]]
id = "ONE-1"
stage = 1
mode = "automatic"
question = "Are the ports up?"
[criterion.rule]
needs = ["interface"]
scope = "family = 'switch'"
of = "interface"
pass = "oper_up"
why = "'up is ' || oper_up"
cites = "['interface ' || name]"
yes_at = 0.90
partial_at = 0.70
"""


def write_model(folder: Path, one: str = PORTS, two: str = "", views: str = "", frame: str = FRAME) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in (("model", frame), ("one", one), ("two", two), ("views", views)):
        (folder / f"{name}.toml").write_text(text)
    return folder


def model_of(folder: Path, one: str = PORTS, two: str = "", views: str = "") -> Model:
    return load_model(write_model(folder, one, two, views))


def rule(body: str, id: str = "ONE-1", mode: str = "automatic") -> str:
    """A criterion with this rule."""
    return f'[[criterion]]\nid = "{id}"\nstage = 1\nmode = "{mode}"\nquestion = "?"\n[criterion.rule]\n{body}\n'


@dataclass
class Scan:
    """A scan put together fact by fact."""

    targets: dict[str, Target] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    outcomes: dict[tuple[str, str], KindOutcome] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)

    def target(self, name: str, family: str = "switch", role: str = "access") -> Scan:
        self.targets[name] = Target(name, "192.0.2.1", "any", family, "main", role)
        return self

    def fact(self, target: str, kind: str, key: str, **values: Any) -> Scan:
        if target not in self.targets:
            self.target(target)
        full = {name: values.pop(name, None) for name in kinds()[kind].fields}
        assert not values, values
        self.facts.append(Fact(kind, target, key, full, READ_AT, (f"sha256:{target}-{kind}",)))
        rows = sum(f.target == target and f.kind == kind for f in self.facts)
        return self.outcome(target, kind, "ok", rows=rows)

    def ports(self, target: str, *up: bool | None) -> Scan:
        for number, state in enumerate(up, 1):
            self.fact(target, "interface", f"p{number}", name=f"p{number}", oper_up=state)
        return self

    def outcome(self, target: str, kind: str, outcome: str, rows: int = 0, at: datetime = READ_AT) -> Scan:
        if target not in self.targets:
            self.target(target)
        self.outcomes[target, kind] = KindOutcome(target, kind, Outcome(outcome), "", rows, at)
        return self

    def tables(self) -> FactTables:
        return FactTables.build(self.targets.values(), self.facts, self.outcomes.values(), self.lists, NOW)

    def assess(self, model: Model, last: Mapping[tuple[str, str], int] | None = None) -> Assessment:
        return assess(model, self.tables(), NOW, lambda t, k: (last or {}).get((t, k)))

    def answer(self, model: Model, last: Mapping[tuple[str, str], int] | None = None) -> Answer:
        return self.assess(model, last).answers[0]


def plain_model(stages: Iterable[tuple[str, int, int]], mark: Fraction = Fraction(7, 10)) -> Model:
    """A model of criteria without rules: (domain, stage, weight) each."""
    criteria = [
        Criterion(f"{domain}-{i}", domain, stage, Mode.PERSON, "?", weight=Fraction(weight))
        for i, (domain, stage, weight) in enumerate(stages)
    ]
    domains = tuple(Domain(d, d, d) for d in dict.fromkeys(c.domain for c in criteria))
    numbers = range(1, 1 + max((c.stage for c in criteria), default=1))
    return Model("plain", "Plain", mark, domains, tuple(Stage(n, "") for n in numbers), tuple(criteria))


def answers_of(model: Model, bounds: Sequence[tuple[str, str]]) -> list[Answer]:
    """An answer for each criterion, from its bounds."""
    made = []
    for criterion, (low, high) in zip(model.criteria, bounds, strict=True):
        said = Word(low) if low == high else Word.UNKNOWN
        made.append(
            Answer(
                criterion.id,
                criterion.domain,
                criterion.stage,
                "?",
                said,
                Word(low),
                Word(high),
                "",
                "",
                "automatic",
                said,
            )
        )
    return made
