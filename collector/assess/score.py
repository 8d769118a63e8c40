"""Answers into the stage band, the domains' scores and the roadmap, in exact fractions.

A stage is reached when its points are at least the pass mark of its applicable weight, over all domains together, and
every earlier stage is reached too. Low counts an open answer at its lower bound, high at its upper. A stage without
applicable criteria is passed through, and never the stage that is reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from collector.assess.answer import OPEN, POINTS, Answer, Bounds, Word, as_float
from collector.assess.model import Criterion, Model
from collector.assess.roadmap import Step, roadmap
from collector.facts.kinds import kinds
from collector.model import KindOutcome, Outcome


@dataclass(frozen=True, slots=True)
class StageScore:
    """The points of a stage, of one domain or of all. ``applicable`` and ``answered`` are weights."""

    stage: int
    low_points: Fraction
    high_points: Fraction
    applicable: Fraction
    answered: Fraction

    @property
    def low(self) -> Fraction:
        return self.low_points / self.applicable if self.applicable else Fraction(0)

    @property
    def high(self) -> Fraction:
        return self.high_points / self.applicable if self.applicable else Fraction(0)

    def to_json(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "low": as_float(self.low, 4),
            "high": as_float(self.high, 4),
            "low_points": as_float(self.low_points, 2),
            "high_points": as_float(self.high_points, 2),
            "applicable": _number(self.applicable),
            "answered": _number(self.answered),
        }


@dataclass(frozen=True, slots=True)
class DomainScore:
    """A domain's score: the highest consecutive stage within it, plus the fraction gained of the next."""

    domain: str
    low: Fraction
    high: Fraction
    stages: tuple[StageScore, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "domain": self.domain,
            "low": as_float(self.low, 2),
            "high": as_float(self.high, 2),
            "stages": [stage.to_json() for stage in self.stages],
        }


@dataclass(frozen=True, slots=True)
class Band:
    """The stage that is proven, and the stage if every unknown turns out well."""

    low: int
    high: int

    def to_json(self) -> dict[str, int]:
        return {"low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True)
class Score:
    """A provisional score. ``coverage`` is None where nothing was planned."""

    model: str
    pass_mark: Fraction
    band: Band
    stages: tuple[StageScore, ...]
    domains: tuple[DomainScore, ...]
    coverage: Fraction | None
    roadmap: tuple[Step, ...]
    disclaimer: str
    scan: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "scan": self.scan,
            "pass_mark": as_float(self.pass_mark, 4),
            "stage": self.band.to_json(),
            "stages": [stage.to_json() for stage in self.stages],
            "domains": [domain.to_json() for domain in self.domains],
            "coverage": None if self.coverage is None else as_float(self.coverage, 4),
            "roadmap": [step.to_json() for step in self.roadmap],
            "disclaimer": self.disclaimer,
        }


def score(model: Model, answers: Iterable[Answer], coverage: Fraction | None, scan: int | None = None) -> Score:
    """The score of a set of answers. A criterion without an answer counts as open: no at worst, yes at best."""
    by_id = {answer.criterion: answer for answer in answers}
    bounds = {c.id: by_id[c.id].bounds if c.id in by_id else OPEN for c in model.criteria}
    stages = _stages(model, model.criteria, bounds)
    low = reached(stages, model.pass_mark, high=False)
    return Score(
        model=model.name,
        pass_mark=model.pass_mark,
        band=Band(low, reached(stages, model.pass_mark, high=True)),
        stages=stages,
        domains=tuple(_domain(model, domain.id, bounds) for domain in model.domains),
        coverage=coverage,
        roadmap=roadmap(model, bounds, next_stage(stages, low)),
        disclaimer=model.disclaimer,
        scan=scan,
    )


def coverage(outcomes: Iterable[KindOutcome]) -> Fraction | None:
    """The share of planned fact kinds, over targets, that came back ok."""
    made = {name for name, kind in kinds().items() if kind.derived}  # not planned, and never anything but ok
    every = [outcome.outcome for outcome in outcomes if outcome.kind not in made]
    return Fraction(every.count(Outcome.OK), len(every)) if every else None


def stage_score(stage: int, rows: Iterable[tuple[Fraction, Bounds]]) -> StageScore:
    """The points of a stage from its criteria's weights and bounds."""
    low = high = applicable = answered = Fraction(0)
    for weight, bounds in rows:
        if bounds.low is Word.NOT_APPLICABLE:
            continue
        low += weight * POINTS[bounds.low]
        high += weight * POINTS[bounds.high]
        applicable += weight
        answered += weight * (bounds.low is bounds.high)
    return StageScore(stage, low, high, applicable, answered)


def reached(stages: Sequence[StageScore], mark: Fraction, *, high: bool) -> int:
    """The highest stage that is over the mark with all before it; 0 where the first is not."""
    best = 0
    for stage in stages:
        if not stage.applicable:
            continue
        if (stage.high_points if high else stage.low_points) < mark * stage.applicable:
            break
        best = stage.stage
    return best


def next_stage(stages: Sequence[StageScore], after: int) -> StageScore | None:
    """The next stage with something to reach in it."""
    return next((stage for stage in stages if stage.stage > after and stage.applicable), None)


def _stages(model: Model, criteria: Sequence[Criterion], bounds: Mapping[str, Bounds]) -> tuple[StageScore, ...]:
    numbers = sorted(stage.number for stage in model.stages if stage.number > 0)
    return tuple(
        stage_score(number, ((c.weight, bounds[c.id]) for c in criteria if c.stage == number)) for number in numbers
    )


def _domain(model: Model, domain: str, bounds: Mapping[str, Bounds]) -> DomainScore:
    stages = _stages(model, [c for c in model.criteria if c.domain == domain], bounds)
    return DomainScore(domain, _decimal(stages, model, high=False), _decimal(stages, model, high=True), stages)


def _decimal(stages: Sequence[StageScore], model: Model, *, high: bool) -> Fraction:
    whole = reached(stages, model.pass_mark, high=high)
    following = next_stage(stages, whole)
    if following is None:
        return Fraction(whole)
    return whole + (following.high if high else following.low)


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else as_float(value, 4)
