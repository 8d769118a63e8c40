"""Who is in certain groups of a directory, directly, through groups in groups, or by the primary group.

Groups are told by their security identifiers, which are the same whatever language or folder a directory uses
(MS-DTYP 2.4.2.4): ``S-1-5-32-544`` whole, or ``-512`` for that number in the accounts' own domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = dict[str, Any]


def mark_members(rows: Sequence[Row], groups: Iterable[str]) -> None:
    """Give each row ``groups``, the names of those of ``groups`` that it is in, and ``in_groups``.

    Rows have ``dn``, ``objectsid``, ``memberof`` and ``primarygroupid`` (lists of text) as far as the directory shows
    them. ``in_groups`` is ``None`` when the row is not seen to be in one and it, or a group above it, is in a group
    that is not among the rows: what lies above that one is not known.
    """
    wanted = tuple(groups)
    by_dn = {_folded(row["dn"]): row for row in rows}
    by_sid = {sid: row for row in rows if (sid := _first(row, "objectsid"))}
    above: dict[str, tuple[frozenset[str], bool]] = {}
    for row in rows:
        found, whole = _above(row, by_dn, by_sid, above)
        names = sorted({str(by_dn[dn].get("rdn") or dn) for dn in found if _is_wanted(by_dn[dn], wanted)})
        row["groups"] = names
        row["in_groups"] = True if names else (False if whole else None)


def _above(
    row: Row,
    by_dn: Mapping[str, Row],
    by_sid: Mapping[str, Row],
    known: dict[str, tuple[frozenset[str], bool]],
) -> tuple[frozenset[str], bool]:
    """Every group above an entry by its folded name, and whether they are all in sight. Groups may go in circles."""
    start = _folded(row["dn"])
    if start in known:
        return known[start]
    found: set[str] = set()
    whole = True
    todo = [row]
    while todo:
        current = todo.pop()
        parents, seen = _parents(current, by_dn, by_sid)
        whole = whole and seen
        for dn in parents:
            if dn not in found and dn != start:
                found.add(dn)
                todo.append(by_dn[dn])
    known[start] = frozenset(found), whole
    return known[start]


def _parents(row: Row, by_dn: Mapping[str, Row], by_sid: Mapping[str, Row]) -> tuple[list[str], bool]:
    """The groups right above, and whether all of them are among the rows."""
    named = [_folded(dn) for dn in row.get("memberof", ())]
    whole = all(dn in by_dn for dn in named)
    parents = [dn for dn in named if dn in by_dn]
    primary, sid = _first(row, "primarygroupid"), _first(row, "objectsid")
    if primary and sid:
        group = by_sid.get(f"{sid.rpartition('-')[0]}-{primary}")
        if group is None:
            whole = False
        else:
            parents.append(_folded(group["dn"]))
    return parents, whole


def _is_wanted(group: Row, wanted: Sequence[str]) -> bool:
    sid = _first(group, "objectsid") or ""
    return any(sid == w or (w.startswith("-") and sid.startswith("S-1-5-21-") and sid.endswith(w)) for w in wanted)


def _first(row: Row, name: str) -> str | None:
    found = row.get(name)
    return found[0] if isinstance(found, list) and found else None


def _folded(dn: str) -> str:
    """A name for comparing: case and blanks after commas don't count."""
    return ",".join(part.strip() for part in dn.lower().split(","))
