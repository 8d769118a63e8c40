"""Tables written as TOML: as much of it as the lab's files use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any


def dumps(tables: Mapping[str, Any]) -> str:
    """The tables as TOML text: plain values first, then tables, then lists of tables."""
    return "\n".join(_table("", tables)) + "\n"


def _table(path: str, table: Mapping[str, Any]) -> list[str]:
    lines = [f"{_key(k)} = {_value(v)}" for k, v in table.items() if not _nested(v)]
    for key, value in table.items():
        name = f"{path}.{_key(key)}" if path else _key(key)
        if isinstance(value, Mapping):
            lines += ["", f"[{name}]", *_table(name, value)]
        elif _nested(value):
            for row in value:
                lines += ["", f"[[{name}]]", *_table(name, row)]
    return lines


def _nested(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and isinstance(value[0], Mapping))


def _key(key: str) -> str:
    return key if key.replace("-", "").replace("_", "").isalnum() and key.isascii() else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(str(value)).replace("\x7f", "\\u007f")
