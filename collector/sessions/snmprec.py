"""SNMP values as snmprec lines, ``OID|type|value``: the body of an SNMP capture.

The type is the BER tag as a decimal number, with an ``x`` where the value is in hex (octets that are not plain text).
"""

from __future__ import annotations

from collections.abc import Iterable

from collector.sessions.snmp_ber import Varbind, oid

_INTEGER, _OCTETS, _NULL, _OID, _ADDRESS, _OPAQUE = 0x02, 0x04, 0x05, 0x06, 0x40, 0x44
_UNSIGNED = {0x41: 5, 0x42: 5, 0x43: 5, 0x46: 9, 0x47: 9}
"""Counter32, Gauge32, TimeTicks, Counter64, UInteger32 with the most octets that each may take."""


def snmprec(varbinds: Iterable[Varbind]) -> bytes:
    """Lines in the order of their OIDs."""
    return "".join(_line(v) for v in sorted(varbinds, key=lambda v: v[0])).encode("ascii")


def _line(varbind: Varbind) -> str:
    name, tag, value = varbind
    kind, text = _value(tag, value)
    return f"{'.'.join(map(str, name))}|{kind}|{text}\n"


def _value(tag: int, value: bytes) -> tuple[str, str]:
    if tag == _OCTETS:
        if value.isascii() and (text := value.decode("ascii")).isprintable():
            return "4", text
        return "4x", value.hex()
    if tag == _INTEGER and 1 <= len(value) <= 5:
        return "2", str(int.from_bytes(value, "big", signed=True))
    if 1 <= len(value) <= _UNSIGNED.get(tag, 0):
        return str(tag), str(int.from_bytes(value, "big"))
    if tag == _OID:
        try:
            return "6", ".".join(map(str, oid(value)))
        except ValueError:
            return "6x", value.hex()
    if tag == _ADDRESS and len(value) == 4:
        return "64", ".".join(map(str, value))
    if tag == _NULL:
        return "5", ""
    return f"{tag}x", value.hex()
