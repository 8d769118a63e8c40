"""Rows out of text by regular expressions that a probe's file holds."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

from collector.parse.cut import (
    CUT,
    NO_END,
    End,
    Row,
    Span,
    end_of,
    goes_on,
    groups_of,
    partly,
    place_of,
    reaches,
    settled,
    split_cut,
    value_of,
)
from collector.parse.lines import Deadline, pattern, patterns
from collector.parse.reading import CutList, CutRow
from collector.parse.ruled import ruled

Carried = dict[str, tuple[list[int], list[Any]]]


def section(text: str, options: Mapping[str, Any]) -> str:
    """The part of the text between the patterns ``start`` and ``end``, either of which may be left out."""
    if "start" in options:
        found = pattern(options["start"]).search(text)
        text = text[found.end() :] if found else ""
    if "end" in options:
        found = pattern(options["end"]).search(text)
        text = text[: found.start()] if found else text
    return text


def rows_of(
    text: str, options: Mapping[str, Any], deadline: Deadline, *, open_end: bool = False
) -> tuple[list[Row], list[Span]]:
    """The rows of a table and where in the text each stands.

    With ``open_end`` the text may have been cut: in the last row a value that reaches to the very end, or that was not seen,
    is ``CUT``, and a list is a ``CutList``.
    """
    rows: list[Row] = []
    spans: list[Span] = []
    limit = end_of(text) if open_end else NO_END
    for row, span in _found(text, options, deadline, limit):
        for name, inner in options.get("inner", {}).items():
            row[name] = CUT if row.get(name) is CUT else _inner(row.get(name), inner)
        rows.append(row)
        spans.append(span)
        deadline.check(len(rows))
    return (_grouped(rows, options["group"], open_end) if "group" in options else rows), spans


def _grouped(rows: list[Row], by: str, open_end: bool) -> list[Row]:
    """One row a value of a field, with the rows that have it as ``rows``."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        values, cut = split_cut(row)
        groups.setdefault(row.get(by), []).append(CutRow(values, cut) if cut else row)
    last = next((row.get(by) for row in reversed(rows) if row.get(by) is not CUT), None)
    return [
        {by: value, "rows": CutList(members) if open_end and value == last else members}
        for value, members in groups.items()
        if value is not CUT
    ]


def _found(text: str, options: Mapping[str, Any], deadline: Deadline, limit: End) -> Iterator[tuple[Row, Span]]:
    if "columns" in options:
        carried = _carried(text, options, limit)
        for at, row, span in ruled(text, options["columns"], deadline, limit):
            yield _last_above(carried, at) | row, span
    elif "row" in options:
        yield from _lines(text, options, deadline, limit)
    elif "split" in options:
        yield from _blocks(text, options, deadline, limit)
    else:
        row = _fields(text, options, limit)
        row = row if limit is NO_END else partly(row)
        required = options.get("required", ())
        if any(v is not None and v is not CUT and v != [] for v in row.values()) and all(
            _known(row, n) for n in required
        ):
            yield row, (0, len(text))


def _lines(text: str, options: Mapping[str, Any], deadline: Deadline, limit: End) -> Iterator[tuple[Row, Span]]:
    """A row a match of ``row``."""
    carried = _carried(text, options, limit)
    for found in sorted((m for p in patterns(options["row"]) for m in p.finditer(text)), key=lambda m: m.start()):
        deadline.check()
        yield _last_above(carried, found.start()) | settled(found, limit), found.span()


def _carried(text: str, options: Mapping[str, Any], limit: End) -> Carried:
    """Where the headings stand whose value ``carry`` hands down to the rows below them."""
    found = {name: list(pattern(entry).finditer(text)) for name, entry in options.get("carry", {}).items()}
    return {
        name: ([m.start() for m in matches], [CUT if reaches(m, place_of(m), limit) else value_of(m) for m in matches])
        for name, matches in found.items()
    }


def _last_above(carried: Carried, position: int) -> Row:
    at = {name: bisect_right(starts, position) for name, (starts, _) in carried.items()}
    return {name: values[at[name] - 1] if at[name] else None for name, (_, values) in carried.items()}


def _blocks(text: str, options: Mapping[str, Any], deadline: Deadline, limit: End) -> Iterator[tuple[Row, Span]]:
    """A row from each match of ``split`` to the next one, its fields searched in between."""
    heads = list(pattern(options["split"]).finditer(text))
    carried = _carried(text, options, limit)
    required = options.get("required", ())
    for number, head in enumerate(heads):
        end = heads[number + 1].start() if number + 1 < len(heads) else len(text)
        fields = _fields(text[head.start() : end], options, limit.seen_from(head.start()))
        fields = partly(fields) if end >= limit.words else fields
        row = fields | _last_above(carried, head.start()) | groups_of(head, limit)
        deadline.check()
        if all(_known(row, name) for name in required):
            yield row, (head.start(), end)


def _known(row: Row, name: str) -> bool:
    return row.get(name) is not None and row[name] is not CUT


def _fields(text: str, options: Mapping[str, Any], limit: End) -> Row:
    """``fields``: the first pattern that matches gives the value; ``lists``: every match does."""
    row: Row = {}
    for name, entry in options.get("fields", {}).items():
        choices = patterns(entry)
        found = next((m for p in choices if (m := p.search(text))), None)
        better = limit.words <= len(text) and found is not None and found.re is not choices[0]  # may have followed
        row[name] = (CUT if better or reaches(found, place_of(found), limit) else value_of(found)) if found else None
    for name, entry in options.get("lists", {}).items():
        matches = [m for p in patterns(entry) for m in p.finditer(text)]
        row[name] = [_entry(m, limit) for m in matches if m.re.groupindex or not reaches(m, place_of(m), limit)]
    return row


def _entry(found: re.Match[str], limit: End) -> Any:
    """One entry of a list: a match's named groups, or its text where the pattern names none."""
    if not found.re.groupindex:
        return value_of(found)
    if not goes_on(found, limit):
        return groups_of(found)
    values, cut = split_cut(settled(found, limit))
    return CutRow(values, cut)


def _inner(value: Any, expression: str) -> list[Any]:
    """What a cell holds, one entry a match: its named groups, or its text where the pattern names none."""
    if not isinstance(value, str):
        return []
    return [groups_of(m) if m.re.groupindex else value_of(m) for m in pattern(expression).finditer(value)]
