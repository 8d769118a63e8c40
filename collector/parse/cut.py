"""Texts that may have been cut: what of a match is then not known.

A capture that a device ended is whole. A file may end anywhere: in the last line, a value that reaches to its end may have gone
on, and what was not seen may have followed. Such a value is ``CUT``, such a list a ``CutList``.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Any, Final

from collector.parse.reading import CutList

Row = dict[str, Any]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class End:
    """Where a text may have been cut: where its last line begins, and the last words of it, which more may have followed."""

    line: int
    words: int

    def seen_from(self, start: int) -> End:
        return End(self.line - start, self.words - start)


NO_END = End(sys.maxsize, sys.maxsize)


class _Cut:
    """Stands for a value that was seen in part, or that may have stood where the text was cut."""

    def __repr__(self) -> str:
        return "CUT"


CUT: Final = _Cut()


def end_of(text: str) -> End:
    """Where a text with an open last line may have been cut: behind its last word, in a table all behind its last gap.

    A cell may hold several words, so that a row cut within one also fits with its words taken for the next cells.
    """
    if text.endswith("\n"):
        return End(len(text), len(text))
    start = text.rstrip().rfind("\n") + 1
    line = text[start:].rstrip()
    gaps = [m.end() for m in re.finditer(r"(?<=\S)  +", line)] or [line.rfind(" ") + 1]
    return End(start, start + gaps[-1])


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


def value_of(found: re.Match[str]) -> str:
    """The group ``v``, else the first group that took part, else the whole match."""
    return (found[place_of(found)] or "").strip()


def place_of(found: re.Match[str]) -> int:
    """The number of the group that holds the value; 0 is the whole match."""
    if "v" in found.re.groupindex:
        return found.re.groupindex["v"]
    return next((number for number, group in enumerate(found.groups(), 1) if group is not None), 0)


def reaches(found: re.Match[str], group: int, limit: End) -> bool:
    """Whether a group's text goes up to where the text may have been cut."""
    value = found[group] or ""
    return bool(value.strip()) and (
        found.end(group) > limit.words or ("\n" in value and found.end(group) >= limit.line)
    )


def groups_of(found: re.Match[str], limit: End = NO_END) -> Row:
    """A match's named groups; where it goes up to the end, those that took no part may have followed."""
    row = {name: _group(found, number, limit) for name, number in found.re.groupindex.items()}
    return partly(row) if goes_on(found, limit) else row


def goes_on(found: re.Match[str], limit: End) -> bool:
    """Whether a match goes up to a last line that is open: more of it may have followed."""
    return found.end() >= limit.line - ("\\n" in found.re.pattern)


def _group(found: re.Match[str], number: int, limit: End) -> Any:
    if reaches(found, number, limit):
        return CUT
    value = found[number]
    return value.strip() if value is not None else None


#: What a cut line may go on with, to see which of its words then turn out to be something else.
_MORE = ("x", "1", " x", "  x", "  1", "  x  x", "  1  1", "  x  x  x")


def settled(found: re.Match[str], limit: End) -> Row:
    """A match's named groups, without those that would hold other words if the last line went on."""
    row = groups_of(found, limit)
    if found.end() <= limit.words:
        return row
    for more in _MORE:
        other = found.re.match(found.string.rstrip() + more, found.start())
        if other:
            row |= {name: CUT for name in row if other.span(name) != found.span(name)}
    return row
