"""The store's one door: opens the database and offers what the rest of the program asks of it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from collector.errors import NotFoundError, StoreError
from collector.facts.sets import FactSet, clean_text
from collector.model import Capture, Fact, KindOutcome, Outcome, Parsed, Target
from collector.store import assessments, blobs, migrate, results, schema
from collector.store.documents import target_document, target_of
from collector.store.engine import open_engine
from collector.store.seals import scan_seal
from collector.store.times import loaded, stored
from collector.store.values import (
    AnswerDocument,
    AssessmentRow,
    ScanCounts,
    ScanRow,
    StoredAnswer,
    StoredCapture,
    StoredTarget,
    TargetResult,
)


class Store:
    """Scans and all that belongs to them. Several programs may read while one writes; each call is one transaction.

    Scans are asked for by number, or ``None`` for the latest that has ended. Every method raises StoreError where the
    database fails, NotFoundError for a scan, target or criterion that is not there, and EvidenceError for stored bytes
    that are not those that were stored.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str | Path, read_only: bool = False) -> Store:
        """Opens ``sqlite:///PATH``, a path or ``postgresql://...``; makes a new store, upgrades an old one."""
        store = cls(open_engine(url, read_only))
        try:
            with store._read() as connection:
                found = migrate.version(connection)
            if found != migrate.HEAD and read_only:
                raise StoreError(
                    "the store has an old form" if found else "the store is empty", "run `collector doctor`"
                )
            if found != migrate.HEAD:
                with store._write() as connection:
                    migrate.upgrade(connection)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise _store_error(error) from error

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        try:
            with self._engine.execution_options(writes=True).begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise _store_error(error) from error

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection to read by hand, in one transaction."""
        with self._read() as connection:
            yield connection

    # scans

    def begin_scan(self, kind: str, started_at: datetime, config_digest: str, targets: Iterable[Target]) -> int:
        """A new scan (``scan`` or ``import``) of these targets; gives its number."""
        planned = {t.name: target_document(t) for t in targets}
        with self._write() as connection:
            made = connection.execute(
                insert(schema.scan).values(
                    kind=kind,
                    status="running",
                    started_at=stored(started_at),
                    config_digest=config_digest,
                    program=_program(),
                )
            )
            number = int(made.inserted_primary_key[0])  # type: ignore[index]
            numbers = blobs.put(connection, planned.values())
            rows = [
                {
                    "scan": number,
                    "name": name,
                    "status": "planned",
                    "document": numbers[hashlib.sha256(document).digest()],
                }
                for name, document in planned.items()
            ]
            if rows:
                connection.execute(insert(schema.scan_target), rows)
        return number

    def save_target(self, scan: int, result: TargetResult) -> None:
        """Everything of one target, whole or not at all."""
        with self._write() as connection:
            self._row(connection, scan)
            results.save_target(connection, scan, result)

    def finish_scan(self, scan: int, finished_at: datetime, status: str = "finished") -> None:
        """Closes a scan as ``finished`` or ``interrupted`` and seals its list of targets."""
        with self._write() as connection:
            self._row(connection, scan)
            mine = update(schema.scan).where(schema.scan.c.id == scan)
            connection.execute(mine.values(status=status, finished_at=stored(finished_at)))
            connection.execute(mine.values(seal=scan_seal(connection, scan)))

    def resume_scan(self, scan: int) -> None:
        """Opens an ended scan again."""
        with self._write() as connection:
            self._row(connection, scan)
            connection.execute(
                update(schema.scan).where(schema.scan.c.id == scan).values(status="running", finished_at=None, seal="")
            )

    def scans(self) -> list[ScanRow]:
        """All scans, oldest first."""
        with self._read() as connection:
            return [_scan(row) for row in connection.execute(select(schema.scan).order_by(schema.scan.c.id))]

    def scan(self, number: int | None = None) -> ScanRow:
        """The scan of that number; without one the latest that ended, or the latest at all where none did."""
        with self._read() as connection:
            return self._row(connection, number)

    def scan_at(self, moment: datetime) -> ScanRow:
        """The scan that stood at a moment: the latest that had ended by then."""
        table = schema.scan
        with self._read() as connection:
            row = connection.execute(
                select(table).where(table.c.finished_at <= stored(moment)).order_by(table.c.finished_at.desc()).limit(1)
            ).first()
        if row is None:
            raise NotFoundError(f"no scan had ended by {moment.isoformat()}", "`collector scans` lists them")
        return _scan(row)

    def _row(self, connection: Connection, number: int | None) -> ScanRow:
        table = schema.scan
        statement = select(table).where(table.c.id == number)
        if number is None:
            statement = select(table).order_by(table.c.finished_at.is_(None), table.c.id.desc()).limit(1)
        row = connection.execute(statement).first()
        if row is None and number is None:
            raise NotFoundError("the store holds no scan yet", "`collector scan` or `collector import` makes one")
        if row is None:
            raise NotFoundError(f"there is no scan {number}", "`collector scans` lists them")
        return _scan(row)

    def counts(self, scan: int | None = None) -> ScanCounts:
        """A scan in figures."""
        targets, outcome = schema.scan_target, schema.outcome
        with self._read() as connection:
            number = self._row(connection, scan).number
            by_status = (
                select(targets.c.status, func.count()).where(targets.c.scan == number).group_by(targets.c.status)
            )
            by_outcome = (
                select(outcome.c.outcome, func.count(), func.sum(outcome.c.rows))
                .join(targets, outcome.c.scan_target == targets.c.id)
                .where(targets.c.scan == number)
                .group_by(outcome.c.outcome)
            )
            captured = (
                select(func.count())
                .select_from(schema.capture)
                .join(targets, schema.capture.c.scan_target == targets.c.id)
                .where(targets.c.scan == number)
            )
            rows = connection.execute(by_outcome).all()
            return ScanCounts(
                targets={row.status: row[1] for row in connection.execute(by_status)},
                outcomes={word: count for word, count, _ in rows},
                facts=sum(int(total) for _, _, total in rows),
                captures=connection.execute(captured).scalar_one(),
            )

    # targets and their captures

    def targets(self, scan: int | None = None) -> list[StoredTarget]:
        """The targets of a scan by name, those not reached too."""
        table, body = schema.scan_target, schema.blob
        with self._read() as connection:
            statement = (
                select(table.c.status, table.c.outcome, table.c.detail, body.c.sha256, body.c.size, body.c.data)
                .join(body, table.c.document == body.c.id)
                .where(table.c.scan == self._row(connection, scan).number)
                .order_by(table.c.name)
            )
            return [
                StoredTarget(
                    target=target_of(blobs.unpack(bytes(row.sha256), row.size, bytes(row.data))),
                    status=row.status,
                    outcome=Outcome(row.outcome) if row.outcome else None,
                    detail=row.detail,
                )
                for row in connection.execute(statement)
            ]

    def done_targets(self, scan: int) -> set[str]:
        """The targets whose result is stored: a resumed scan leaves them out."""
        table = schema.scan_target
        with self._read() as connection:
            self._row(connection, scan)
            statement = select(table.c.name).where(table.c.scan == scan, table.c.status != "planned")
            return set(connection.execute(statement).scalars())

    def captures(
        self, scan: int | None = None, target: str | None = None, request: str | None = None
    ) -> Iterator[StoredCapture]:
        """What was asked and what came, without the bytes."""
        with self._read() as connection:
            yield from results.captures(connection, self._row(connection, scan).number, target, request)

    def captures_of(self, evidence: str) -> list[StoredCapture]:
        """Every capture whose bytes a hash names. Raises NotFoundError where there is none."""
        with self._read() as connection:
            return list(results.captures_of_bytes(connection, evidence))

    def body(self, evidence: str) -> bytes:
        """The bytes that ``sha256:...`` or its first digits name, checked against it."""
        with self._read() as connection:
            return blobs.get(connection, evidence)

    def load(self, captures: Iterable[StoredCapture]) -> list[Capture]:
        """The captures with their bytes."""
        with self._read() as connection:
            return [c.with_body(blobs.get(connection, c.evidence) if c.evidence else None) for c in captures]

    # facts and outcomes

    def fact_sets(
        self, scan: int | None = None, kinds: Collection[str] | None = None, target: str | None = None
    ) -> Iterator[FactSet]:
        """The facts as stored documents: what ``FactTables.build`` loads fastest."""
        with self._read() as connection:
            yield from results.fact_sets(connection, self._row(connection, scan).number, kinds, target)

    def facts(self, scan: int | None = None, kind: str | None = None, target: str | None = None) -> Iterator[Fact]:
        """The facts by target, kind and key."""
        for found in self.fact_sets(scan, None if kind is None else {kind}, target):
            yield from found.facts()

    def outcomes(self, scan: int | None = None, target: str | None = None) -> list[KindOutcome]:
        """How each fact kind went on each target."""
        with self._read() as connection:
            return list(results.outcomes(connection, self._row(connection, scan).number, target))

    def replace_facts(self, scan: int, target: str, parsed: Parsed) -> None:
        """A target's facts and outcomes read anew from its captures, in place of the old ones."""
        with self._write() as connection:
            number = self._target_row(connection, scan, target)
            stored_captures = list(results.captures(connection, scan, target))
            found = [c.with_body(blobs.get(connection, c.evidence) if c.evidence else None) for c in stored_captures]
            results.save_parsed(connection, number, parsed, found)

    def _target_row(self, connection: Connection, scan: int, target: str) -> int:
        table = schema.scan_target
        self._row(connection, scan)
        number = connection.execute(select(table.c.id).where(table.c.scan == scan, table.c.name == target)).scalar()
        if number is None:
            raise NotFoundError(f"scan {scan} has no target {target}", "`collector targets` lists them")
        return int(number)

    def last_count(self, target: str, kind: str, before_scan: int) -> int | None:
        """How many facts a target had of a kind when it was last read well, before that scan; None if it never was."""
        names, table = schema.scan_target, schema.outcome
        with self._read() as connection:
            return connection.execute(
                select(table.c.rows)
                .join(names, table.c.scan_target == names.c.id)
                .where(names.c.name == target, names.c.scan < before_scan)
                .where(table.c.kind == kind, table.c.outcome == "ok")
                .order_by(names.c.scan.desc())
                .limit(1)
            ).scalar()

    # answers

    def save_assessment(
        self,
        scan: int,
        answers: Sequence[AnswerDocument],
        *,
        model: str,
        model_hash: str,
        made_at: datetime | None = None,
        summary: Mapping[str, Any] | None = None,
    ) -> int:
        """A run of the rules over a scan, from now on the scan's answers; earlier runs are kept."""
        with self._write() as connection:
            self._row(connection, scan)
            moment = made_at or datetime.now(UTC)
            return assessments.save(connection, scan, answers, moment, (model, model_hash), _program(), summary or {})

    def assessments(self, scan: int | None = None) -> list[AssessmentRow]:
        """The runs over a scan, oldest first."""
        with self._read() as connection:
            return assessments.runs(connection, self._row(connection, scan).number)

    def answers(self, scan: int | None = None, run: int | None = None) -> list[StoredAnswer]:
        """The answers of a scan's latest run, or of one of its earlier runs."""
        with self._read() as connection:
            return assessments.answers(connection, self._run(connection, scan, run))

    def verdicts(self, scan: int | None, criterion: str, run: int | None = None) -> list[Mapping[str, Any]]:
        """The items of one criterion and how each went."""
        with self._read() as connection:
            found = assessments.verdicts(connection, self._run(connection, scan, run), criterion)
        if found is None:
            raise NotFoundError(f"no answer to {criterion}", "`collector answers` lists them")
        return found

    def _run(self, connection: Connection, scan: int | None, run: int | None) -> int:
        number = self._row(connection, scan).number
        runs = [row.number for row in assessments.runs(connection, number)]
        if not runs:
            raise NotFoundError(f"scan {number} has no answers yet", f"`collector rescore --scan {number}` makes them")
        if run is not None and run not in runs:
            raise NotFoundError(f"scan {number} has no assessment {run}", f"it has {', '.join(map(str, runs))}")
        return runs[-1] if run is None else run


def _scan(row: Any) -> ScanRow:
    return ScanRow(
        number=row.id,
        kind=row.kind,
        status=row.status,
        started_at=loaded(row.started_at),
        finished_at=None if row.finished_at is None else loaded(row.finished_at),
        config_digest=row.config_digest,
        program=row.program,
    )


def _program() -> str:
    try:
        return installed_version("infra-evidence-collector")
    except PackageNotFoundError:
        return "0"


def _store_error(error: SQLAlchemyError) -> StoreError:
    """The database's own words on one line; SQLAlchemy's statement and parameters stay out of it."""
    cause = getattr(error, "orig", None) or error
    text = clean_text(str(cause)).strip() or type(cause).__name__
    line = text.splitlines()[0]
    if "locked" in line:
        return StoreError("the store is busy: another program has been writing for 30 s", "try again when it is done")
    if "readonly" in line or "read-only" in line:
        return StoreError("the store was opened to be read only", "open it for writing")
    if "not a database" in line or "malformed" in line:
        return StoreError(
            f"the store is damaged: {line}", "bring back a copy; `collector evidence verify` says what is lost"
        )
    return StoreError(f"the store failed: {line}", "`collector doctor` checks it")
