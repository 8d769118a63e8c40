"""Recorded SNMP agents: snmprec lines (``OID|type|value``) and ``snmpwalk -On`` text, to typed values and back.

A type is the BER tag as a decimal number (RFC 2578, RFC 3416); an ``x`` behind it says that the value is hex.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

Oid: TypeAlias = tuple[int, ...]

INTEGER, OCTETS, NULL, OID, ADDRESS, COUNTER32, GAUGE32, TICKS, OPAQUE, COUNTER64 = 2, 4, 5, 6, 64, 65, 66, 67, 68, 70
UNSIGNED = 71

_NUMBERS = frozenset({INTEGER, COUNTER32, GAUGE32, TICKS, COUNTER64, UNSIGNED})
#: noSuchObject, noSuchInstance, endOfMibView: the agent says that there is nothing.
_ABSENT = frozenset({NULL, 128, 129, 130})


@dataclass(frozen=True, slots=True)
class Value:
    """One value and its type: an integer, the octets of a string or an address, or an OID."""

    type: int
    data: int | bytes | Oid


@dataclass(frozen=True, slots=True)
class Damage:
    """A line that could not be read: its number, and as much of its OID as stands there whole."""

    line: int
    under: Oid = ()


@dataclass(frozen=True, slots=True)
class Recording:
    """What a recording holds by OID; ``keys`` are all of its OIDs in order.

    ``unreadable`` are OIDs whose line stands there and whose value is not one of its type: that cell is not
    known. ``damaged`` are lines whose OID is not whole: nobody can say which row is missing. Where the last
    line has no end, ``cut`` are its OID, as far as it is whole, and that of the line before: what follows may have been lost.
    """

    values: Mapping[Oid, Value]
    unreadable: frozenset[Oid] = frozenset()
    damaged: tuple[Damage, ...] = ()
    form: str = "snmprec"
    keys: Sequence[Oid] = field(default=(), repr=False)
    cut: tuple[Oid, ...] = ()

    def under(self, root: Oid) -> Iterator[tuple[Oid, Value | None]]:
        """What lies at and below an OID: the rest of the OID and the value, ``None`` for an unreadable one."""
        for position in range(bisect_left(self.keys, root), len(self.keys)):
            key = self.keys[position]
            if key[: len(root)] != root:
                return
            yield key[len(root) :], self.values.get(key)

    def has(self, root: Oid) -> bool:
        """Whether anything lies at or below an OID."""
        return next(self.under(root), None) is not None

    def damaged_under(self, roots: Iterable[Oid]) -> tuple[Damage, ...]:
        """The damaged lines that may have belonged to one of the subtrees."""
        wanted = tuple(roots)
        return tuple(d for d in self.damaged if any(_overlap(d.under, root) for root in wanted))


def _overlap(one: Oid, other: Oid) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


_OID = re.compile(r"\.?[0-9]{1,10}(?:\.[0-9]{1,10})*")


def oid(text: str) -> Oid:
    """The numbers of a dotted OID, with or without its leading dot; ValueError for anything else."""
    if not _OID.fullmatch(text):
        raise ValueError(text)
    return tuple(map(int, text.lstrip(".").split(".")))


def dotted(numbers: Oid) -> str:
    return ".".join(map(str, numbers))


@lru_cache(maxsize=4)
def read_recording(body: bytes) -> Recording:
    """A recording in either form. It never raises: lines that are neither are counted as damaged.

    The last few stay in memory, as every request of a recorded agent reads the same bytes.
    """
    text = body.decode("utf-8", "surrogateescape")
    head = text[:65536]
    walk = len(re.findall(r"^\.?(?:1|iso)[.\d]* = ", head, re.M)) > len(re.findall(r"^\.?[\d.]+\|\d", head, re.M))
    return _read_walk(text) if walk else _read_snmprec(text)


def write_snmprec(values: Mapping[Oid, Value]) -> bytes:
    """The values as snmprec lines, sorted by OID; text that is not plain ASCII is written as hex."""
    return "".join(f"{dotted(key)}|{_written(values[key])}\n" for key in sorted(values)).encode()


def _written(value: Value) -> str:
    if isinstance(value.data, int):
        return f"{value.type}|{value.data}"
    if isinstance(value.data, tuple):
        return f"{value.type}|{dotted(value.data)}"
    if value.type == ADDRESS and len(value.data) == 4:
        return f"{value.type}|{'.'.join(map(str, value.data))}"
    if value.type == OCTETS and all(0x20 <= c < 0x7F for c in value.data):
        return f"{value.type}|{value.data.decode()}"
    return f"{value.type}x|{value.data.hex()}"


def _recording(
    pairs: Iterable[tuple[Oid, Value]],
    unreadable: Iterable[Oid],
    damaged: Iterable[Damage],
    form: str,
    cut: tuple[Oid, ...],
) -> Recording:
    """In the order of OIDs; of an OID that occurs twice the first counts, as it was read first."""
    values: dict[Oid, Value] = {}
    for key, value in pairs:
        values.setdefault(key, value)
    lost = frozenset(unreadable) - values.keys()
    return Recording(values, lost, tuple(damaged), form, sorted([*values, *lost]), cut)


def _cut_at(text: str) -> tuple[Oid, ...]:
    """The OIDs of a last line without an end and of the line before it."""
    *_, before, last = ["", *text.rsplit("\n", 2)[-2:]]
    found = []
    for line in (before, last) if last else ():
        name = re.split(r"[| ]", line.replace("iso", "1", 1), maxsplit=1)
        found.append(_whole_part(name[0] + "." if len(name) > 1 else name[0]))
    return tuple(found)


def _read_snmprec(text: str) -> Recording:
    pairs: list[tuple[Oid, Value]] = []
    unreadable: list[Oid] = []
    damaged: list[Damage] = []
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if not line or line[0] == "#" or line.isspace():
            continue
        name, bar, rest = line.rstrip("\r").partition("|")
        tag, second, data = rest.partition("|")
        try:
            key = oid(name)
        except ValueError:
            damaged.append(Damage(number, _whole_part(name)))
            continue
        if not bar or not second:
            damaged.append(Damage(number, key[:-1]))
        elif number == len(lines):  # a last line without an end: its value may be cut
            unreadable.append(key)
        elif not (tag.isdecimal() and int(tag) in _ABSENT):
            try:
                pairs.append((key, _value(tag, data)))
            except (ValueError, UnicodeError):
                unreadable.append(key)
    return _recording(pairs, unreadable, damaged, "snmprec", _cut_at(text))


def _whole_part(name: str) -> Oid:
    """The numbers of a broken OID that a dot ends, so that none is cut short."""
    found = re.match(r"\.?((?:\d{1,10}\.)*)", name)
    return tuple(int(n) for n in found[1].split(".") if n) if found else ()


def _value(tag: str, data: str) -> Value:
    """A value by its type; ``e`` marks text with escapes, ``xx`` is a slip for ``x`` that some recordings have."""
    found = re.fullmatch(r"(\d{1,3})(x{0,2}|e)", tag)
    if not found:
        raise ValueError(tag)
    kind = int(found[1])
    if kind in _NUMBERS:
        return Value(kind, int(data, 16) if found[2].startswith("x") else int(data))
    if found[2].startswith("x"):
        raw = bytes.fromhex(data)
        return Value(kind, raw)
    if kind == OID:
        return Value(kind, oid(data.strip()))
    if kind == ADDRESS:
        return Value(kind, _address(data))
    if found[2] == "e":
        return Value(kind, data.encode("latin-1", "replace").decode("unicode_escape").encode("latin-1", "replace"))
    return Value(kind, data.encode("utf-8", "surrogateescape"))


def _address(text: str) -> bytes:
    parts = text.strip().split(".")
    if len(parts) != 4:
        raise ValueError(text)
    return bytes(int(p) for p in parts)


_LINE = re.compile(r"\.?((?:iso|1)(?:\.\d+)*) = (.*)", re.S)
_TYPES = {
    "INTEGER": INTEGER, "STRING": OCTETS, "Hex-STRING": OCTETS, "BITS": OCTETS, "OID": OID, "IpAddress": ADDRESS,
    "Network Address": ADDRESS, "Counter32": COUNTER32, "Gauge32": GAUGE32, "Unsigned32": GAUGE32, "Timeticks": TICKS,
    "Counter64": COUNTER64, "Opaque": OPAQUE,
}  # fmt: skip


def _read_walk(text: str) -> Recording:
    """``.1.3.6 = TYPE: value`` lines; a line without an OID goes on with the value before it."""
    entries: list[str] = []
    damaged: list[Damage] = []
    for number, line in enumerate(text.split("\n"), 1):
        if _LINE.match(line):
            entries.append(line.rstrip("\r"))
        elif re.match(r"\.?(?:1|iso)\.3\.", line):
            damaged.append(Damage(number, _whole_part(line.replace("iso", "1", 1))))
        elif entries:
            entries[-1] += "\n" + line.rstrip("\r")
        elif line.strip() and not line.startswith("#"):
            damaged.append(Damage(number))
    pairs: list[tuple[Oid, Value]] = []
    unreadable: list[Oid] = []
    for entry in entries:
        name, _, rest = entry.partition(" = ")
        key = oid(name.replace("iso", "1", 1))
        if entry is entries[-1] and not text.endswith("\n"):  # a last line without an end: its value may be cut
            unreadable.append(key)
            continue
        try:
            found = _walked(rest.strip("\n"))
        except (ValueError, UnicodeError):
            unreadable.append(key)
            continue
        if found is not None:
            pairs.append((key, found))
    return _recording(pairs, unreadable, damaged, "snmpwalk", _cut_at(text))


def _walked(rest: str) -> Value | None:
    """One value as net-snmp prints it; ``None`` where the agent said that there is none."""
    if rest.startswith(("No Such ", "No more variables", "NULL")):
        return None
    if rest.strip() in ('""', ""):
        return Value(OCTETS, b"")
    word, _, data = rest.partition(": ")
    if word.startswith("Wrong Type"):
        word, _, data = data.partition(": ")
    word = word.rstrip(":").strip()
    if word not in _TYPES:
        raise ValueError(rest)
    kind = _TYPES[word]
    if kind in _NUMBERS:
        inner = re.search(r"\((-?\d+)\)", data) or re.match(r"\s*(-?\d+)", data)
        if not inner:
            raise ValueError(rest)
        return Value(kind, int(inner[1]))
    if word in ("Hex-STRING", "BITS"):
        return Value(kind, _hex(data))
    if kind == OID:
        return Value(kind, oid(data.replace("iso", "1")))
    if kind == ADDRESS:
        return Value(kind, _address(data) if "." in data else _hex(data.replace(":", " ")))
    if data.startswith('"'):
        data = data[1:-1] if data.endswith('"') and len(data) > 1 else data[1:]
        data = re.sub(r'\\(["\\])', r"\1", data)
    return Value(kind, data.encode("utf-8", "surrogateescape"))


def _hex(data: str) -> bytes:
    """The octets before any text that the agent's tool adds, as BITS have it: ``08 00 bridge(4)``."""
    pairs: list[str] = []
    for word in data.split():
        if not re.fullmatch(r"[0-9A-Fa-f]{2}", word):
            break
        pairs.append(word)
    if not pairs:
        raise ValueError(data)
    return bytes.fromhex("".join(pairs))
