"""Search filters (RFC 4511 section 4.5.1.7) as small values, and whether an entry matches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tests.lab.servers.ldap_syntax import DN, SID, compare_key, kind_of, normal_dn, sid_bytes
from tests.lab.servers.snmp_ber import BerError, Reader

AND, OR, NOT, EQUAL, SUBSTRINGS, AT_LEAST, AT_MOST, PRESENT, APPROX, EXTENSIBLE = (
    0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0x87, 0xA8, 0xA9,
)  # fmt: skip
OCTETS = 0x04
BITS_ALL, BITS_ANY, IN_CHAIN = "1.2.840.113556.1.4.803", "1.2.840.113556.1.4.804", "1.2.840.113556.1.4.1941"
DEEPEST = 64

Values = Callable[[str], Sequence[bytes]]


class Chains(Protocol):
    """Who belongs to whom, through nesting."""

    def members_of(self, group: str) -> frozenset[str]: ...
    def groups_of(self, member: str) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Filter:
    """One node. ``attribute`` is in lower case; ``parts`` are the pieces of a substring filter: first, middle ones, last."""

    kind: int
    attribute: str = ""
    value: bytes = b""
    children: tuple[Filter, ...] = ()
    parts: tuple[bytes, tuple[bytes, ...], bytes] = (b"", (), b"")
    rule: str = ""


def read_filter(source: Reader, depth: int = 0) -> Filter:
    if depth > DEEPEST:
        raise BerError("a filter nested too deeply")
    tag, end = source.header()
    inner = Reader(source.data, source.at, end)
    source.at = end
    if tag in (AND, OR, NOT):
        children = []
        while inner.more:
            children.append(read_filter(inner, depth + 1))
        if tag == NOT and len(children) != 1:
            raise BerError("a negation of one filter")
        return Filter(tag, children=tuple(children))
    if tag == PRESENT:
        return Filter(tag, _name(source.data[inner.at : end]))
    if tag in (EQUAL, AT_LEAST, AT_MOST, APPROX):
        return Filter(tag, _name(inner.take(OCTETS)), inner.take(OCTETS))
    if tag == SUBSTRINGS:
        return Filter(tag, _name(inner.take(OCTETS)), parts=_read_parts(inner))
    if tag == EXTENSIBLE:
        return _read_extensible(inner)
    raise BerError(f"no filter has the tag {tag:#x}")


def _read_parts(source: Reader) -> tuple[bytes, tuple[bytes, ...], bytes]:
    first, last, middle = b"", b"", []
    _, inner = source.inside(0x30)
    while inner.more:
        tag, end = inner.header()
        piece = inner.data[inner.at : end]
        inner.at = end
        if tag == 0x80:
            first = piece
        elif tag == 0x81:
            middle.append(piece)
        elif tag == 0x82:
            last = piece
        else:
            raise BerError("no part of a substring filter")
    return first, tuple(middle), last


def _read_extensible(inner: Reader) -> Filter:
    rule, attribute, value = "", "", b""
    while inner.more:
        tag, end = inner.header()
        piece = inner.data[inner.at : end]
        inner.at = end
        if tag == 0x81:
            rule = piece.decode("ascii", "replace")
        elif tag == 0x82:
            attribute = _name(piece)
        elif tag == 0x83:
            value = piece
    return Filter(EXTENSIBLE, attribute, value, rule=rule)


def _name(raw: bytes) -> str:
    return raw.decode("ascii", "replace").lower().partition(";")[0]


def matches(wanted: Filter, dn: str, values: Values, chains: Chains) -> bool:
    """Whether the entry with normalised name ``dn`` matches; ``values`` gives an attribute's values."""
    kind = wanted.kind
    if kind == AND:
        return all(matches(child, dn, values, chains) for child in wanted.children)
    if kind == OR:
        return any(matches(child, dn, values, chains) for child in wanted.children)
    if kind == NOT:
        return not matches(wanted.children[0], dn, values, chains)
    if kind == EXTENSIBLE:
        return _extensible(wanted, dn, values, chains)
    held = values(wanted.attribute)
    if not held:
        return False
    if kind == PRESENT:
        return True
    if kind == SUBSTRINGS:
        return any(_has_parts(value, wanted.parts) for value in held)
    if kind in (EQUAL, APPROX):
        key = assertion(wanted.attribute, wanted.value)
        return any(compare_key(wanted.attribute, value) == key for value in held)
    return any(_ordered(kind, value, wanted.value) for value in held)


def assertion(attribute: str, value: bytes) -> bytes:
    """A filter's value in the form that an attribute's values are compared in; Active Directory takes some short forms."""
    kind = kind_of(attribute)
    if kind == SID and value.upper().startswith(b"S-"):
        return sid_bytes(value.decode("ascii", "replace"))
    if attribute == "objectcategory" and b"=" not in value:
        name = value.lower()
        return b"cn=" + {b"user": b"person", b"contact": b"person"}.get(name, name)
    return compare_key(attribute, value)


def _extensible(wanted: Filter, dn: str, values: Values, chains: Chains) -> bool:
    if wanted.rule in (BITS_ALL, BITS_ANY):
        try:
            mask = int(wanted.value)
            held = [int(value) for value in values(wanted.attribute)]
        except ValueError:
            return False
        return any(value & mask == mask if wanted.rule == BITS_ALL else value & mask for value in held)
    if wanted.rule == IN_CHAIN:
        other = normal_dn(wanted.value.decode("utf-8", "replace"))
        if wanted.attribute == "memberof":
            return dn in chains.members_of(other)
        if wanted.attribute == "member":
            return dn in chains.groups_of(other)
        return kind_of(wanted.attribute) == DN and any(
            compare_key(wanted.attribute, value) == other.encode() for value in values(wanted.attribute)
        )
    if not wanted.rule:
        return matches(Filter(EQUAL, wanted.attribute, wanted.value), dn, values, chains)
    return False


def _has_parts(value: bytes, parts: tuple[bytes, tuple[bytes, ...], bytes]) -> bool:
    first, middle, last = parts
    lower = value.lower()
    if not lower.startswith(first.lower()):
        return False
    at = len(first)
    for piece in middle:
        found = lower.find(piece.lower(), at)
        if found < 0:
            return False
        at = found + len(piece)
    return len(lower) - len(last) >= at and lower.endswith(last.lower())


def _ordered(kind: int, value: bytes, limit: bytes) -> bool:
    try:
        number, border = int(value), int(limit)
    except ValueError:
        left, right = value.lower(), limit.lower()
        return left >= right if kind == AT_LEAST else left <= right
    return number >= border if kind == AT_LEAST else number <= border
