"""Who is in certain groups of a directory, directly, through groups in groups, or by the primary group.

Groups are told by their security identifiers, which are the same whatever language or folder a directory uses
(MS-DTYP 2.4.2.4): ``S-1-5-32-544`` whole, or ``-512`` for that number in the accounts' own domain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

Row = dict[str, Any]


class Members:
    """The groups of a directory, and which of ``wanted`` stand above an entry.

    Rows have ``dn``, ``objectsid`` and ``primarygroupid`` (a text, or a list with one) and ``memberof`` (a list) as far as the
    directory shows them. Of all rows only those are kept that something is a member of, and what lies above a set of groups is
    worked out once: entries share most of them.
    """

    def __init__(self, rows: Callable[[], Iterable[Row]], wanted: Iterable[str]) -> None:
        self._wanted = tuple(wanted)
        self._groups: dict[str, Row] = {}
        self._by_sid: dict[str, str] = {}
        self._known: dict[tuple[tuple[str, ...], str | None], tuple[list[str], bool]] = {}
        named = {_folded(dn) for row in rows() for dn in row.get("memberof", ())}
        primary = {sid for row in rows() if (sid := _primary(row))}
        for row in rows():
            dn, sid = _folded(row["dn"]), _first(row, "objectsid")
            if dn in named or sid in primary:
                self._groups[dn] = row
                if sid:
                    self._by_sid[sid] = dn

    def of(self, row: Row) -> tuple[list[str], bool | None]:
        """The names of those of the wanted groups that an entry is in, and whether it is in one.

        The latter is ``None`` when it is not seen to be in one and it, or a group above it, is in a group that is not among
        the rows: what lies above that one is not known. Nor is it where the entry shows no primary group, which every
        account has.
        """
        place = tuple(row.get("memberof", ())), _primary(row)
        if place not in self._known:
            self._known[place] = self._climb(row)
        names, whole = self._known[place]
        return names, True if names else (False if whole and place[1] else None)

    def _climb(self, row: Row) -> tuple[list[str], bool]:
        """Groups may go in circles."""
        found: set[str] = set()
        todo, whole = self._parents(row)
        while todo:
            dn = todo.pop()
            if dn in found:
                continue
            found.add(dn)
            parents, seen = self._parents(self._groups[dn])
            todo += parents
            whole = whole and seen
        return sorted({self._name(dn) for dn in found if self._is_wanted(dn)}), whole

    def _parents(self, row: Row) -> tuple[list[str], bool]:
        """The groups right above, and whether all of them are among the rows."""
        named = [_folded(dn) for dn in row.get("memberof", ())]
        parents = [dn for dn in named if dn in self._groups]
        whole = len(parents) == len(named)
        primary = _primary(row)
        if primary:
            dn = self._by_sid.get(primary)
            parents += [dn] if dn else []
            whole = whole and dn is not None
        return parents, whole

    def _name(self, dn: str) -> str:
        group = self._groups[dn]
        return str(group.get("rdn") or rdn(group["dn"]))

    def _is_wanted(self, dn: str) -> bool:
        sid = _first(self._groups[dn], "objectsid") or ""
        return any(
            sid == w or (w.startswith("-") and sid.startswith("S-1-5-21-") and sid.endswith(w)) for w in self._wanted
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


@lru_cache(maxsize=4096)
def _folded(dn: str) -> str:
    """A name for comparing: case and blanks after commas don't count."""
    return ",".join(part.strip() for part in dn.lower().split(","))


def rdn(dn: str) -> str:
    """The value of a name's first part, with its escapes taken out (RFC 4514)."""
    found = re.match(r"[^=]+=((?:\\.|[^,\\])*)", dn)
    return re.sub(r"\\(.)", r"\1", found[1]).strip() if found else dn
