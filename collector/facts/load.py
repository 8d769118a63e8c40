"""Facts into DuckDB tables, a set at a time: sets are lines of JSON already, and DuckDB reads them in parallel."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import duckdb

from collector.facts.kinds import SQL_TYPES, Field, Kind, kinds
from collector.facts.sets import FactSet, canonical, pack
from collector.model import from_rfc3339, rfc3339

#: A longer document is cut into several lines: DuckDB holds whole lines, one a thread, in memory.
_LONGEST = 4 * 2**20
_SMALLEST_BUFFER = 16 * 2**20


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def create_table(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """The empty table of a kind."""
    columns = {"target": "VARCHAR", "key": "VARCHAR", "observed_at": "TIMESTAMP", "evidence": "VARCHAR[]"}
    columns |= {f.name: SQL_TYPES[f.type] for f in kind.fields.values()}
    listed = ", ".join(f"{quoted(name)} {type_}" for name, type_ in columns.items())
    connection.execute(f"CREATE TABLE {quoted(kind.name)} ({listed})")


class Loader:
    """Collects sets in one file a kind under ``folder``, then loads the files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, IO[bytes]] = {}
        self._longest: dict[str, int] = {}

    def add(self, found: FactSet) -> None:
        """One more set; one of a kind that is no longer defined is left out."""
        if found.kind not in kinds():
            return
        if len(found.document) > _LONGEST:
            for part in pack(found.facts()):
                self._write(part)
        else:
            self._write(found)

    def _write(self, found: FactSet) -> None:
        if found.kind not in self._files:
            self._files[found.kind] = (self._folder / f"{found.kind}.ndjson").open("wb")
        sources = [{"e": s.evidence, "at": rfc3339(s.at)} for s in found.sources]
        line = b'{"t":%s,"s":%s,"d":%s}\n' % (canonical(found.target), canonical(sources), found.document)
        self._files[found.kind].write(line)
        self._longest[found.kind] = max(self._longest.get(found.kind, 0), len(line))

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Everything collected, into the kinds' tables. A value that is not of its field's type is not known."""
        for name, file in self._files.items():
            file.close()
            kind, path = kinds()[name], Path(file.name)
            size = max(_SMALLEST_BUFFER, self._longest[name] + 1024)
            try:
                connection.execute(_insert(kind, path, size))
            except duckdb.Error:
                connection.execute(_insert(kind, _checked(kind, path), size))
            path.unlink()


def _insert(kind: Kind, path: Path, size: int) -> str:
    fields = ", ".join(f"{quoted(f.name)} {SQL_TYPES[f.type]}" for f in kind.fields.values())
    row = f'"key" VARCHAR, "from" BIGINT[], "at" TIMESTAMP, "value" STRUCT({fields})'
    columns = f"{{t: 'VARCHAR', s: 'STRUCT(e VARCHAR, \"at\" TIMESTAMP)[]', d: 'STRUCT(\"rows\" STRUCT({row})[])'}}"
    values = ", ".join(f'r."value".{quoted(f.name)}' for f in kind.fields.values())
    return f"""
        INSERT INTO {quoted(kind.name)}
        SELECT t, r."key", coalesce(r."at", s[r."from"[1] + 1]."at"), list_transform(r."from", lambda i: s[i + 1].e),
               {values}
        FROM (SELECT t, s, unnest(d."rows") AS r
              FROM read_json('{_text(path)}', format = 'newline_delimited', columns = {columns},
                             maximum_object_size = {size}))"""  # noqa: S608  names are ours


def _text(path: Path) -> str:
    return str(path).replace("'", "''")


def _checked(kind: Kind, path: Path) -> Path:
    """The same lines with NULL for what is not of its field's type: an older version's facts, or a hole in a check."""
    checked = path.with_suffix(".checked")
    with path.open("rb") as lines, checked.open("wb") as out:
        for line in lines:
            found = json.loads(line)
            for row in found["d"]["rows"]:
                row["value"] = _typed(kind.fields, row["value"])
            out.write(canonical(found) + b"\n")
    return checked


def _typed(fields: Mapping[str, Field], value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value[name] for name, field in fields.items() if name in value and _fits(field, value[name])}


def _fits(field: Field, value: Any) -> bool:
    if field.type == "timestamp":
        return _is_time(value)
    if field.type in ("texts", "integers"):
        member = str if field.type == "texts" else int
        return isinstance(value, list) and all(isinstance(v, member) for v in value)
    return field.accepts(value)


def _is_time(value: Any) -> bool:
    try:
        return isinstance(from_rfc3339(value), datetime)
    except (ValueError, TypeError, AttributeError):
        return False
