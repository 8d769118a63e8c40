"""Targets from a CSV file: a header line, then a target a line.

Columns: ``name``, ``address``, ``platform`` (needed), ``site``, ``role``, ``family``, ``tags`` and ``transports``
(several parted by blanks or semicolons). Every wrong row is reported, none is skipped in silence.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from pydantic import ValidationError

from collector.config.schema import TargetTable
from collector.errors import ConfigError

_COLUMNS = {"name", "address", "platform", "site", "role", "family", "tags", "transports"}
_NEEDED = {"name", "address", "platform"}


def read_csv(path: Path) -> list[TargetTable]:
    """The targets of a CSV file, in its order."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"cannot read the inventory {path}: {error.strerror}", "see inventory.csv") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"the inventory {path} is not UTF-8 text", "save it as CSV UTF-8") from error
    dialect = csv.excel()
    dialect.delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    reader = csv.DictReader(text.splitlines(), dialect=dialect)
    columns = {(c or "").strip().lower() for c in reader.fieldnames or ()}
    if _NEEDED - columns or columns - _COLUMNS:
        strange = f"; unknown: {', '.join(sorted(columns - _COLUMNS))}" if columns - _COLUMNS else ""
        missing = f"missing: {', '.join(sorted(_NEEDED - columns))}" if _NEEDED - columns else "columns"
        raise ConfigError(f"{path}: {missing}{strange}", "columns: " + ", ".join(sorted(_COLUMNS)))
    targets, mistakes = [], []
    for row in reader:
        values = {(k or "").strip().lower(): (v or "").strip() for k, v in row.items() if isinstance(v, str | None)}
        if not any(values.values()):
            continue
        try:
            targets.append(_target(values))
        except ValidationError as error:
            for e in error.errors(include_url=False):
                field = ".".join(str(p) for p in e["loc"])
                mistakes.append(f"{path.name} line {reader.line_num}: {field}: {e['msg']}")
    if mistakes:
        raise ConfigError(f"{path}: {len(mistakes)} mistake(s)", "mend them; nothing was done", tuple(mistakes))
    return targets


def _target(values: dict[str, str]) -> TargetTable:
    table: dict[str, object] = {k: v for k, v in values.items() if v and k not in ("tags", "transports")}
    for name in ("tags", "transports"):
        if values.get(name):
            table[name] = [word for word in re.split(r"[;\s]+", values[name]) if word]
    return TargetTable.model_validate(table)
