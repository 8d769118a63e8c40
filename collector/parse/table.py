"""Rows out of text by regular expressions that a probe's file holds."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from collector.parse.lines import Deadline, pattern, patterns
from collector.parse.reading import CutList, CutRow

Row = dict[str, Any]
Span = tuple[int, int]
Carried = dict[str, tuple[list[int], list[Any]]]


@dataclass(frozen=True, slots=True)
class _End:
    """Where a text may have been cut: where its last line begins, and the last words of it, which more may have followed."""

    line: int
    words: int

    def seen_from(self, start: int) -> _End:
        return _End(self.line - start, self.words - start)


_NO_END = _End(sys.maxsize, sys.maxsize)


class _Cut:
    """Stands for a value that was seen in part, or that may have stood where the text was cut."""

    def __repr__(self) -> str:
        return "CUT"


CUT: Final = _Cut()


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
    limit = _open_end(text) if open_end else _NO_END
    for row, span in _found(text, options, deadline, limit):
        for name, inner in options.get("inner", {}).items():
            row[name] = CUT if row.get(name) is CUT else _inner(row.get(name), inner)
        rows.append(row)
        spans.append(span)
        deadline.check(len(rows))
    return (_grouped(rows, options["group"], open_end) if "group" in options else rows), spans


def _open_end(text: str) -> _End:
    """The last word of an open line, in a table all behind its last gap.

    A cell may hold several words, so that a row cut within one also fits with its words taken for the next cells.
    """
    if text.endswith("\n"):
        return _End(len(text), len(text))
    start = text.rstrip().rfind("\n") + 1
    line = text[start:].rstrip()
    gaps = [m.end() for m in re.finditer(r"(?<=\S)  +", line)] or [line.rfind(" ") + 1]
    return _End(start, start + gaps[-1])


def partly(row: Row) -> Row:
    """A row of which more may have come: what was not seen of it is ``CUT``."""
    return {name: _partly(value) for name, value in row.items()}


def _partly(value: Any) -> Any:
    if isinstance(value, list):
        return CutList(value)
    return CUT if value is None or value == "" else value


def split_cut(row: Row) -> tuple[Row, frozenset[str]]:
    """The values of a row that are known, and the names of those that were cut."""
    cut = frozenset(name for name, value in row.items() if value is CUT or isinstance(value, CutList))
    return ({n: v for n, v in row.items() if v is not CUT} if cut else row), cut


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


def _found(text: str, options: Mapping[str, Any], deadline: Deadline, limit: _End) -> Iterator[tuple[Row, Span]]:
    if "columns" in options:
        yield from _ruled(text, options, deadline, limit)
    elif "row" in options:
        yield from _lines(text, options, deadline, limit)
    elif "split" in options:
        yield from _blocks(text, options, deadline, limit)
    else:
        row = _fields(text, options, limit)
        row = row if limit is _NO_END else partly(row)
        required = options.get("required", ())
        if any(v is not None and v is not CUT and v != [] for v in row.values()) and all(
            _known(row, n) for n in required
        ):
            yield row, (0, len(text))


def _lines(text: str, options: Mapping[str, Any], deadline: Deadline, limit: _End) -> Iterator[tuple[Row, Span]]:
    """A row a match of ``row``."""
    carried = _carried(text, options, limit)
    for found in sorted((m for p in patterns(options["row"]) for m in p.finditer(text)), key=lambda m: m.start()):
        deadline.check()
        yield _last_above(carried, found.start()) | _settled(found, limit), found.span()


_RULE = re.compile(r"^[ +|]*(?:-{2,}[ +|]+)*-{2,}[ +|]*$", re.MULTILINE)


def _ruled(text: str, options: Mapping[str, Any], deadline: Deadline, limit: _End) -> Iterator[tuple[Row, Span]]:
    """A row a line below a rule of dashes, down to a blank line; a line without a first cell goes on with the row above it.

    Where the text ends with a row, a cell that is full may have gone on in a table that has such cells: it is not known.
    """
    wanted = options["columns"]
    names = {len(table): table for table in (wanted if isinstance(wanted[0], list) else [wanted])}
    carried = _carried(text, options, limit)
    for rule in _RULE.finditer(text):
        dashes = [m.span() for m in re.finditer("-+", rule[0])]
        starts = [start for start, _ in dashes]
        if len(starts) not in names:
            continue
        above = _last_above(carried, rule.start())
        row: Row | None = None
        full: set[int] = set()
        wraps = False
        first = end = min(rule.end() + 1, len(text))
        while end < len(text):
            deadline.check()
            stop = text.find("\n", end)
            stop = len(text) if stop < 0 else stop
            cells = _cells(text[end:stop], starts)
            if cells is None:
                end = len(text) if not text[end:].strip() and limit is not _NO_END else end
                break
            line = text[end:stop].rstrip()
            full = {number for number, (_, edge) in enumerate(dashes) if line[edge - 1 : edge].strip(" |")}
            if end + len(line) > limit.words:
                full |= set(range(max(n for n, cell in enumerate(cells) if cell), len(cells)))
            if cells[0] or row is None:
                if row is not None:
                    yield above | row, (first, end)
                row, first = dict(zip(names[len(starts)], cells, strict=True)), end
            else:
                wraps = True
                row = {name: row[name] + cell for name, cell in zip(row, cells, strict=True)}
            end = stop + 1
        if row is not None:
            cut = full if end >= len(text) and (wraps or limit is not _NO_END) else set()
            seen = {name: CUT if number in cut else cell for number, (name, cell) in enumerate(row.items())}
            yield above | seen, (first, min(end, len(text)))


def _cells(line: str, starts: list[int]) -> list[str] | None:
    """What stands below each column; None for a blank line, a rule, or one whose text runs across a column's border."""
    if not line.strip() or _RULE.match(line) or any(line[at - 1 : at].strip(" |") for at in starts if at):
        return None
    ends = [*starts[1:], len(line)]
    return [line[a:b].strip(" |") for a, b in zip(starts, ends, strict=True)]


def _carried(text: str, options: Mapping[str, Any], limit: _End) -> Carried:
    """Where the headings stand whose value ``carry`` hands down to the rows below them."""
    found = {name: list(pattern(entry).finditer(text)) for name, entry in options.get("carry", {}).items()}
    return {
        name: ([m.start() for m in matches], [CUT if _reaches(m, _place(m), limit) else _value(m) for m in matches])
        for name, matches in found.items()
    }


def _last_above(carried: Carried, position: int) -> Row:
    at = {name: bisect_right(starts, position) for name, (starts, _) in carried.items()}
    return {name: values[at[name] - 1] if at[name] else None for name, (_, values) in carried.items()}


def _blocks(text: str, options: Mapping[str, Any], deadline: Deadline, limit: _End) -> Iterator[tuple[Row, Span]]:
    """A row from each match of ``split`` to the next one, its fields searched in between."""
    heads = list(pattern(options["split"]).finditer(text))
    carried = _carried(text, options, limit)
    required = options.get("required", ())
    for number, head in enumerate(heads):
        end = heads[number + 1].start() if number + 1 < len(heads) else len(text)
        fields = _fields(text[head.start() : end], options, limit.seen_from(head.start()))
        fields = partly(fields) if end >= limit.words else fields
        row = fields | _last_above(carried, head.start()) | _groups(head, limit)
        deadline.check()
        if all(_known(row, name) for name in required):
            yield row, (head.start(), end)


def _known(row: Row, name: str) -> bool:
    return row.get(name) is not None and row[name] is not CUT


def _fields(text: str, options: Mapping[str, Any], limit: _End) -> Row:
    """``fields``: the first pattern that matches gives the value; ``lists``: every match does."""
    row: Row = {}
    for name, entry in options.get("fields", {}).items():
        choices = patterns(entry)
        found = next((m for p in choices if (m := p.search(text))), None)
        better = limit.words <= len(text) and found is not None and found.re is not choices[0]  # may have followed
        row[name] = (CUT if better or _reaches(found, _place(found), limit) else _value(found)) if found else None
    for name, entry in options.get("lists", {}).items():
        matches = [m for p in patterns(entry) for m in p.finditer(text)]
        row[name] = [_entry(m, limit) for m in matches if m.re.groupindex or not _reaches(m, _place(m), limit)]
    return row


def _entry(found: re.Match[str], limit: _End) -> Any:
    """One entry of a list: a match's named groups, or its text where the pattern names none."""
    if not found.re.groupindex:
        return _value(found)
    if not _goes_on(found, limit):
        return _groups(found)
    values, cut = split_cut(_settled(found, limit))
    return CutRow(values, cut)


def _inner(value: Any, expression: str) -> list[Any]:
    """What a cell holds, one entry a match: its named groups, or its text where the pattern names none."""
    if not isinstance(value, str):
        return []
    return [_groups(m) if m.re.groupindex else _value(m) for m in pattern(expression).finditer(value)]


def _value(found: re.Match[str]) -> str:
    """The group ``v``, else the first group that took part, else the whole match."""
    return (found[_place(found)] or "").strip()


def _place(found: re.Match[str]) -> int:
    """The number of the group that holds the value; 0 is the whole match."""
    if "v" in found.re.groupindex:
        return found.re.groupindex["v"]
    return next((number for number, group in enumerate(found.groups(), 1) if group is not None), 0)


def _reaches(found: re.Match[str], group: int, limit: _End) -> bool:
    """Whether a group's text goes up to where the text may have been cut."""
    value = found[group] or ""
    return bool(value.strip()) and (
        found.end(group) > limit.words or ("\n" in value and found.end(group) >= limit.line)
    )


def _groups(found: re.Match[str], limit: _End = _NO_END) -> Row:
    """A match's named groups; where it goes up to the end, those that took no part may have followed."""
    row = {name: _group(found, number, limit) for name, number in found.re.groupindex.items()}
    return partly(row) if _goes_on(found, limit) else row


def _goes_on(found: re.Match[str], limit: _End) -> bool:
    """Whether a match goes up to a last line that is open: more of it may have followed."""
    return found.end() >= limit.line - ("\\n" in found.re.pattern)


def _group(found: re.Match[str], number: int, limit: _End) -> Any:
    if _reaches(found, number, limit):
        return CUT
    value = found[number]
    return value.strip() if value is not None else None


#: What a cut line may go on with, to see which of its words then turn out to be something else.
_MORE = ("x", "1", " x", "  x", "  1", "  x  x", "  1  1", "  x  x  x")


def _settled(found: re.Match[str], limit: _End) -> Row:
    """A match's named groups, without those that would hold other words if the last line went on."""
    row = _groups(found, limit)
    if found.end() <= limit.words:
        return row
    for more in _MORE:
        other = found.re.match(found.string.rstrip() + more, found.start())
        if other:
            row |= {name: CUT for name in row if other.span(name) != found.span(name)}
    return row
