"""One scan's facts as DuckDB tables that rules and people query: read-only, bounded, cut off from everything else.

Tables: one a fact kind (``target, key, observed_at, evidence``, then its fields), and

- ``target(target, address, platform, family, site, role, tags, transports, unverified)``
- ``outcome(target, kind, outcome, detail, rows, observed_at)``; ``read_ok(target, kind)`` are those that are ok
- ``listed(list, item)``: the lists of the configuration
- ``clock(now)``: the scan's time

Times are UTC without a zone. A kind whose reading is older than its ``fresh`` at the clock counts as not read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from threading import Lock, Timer
from typing import Any

import duckdb

from collector.errors import QueryError
from collector.facts.kinds import kinds
from collector.facts.load import Loader, create_table, quoted
from collector.facts.sets import FactSet, canonical, clean_text, pack
from collector.model import Fact, KindOutcome, Outcome, Target, rfc3339

_BEFORE: dict[str, str | int | float | list[str]] = {
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    "temp_directory": "",
}

#: Functions that take an address in memory: a query could crash the program with them.
_FORBIDDEN = frozenset({"arrow_scan", "arrow_scan_dumb", "pandas_scan", "python_arrow_scan", "python_map_function"})


class FactTables:
    """The tables of one scan. ``build`` makes them; after that they answer SELECTs and nothing else."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._lock = Lock()

    @classmethod
    def build(
        cls,
        targets: Iterable[Target],
        facts: Iterable[Fact | FactSet],
        outcomes: Iterable[KindOutcome],
        lists: Mapping[str, Sequence[str]],
        clock: datetime,
        views: Mapping[str, str] | None = None,
        memory: str = "4GB",
    ) -> FactTables:
        """The tables of a scan whose time is ``clock``; ``views`` are made in their order.

        Raises QueryError for a view that cannot be bound.
        """
        connection = duckdb.connect(":memory:", config={**_BEFORE, "memory_limit": memory})
        connection.execute("SET TimeZone = 'UTC'")
        judged = [_aged(outcome, clock) for outcome in outcomes]
        with tempfile.TemporaryDirectory(prefix="collector-") as folder:
            for kind in kinds().values():
                create_table(connection, kind)
            _load_facts(connection, Path(folder), _fresh(facts, judged, clock))
            _load_rest(connection, Path(folder), targets, judged, lists, clock)
        tables = cls(connection)
        for name, sql in (views or {}).items():
            tables._view(name, sql)
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        return tables

    def _view(self, name: str, sql: str) -> None:
        try:
            _single_select(self._connection, sql)
            self._connection.execute(f"CREATE VIEW {quoted(name)} AS {sql}")
        except duckdb.Error as error:
            raise _query_error(error, f"view {name}: ") from error
        except QueryError as error:
            raise QueryError(f"view {name}: {error.message}", error.hint) from error

    def query(
        self, sql: str, parameters: Sequence[Any] = (), *, limit: int | None = None, seconds: float = 10.0
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """The columns and rows of one SELECT.

        Raises QueryError for anything else than a SELECT, for a wrong one (with the nearest names in the hint),
        past ``seconds`` or the memory limit, and for more than ``limit`` rows.
        """
        with self._lock:
            return self._run(sql, parameters, limit, seconds)

    def bind(self, sql: str) -> tuple[str, ...]:
        """The columns that a SELECT would have; raises QueryError as ``query`` does, and reads no rows."""
        columns, _ = self.query(f"SELECT * FROM ({sql}\n) LIMIT 0")  # noqa: S608  a SELECT or an error
        return columns

    def _run(
        self, sql: str, parameters: Sequence[Any], limit: int | None, seconds: float
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        connection = self._connection
        timer = Timer(seconds, connection.interrupt)
        timer.daemon = True
        try:
            _single_select(connection, sql)
            connection.execute("BEGIN TRANSACTION READ ONLY")  # a SELECT can hide an INSERT in its WITH
            timer.start()
            try:
                result = connection.execute(sql, list(parameters) or None)
                columns = tuple(str(column[0]) for column in result.description or ())
                rows = result.fetchall() if limit is None else result.fetchmany(limit + 1)
            finally:
                timer.cancel()
                timer.join()  # a thread that outlives the interpreter's end can take the process with it
                connection.execute("ROLLBACK")
        except duckdb.InterruptException as error:
            raise QueryError(f"the query took longer than {seconds:g} s", "narrow it with WHERE") from error
        except duckdb.Error as error:
            raise _query_error(error) from error
        if limit is not None and len(rows) > limit:
            raise QueryError(f"the query has more than {limit} rows", f"end it with LIMIT {limit}")
        return columns, rows

    def close(self) -> None:
        self._connection.close()


def empty_tables(views: Mapping[str, str] | None = None) -> FactTables:
    """The tables without a row, to bind rules and views against."""
    return FactTables.build((), (), (), {}, datetime(1970, 1, 1, tzinfo=UTC), views, memory="256MB")


def _aged(outcome: KindOutcome, clock: datetime) -> KindOutcome:
    """The outcome at the clock: an old reading says nothing of the present."""
    kind = kinds().get(outcome.kind)
    if kind is None or outcome.observed_at is None or clock - outcome.observed_at <= kind.fresh:
        return outcome
    if outcome.outcome is not Outcome.OK:
        return replace(outcome, rows=0)
    detail = f"stale: read {_age(clock - outcome.observed_at)} ago"
    return replace(outcome, outcome=Outcome.NOT_COLLECTED, detail=detail, rows=0)


def _age(span: timedelta) -> str:
    return f"{span.days} d" if span.days else f"{span.seconds // 3600} h"


def _fresh(facts: Iterable[Fact | FactSet], outcomes: Iterable[KindOutcome], clock: datetime) -> Iterable[FactSet]:
    """The sets whose reading stands at the clock; where no outcome tells a reading's time, the facts' own does."""
    read_at = {(o.target, o.kind): o.observed_at for o in outcomes if o.observed_at}
    spans = {name: kind.fresh for name, kind in kinds().items()}

    def stands(found: Fact | FactSet) -> bool:
        if found.kind not in spans:
            return False
        at = read_at.get((found.target, found.kind)) or _oldest(found)
        return at is None or clock - at <= spans[found.kind]

    loose: list[Fact] = []
    for found in chain(facts, (None,)):
        if loose and (found is None or isinstance(found, FactSet) or len(loose) >= 5000):
            yield from pack(loose)
            loose = []
        if found is None or not stands(found):
            continue
        if isinstance(found, FactSet):
            yield found
        else:
            loose.append(found)
    yield from pack(loose)


def _oldest(found: Fact | FactSet) -> datetime | None:
    if isinstance(found, Fact):
        return found.observed_at
    return min((s.at for s in found.sources), default=None)


def _load_facts(connection: duckdb.DuckDBPyConnection, folder: Path, sets: Iterable[FactSet]) -> None:
    loader = Loader(folder)
    for found in sets:
        loader.add(found)
    loader.load(connection)


def _load_rest(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    targets: Iterable[Target],
    outcomes: Iterable[KindOutcome],
    lists: Mapping[str, Sequence[str]],
    clock: datetime,
) -> None:
    _load_rows(connection, folder, "target", _TARGET, (_target_row(t) for t in targets))
    _load_rows(connection, folder, "outcome", _OUTCOME, (_outcome_row(o) for o in outcomes))
    listed = ({"list": name, "item": item} for name, items in lists.items() for item in items)
    _load_rows(connection, folder, "listed", {"list": "VARCHAR", "item": "VARCHAR"}, listed)
    _load_rows(connection, folder, "clock", {"now": "TIMESTAMP"}, [{"now": rfc3339(clock)}])
    connection.execute("CREATE VIEW read_ok AS SELECT target, kind FROM outcome WHERE outcome = 'ok'")


_TARGET = {
    **dict.fromkeys(("target", "address", "platform", "family", "site", "role"), "VARCHAR"),
    **dict.fromkeys(("tags", "transports", "unverified"), "VARCHAR[]"),
}

_OUTCOME = {
    **dict.fromkeys(("target", "kind", "outcome", "detail"), "VARCHAR"),
    "rows": "BIGINT",
    "observed_at": "TIMESTAMP",
}


def _target_row(target: Target) -> dict[str, Any]:
    return {
        "target": target.name,
        "address": target.address,
        "platform": target.platform,
        "family": target.family,
        "site": target.site,
        "role": target.role,
        "tags": list(target.tags),
        "transports": [str(e.transport) for e in target.endpoints],
        "unverified": unverified(target),
    }


def unverified(target: Target) -> list[str]:
    """The transports over which nobody checks that the target is who it says it is."""
    return [
        str(e.transport)
        for e in target.endpoints
        if e.options.get("verify") is False or e.options.get("scheme") == "http" or e.options.get("tls") == "none"
    ]


def _outcome_row(outcome: KindOutcome) -> dict[str, Any]:
    return {
        "target": outcome.target,
        "kind": outcome.kind,
        "outcome": str(outcome.outcome),
        "detail": outcome.detail,
        "rows": outcome.rows,
        "observed_at": outcome.observed_at,
    }


def _load_rows(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    table: str,
    columns: Mapping[str, str],
    rows: Iterable[Mapping[str, Any]],
) -> None:
    listed = ", ".join(f"{quoted(name)} {type_}" for name, type_ in columns.items())
    connection.execute(f"CREATE TABLE {quoted(table)} ({listed})")
    path = folder / f"{table}.ndjson"
    with path.open("wb") as file:
        file.writelines(canonical(row) + b"\n" for row in rows)
    if path.stat().st_size:
        types = ", ".join(f"{quoted(name)}: '{type_}'" for name, type_ in columns.items())
        text = str(path).replace("'", "''")
        read = f"read_json('{text}', format = 'newline_delimited', columns = {{{types}}})"
        connection.execute(f"INSERT INTO {quoted(table)} SELECT * FROM {read}")  # noqa: S608  names are ours


def _single_select(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise QueryError(f"{len(statements)} statements where one SELECT is wanted", "ask one thing at a time")
    if statements[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
        raise QueryError(f"{statements[0].type.name} is refused: the fact tables are read-only", "write a SELECT")
    found = _FORBIDDEN.intersection(word.lower() for word in _words(sql))
    if found:
        raise QueryError(f"{min(found)} is refused: it reads the program's memory", "write a SELECT on the tables")


def _words(sql: str) -> list[str]:
    return "".join(c if c.isalnum() or c == "_" else " " for c in sql).split()


def _query_error(error: duckdb.Error, prefix: str = "") -> QueryError:
    """DuckDB's words on one line: what is wrong, and as the hint the names that it suggests."""
    text = clean_text(str(error))
    if "pytz" in text:
        return QueryError(f"{prefix}the result has a time with a zone", "cast it: CAST(... AS TIMESTAMP) is UTC")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("LINE ", "^"))] or ["no reason given"]
    hints = [line for line in lines[1:] if line.startswith(("Candidate", "Did you mean", "Perhaps"))]
    return QueryError(
        prefix + lines[0].rstrip("!"), " ".join(hints) or '`collector query "SHOW TABLES"` lists what there is'
    )
