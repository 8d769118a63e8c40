"""What a text must hold before a pattern can match in it: looking for plain words costs a fiftieth of searching."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_parser: Any = getattr(re, "_parser", None)  # private, so its absence only costs time
_SHORT = 2
"""Pieces up to so many characters are in any text."""


def may_match(pattern: re.Pattern[str], text: str) -> bool:
    """False only when the pattern matches nowhere in the text."""
    return all(any(word in text for word in words) for words in needles(pattern))


@lru_cache(maxsize=4096)
def needles(pattern: re.Pattern[str]) -> tuple[tuple[str, ...], ...]:
    """Pieces of plain text: every match holds one of each group. None where that is not certain."""
    if _parser is None or pattern.flags & (re.IGNORECASE | re.VERBOSE):
        return ()
    return tuple(dict.fromkeys(_groups(_parser.parse(pattern.pattern, pattern.flags))))


def _groups(items: Any) -> list[tuple[str, ...]]:
    """Runs of literals at this level, in what is repeated at least once, and in every branch of a choice."""
    found: list[tuple[str, ...]] = []
    run = ""
    for operation, argument in [*items, ("END", None)]:
        name = str(operation)
        if name == "LITERAL":
            run += chr(argument)
            continue
        if len(run) > _SHORT:
            found.append((run,))
        run = ""
        if name == "SUBPATTERN" and not argument[1]:  # with flags of its own, case may not matter in it
            found += _groups(argument[3])
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and argument[0] >= 1:
            found += _groups(argument[2])
        elif name == "ATOMIC_GROUP":
            found += _groups(argument)
        elif name == "BRANCH":
            found += _choice([_groups(branch) for branch in argument[1]])
    return found


def _choice(branches: list[list[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    """One group of the branches' longest pieces; nothing where a branch has none."""
    if not all(branches):
        return []
    return [tuple(word for groups in branches for word in max(groups, key=lambda words: min(map(len, words))))]
