"""Who is in certain groups of a directory, directly, through groups in groups, or by the primary group.

Groups are told by their security identifiers, which are the same whatever language or folder a directory uses
(MS-DTYP 2.4.2.4): ``S-1-5-32-544`` whole, or ``-512`` for that number in the accounts' own domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

Row = dict[str, Any]


def mark_members(rows: Sequence[Row], groups: Iterable[str]) -> None:
    """Give each row ``groups``, the names of those of ``groups`` that it is in, and ``in_groups``.

    Rows have ``dn``, ``objectsid`` and ``primarygroupid`` (a text, or a list with one) and ``memberof`` (a list) as far as the
    directory shows them. ``in_groups`` is ``None`` when the row is not seen to be in one and it, or a group above it, is in a
    group that is not among the rows: what lies above that one is not known.
    """
    named = {_folded(dn) for row in rows for dn in row.get("memberof", ())}
    primary = {sid for row in rows if (sid := _primary(row))}
    tree = _Tree(tuple(groups))
    for row in rows:  # of some hundred thousand entries, only those are kept that something is a member of
        dn, sid = _folded(row["dn"]), _first(row, "objectsid")
        if dn in named or sid in primary:
            tree.groups[dn] = row
            if sid:
                tree.by_sid[sid] = dn
    for row in rows:
        names, whole = tree.wanted_above(row)
        row["groups"] = names
        row["in_groups"] = True if names else (False if whole else None)


@dataclass(slots=True)
class _Tree:
    """The groups by their folded names and by their identifiers; those above a set of groups are worked out once."""

    wanted: Sequence[str]
    groups: dict[str, Row] = field(default_factory=dict)
    by_sid: dict[str, str] = field(default_factory=dict)
    known: dict[tuple[tuple[str, ...], str | None], tuple[list[str], bool]] = field(default_factory=dict)

    def wanted_above(self, row: Row) -> tuple[list[str], bool]:
        """The names of the wanted groups above an entry, and whether all groups above it are in sight."""
        place = tuple(row.get("memberof", ())), _primary(row)
        if place not in self.known:
            self.known[place] = self._climb(row)
        return self.known[place]

    def _climb(self, row: Row) -> tuple[list[str], bool]:
        """Groups may go in circles."""
        found: set[str] = set()
        todo, whole = self._parents(row)
        while todo:
            dn = todo.pop()
            if dn in found:
                continue
            found.add(dn)
            parents, seen = self._parents(self.groups[dn])
            todo += parents
            whole = whole and seen
        return sorted({self._name(dn) for dn in found if self._is_wanted(dn)}), whole

    def _parents(self, row: Row) -> tuple[list[str], bool]:
        """The groups right above, and whether all of them are among the rows."""
        named = [_folded(dn) for dn in row.get("memberof", ())]
        parents = [dn for dn in named if dn in self.groups]
        whole = len(parents) == len(named)
        primary = _primary(row)
        if primary:
            dn = self.by_sid.get(primary)
            parents += [dn] if dn else []
            whole = whole and dn is not None
        return parents, whole

    def _name(self, dn: str) -> str:
        return str(self.groups[dn].get("rdn") or dn)

    def _is_wanted(self, dn: str) -> bool:
        sid = _first(self.groups[dn], "objectsid") or ""
        return any(
            sid == w or (w.startswith("-") and sid.startswith("S-1-5-21-") and sid.endswith(w)) for w in self.wanted
        )


def _primary(row: Row) -> str | None:
    """The identifier of the primary group: the number of ``primarygroupid`` in the account's own domain."""
    number, sid = _first(row, "primarygroupid"), _first(row, "objectsid")
    return f"{sid.rpartition('-')[0]}-{number}" if number and sid else None


def _first(row: Mapping[str, Any], name: str) -> str | None:
    found = row.get(name)
    if isinstance(found, list):
        found = found[0] if found else None
    return found if isinstance(found, str) else None


@lru_cache(maxsize=65536)
def _folded(dn: str) -> str:
    """A name for comparing: case and blanks after commas don't count."""
    return ",".join(part.strip() for part in dn.lower().split(","))
