"""What octet strings of SNMP tables mean: addresses, dates, bit maps, identifiers whose kind stands in another column.

Textual conventions of RFC 2579 (DateAndTime, MacAddress), RFC 4001 (InetAddress), RFC 4363 (PortList), IEEE 802.1AB
(LldpChassisId, LldpPortId), RFC 3433 (sensor scale and precision). Each hint takes the value and the values of the
columns that its definition names under ``by``; it raises ValueError or TypeError on what it cannot read.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from collector.parse.convert import mac
from collector.parse.snmprec import ADDRESS, Value, dotted


def plain(value: Value) -> Any:
    """A value without a hint: numbers as they are, OIDs dotted, octets as text where they are text, else as hex."""
    data = value.data
    if isinstance(data, int):
        return data
    if isinstance(data, tuple):
        return dotted(data)
    if value.type == ADDRESS:
        return address(value)
    raw = data.rstrip(b"\x00")
    try:
        shown = raw.decode("utf-8")
    except UnicodeDecodeError:
        return "0x" + data.hex()
    if any(ord(c) < 32 and c not in "\t\r\n" for c in shown):
        return "0x" + data.hex()
    return shown.strip()


def text(value: Value) -> str:
    """Text, with U+FFFD for what is not UTF-8."""
    if isinstance(value.data, bytes):
        return value.data.rstrip(b"\x00").decode("utf-8", "replace").strip()
    return str(plain(value))


def octets(value: Value) -> bytes:
    if not isinstance(value.data, bytes):
        raise TypeError(value)
    return value.data


def mac_address(value: Value) -> str:
    """Six octets, or the text of an address, as some agents write it."""
    raw = octets(value)
    return raw.hex(":") if len(raw) == 6 else mac(raw.decode("ascii"))


def _bridge(value: Value) -> tuple[int, str]:
    """Priority and address of a bridge identifier: two octets and six, or the text ``32768/00:53:00:00:00:01`` of some agents."""
    raw = octets(value)
    if len(raw) == 8:
        return int.from_bytes(raw[:2]), raw[2:].hex(":")
    priority, slash, address = raw.decode("ascii").strip("\x00").partition("/")
    if not slash:
        raise ValueError(raw)
    return int(priority), mac(address)


def bridge_mac(value: Value) -> str:
    return _bridge(value)[1]


def bridge_priority(value: Value) -> int:
    return _bridge(value)[0]


def stp_instance(value: Value) -> str:
    """A bridge's priority names its instance: IEEE 802.1t keeps the VLAN of a per-VLAN instance in the lower twelve bits."""
    vlan = stp_vlan(value)
    return f"VLAN{vlan:04d}" if vlan else "CST"


def stp_vlan(value: Value) -> int:
    if not isinstance(value.data, int):
        raise TypeError(value)
    return value.data & 0xFFF


def address(value: Value) -> str:
    """An IPv4 or IPv6 address from its octets, or from text."""
    raw = octets(value)
    if len(raw) in (4, 8):
        return str(ipaddress.IPv4Address(raw[:4]))
    if len(raw) in (16, 20):
        return str(ipaddress.IPv6Address(raw[:16]))
    return str(ipaddress.ip_address(raw.decode("ascii")))


def date(value: Value) -> datetime:
    """DateAndTime, eight octets or eleven with a zone; without one it is taken as UTC."""
    raw = octets(value)
    if len(raw) not in (8, 11):
        raise ValueError(raw)
    zone: timezone = UTC
    if len(raw) == 11:
        ahead = timedelta(hours=raw[9], minutes=raw[10])
        zone = timezone(-ahead if raw[8:9] == b"-" else ahead)
    year, month, day, hour, minute, second = int.from_bytes(raw[:2]), *raw[2:7]
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone).astimezone(UTC)


def port_list(value: Value) -> list[int]:
    """The ports of a PortList, counted from 1."""
    return [bit + 1 for bit in bit_numbers(octets(value))]


def bit_numbers(raw: bytes) -> list[int]:
    """The set bits of a BITS value, counted from the first octet's highest."""
    return [8 * i + bit for i, octet in enumerate(raw) for bit in range(8) if octet & (0x80 >> bit)]


def bits(value: Value, names: Sequence[str]) -> list[str]:
    """The names of the set bits of a BITS value, in which the first name is the highest bit."""
    return [names[n] for n in bit_numbers(octets(value)) if n < len(names)]


def flags(value: Value, names: Sequence[str]) -> list[str]:
    """The names of the set bits of a number, or of octets as one, in which the first name is the lowest bit."""
    number = value.data if isinstance(value.data, int) else int.from_bytes(octets(value))
    return list(dict.fromkeys(name for n, name in enumerate(names) if name and number >> n & 1))


def _identifier(value: Value, subtype: Any, macs: int, addresses: int) -> str:
    raw = octets(value)
    if subtype == macs and len(raw) == 6:
        return raw.hex(":")
    if subtype == addresses and len(raw) in (5, 17) and raw[0] in (1, 2):
        return str(ipaddress.ip_address(raw[1:]))
    shown = str(plain(value))
    if subtype == macs or (len(raw) == 6 and shown.startswith("0x")):
        try:
            return mac(shown)
        except ValueError:
            return shown
    return shown


def lldp_chassis(value: Value, subtype: Any) -> str:
    """LldpChassisId by its subtype: 4 is a MAC address, 5 a network address, the others text."""
    return _identifier(value, subtype, 4, 5)


def lldp_port(value: Value, subtype: Any) -> str:
    """LldpPortId by its subtype: 3 is a MAC address, 4 a network address, the others text."""
    return _identifier(value, subtype, 3, 4)


def sensor(value: Value, scale: Any, precision: Any) -> float:
    """A sensor's reading in its unit: scale 9 is units, each step a thousand; precision counts decimals.

    Without both of them nobody knows where the number's point is.
    """
    if not isinstance(value.data, int) or abs(value.data) >= 10**9:  # the limits mean overflow and underflow
        raise ValueError(value)
    steps = 3 * (int(scale) - 9) - int(precision)
    if abs(steps) > 30:
        raise ValueError(scale)
    return round(float(value.data * 10.0**steps), 6)


def percent_of(value: Value, whole: Any) -> float:
    """The value as a percentage of another column's."""
    if not isinstance(value.data, int) or not isinstance(whole, int) or whole <= 0:
        raise ValueError(whole)
    return round(100 * value.data / whole, 1)


def scaled(factor: float) -> Callable[[Value], Any]:
    """A number times a factor, rounded to a whole."""

    def times(value: Value) -> int:
        if not isinstance(value.data, int):
            raise TypeError(value)
        return int(value.data * factor)

    return times


def parts(count: float) -> Callable[[Value], Any]:
    """A number of equal parts of its unit, as tenths of a volt; numbers below zero mean that there is no reading."""

    def of(value: Value) -> float:
        if not isinstance(value.data, int) or value.data < 0:
            raise ValueError(value)
        return round(value.data / count, 3)

    return of


def signed_tenths(value: Value) -> float:
    """Tenths of a unit that go below zero, as degrees do."""
    if not isinstance(value.data, int) or abs(value.data) > 10**7:
        raise ValueError(value)
    return round(value.data / 10, 1)


def decimals(value: Value, digits: Any) -> float:
    """A number whose decimal digits another column counts."""
    if not isinstance(value.data, int) or not isinstance(digits, int) or not 0 <= digits <= 9:
        raise ValueError(digits)
    return float(round(value.data * 10.0**-digits, 6))


def first_word(value: Value) -> str:
    """The first line of a text."""
    lines = re.split(r"[\r\n]+", text(value).strip())
    return lines[0].strip()


HINTS: dict[str, Callable[..., Any]] = {
    "text": text,
    "line": first_word,
    "mac": mac_address,
    "address": address,
    "date": date,
    "ports": port_list,
    "bridge_mac": bridge_mac,
    "bridge_priority": bridge_priority,
    "stp_instance": stp_instance,
    "stp_vlan": stp_vlan,
    "lldp_chassis": lldp_chassis,
    "lldp_port": lldp_port,
    "sensor": sensor,
    "percent_of": percent_of,
    "mega": scaled(10**6),
    "centiseconds": scaled(0.01),
    "ticks_min": scaled(1 / 6000),
    "seconds_min": scaled(1 / 60),
    "tens": parts(0.1),
    "units": parts(1),
    "tenths": parts(10),
    "hundredths": parts(100),
    "thousandths": parts(1000),
    "signed_tenths": signed_tenths,
    "decimals": decimals,
}
