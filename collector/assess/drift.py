"""What changed between two scans, and why: the infrastructure, the rules, the coverage, or a review.

Stored values in, values out. Facts count as changed by their lasting fields alone; uptimes and counters make no drift. A fact
that is gone because its kind was not read this time is a matter of coverage and no change of the infrastructure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from collector.assess.answer import RANK, Answer, Bounds, Judgement, Verdict, Word
from collector.assess.model import Model
from collector.assess.score import Band
from collector.assess.sql import kinds_of
from collector.facts.kinds import kinds
from collector.model import Fact, KindOutcome, Outcome, json_value

Place = tuple[str, str, str]  # target, kind, key
Lasting = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One scan as drift sees it.

    ``facts`` may leave out the (target, kind) sets that are the same in both scans. ``scopes`` has the targets whose
    sources count, by criterion (``targets_in_scope``); without it every target counts for every criterion.
    """

    scan: int
    band: Band
    answers: Sequence[Answer]
    verdicts: Mapping[str, Sequence[Verdict]]
    facts: Iterable[Fact]
    outcomes: Sequence[KindOutcome]
    scopes: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that made an answer change. ``before`` and ``after`` are JSON values."""

    cause: str
    target: str | None = None
    kind: str | None = None
    key: str | None = None
    field: str | None = None
    before: Any = None
    after: Any = None

    def to_json(self) -> dict[str, Any]:
        return {
            "cause": self.cause,
            "target": self.target,
            "kind": self.kind,
            "key": self.key,
            "field": self.field,
            "from": self.before,
            "to": self.after,
        }


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """An answer that is not what it was. ``direction`` is better, worse or unclear."""

    criterion: str
    before: Answer
    after: Answer
    direction: str
    causes: tuple[Cause, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "criterion": self.criterion,
            "from": self.before.final.value,
            "to": self.after.final.value,
            "from_bounds": _bounds_json(self.before.bounds),
            "to_bounds": _bounds_json(self.after.bounds),
            "direction": self.direction,
            "reason": {"from": self.before.reason, "to": self.after.reason},
            "causes": [cause.to_json() for cause in self.causes],
        }


@dataclass(frozen=True, slots=True)
class Drift:
    """What changed from one scan to another. ``added``, ``removed`` and ``changed`` count facts."""

    before: int
    after: int
    band_before: Band
    band_after: Band
    answers: tuple[AnswerChange, ...]
    added: int
    removed: int
    changed: int

    @property
    def regressed(self) -> bool:
        """Whether an answer is worse than one that was certain; learning that an unknown is a no is no regression."""
        return any(a.direction == "worse" and a.before.bounds.low is a.before.bounds.high for a in self.answers)

    def to_json(self) -> dict[str, Any]:
        return {
            "from": self.before,
            "to": self.after,
            "stage": {"from": self.band_before.to_json(), "to": self.band_after.to_json()},
            "answers": [answer.to_json() for answer in self.answers],
            "facts": {"added": self.added, "removed": self.removed, "changed": self.changed},
        }


def drift(model: Model, before: Snapshot, after: Snapshot) -> Drift:
    """What changed between two scans. ``model`` is today's: it says which kinds a criterion needs, and in which file."""
    facts = _Facts(before, after)
    coverage = _coverage(before, after)
    old = {a.criterion: a for a in before.answers}
    changes = []
    for new in after.answers:
        was = old.get(new.criterion)
        if was is not None and _said(was) != _said(new):
            causes = _causes(model, was, new, (before, after), facts, coverage)
            changes.append(AnswerChange(new.criterion, was, new, direction(was.bounds, new.bounds), tuple(causes)))
    added, removed, changed = facts.counts()
    return Drift(before.scan, after.scan, before.band, after.band, tuple(changes), added, removed, changed)


def direction(before: Bounds, after: Bounds) -> str:
    """Better or worse where the bounds do not overlap, or where an unknown turned out at one of its ends; else unclear.

    A source that fell silent makes an answer unknown, not worse.
    """
    if before == after or Word.NOT_APPLICABLE in (before.low, after.low):
        return "unclear"
    settled = after.low is after.high
    if RANK[after.low] > RANK[before.high] or (settled and after.low is before.high):
        return "better"
    if RANK[after.high] < RANK[before.low] or (settled and after.low is before.low):
        return "worse"
    return "unclear"


def _said(answer: Answer) -> tuple[Word, Word, Word, Word]:
    return answer.answer, answer.low, answer.high, answer.final


def _bounds_json(bounds: Bounds) -> dict[str, str]:
    return {"low": bounds.low.value, "high": bounds.high.value}


class _Facts:
    """The lasting fields of both scans' facts, and which of them differ."""

    def __init__(self, before: Snapshot, after: Snapshot) -> None:
        self.before = {_place(f): lasting(f) for f in before.facts if not _passing(f.kind)}
        self.after = {_place(f): lasting(f) for f in after.facts if not _passing(f.kind)}
        read = _read(before) & _read(after)
        places = (p for p in self.before | self.after if self.before.get(p) != self.after.get(p))
        self.different = [p for p in places if (p[0], p[1]) in read]
        self._by_set: dict[tuple[str, str], list[Place]] = {}
        for place in self.different:
            self._by_set.setdefault((place[0], place[1]), []).append(place)
        self._chosen = set(self.different)

    def differs(self, place: Place) -> bool:
        return place in self._chosen

    def different_of(self, target: str, kind: str) -> Sequence[Place]:
        return self._by_set.get((target, kind), ())

    def counts(self) -> tuple[int, int, int]:
        added = sum(place not in self.before for place in self.different)
        removed = sum(place not in self.after for place in self.different)
        return added, removed, len(self.different) - added - removed

    def causes(self, place: Place) -> Iterator[Cause]:
        """What changed of one fact, a cause a field; one cause for a fact that came or went."""
        old, new = self.before.get(place), self.after.get(place)
        if old is None or new is None:
            yield Cause("infrastructure", *place, None, _json(old), _json(new))
            return
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name):
                yield Cause("infrastructure", *place, name, json_value(old.get(name)), json_value(new.get(name)))


def _place(fact: Fact) -> Place:
    return fact.target, fact.kind, fact.key


def lasting(fact: Fact) -> Lasting:
    """A fact's fields without those that change by themselves."""
    kind = kinds().get(fact.kind)
    if kind is None:
        return fact.value
    return {name: v for name, v in fact.value.items() if name not in kind.fields or not kind.fields[name].volatile}


@cache
def _passing(name: str) -> bool:
    """Whether a kind's facts come and go by themselves: their key is made of a volatile field."""
    kind = kinds().get(name)
    return kind is not None and any(w in kind.fields and kind.fields[w].volatile for w in re.findall(r"\w+", kind.key))


def _json(value: Lasting | None) -> dict[str, Any] | None:
    return None if value is None else {name: json_value(v) for name, v in value.items() if v is not None}


def _read(scan: Snapshot) -> set[tuple[str, str]]:
    return {(o.target, o.kind) for o in scan.outcomes if o.outcome is Outcome.OK}


def _coverage(before: Snapshot, after: Snapshot) -> list[Cause]:
    """Kinds that were read in one scan and not in the other, or planned in one alone."""
    old = {(o.target, o.kind): o for o in before.outcomes}
    new = {(o.target, o.kind): o for o in after.outcomes}
    causes = []
    for place in sorted(old.keys() | new.keys()):
        was, now = old.get(place), new.get(place)
        if (was is not None and was.outcome is Outcome.OK) != (now is not None and now.outcome is Outcome.OK):
            words = (None if o is None else o.outcome.value for o in (was, now))
            causes.append(Cause("coverage", *place, None, "outcome", *words))
    return causes


def _causes(
    model: Model, was: Answer, now: Answer, scans: tuple[Snapshot, Snapshot], facts: _Facts, coverage: Sequence[Cause]
) -> list[Cause]:
    criterion = model.criterion(now.criterion)
    causes: list[Cause] = []
    if was.rule != now.rule:
        file = criterion.file if criterion else None
        causes.append(Cause("rule", None, None, now.criterion, file, was.rule, now.rule))
    if was.review != now.review or (was.final is not now.final and was.answer is now.answer):
        causes.append(Cause("review", None, None, now.criterion, "final", was.final.value, now.final.value))
    rule = criterion.rule if criterion else None
    turned = list(_turned(scans[0].verdicts.get(now.criterion, ()), scans[1].verdicts.get(now.criterion, ())))
    needs = {part.name: part.needs for part in rule.parts} if rule else {}
    seen = _seen_in(now.criterion, scans, {kind for kinds_ in needs.values() for kind in kinds_}, coverage)
    causes += seen + _infrastructure(turned, needs, facts)
    if not causes and rule is not None:  # the views look at more kinds than the rule says that it needs
        wider = kinds_of(rule.text_sql, model.view_sql)
        seen = _seen_in(now.criterion, scans, set(wider), coverage)
        causes = seen + _infrastructure(turned, dict.fromkeys(needs, wider), facts, cited=False)
    if not causes:  # no fact is other than it was: time went on, or the lists and targets of the config changed
        causes = [_by_itself(pair) for pair in turned]
    return causes


def _seen_in(
    criterion: str, scans: tuple[Snapshot, Snapshot], needs: Collection[str], coverage: Sequence[Cause]
) -> list[Cause]:
    """The changes of coverage that a criterion feels: of its kinds, on targets in its scope."""
    scopes = [scan.scopes.get(criterion) for scan in scans]
    return [
        c
        for c in coverage
        if c.kind in needs and (None in scopes or any(c.target in scope for scope in scopes if scope is not None))
    ]


def _infrastructure(
    turned: Iterable[_Pair], needs: Mapping[str, Sequence[str]], facts: _Facts, cited: bool = True
) -> list[Cause]:
    """The changed facts under the items whose verdict turned."""
    places = sorted({p for pair in turned for p in _changed_facts(pair, needs, facts, cited)})
    return [cause for place in places for cause in facts.causes(place)]


_Pair = tuple[Verdict | None, Verdict | None]


def _turned(before: Iterable[Verdict], after: Iterable[Verdict]) -> Iterator[_Pair]:
    """The items whose verdict is not what it was, with those that came or went."""
    old = {(v.part, v.target, v.item, *_summed(v)): v for v in before}
    new = {(v.part, v.target, v.item, *_summed(v)): v for v in after}
    for key in dict.fromkeys([*old, *new]):
        was, now = old.get(key), new.get(key)
        if was is None or now is None or (was.verdict, was.count) != (now.verdict, now.count):
            yield was, now


def _summed(verdict: Verdict) -> tuple[str, ...]:
    """Verdicts without an item stand for many: there is one a judgement."""
    return () if verdict.item else (verdict.verdict.value,)


def _changed_facts(pair: _Pair, parts: Mapping[str, Sequence[str]], facts: _Facts, cited: bool) -> Iterator[Place]:
    """The facts under an item, before or after, that are not what they were."""
    for verdict in pair:
        if verdict is None:
            continue
        if cited and verdict.cites is not None:
            yield from (p for c in verdict.cites if facts.differs(p := (c.target, c.kind, c.key)))
        else:
            for kind in parts.get(verdict.part, ()):
                yield from facts.different_of(verdict.target, kind)


def _by_itself(pair: _Pair) -> Cause:
    one = next(v for v in reversed(pair) if v is not None)
    words = (None if v is None else _judgement(v) for v in pair)
    return Cause("infrastructure", one.target, None, one.item, "verdict", *words)


def _judgement(verdict: Verdict) -> str:
    return verdict.verdict.value if verdict.verdict is not Judgement.UNKNOWN else f"unknown: {verdict.why}"
