"""The fact kinds, read from ``kinds.toml``: what each table holds, typed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from collector.durations import parse_duration
from collector.errors import DefinitionError

#: Type names of ``kinds.toml`` and the DuckDB types that hold them.
SQL_TYPES: Mapping[str, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "real": "DOUBLE",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP",
    "texts": "VARCHAR[]",
    "integers": "BIGINT[]",
}

_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "real": (float, int),
    "boolean": (bool,),
    "timestamp": (datetime,),
    "texts": (list, tuple),
    "integers": (list, tuple),
}


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: str
    doc: str = ""
    volatile: bool = False
    varies: bool = False

    def accepts(self, value: Any) -> bool:
        """Whether a value has this field's type, in the 64 bits of a table's column; ``None``, not known, always has."""
        if value is None:
            return True
        if self.type == "integer" and isinstance(value, int) and not -(2**63) <= value < 2**63:
            return False
        if self.type in ("integer", "real") and isinstance(value, bool):
            return False
        return isinstance(value, _PYTHON_TYPES[self.type])


@dataclass(frozen=True, slots=True)
class Kind:
    """A fact kind: its fields by name, what its key is made of, where it is read, how long it stands.

    ``same``, ``listed`` and ``derived`` are explained at the top of ``kinds.toml``.
    """

    name: str
    doc: str
    key: str
    source: str
    fresh: timedelta
    fields: Mapping[str, Field]
    same: tuple[str, ...] = ()
    listed: str = ""
    derived: bool = False


@cache
def kinds() -> Mapping[str, Kind]:
    """Every fact kind by name."""
    path = Path(__file__).with_name("kinds.toml")
    with path.open("rb") as file:
        return {name: _kind(name, table) for name, table in tomllib.load(file).items()}


def _kind(name: str, table: dict[str, Any]) -> Kind:
    return Kind(
        name=name,
        doc=table["doc"],
        key=table["key"],
        source=table["source"],
        fresh=parse_duration(table["fresh"]),
        fields={f: _field(name, f, line) for f, line in table["fields"].items()},
        same=tuple(table.get("same", ())),
        listed=table.get("listed", ""),
        derived=table.get("derived", False),
    )


def _field(kind: str, name: str, line: str) -> Field:
    head, _, doc = line.partition(";")
    type_, *flags = (part.strip() for part in head.split(","))
    if type_ not in SQL_TYPES or set(flags) - {"volatile", "varies"}:
        raise DefinitionError(
            f"kinds.toml: {kind}.{name}: cannot read {line!r}", "type[, volatile][, varies]; description"
        )
    return Field(name, type_, doc.strip(), "volatile" in flags, "varies" in flags)
