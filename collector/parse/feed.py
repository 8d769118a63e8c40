"""Rows into facts, by the field maps of a probe's definition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from collector.errors import DefinitionError
from collector.facts.kinds import kinds
from collector.model import Fact
from collector.parse.convert import CONVERTERS
from collector.parse.ports import OWN_PORTS, named
from collector.parse.reading import CutRow, Reading, Row
from collector.probes.definition import Feed, FieldMap


@lru_cache(maxsize=4096)
def _compiled(expression: str) -> Any:
    try:
        return jmespath.compile(expression)
    except JMESPathError as error:
        raise DefinitionError(f"JMESPath {expression!r}: {error}", "mend the expression in the probe") from error


def search(expression: str, values: Any) -> Any:
    """What a JMESPath expression finds; a plain name is looked up directly, which is most of them."""
    if isinstance(values, Mapping) and expression in values:
        return values[expression]
    if expression.isidentifier():
        return values.get(expression) if isinstance(values, Mapping) else None
    try:
        return _compiled(expression).search(values)
    except JMESPathError:  # a function on a value of the wrong type: the device said something else
        return None


def facts_of(
    feed: Feed, reading: Reading, target: str, observed_at: datetime, ports: Mapping[str, str] | None = None
) -> list[Fact]:
    """The facts that a feed makes of a reading. A value that cannot be read as its field's type is not known.

    ``ports`` has the full names of the device's ports by their numbers.
    """
    rows = reading.rows
    if feed.rows:
        rows = tuple(inner for row in rows for inner in _inner(feed.rows, row))
    facts = [fact for row in rows if (fact := _fact(feed, row, target, observed_at, ports or {})) is not None]
    return _told_apart(facts, feed.distinct) if feed.distinct else facts


def _inner(path: str, row: Row) -> Iterator[Row]:
    """The rows within a row; what a row made of others' values has of a cut one is cut too."""
    lost = frozenset(name for name in row.cut if name not in row.values and _mentions(path, (name,)))
    for values in search(path, row.values) or ():
        yield Row(values, row.evidence, lost | (values.cut if isinstance(values, CutRow) else frozenset()))


def _told_apart(facts: Sequence[Fact], by: str) -> list[Fact]:
    """Things of one key numbered from the second on: by the values of a field, or for ``*`` as they come.

    Numbers go by the values' order, so that they don't depend on the order of the reply.
    """
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(fact.key, []).append(fact)
    numbered = []
    for key, same in groups.items():
        said = [None if by == "*" else fact.value.get(by) for fact in same]
        values = sorted({str(value) for value in said if value is not None})
        for place, (fact, value) in enumerate(zip(same, said, strict=True)):
            number = place if by == "*" else 0 if value is None else values.index(str(value))
            numbered.append(replace(fact, key=f"{key} {number + 1}") if number else fact)
    return numbered


def _fact(feed: Feed, row: Row, target: str, observed_at: datetime, ports: Mapping[str, str]) -> Fact | None:
    if feed.where and (_mentions(feed.where, row.cut) or not search(feed.where, row.values)):
        return None
    lost = [name for name, entry in feed.fields.items() if _mentions(entry.source, row.cut)]
    mapped = {name: None if name in lost else field_value(entry, row.values) for name, entry in feed.fields.items()}
    mapped |= {n: named(mapped[n], ports) for n, entry in feed.fields.items() if entry.convert in OWN_PORTS}
    if lost and not _named(feed, mapped):
        return None
    fields = kinds()[feed.kind].fields
    value = {name: v if name in mapped and fields[name].accepts(v := mapped[name]) else None for name in fields}
    key = feed.key.format_map({n: "" if v is None else v for n, v in mapped.items()}).strip()
    if feed.key and not key:
        return None
    return Fact(feed.kind, target, key, value, observed_at, (row.evidence,))


def _named(feed: Feed, mapped: Mapping[str, Any]) -> bool:
    """Whether a thing's key still says which it is: one of the parts that the reply gave is known."""
    parts = [name for name, entry in feed.fields.items() if entry.source and f"{{{name}}}" in feed.key]
    return not parts or any(mapped[name] is not None for name in parts)


def _mentions(expression: str, names: Iterable[str]) -> bool:
    """Whether an expression has one of the names in it."""
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", expression) for name in names)


def field_value(entry: FieldMap, values: Mapping[str, Any]) -> Any:
    """One field of a row; what cannot be converted is ``None``, never a guess."""
    if not entry.source:
        return entry.constant
    found = search(entry.source, values)
    if found is None or found == "":
        return None
    if entry.values is not None:
        table = entry.values
        return table.get(str(found).strip().lower(), table.get(str(found).strip(), table.get("*")))
    if not entry.convert:
        return found
    try:
        return CONVERTERS[entry.convert](found)
    except (ValueError, TypeError, IndexError, KeyError, OverflowError):
        return None
