"""Forms of text that several platforms share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

G, M = 10**9, 10**6


def dotted(mac: str) -> str:
    """``aabb.ccdd.eeff``."""
    digits = mac.replace(":", "")
    return f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"


def ranges(numbers: Iterable[int], join: str = ",") -> str:
    """``10,20-22``."""
    parts = []
    for _, run in groupby(enumerate(sorted(set(numbers))), lambda pair: pair[1] - pair[0]):
        members = [n for _, n in run]
        parts.append(str(members[0]) if len(members) == 1 else f"{members[0]}-{members[-1]}")
    return join.join(parts)


def wrap(words: Sequence[str], width: int, join: str = ", ") -> list[str]:
    """The words in lines no wider than ``width``; one empty line where there are none."""
    lines, line = [], ""
    for word in words:
        longer = f"{line}{join}{word}" if line else word
        if len(longer) > width and line:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def spell(seconds: int, units: Sequence[tuple[str, int]]) -> str:
    """``1 week, 2 days, 3 hours``: units that are zero are left out, the last one stays."""
    parts = []
    for name, size in units:
        count, seconds = divmod(seconds, size)
        if count or (size == units[-1][1] and not parts):
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return ", ".join(parts)


WEEKS = (("year", 31536000), ("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60))


def brief(age: timedelta) -> str:
    """Age as routers write it: ``01:02:03``, ``3d04h``, ``5w2d``."""
    seconds = int(age.total_seconds())
    if seconds < 86400:
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    days, hours = divmod(seconds // 3600, 24)
    return f"{days}d{hours:02d}h" if days < 7 else f"{days // 7}w{days % 7}d"


def clock(moment: datetime) -> str:
    """``10:11:12 UTC Mon Nov 2 2026``."""
    return f"{moment:%H:%M:%S} UTC {moment:%a} {moment:%b} {moment.day} {moment.year}"


def mask(prefix: int) -> str:
    """A prefix length as a mask of four numbers."""
    bits = (0xFFFFFFFF << (32 - prefix)) & 0xFFFFFFFF
    return ".".join(str(bits >> s & 255) for s in (24, 16, 8, 0))


def network(address: str, prefix: int) -> str:
    value = 0
    for part in address.split("."):
        value = value << 8 | int(part)
    value &= (0xFFFFFFFF << (32 - prefix)) & 0xFFFFFFFF
    return ".".join(str(value >> s & 255) for s in (24, 16, 8, 0))


def lines(*parts: str | Iterable[str]) -> str:
    """Text of lines and of lists of lines."""
    return "\n".join(_flat(parts))


def _flat(parts: Iterable[str | Iterable[str]]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
        else:
            yield from part
