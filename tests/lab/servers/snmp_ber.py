"""SNMP's share of BER (X.690, RFC 3416 section 3): values to bytes, and a careful reader of what clients send."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

Oid = tuple[int, ...]

INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIMETICKS, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x46
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = b"\x80\x00", b"\x81\x00", b"\x82\x00"
GET, GETNEXT, RESPONSE, SET, GETBULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA3, 0xA5, 0xA8


class BerError(ValueError):
    """Bytes that are not what an SNMP message may hold."""


def tlv(tag: int, body: bytes) -> bytes:
    """One encoded element."""
    size = len(body)
    if size < 128:
        return bytes((tag, size)) + body
    raw = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(raw))) + raw + body


@lru_cache(maxsize=4096)
def integer(value: int, tag: int = INTEGER) -> bytes:
    """A signed integer; with an application tag, an unsigned one of SMIv2."""
    size = (value if value >= 0 else value + 1).bit_length() // 8 + 1
    return tlv(tag, value.to_bytes(size, "big", signed=True))


def counter32(value: int) -> bytes:
    return integer(value & 0xFFFFFFFF, COUNTER32)


def gauge32(value: int) -> bytes:
    return integer(min(value, 0xFFFFFFFF), GAUGE32)


def counter64(value: int) -> bytes:
    return integer(value & 0xFFFFFFFFFFFFFFFF, COUNTER64)


def timeticks(value: int) -> bytes:
    return integer(value & 0xFFFFFFFF, TIMETICKS)


def octets(value: bytes | str) -> bytes:
    return tlv(OCTETS, value.encode() if isinstance(value, str) else value)


def ip_address(text: str) -> bytes:
    return tlv(IP_ADDRESS, bytes(int(p) for p in text.split(".")))


def mac(text: str) -> bytes:
    """An octet string of a MAC address; empty text gives an empty string."""
    return octets(bytes.fromhex(text.replace(":", "")))


def oid_body(oid: Iterable[int]) -> bytes:
    """The contents of an OBJECT IDENTIFIER; the two first numbers share an octet."""
    first, second, *rest = oid
    return sub_ids((first * 40 + second, *rest))


def sub_ids(numbers: Iterable[int]) -> bytes:
    """Numbers in base 128, the form that an OID's parts have after its first two."""
    out = bytearray()
    for number in numbers:
        if number < 128:
            out.append(number)
            continue
        septets = []
        while number:
            septets.append(number & 0x7F)
            number >>= 7
        out.extend(s | 0x80 for s in reversed(septets[1:]))
        out.append(septets[0])
    return bytes(out)


def oid_value(text: str) -> bytes:
    return tlv(OID, oid_body(parse_oid(text)))


@lru_cache(maxsize=8192)
def parse_oid(text: str) -> Oid:
    return tuple(int(p) for p in text.strip(".").split("."))


def pack(oid: Oid) -> bytes:
    """An OID as bytes that compare as OIDs do: four octets a number, the greatest first."""
    return struct.pack(f">{len(oid)}I", *oid)


def varbind(oid: bytes, value: bytes) -> bytes:
    """A variable binding of an OID's contents and an encoded value."""
    return tlv(SEQUENCE, tlv(OID, oid) + value)


@dataclass(slots=True)
class Reader:
    """Reads elements one after the other, never past ``end``."""

    data: bytes
    at: int
    end: int

    def header(self) -> tuple[int, int]:
        """The tag and where the contents end; afterwards ``at`` is where they begin."""
        data, at = self.data, self.at
        if at + 2 > self.end:
            raise BerError("the message ends early")
        tag, size = data[at], data[at + 1]
        at += 2
        if size & 0x80:
            count = size & 0x7F
            if not 1 <= count <= 4 or at + count > self.end:
                raise BerError("a length that SNMP does not use")
            size = int.from_bytes(data[at : at + count], "big")
            at += count
        if at + size > self.end:
            raise BerError("an element is longer than what holds it")
        self.at = at
        return tag, at + size

    def take(self, tag: int) -> bytes:
        """The contents of the next element, which has to have ``tag``."""
        found, end = self.header()
        if found != tag:
            raise BerError(f"tag {found:#x} where {tag:#x} belongs")
        body = self.data[self.at : end]
        self.at = end
        return body

    def inside(self, *tags: int) -> tuple[int, Reader]:
        """The next element, opened; the reader goes on after it."""
        found, end = self.header()
        if found not in tags:
            raise BerError(f"tag {found:#x} is not expected here")
        inner = Reader(self.data, self.at, end)
        self.at = end
        return found, inner

    def skip(self) -> None:
        _, end = self.header()
        self.at = end

    def integer(self) -> int:
        body = self.take(INTEGER)
        if not 1 <= len(body) <= 8:
            raise BerError("an integer of no sensible size")
        return int.from_bytes(body, "big", signed=True)

    def oid(self) -> Oid:
        return read_oid(self.take(OID))

    @property
    def more(self) -> bool:
        return self.at < self.end


@lru_cache(maxsize=8192)
def read_oid(body: bytes) -> Oid:
    """The numbers of an OBJECT IDENTIFIER's contents."""
    if not body or len(body) > 400:
        raise BerError("an OID of no sensible size")
    numbers: list[int] = []
    number = 0
    for octet in body:
        number = number << 7 | octet & 0x7F
        if number > 0xFFFFFFFF:
            raise BerError("an OID's number is past 32 bits")
        if not octet & 0x80:
            numbers.append(number)
            number = 0
    if body[-1] & 0x80:
        raise BerError("an OID ends early")
    first = min(numbers[0] // 40, 2)
    return (first, numbers[0] - first * 40, *numbers[1:])
