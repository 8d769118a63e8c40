"""SQL text put together: which views a text uses, and a SELECT that carries them with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from collector.facts.kinds import kinds

_LITERAL = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")


def words(sql: str) -> frozenset[str]:
    """The identifiers and keywords of a text, without those inside literals and comments."""
    return frozenset(word.lower() for word in _WORD.findall(_LITERAL.sub(" ", sql)))


def used_views(sql: str, views: Mapping[str, str]) -> tuple[str, ...]:
    """The views that a text uses, through other views too, in the order in which they are defined."""
    found: set[str] = set()
    todo = [sql]
    while todo:
        new = (words(todo.pop()) & views.keys()) - found
        found |= new
        todo += [views[name] for name in new]
    return tuple(name for name in views if name in found)


def kinds_of(sql: str, views: Mapping[str, str]) -> tuple[str, ...]:
    """The fact kinds that a text reads, through the views that it uses too."""
    texts = [sql, *(views[name] for name in used_views(sql, views))]
    return tuple(sorted(kinds().keys() & frozenset().union(*(words(text) for text in texts))))


def with_views(select: str, views: Mapping[str, str], extra: Iterable[tuple[str, str]] = ()) -> str:
    """``select`` behind a WITH of the views that it uses and of ``extra`` (name, SELECT) pairs."""
    extra = list(extra)
    used = used_views("\n".join([select, *(sql for _, sql in extra)]), views)
    tables = [(name, views[name]) for name in used] + extra
    if not tables:
        return select
    return "WITH " + ",\n".join(f"{name} AS (\n{sql}\n)" for name, sql in tables) + "\n" + select
