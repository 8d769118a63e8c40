"""LDAP messages (RFC 4511): requests out of bytes, replies into bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.lab.servers.ldap_filter import Filter, read_filter
from tests.lab.servers.snmp_ber import BerError, Reader, integer, octets, tlv

BIND, UNBIND, SEARCH, MODIFY, ADD, DELETE, RENAME, COMPARE, ABANDON, EXTENDED = (
    0x60, 0x42, 0x63, 0x66, 0x68, 0x4A, 0x6C, 0x6E, 0x50, 0x77,
)  # fmt: skip
# The reply that each request is answered with.
REPLY = {BIND: 0x61, SEARCH: 0x65, MODIFY: 0x67, ADD: 0x69, DELETE: 0x6B, RENAME: 0x6D, COMPARE: 0x6F, EXTENDED: 0x78}
ENTRY, REFERENCE = 0x64, 0x73
BOOLEAN, ENUMERATED, SET_OF, SEQUENCE, OCTETS = 0x01, 0x0A, 0x31, 0x30, 0x04
PAGED = "1.2.840.113556.1.4.319"
MOST = 4 * 1024 * 1024

SUCCESS, OPERATIONS_ERROR, PROTOCOL_ERROR, SIZE_LIMIT, COMPARE_FALSE, COMPARE_TRUE = 0, 1, 2, 4, 5, 6
AUTH_METHOD, STRONGER_AUTH, REFERRAL, CRITICAL_EXTENSION, NO_SUCH_OBJECT = 7, 8, 10, 12, 32
INVALID_DN, INVALID_CREDENTIALS, INSUFFICIENT_ACCESS, UNWILLING = 34, 49, 50, 53


@dataclass(frozen=True, slots=True)
class Control:
    oid: str
    critical: bool
    value: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """One request: its number, its operation's tag and contents, and the controls with it."""

    number: int
    kind: int
    body: Reader
    controls: tuple[Control, ...]

    def control(self, oid: str) -> Control | None:
        return next((c for c in self.controls if c.oid == oid), None)


@dataclass(frozen=True, slots=True)
class Search:
    """``scope`` 0 is the base alone, 1 its children, 2 all below it."""

    base: str
    scope: int
    size_limit: int
    types_only: bool
    filter: Filter
    attributes: tuple[str, ...]


async def read_message(stream: asyncio.StreamReader) -> bytes:
    """The next whole message; empty when the client has closed."""
    try:
        head = await stream.readexactly(2)
        size, more = head[1], b""
        if size & 0x80:
            more = await stream.readexactly(size & 0x7F)
            size = int.from_bytes(more, "big")
        if size > MOST:
            return b""
        return head + more + await stream.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


def read_request(data: bytes) -> Request:
    _, message = Reader(data, 0, len(data)).inside(SEQUENCE)
    number = message.integer()
    kind, end = message.header()
    body = Reader(data, message.at, end)
    message.at = end
    controls: list[Control] = []
    if message.more:
        _, listed = message.inside(0xA0)
        while listed.more:
            _, one = listed.inside(SEQUENCE)
            oid, critical, value = text(one.take(OCTETS)), False, b""
            while one.more:
                tag, end = one.header()
                content = data[one.at : end]
                one.at = end
                if tag == BOOLEAN:
                    critical = content != b"\0"
                elif tag == OCTETS:
                    value = content
            controls.append(Control(oid, critical, value))
    return Request(number, kind, body, tuple(controls))


def read_search(body: Reader) -> Search:
    base = text(body.take(OCTETS))
    scope = _small(body.take(ENUMERATED))
    body.take(ENUMERATED)
    size_limit = body.integer()
    body.integer()
    types_only = body.take(BOOLEAN) != b"\0"
    wanted = read_filter(body)
    _, names = body.inside(SEQUENCE)
    attributes = []
    while names.more:
        attributes.append(text(names.take(OCTETS)))
    return Search(base, scope, size_limit, types_only, wanted, tuple(attributes))


def read_page(control: Control) -> tuple[int, bytes]:
    """The page size and the cookie of a paged-results control (RFC 2696)."""
    _, inner = Reader(control.value, 0, len(control.value)).inside(SEQUENCE)
    return inner.integer(), inner.take(OCTETS)


def page_control(cookie: bytes) -> bytes:
    value = tlv(SEQUENCE, integer(0) + octets(cookie))
    return tlv(0xA0, tlv(SEQUENCE, octets(PAGED) + octets(value)))


def reply(
    number: int,
    kind: int,
    code: int,
    message: str = "",
    *,
    matched: str = "",
    extra: bytes = b"",
    controls: bytes = b"",
) -> bytes:
    """An operation's result; ``kind`` is the request's tag, ``extra`` what follows the result (an extended reply's name)."""
    result = tlv(ENUMERATED, bytes((code,))) + octets(matched) + octets(message) + extra
    return tlv(SEQUENCE, integer(number) + tlv(REPLY[kind], result) + controls)


def entry(number: int, dn: str, attributes: Iterable[tuple[str, Sequence[bytes]]]) -> bytes:
    parts = [
        tlv(SEQUENCE, octets(name) + tlv(SET_OF, b"".join(tlv(OCTETS, value) for value in values)))
        for name, values in attributes
    ]
    return tlv(SEQUENCE, integer(number) + tlv(ENTRY, octets(dn) + tlv(SEQUENCE, b"".join(parts))))


def reference(number: int, url: str) -> bytes:
    return tlv(SEQUENCE, integer(number) + tlv(REFERENCE, octets(url)))


def notice(message: str) -> bytes:
    """The unsolicited notice of disconnection (RFC 4511 section 4.4.1)."""
    result = (
        tlv(ENUMERATED, bytes((PROTOCOL_ERROR,))) + octets("") + octets(message) + tlv(0x8A, b"1.3.6.1.4.1.1466.20036")
    )
    return tlv(SEQUENCE, integer(0) + tlv(0x78, result))


def text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _small(raw: bytes) -> int:
    if len(raw) != 1:
        raise BerError("an enumeration of no sensible size")
    return raw[0]
