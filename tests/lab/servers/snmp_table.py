"""A MIB view: sorted OIDs with their encoded bindings, found by bisection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from functools import lru_cache

from tests.lab.servers import snmp_ber as ber

Index = tuple[int, ...]
Live = Callable[[], bytes]


@lru_cache(maxsize=2048)
def _prefix(text: str) -> tuple[bytes, bytes]:
    oid = ber.parse_oid(text)
    return ber.pack(oid), ber.oid_body(oid)


@lru_cache(maxsize=16384)
def _suffix(index: Index) -> tuple[bytes, bytes]:
    return ber.pack(index), ber.sub_ids(index)


class Builder:
    """Collects a device's objects in any order."""

    __slots__ = ("live", "rows")

    def __init__(self) -> None:
        self.rows: dict[bytes, bytes] = {}
        self.live: dict[bytes, tuple[bytes, Live]] = {}

    def scalar(self, oid: str, value: bytes) -> None:
        """``oid`` without its ``.0``."""
        self.cell(oid, (0,), value)

    def cell(self, column: str, index: Index, value: bytes) -> None:
        key, body = _prefix(column)
        tail_key, tail_body = _suffix(index)
        self.rows[key + tail_key] = ber.varbind(body + tail_body, value)

    def row(self, entry: str, index: Index, cells: Iterable[tuple[int, bytes]]) -> None:
        """One table row: ``entry`` is the table's entry OID, each cell a column number and a value."""
        for column, value in cells:
            self.cell(f"{entry}.{column}", index, value)

    def living(self, oid: str, value: Live) -> None:
        """A scalar that is worked out anew at each read."""
        key, body = _prefix(oid)
        self.rows[key + b"\0\0\0\0"] = b""
        self.live[key + b"\0\0\0\0"] = (body + b"\0", value)

    def table(self) -> Table:
        return Table(self)


class Table:
    """What an agent knows: keys in OID order, the binding beside each."""

    __slots__ = ("bindings", "keys", "live")

    def __init__(self, made: Builder) -> None:
        self.keys = sorted(made.rows)
        self.bindings = [made.rows[key] for key in self.keys]
        self.live = made.live

    def binding(self, at: int) -> bytes:
        found = self.bindings[at]
        if found:
            return found
        body, value = self.live[self.keys[at]]
        return ber.varbind(body, value())

    def get(self, oid: ber.Oid) -> bytes:
        """The binding of exactly this OID, or the exception that says why there is none (RFC 3416 section 4.2.1)."""
        key = ber.pack(oid)
        at = bisect_left(self.keys, key)
        if at < len(self.keys) and self.keys[at] == key:
            return self.binding(at)
        column = key[:-4]
        near = bisect_left(self.keys, column)
        known = near < len(self.keys) and self.keys[near].startswith(column)
        return ber.varbind(ber.oid_body(oid), ber.NO_SUCH_INSTANCE if known else ber.NO_SUCH_OBJECT)

    def after(self, oid: ber.Oid) -> int:
        """The place of the first object past ``oid``; the table's length where there is none."""
        return bisect_right(self.keys, ber.pack(oid))

    def __len__(self) -> int:
        return len(self.keys)


def end_of_view(oid: bytes) -> bytes:
    """The binding that says that nothing follows this OID (given as its encoded contents)."""
    return ber.varbind(oid, ber.END_OF_MIB_VIEW)
