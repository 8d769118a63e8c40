"""The path from a stored scan to its answers, score, drift and report. One function a stage; the store is passed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

from collector.assess import Answer, Assessment, Model, Verdict, assess, targets_in_scope
from collector.assess.answer import Judgement
from collector.assess.drift import Drift, Snapshot, drift
from collector.assess.explain import explain, rule_text
from collector.assess.score import Score, coverage, score
from collector.errors import NotFoundError
from collector.facts.kinds import kinds
from collector.facts.sets import FactSet
from collector.facts.tables import FactTables, unverified
from collector.model import Fact, Outcome, rfc3339
from collector.report.content import Content
from collector.store import AnswerDocument, ScanRow, Store

Lists = Mapping[str, Sequence[str]]

#: Items of one criterion that a report lists, those that tell most first; it counts the rest.
ITEMS_SHOWN = 25
TELLING = {Judgement.FAIL: 0, Judgement.UNKNOWN: 1, Judgement.NOT_APPLICABLE: 2, Judgement.PASS: 3}


def clock_of(store: Store, scan: ScanRow) -> datetime:
    """The moment that ages are measured from: the scan's newest reading, so that scoring it later changes nothing."""
    seen = [o.observed_at for o in store.outcomes(scan.number) if o.observed_at is not None]
    return max(seen, default=scan.started_at)


def tables_of(store: Store, scan: int | None, lists: Lists, views: Mapping[str, str] | None = None) -> FactTables:
    """The fact tables of a stored scan."""
    row = store.scan(scan)
    return FactTables.build(
        targets=[t.target for t in store.targets(row.number)],
        facts=store.fact_sets(row.number),
        outcomes=store.outcomes(row.number),
        lists=lists,
        clock=clock_of(store, row),
        views=views,
    )


def assess_scan(store: Store, scan: int, model: Model, lists: Lists) -> Assessment:
    """Answers the model's criteria from a stored scan and keeps the answers; earlier ones stay in the store."""
    tables = tables_of(store, scan, lists, model.view_sql)
    now = datetime.now(UTC)
    try:
        found = assess(model, tables, now, lambda target, kind: store.last_count(target, kind, scan))
        scopes = targets_in_scope(model, tables)
    finally:
        tables.close()
    documents = [
        AnswerDocument(
            criterion=answer.criterion,
            document=answer.to_json(),
            verdicts=[v.to_json() for v in found.verdicts[answer.criterion]],
            rule_hash=answer.rule,
            rule_text=rule_text(model, answer.criterion),
        )
        for answer in found.answers
    ]
    summary = {"scopes": {criterion: sorted(targets) for criterion, targets in scopes.items()}}
    store.save_assessment(scan, documents, model=model.name, model_hash=model.hash, made_at=now, summary=summary)
    return found


def answers_of(store: Store, scan: int | None) -> list[Answer]:
    """A scan's answers, in the model's order."""
    return [Answer.from_json(a.document) for a in store.answers(store.scan(scan).number)]


def score_of(store: Store, scan: int | None, model: Model) -> Score:
    """The score of a scan's stored answers."""
    number = store.scan(scan).number
    return score(model, answers_of(store, number), coverage_of(store, number), number)


def coverage_of(store: Store, scan: int) -> Fraction | None:
    return coverage(store.outcomes(scan))


def explain_of(store: Store, scan: int | None, model: Model, criterion: str) -> dict[str, Any]:
    """One answer of a scan with its verdicts, facts, evidence and rule."""
    number = store.scan(scan).number
    found = next((a for a in answers_of(store, number) if a.criterion == criterion.upper()), None)
    if found is None:
        raise NotFoundError(f"no criterion {criterion!r} in scan {number}", "`collector answers` lists them")
    verdicts = [Verdict.from_json(v) for v in store.verdicts(number, found.criterion)]
    return explain(model, found, verdicts, _facts_of(store, number))


def _facts_of(store: Store, scan: int) -> Any:
    @lru_cache(maxsize=20_000)
    def of_kind(target: str, kind: str) -> tuple[Fact, ...]:
        return tuple(store.facts(scan, kind, target))

    def facts_of(target: str, kind: str, key: str | None) -> Iterable[Fact]:
        return (f for f in of_kind(target, kind) if key is None or f.key == key)

    return facts_of


def drift_of(store: Store, before: int, after: int, model: Model) -> Drift:
    """What changed between two stored scans, by cause."""
    older, newer = _sets(store, before), _sets(store, after)
    same = {place for place, found in older.items() if place in newer and _lasts(found, newer[place])}
    return drift(model, _snapshot(store, before, model, older, same), _snapshot(store, after, model, newer, same))


def _sets(store: Store, scan: int) -> dict[tuple[str, str], FactSet]:
    return {(s.target, s.kind): s for s in store.fact_sets(scan)}


def _lasts(one: FactSet, other: FactSet) -> bool:
    return one.document == other.document


def _snapshot(
    store: Store,
    scan: int,
    model: Model,
    sets: Mapping[tuple[str, str], FactSet],
    same: set[tuple[str, str]],
) -> Snapshot:
    answers = answers_of(store, scan)
    runs = store.assessments(scan)
    scopes = runs[-1].summary.get("scopes", {}) if runs else {}
    return Snapshot(
        scan=scan,
        band=score(model, answers, None).band,
        answers=answers,
        verdicts={a.criterion: [Verdict.from_json(v) for v in store.verdicts(scan, a.criterion)] for a in answers},
        facts=(fact for place, found in sets.items() if place not in same for fact in found.facts()),
        outcomes=store.outcomes(scan),
        scopes={criterion: frozenset(targets) for criterion, targets in scopes.items()},
    )


def previous_scan(store: Store, scan: int) -> int | None:
    """The last finished scan before this one; None for the first."""
    return max((s.number for s in store.scans() if s.number < scan and s.status != "running"), default=None)


def content_of(store: Store, scan: int | None, model: Model, organisation: str, with_drift: bool = True) -> Content:
    """Everything that a report shows of a scan."""
    row = store.scan(scan)
    answers = answers_of(store, row.number)
    facts_of = _facts_of(store, row.number)
    explained, counts = {}, {}
    for answer in answers:
        verdicts = [Verdict.from_json(v) for v in store.verdicts(row.number, answer.criterion)]
        counts[answer.criterion] = len(verdicts)
        shown = sorted(verdicts, key=lambda v: TELLING[v.verdict])[:ITEMS_SHOWN]
        explained[answer.criterion] = explain(model, answer, shown, facts_of)["verdicts"]
    before = previous_scan(store, row.number) if with_drift else None
    return Content(
        organisation=organisation,
        scan={
            "number": row.number,
            "kind": row.kind,
            "started_at": rfc3339(row.started_at),
            "finished_at": rfc3339(row.finished_at) if row.finished_at else None,
        },
        model=model_document(model),
        score=score(model, answers, coverage_of(store, row.number), row.number).to_json(),
        answers=[a.to_json() for a in answers],
        criteria={c.id: _criterion_document(c) for c in model.criteria},
        verdicts=explained,
        verdict_counts=counts,
        targets=_targets(store, row.number),
        captures=_captures(store, row.number),
        conflicts=_conflicts(store, row.number),
        drift=drift_of(store, before, row.number, model).to_json() if before is not None else None,
    )


def model_document(model: Model) -> dict[str, Any]:
    """The model's frame as reports show it, with the published reference points."""
    reference = model.reference
    means = {d: float(v) for d, v in reference.domains.items()}
    titles = {d.id: d.title for d in model.domains}
    parts = [f"average {float(reference.average):g}"] if reference.average is not None else []
    parts += [f"most organisations at stage {reference.most_at_stage}"] if reference.most_at_stage is not None else []
    parts += [f"{titles.get(d, d)} {v:g}" for d, v in means.items()]
    if reference.average is not None:
        means["all"] = float(reference.average)
    return {
        "name": model.name,
        "title": model.title,
        "domains": titles,
        "stages": {s.number: s.title for s in model.stages},
        "reference": {"means": means, "text": ", ".join(parts) + (f"; {reference.source}" if reference.source else "")},
    }


def _criterion_document(criterion: Any) -> dict[str, Any]:
    names = ("question", "asked", "proof", "who", "yes", "partial", "confirm", "file")
    return {name: getattr(criterion, name) for name in names}


def _targets(store: Store, scan: int) -> list[dict[str, Any]]:
    """Each target with how many of its planned kinds were read, and why the others were not."""
    by_target: dict[str, list[Any]] = {}
    made = {name for name, kind in kinds().items() if kind.derived}
    for outcome in store.outcomes(scan):
        if outcome.kind in made:
            continue
        by_target.setdefault(outcome.target, []).append(outcome)
    rows = []
    for stored in store.targets(scan):
        outcomes = by_target.get(stored.target.name, [])
        failed: dict[tuple[str, str], list[str]] = {}
        for o in outcomes:
            if o.outcome is not Outcome.OK:
                failed.setdefault((o.outcome.value, o.detail), []).append(o.kind)
        if not outcomes and stored.status != "ok":
            failed[(stored.outcome.value if stored.outcome else "not_collected", stored.detail)] = ["everything"]
        rows.append(
            {
                "target": stored.target.name,
                "address": stored.target.address,
                "platform": stored.target.platform,
                "role": stored.target.role,
                "planned": len(outcomes),
                "ok": sum(o.outcome is Outcome.OK for o in outcomes),
                "failed": [{"outcome": w, "detail": d, "kinds": ", ".join(k)} for (w, d), k in failed.items()],
                "unverified": unverified(stored.target),
            }
        )
    return rows


def _conflicts(store: Store, scan: int) -> dict[str, list[dict[str, Any]]]:
    """The readings of each target that disagree."""
    found: dict[str, list[dict[str, Any]]] = {}
    for fact in store.facts(scan, "reading_conflict"):
        value = fact.value
        said = [{"source": s, "value": v} for s, v in zip(value["sources"] or (), value["values"] or (), strict=False)]
        found.setdefault(fact.target, []).append({**value, "said": said})
    return found


def _captures(store: Store, scan: int) -> dict[str, Any]:
    return {
        c.evidence: {"target": c.target, "verb": c.verb, "what": c.what, "at": rfc3339(c.at), "account": c.account}
        for c in store.captures(scan)
        if c.evidence
    }
