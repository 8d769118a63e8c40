"""An SNMPv2c response read from its bytes, with every length checked (RFC 3416, X.690).

pysnmp's own decoder builds an object for every tag; this one reads only what a walk needs and is some fifteen times
as fast. tests/sessions/test_snmp_ber.py holds it against pysnmp's encoder and against damaged messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

Oid = tuple[int, ...]
Varbind = tuple[Oid, int, bytes]
"""Object identifier, BER tag of the value, the value's content octets."""


@dataclass(frozen=True, slots=True)
class Response:
    """A response PDU: ``status`` is RFC 3416's error-status, ``index`` counts the offending varbind from 1."""

    request_id: int
    status: int
    index: int
    varbinds: list[Varbind]


def decode_response(message: bytes) -> Response:
    """A whole v1/v2c message with a Response PDU; raises ValueError on anything else."""
    try:
        at, end = _open(message, 0, len(message), 0x30)
        at = _skip(message, at, end, 0x02)
        at = _skip(message, at, end, 0x04)
        return _pdu(message, at, end)
    except IndexError:
        raise ValueError("truncated message") from None


def cut_scoped(data: bytes, mark: Oid) -> tuple[bytes, list[Varbind]]:
    """A decrypted scoped PDU (RFC 3412) with a Response: the same with one varbind, ``mark`` and NULL, and its own varbinds.

    Raises ValueError on anything else. What follows the PDU, such as a cipher's padding, is left as it is.
    """
    try:
        start, end = _open(data, 0, len(data), 0x30)
        pdu = _skip(data, _skip(data, start, end, 0x04), end, 0x04)
        head, stop = _open(data, pdu, end, 0xA2)
        at = head
        for _ in range(3):  # request-id, error-status, error-index
            at = _skip(data, at, stop, 0x02)
        inner, last = _open(data, at, stop, 0x30)
        if last != stop or stop != end:
            raise ValueError("bytes after the varbinds")
        varbinds = decode_varbinds(data, inner, last)
    except IndexError:
        raise ValueError("truncated scoped PDU") from None
    name = bytes((mark[0] * 40 + mark[1], *(octet for arc in mark[2:] for octet in _base128(arc))))
    one = _tlv(0x30, _tlv(0x06, name) + b"\x05\x00")
    whole = _tlv(0x30, data[start:pdu] + _tlv(0xA2, data[head:at] + _tlv(0x30, one)))
    return whole + data[end:], varbinds


def _tlv(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def _base128(arc: int) -> list[int]:
    octets = [arc & 0x7F]
    while arc := arc >> 7:
        octets.insert(0, 0x80 | arc & 0x7F)
    return octets


def _pdu(data: bytes, at: int, end: int) -> Response:
    at, end = _open(data, at, end, 0xA2)
    request_id, at = _integer(data, at, end)
    status, at = _integer(data, at, end)
    index, at = _integer(data, at, end)
    at, end = _open(data, at, end, 0x30)
    return Response(request_id, status, index, decode_varbinds(data, at, end))


def decode_varbinds(data: bytes, at: int, end: int) -> list[Varbind]:
    """The content of a varbind list."""
    varbinds: list[Varbind] = []
    while at < end:
        inner, stop = _open(data, at, end, 0x30)
        start, name_end = _open(data, inner, stop, 0x06)
        tag = data[name_end]
        value, value_end = _span(data, name_end, stop)
        if value_end != stop:
            raise ValueError("bytes after a varbind's value")
        varbinds.append((oid(data[start:name_end]), tag, data[value:value_end]))
        at = stop
    return varbinds


def _span(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Where the content of the element at ``at`` begins and ends; must lie within ``end``."""
    length = data[at + 1]
    at += 2
    if length >= 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4:
            raise ValueError("bad length")
        length = int.from_bytes(data[at : at + count], "big")
        at += count
    if at + length > end:
        raise ValueError("length beyond the message")
    return at, at + length


def _open(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    if at >= end or data[at] != tag:
        raise ValueError("unexpected tag")
    return _span(data, at, end)


def _skip(data: bytes, at: int, end: int, tag: int) -> int:
    return _open(data, at, end, tag)[1]


def _integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    start, stop = _open(data, at, end, 0x02)
    if not 1 <= stop - start <= 5:
        raise ValueError("bad integer")
    return int.from_bytes(data[start:stop], "big", signed=True), stop


def oid(content: bytes) -> Oid:
    """An object identifier from its content octets. The part before the last arc repeats all along a column."""
    last = len(content) - 1
    if last < 0 or content[last] & 0x80 or last > 640:
        raise ValueError("bad object identifier")
    while last and content[last - 1] & 0x80:
        last -= 1
    value = 0
    for octet in content[last:]:
        value = value << 7 | octet & 0x7F
    if value > 0xFFFFFFFF:
        raise ValueError("arc beyond 32 bits")
    if not last:
        return _first(value)
    return (*_arcs(content[:last]), value)


@lru_cache(maxsize=4096)
def _arcs(content: bytes) -> Oid:
    arcs: list[int] = []
    value = 0
    for octet in content:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            if value > 0xFFFFFFFF:
                raise ValueError("arc beyond 32 bits")
            arcs.append(value)
            value = 0
    return (*_first(arcs[0]), *arcs[1:])


def _first(value: int) -> Oid:
    top = min(value // 40, 2)
    return (top, value - 40 * top)
