"""Agents that misbehave, each in one way that real ones have been seen to.

``silent`` and ``stall`` answer nothing; ``garbage`` sends noise; ``truncated`` sends the first half of a reply; ``wrong_order`` swaps
neighbouring objects; ``loop`` comes back to rows that it already gave; ``endless`` has interface rows without end;
``empty`` knows the system group alone.
"""

from __future__ import annotations

import random

from tests.lab.servers import snmp_ber as ber
from tests.lab.servers.snmp_table import Builder, Table, end_of_view

SILENT = frozenset({"silent", "stall", "refuse", "refuse_login"})
IF_COLUMNS = (ber.parse_oid("1.3.6.1.2.1.2.2.1"), ber.parse_oid("1.3.6.1.2.1.31.1.1.1"))


def spoil(fault: str, reply: bytes) -> bytes | None:
    """What leaves the agent in place of a good reply."""
    if fault in SILENT:
        return None
    if fault == "garbage":
        return random.Random(7).randbytes(max(20, len(reply) // 2))
    if fault == "truncated":
        return reply[: len(reply) // 2]
    return reply


def spoiled_table(fault: str, made: Builder) -> Table:
    """The table of an agent whose data are wrong."""
    if fault == "wrong_order":
        return WrongOrder(made)
    if fault == "loop":
        return Loop(made)
    if fault == "endless":
        return Endless(made)
    if fault == "empty":
        system = ber.pack(ber.parse_oid("1.3.6.1.2.1.1"))
        made.rows = {key: row for key, row in made.rows.items() if key.startswith(system)}
    return Table(made)


class WrongOrder(Table):
    """Every second object comes before the one that it should follow."""

    __slots__ = ()

    def __init__(self, made: Builder) -> None:
        super().__init__(made)
        for at in range(8, len(self.bindings) - 1, 2):
            self.bindings[at], self.bindings[at + 1] = self.bindings[at + 1], self.bindings[at]


class Loop(Table):
    """Every twentieth object of a column is one that came twelve before, from where a walk goes on for ever."""

    __slots__ = ()

    def __init__(self, made: Builder) -> None:
        super().__init__(made)
        for at in range(19, len(self.bindings), 20):
            if self.keys[at][:-4] == self.keys[at - 12][:-4]:
                self.bindings[at] = self.bindings[at - 12]


class Endless(Table):
    """A table of interfaces that has always one more row."""

    __slots__ = ()

    def after(self, oid: ber.Oid) -> int:
        for number, columns in enumerate(IF_COLUMNS, start=1):
            size = len(columns)
            if oid[:size] == columns and len(oid) > size:
                row = oid[size + 1] if len(oid) > size + 1 else 0
                return number << 44 | oid[size] << 32 | min(row + 1, 0xFFFFFFFF)
        return super().after(oid)

    def binding(self, at: int) -> bytes:
        if at >> 44:
            column, row = at >> 32 & 0xFFF, at & 0xFFFFFFFF
            return ber.varbind(ber.oid_body((*IF_COLUMNS[(at >> 44) - 1], column, row)), ber.integer(row & 0x7FFFFFFF))
        if at >= len(self.keys):
            return end_of_view(ber.oid_body((1, 3, 6, 1, 6)))
        return super().binding(at)

    def __len__(self) -> int:
        return 1 << 60
