"""The entries of a directory, found by name, class and account; a subtree in a stable order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from tests.lab.servers.ldap_filter import AND, EQUAL, EXTENSIBLE, IN_CHAIN, OR, Filter
from tests.lab.servers.ldap_syntax import normal_dn, parent_of

# An attribute: its name as it is written, and how its values come out of an entry's source.
Maker = Any
Shape = Mapping[str, tuple[str, Maker]]


class Entry:
    """One object. Its values are worked out of ``source`` by ``shape`` when they are asked for: a directory of hundreds of
    thousands of accounts holds no rendered values.

    ``partition`` is the naming context that it belongs to; ``hidden`` is shown to administrators alone.
    """

    __slots__ = ("dn", "hidden", "normal", "partition", "shape", "source")

    def __init__(self, dn: str, shape: Shape, source: Any, partition: str, *, hidden: bool = False) -> None:
        self.dn = dn
        self.normal = normal_dn(dn)
        self.shape = shape
        self.source = source
        self.partition = partition
        self.hidden = hidden

    def values(self, attribute: str) -> Sequence[bytes]:
        """The values of an attribute (its name in lower case); none where it has none."""
        found = self.shape.get(attribute)
        if found is None:
            return ()
        made = found[1](self.source) if callable(found[1]) else found[1]
        return made if isinstance(made, (list, tuple)) else () if made in (None, b"") else (made,)


def plain(attributes: Mapping[str, Any]) -> Shape:
    """The shape of an entry whose values stand: text, bytes, numbers, or lists of them."""
    return {name.lower(): (name, [_raw(v) for v in _listed(value)]) for name, value in attributes.items()}


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _raw(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


class Tree:
    """All entries, in order; ``groups`` maps a group's normalised name to those of its direct members."""

    def __init__(self, entries: Iterable[Entry], groups: Mapping[str, Sequence[str]]) -> None:
        self.by_dn = {entry.normal: entry for entry in entries}
        self._groups = groups
        self._members: dict[str, frozenset[str]] = {}
        self._by_class: dict[bytes, list[Entry]] = {}
        for entry in self.by_dn.values():
            for name in entry.values("objectclass"):
                self._by_class.setdefault(name.lower(), []).append(entry)

    @cached_property
    def _by_account(self) -> dict[bytes, list[Entry]]:
        found: dict[bytes, list[Entry]] = {}
        for entry in self.by_dn.values():
            for name in entry.values("samaccountname"):
                found.setdefault(name.lower(), []).append(entry)
        return found

    @cached_property
    def _above(self) -> dict[str, list[str]]:
        """The groups that hold each member directly."""
        found: dict[str, list[str]] = {}
        for group, members in self._groups.items():
            for member in members:
                found.setdefault(member, []).append(group)
        return found

    def groups_holding(self, normal: str) -> Sequence[str]:
        """Normalised names of the groups that list this entry itself."""
        return self._above.get(normal, ())

    def members_of(self, group: str) -> frozenset[str]:
        """Normalised names of all who are in a group, through nesting."""
        if group not in self._members:
            self._members[group] = _reach(group, self._groups)
        return self._members[group]

    def groups_of(self, member: str) -> frozenset[str]:
        """Normalised names of all groups that a member is in, through nesting."""
        return _reach(member, self._above)

    def below(self, base: Entry, scope: int, wanted: Filter) -> Iterator[Entry]:
        """The entries in a search's scope that may match, in a stable order; other partitions are left out."""
        if scope == 0:
            yield base
            return
        narrowed = self._candidates(wanted)
        whole = base.normal == base.partition
        tail = "," + base.normal
        for entry in self.by_dn.values() if narrowed is None else narrowed:
            if entry.partition != base.partition:
                continue
            if scope == 1:
                if parent_of(entry.normal) == base.normal:
                    yield entry
            elif whole or entry is base or entry.normal.endswith(tail):
                yield entry

    def _candidates(self, wanted: Filter) -> list[Entry] | None:
        """Entries among which all matches are; ``None`` where no index helps."""
        if wanted.kind == EQUAL and wanted.attribute == "objectclass":
            return self._by_class.get(wanted.value.lower(), [])
        if wanted.kind == EQUAL and wanted.attribute == "samaccountname":
            return self._by_account.get(wanted.value.lower(), [])
        if wanted.kind == EXTENSIBLE and wanted.rule == IN_CHAIN and wanted.attribute == "memberof":
            names = self.members_of(normal_dn(wanted.value.decode("utf-8", "replace")))
            return [entry for name, entry in self.by_dn.items() if name in names] if names else []
        if wanted.kind == AND:
            found = [c for c in map(self._candidates, wanted.children) if c is not None]
            return min(found, key=len) if found else None
        if wanted.kind == OR:
            each = [self._candidates(child) for child in wanted.children]
            if any(part is None for part in each):
                return None
            return list({entry.normal: entry for part in each if part for entry in part}.values())
        return None


def _reach(start: str, edges: Mapping[str, Sequence[str]]) -> frozenset[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        for name in edges.get(todo.pop(), ()):
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return frozenset(seen)
