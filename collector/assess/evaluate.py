"""A model over the fact tables of a scan: an answer and its verdicts for every criterion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from collector.assess.answer import OPEN, Answer, Bounds, Items, Verdict
from collector.assess.count import Counted, count_part
from collector.assess.interval import combine
from collector.assess.model import Criterion, Mode, Model, Rule
from collector.assess.partsql import scope_sql
from collector.assess.sources import EVIDENCE_LIMIT, Sources
from collector.assess.sql import with_views
from collector.assess.tables import LastCount, Tables, never_seen
from collector.errors import QueryError


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answers in the model's order, and the verdicts by criterion."""

    model: str
    model_hash: str
    at: datetime
    answers: tuple[Answer, ...]
    verdicts: Mapping[str, tuple[Verdict, ...]]

    def answer(self, criterion: str) -> Answer | None:
        return next((a for a in self.answers if a.criterion == criterion), None)


def assess(model: Model, tables: Tables, now: datetime, last_count: LastCount = never_seen) -> Assessment:
    """Answers every criterion of the model from the fact tables of one scan.

    ``now`` is when the assessment is made; rules themselves see the tables' own clock. A rule that fails on the data
    answers unknown with that reason and stops no other.
    """
    sources = Sources(tables, model.view_sql)
    answers, verdicts = [], {}
    for criterion in model.criteria:
        answer, under = answer_criterion(criterion, sources, last_count)
        answers.append(answer)
        verdicts[criterion.id] = under
    return Assessment(model.name, model.hash, now, tuple(answers), verdicts)


def answer_criterion(
    criterion: Criterion, sources: Sources, last_count: LastCount
) -> tuple[Answer, tuple[Verdict, ...]]:
    """The answer to one criterion and its verdicts."""
    if criterion.rule is None:
        return _answer(criterion, OPEN, _without_rule(criterion)), ()
    counted = [count_part(part, sources, last_count) for part in criterion.rule.parts]
    answer = _together(criterion, criterion.rule, counted, sources)
    return answer, tuple(verdict for each in counted for verdict in each.verdicts)


def _without_rule(criterion: Criterion) -> str:
    if criterion.mode is Mode.PERSON:
        return "needs a person" + (f": {criterion.who}" if criterion.who else "")
    return "no source: nothing that is read so far answers this"


def _together(criterion: Criterion, rule: Rule, counted: Sequence[Counted], sources: Sources) -> Answer:
    parts = tuple(each.answer for each in counted)
    bounds = combine([p.bounds for p in parts], [p.must for p in rule.parts], rule.partial_parts)
    main = next((p for p in parts if p.share is not None or p.count is not None), None)
    count, evidence = _evidence(rule, sources)
    return _answer(
        criterion,
        bounds,
        "; ".join(f"{p.name}: {p.reason}" if p.name else p.reason for p in parts),
        items=sum((p.items for p in parts), Items()),
        share=main.share if main else None,
        count=main.count if main else None,
        parts=parts,
        observed_at=_oldest(rule, sources),
        evidence=evidence,
        evidence_count=count,
    )


def _answer(criterion: Criterion, bounds: Bounds, reason: str, **counted: object) -> Answer:
    return Answer(
        criterion=criterion.id,
        domain=criterion.domain,
        stage=criterion.stage,
        question=criterion.question,
        answer=bounds.answer,
        low=bounds.low,
        high=bounds.high,
        reason=reason,
        rule=criterion.hash,
        mode=criterion.mode.value,
        final=bounds.answer,
        confirm=criterion.confirm,
        **counted,  # type: ignore[arg-type]
    )


def _needed(rule: Rule) -> Iterator[tuple[str, str]]:
    yield from dict.fromkeys((part.scope, kind) for part in rule.parts for kind in part.needs)


def _oldest(rule: Rule, sources: Sources) -> datetime | None:
    """When the oldest reading was made that the answer rests on."""
    times = []
    for scope, kind in _needed(rule):
        try:
            found = sources.of(scope).get(kind)
        except QueryError:
            continue
        if found and found.observed_at:
            times.append(found.observed_at)
    return min(times, default=None)


def _evidence(rule: Rule, sources: Sources) -> tuple[int, tuple[str, ...]]:
    total, some = 0, []
    for scope, kind in _needed(rule):
        try:
            count, captures = sources.evidence(scope, kind)
        except QueryError:
            continue
        total += count
        some.append(captures)
    # one of each kind in turn, so that a small kind is not crowded out by a large one
    mixed = [captures[i] for i in range(EVIDENCE_LIMIT) for captures in some if i < len(captures)]
    chosen = tuple(dict.fromkeys(mixed))[:EVIDENCE_LIMIT]
    return max(total, len(chosen)) if total > EVIDENCE_LIMIT else len(chosen), chosen


def targets_in_scope(model: Model, tables: Tables) -> dict[str, frozenset[str]]:
    """The targets whose sources count, by criterion: what ``drift`` tells coverage by."""
    found: dict[str, frozenset[str]] = {}
    asked: dict[str, frozenset[str]] = {}
    for criterion in model.criteria:
        scopes = {p.scope for p in criterion.rule.parts if not p.unseen} if criterion.rule else set()
        for scope in scopes - asked.keys():
            _, rows = tables.query(with_views(scope_sql(scope), model.view_sql))
            asked[scope] = frozenset(row[0] for row in rows)
        found[criterion.id] = frozenset().union(*(asked[scope] for scope in scopes))
    return found
