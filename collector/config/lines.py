"""On which line of a TOML text each key stands, so that a mistake can be pointed at.

``tomllib`` keeps no positions. The text has been parsed by it before this looks, so the scan may trust its form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

KeyPath = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)([^\[\]]+)\]\]?\s*(#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*=(.*)$"""
)
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)""")


def key_lines(text: str) -> dict[KeyPath, int]:
    """The 1-based line of every table header and key; array tables are counted from 0."""
    lines: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in _statements(text):
        header = _HEADER.match(line)
        if header:
            table = _resolve(_parts(header[2]), counts, header[1] == "[[")
            lines.setdefault(table, number)
            continue
        key = _KEY.match(line)
        if key:
            path = table + _parts(key[1])
            lines.setdefault(path, number)
            for inner in re.finditer(r"""[{,]\s*([A-Za-z0-9_-]+)\s*=""", key[2]):
                lines.setdefault((*path, inner[1]), number)
    return lines


def line_of(lines: dict[KeyPath, int], path: KeyPath) -> int | None:
    """The line of a key, or of the nearest thing above it that has one."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Lines that begin a statement: not those inside a multi-line string or array."""
    depth, quote = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if not depth and not quote:
            yield number, line
        rest = line
        while rest:
            if quote:
                _, found, rest = rest.partition(quote)
                quote = "" if found else quote
                continue
            token = re.search(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'[^\']*\'|[\[\]{}#]', rest)
            if not token or token[0] == "#":
                break
            rest = rest[token.end() :]
            if token[0] in ('"""', "'''"):
                quote = token[0]
            elif token[0] in "[{":
                depth += 1
            elif token[0] in "]}":
                depth -= 1


def _parts(text: str) -> KeyPath:
    return tuple(a or b or c for a, b, c in _PART.findall(text))


def _resolve(path: KeyPath, counts: dict[KeyPath, int], array: bool) -> KeyPath:
    """A header's path with the number of the array table that it stands in."""
    done: KeyPath = ()
    for i, part in enumerate(path):
        done = (*done, part)
        last = i == len(path) - 1
        if last and array:
            counts[done] = counts.get(done, -1) + 1
        if done in counts:
            done = (*done, counts[done])
    return done
