"""What this package asks of the fact tables, and of anything that remembers earlier scans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

#: How many facts of a kind a target had when it was last read, before this scan; None where it never was.
LastCount = Callable[[str, str], int | None]


class Tables(Protocol):
    """The fact tables of one scan. ``query`` raises ``QueryError`` for what it cannot answer in its limits."""

    def query(self, sql: str) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]: ...


def never_seen(target: str, kind: str) -> int | None:
    """A ``LastCount`` without a memory."""
    return None
