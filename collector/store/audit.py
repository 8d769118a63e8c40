"""Looks at every stored row: do the bytes have their hash, the seals their content, the references their aim?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, text, union

from collector.errors import EvidenceError
from collector.facts.sets import references
from collector.store import blobs, results, schema
from collector.store.seals import assessment_seal, facts_seal, scan_seal, target_seal
from collector.store.store import Store

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was stored: in which area, where, and what."""

    area: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Area:
    name: str
    checked: int


@dataclass(frozen=True, slots=True)
class Report:
    areas: tuple[Area, ...]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Audit:
    connection: Connection
    scan: int | None
    damaged: set[int] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def found(self, area: str, where: str, what: str) -> None:
        self.findings.append(Finding(area, where, what))

    def of_scan(self, column: ColumnElement[Any], statement: Select[Any]) -> Select[Any]:
        return statement if self.scan is None else statement.where(column == self.scan)


def audit(store: Store, scan: int | None = None) -> Report:
    """Everything, or what belongs to one scan."""
    steps: list[tuple[str, Callable[[_Audit, str], int]]] = [
        ("database", _database),
        ("stored bytes", _bytes),
        ("requests", _requests),
        ("captures", _captures),
        ("facts", _facts),
        ("answers", _answers),
        ("seals", _seals),
    ]
    areas = []
    with store.connection() as connection:
        state = _Audit(connection, scan)
        for name, step in steps:
            areas.append(Area(name, step(state, name)))
    return Report(tuple(areas), tuple(state.findings))


def _database(state: _Audit, area: str) -> int:
    """The database's own check of its pages and references, where it has one."""
    if state.connection.dialect.name != "sqlite":
        return 1
    for pragma in ("quick_check", "foreign_key_check"):
        for row in state.connection.execute(text(f"PRAGMA {pragma}")):
            if tuple(row) != ("ok",):
                state.found(area, pragma, " ".join(str(part) for part in row))
    return 2


def _bytes(state: _Audit, area: str) -> int:
    """Every blob against its hash. Which captures it belongs to is said by the next step."""
    table, last, count = schema.blob, 0, 0
    wanted = None if state.scan is None else _blobs_of(state.scan)
    while True:
        statement = select(table.c.id, table.c.sha256, table.c.size, table.c.data).where(table.c.id > last)
        if wanted is not None:
            statement = statement.where(table.c.id.in_(wanted))
        rows = state.connection.execute(statement.order_by(table.c.id).limit(_CHUNK)).all()
        if not rows:
            return count
        for row in rows:
            last, count = row.id, count + 1
            try:
                blobs.unpack(bytes(row.sha256), row.size, bytes(row.data))
            except EvidenceError as error:
                state.damaged.add(row.id)
                state.found(area, f"sha256:{bytes(row.sha256).hex()}", error.message)


def _blobs_of(scan: int) -> Any:
    """The row numbers of all blobs that a scan refers to."""
    target, captured, outcome = schema.scan_target, schema.capture, schema.outcome
    run, answer = schema.assessment, schema.answer
    mine = select(target.c.id).where(target.c.scan == scan)
    runs = select(run.c.id).where(run.c.scan == scan)
    return union(
        select(target.c.document).where(target.c.scan == scan),
        select(captured.c.blob).where(captured.c.scan_target.in_(mine), captured.c.blob.is_not(None)),
        select(outcome.c.facts).where(outcome.c.scan_target.in_(mine), outcome.c.facts.is_not(None)),
        select(run.c.summary).where(run.c.scan == scan),
        *(
            select(column).where(answer.c.assessment.in_(runs))
            for column in (answer.c.rule, answer.c.document, answer.c.verdicts)
        ),
    )


def _captures(state: _Audit, area: str) -> int:
    """Every capture that says ok has bytes, they are there and whole; requests and targets are there."""
    captured, target, request = schema.capture, schema.scan_target, schema.request
    statement = (
        select(
            target.c.scan,
            target.c.name,
            request.c.name.label("request"),
            captured.c.page,
            captured.c.outcome,
            captured.c.blob,
            schema.blob.c.id.label("there"),
        )
        .select_from(captured)
        .outerjoin(target, captured.c.scan_target == target.c.id)
        .outerjoin(request, captured.c.request == request.c.id)
        .outerjoin(schema.blob, captured.c.blob == schema.blob.c.id)
    )
    count = 0
    for row in state.connection.execute(state.of_scan(target.c.scan, statement)):
        count += 1
        where = f"scan {row.scan}, {row.name}, {row.request}, page {row.page}"
        if row.scan is None or row.request is None:
            state.found(area, where, "its target or its request is gone")
        elif row.blob is None and row.outcome == "ok":
            state.found(area, where, "it says ok and has no bytes")
        elif row.blob is not None and row.there is None:
            state.found(area, where, "its bytes are gone")
        elif row.blob in state.damaged:
            state.found(area, where, "its bytes are not those that were stored")
    return count


def _facts(state: _Audit, area: str) -> int:
    """Every fact set is there, whole, has as many rows as its outcome says, and names captures that are there."""
    target, outcome = schema.scan_target, schema.outcome
    statement = (
        select(
            target.c.id, target.c.scan, target.c.name, outcome.c.kind, outcome.c.rows, outcome.c.facts,
            schema.blob.c.id.label("there"), schema.blob.c.sha256, schema.blob.c.size, schema.blob.c.data,
        )
        .join(target, outcome.c.scan_target == target.c.id)
        .outerjoin(schema.blob, outcome.c.facts == schema.blob.c.id)
        .order_by(target.c.id)
    )  # fmt: skip
    count, asked_of, asked = 0, None, set[tuple[str, str, int]]()
    for row in state.connection.execute(state.of_scan(target.c.scan, statement)):
        count += 1
        where = f"scan {row.scan}, {row.name}, {row.kind}"
        if row.facts is None:
            if row.rows:
                state.found(area, where, f"it counts {row.rows} facts and has none")
            continue
        if row.there is None or row.facts in state.damaged:
            state.found(area, where, "its facts are gone or are not those that were stored")
            continue
        if row.id != asked_of:
            asked_of, asked = row.id, set(_asked(state.connection, row.id))
        document = blobs.unpack(bytes(row.sha256), row.size, bytes(row.data))
        for reference in references(document):
            if reference[0] and reference not in asked:
                state.found(area, where, f"it refers to {reference[1]}, page {reference[2]}, which is not there")
    return count


def _asked(connection: Connection, number: int) -> Iterator[tuple[str, str, int]]:
    captured, request = schema.capture, schema.request
    statement = (
        select(request.c.probe, request.c.name, captured.c.page)
        .join(request, captured.c.request == request.c.id)
        .where(captured.c.scan_target == number)
    )
    for row in connection.execute(statement):
        yield row.probe, row.name, row.page


def _answers(state: _Audit, area: str) -> int:
    """Every answer's document, verdicts and rule are there and whole."""
    run, answer = schema.assessment, schema.answer
    statement = select(run.c.scan, answer).join(run, answer.c.assessment == run.c.id)
    there = set(state.connection.execute(select(schema.blob.c.id)).scalars()) - state.damaged
    count = 0
    for row in state.connection.execute(state.of_scan(run.c.scan, statement)):
        count += 1
        if not {row.document, row.verdicts, row.rule} <= there:
            where = f"scan {row.scan}, assessment {row.assessment}, {row.criterion}"
            state.found(area, where, "it is gone or is not what was stored")
    return count


def _requests(state: _Audit, area: str) -> int:
    """What was asked is what its hash says."""
    table, count = schema.request, 0
    names = ("transport", "probe", "probe_version", "name", "verb", "what")
    for row in state.connection.execute(select(table)).mappings():
        count += 1
        if results.request_digest({name: row[name] for name in names}) != bytes(row["sha256"]):
            state.found(area, f"{row['probe']}, {row['name']}", "what was asked is not what was stored")
    return count


def _seals(state: _Audit, area: str) -> int:
    """What was asked, when and how it went is as it was stored, and no target is missing."""
    target, scan, run = schema.scan_target, schema.scan, schema.assessment
    connection, count = state.connection, 0
    statement = select(target).where(target.c.status != "planned")
    for row in connection.execute(state.of_scan(target.c.scan, statement)).all():
        count += 2
        where = f"scan {row.scan}, {row.name}"
        if target_seal(connection, row.id) != row.seal:
            state.found(area, where, "what was asked of it, when, or how it went is not what was stored")
        if facts_seal(connection, row.id) != row.facts_seal:
            state.found(area, where, "its outcomes or its list of facts are not what was stored")
    for row in connection.execute(state.of_scan(scan.c.id, select(scan).where(scan.c.finished_at.is_not(None)))).all():
        count += 1
        if row.status != "running" and scan_seal(connection, row.id) != row.seal:
            state.found(area, f"scan {row.id}", "it or its list of targets was changed after it ended")
    for row in connection.execute(state.of_scan(run.c.scan, select(run))).all():
        count += 1
        if assessment_seal(connection, row.id) != row.seal:
            state.found(area, f"scan {row.scan}, assessment {row.id}", "its answers are not those that were stored")
    return count
