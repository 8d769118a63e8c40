"""Rows out of tables whose heading stands above a rule of dashes that shows where each column begins and ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from collector.parse.cut import CUT, NO_END, End, Row, Span
from collector.parse.lines import Deadline

_RULE = re.compile(r"^[ +|]*(?:-{2,}[ +|]+)*-{2,}[ +|]*$", re.MULTILINE)


def ruled(
    text: str, columns: Sequence[str | Sequence[str]], deadline: Deadline, limit: End
) -> Iterator[tuple[int, Row, Span]]:
    """Below each rule with as many columns as one of the lists of names has: where the rule stands, a row, its place."""
    lists = [columns] if isinstance(columns[0], str) else columns
    names = {len(each): tuple(map(str, each)) for each in lists}
    for rule in _RULE.finditer(text):
        dashes = [m.span() for m in re.finditer("-+", rule[0])]
        if len(dashes) in names:
            below = min(rule.end() + 1, len(text))
            for row, span in _Table(names[len(dashes)], dashes, limit).rows(text, below, deadline):
                yield rule.start(), row, span


@dataclass(slots=True)
class _Table:
    """A row a line down to a blank line; a line without a first cell goes on with the row above it.

    Where the text ends with a row, a cell that is full may have gone on in a table that has such cells: it is not known.
    """

    names: tuple[str, ...]
    dashes: Sequence[Span]
    limit: End
    wraps: bool = False
    full: set[int] = field(default_factory=set)

    def rows(self, text: str, start: int, deadline: Deadline) -> Iterator[tuple[Row, Span]]:
        row: Row | None = None
        first = end = start
        while end < len(text):
            deadline.check()
            stop = text.find("\n", end)
            stop = len(text) if stop < 0 else stop
            cells = self._cells(text[end:stop])
            if cells is None:
                end = len(text) if not text[end:].strip() and self.limit is not NO_END else end
                break
            self.full = self._full(text[end:stop].rstrip(), end, cells)
            if cells[0] or row is None:
                if row is not None:
                    yield row, (first, end)
                row, first = dict(zip(self.names, cells, strict=True)), end
            else:
                self.wraps = True
                row = {name: row[name] + cell for name, cell in zip(row, cells, strict=True)}
            end = stop + 1
        if row is not None:
            cut = self.full if end >= len(text) and (self.wraps or self.limit is not NO_END) else set()
            seen = {name: CUT if number in cut else cell for number, (name, cell) in enumerate(row.items())}
            yield seen, (first, min(end, len(text)))

    def _cells(self, line: str) -> list[str] | None:
        """What stands below each column; None for a blank line, a rule, or one whose text runs across a border."""
        starts = [start for start, _ in self.dashes]
        if not line.strip() or _RULE.match(line) or any(line[at - 1 : at].strip(" |") for at in starts if at):
            return None
        ends = [*starts[1:], len(line)]
        return [line[a:b].strip(" |") for a, b in zip(starts, ends, strict=True)]

    def _full(self, line: str, place: int, cells: Sequence[str]) -> set[int]:
        """The columns whose text goes up to their edge, or to where the text may have been cut."""
        full = {number for number, (_, edge) in enumerate(self.dashes) if line[edge - 1 : edge].strip(" |")}
        if place + len(line) > self.limit.words:
            full |= set(range(max(n for n, cell in enumerate(cells) if cell), len(cells)))
        return full
