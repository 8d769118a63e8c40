"""Converters: text or numbers as devices write them into the values that facts hold.

Each takes one value and returns the converted one; it raises ValueError or TypeError on what it cannot read,
and the field is then not known. They are named in probe files (``as = "speed_bps"``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_interface
from typing import Any

from netutils.interface import canonical_interface_name


def integer(value: Any) -> int:
    """The first whole number in the value; thousands separators are dropped."""
    if isinstance(value, bool):
        raise TypeError(value)
    if isinstance(value, int | float):
        return _bounded(int(value))
    found = re.search(r"-?\d+", str(value).replace(",", ""))
    if not found:
        raise ValueError(value)
    return _bounded(int(found[0]))


def _bounded(number: int) -> int:
    """A whole number that a table's 64 bits hold."""
    if not -(2**63) <= number < 2**63:
        raise ValueError("more than 64 bits")
    return number


def real(value: Any) -> float:
    """The first number in the value."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    found = re.search(r"-?\d+(?:\.\d+)?", str(value).replace(",", ""))
    if not found:
        raise ValueError(value)
    return float(found[0])


def text(value: Any) -> str:
    return str(value).strip()


def lower(value: Any) -> str:
    return str(value).strip().lower()


def boolean(value: Any) -> bool:
    """Yes or no in the words that devices use."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in {"1", "true", "yes", "on", "up", "enabled", "enable", "active", "ok", "connected", "running"}:
        return True
    if word in {
        "0",
        "2",
        "false",
        "no",
        "off",
        "down",
        "disabled",
        "disable",
        "inactive",
        "notconnect",
        "failed",
    }:
        return False
    raise ValueError(value)


def present(value: Any) -> bool:
    """True for anything that is there."""
    return bool(value)


#: Short names in listings that netutils doesn't know.
_SHORT = {
    "BAGG": "Bridge-Aggregation",
    "RAGG": "Route-Aggregation",
    "WGE": "Twenty-FiveGigE",
    "HGE": "HundredGigE",
    "M-GE": "M-GigabitEthernet",
    "MGE": "M-GigabitEthernet",
    "InLoop": "InLoopBack",
    "Loop": "LoopBack",
    "XGigabitEthernet": "TenGigabitEthernet",
    "BE": "Bundle-Ether",
    "BV": "BVI",
    "FH": "FourHundredGigabitEthernet",
    "Fou": "FourHundredGigabitEthernet",
    "Hun": "HundredGigabitEthernet",
    "Mg": "MgmtEth",
    "Nu": "Null",
    "tt": "tunnel-te",
}


def interface_name(value: Any) -> str:
    """A port's full name: ``Gi1/0/1`` is ``GigabitEthernet1/0/1``; a name nobody knows stays as it is.

    So do ``eth0``, ``lo`` and ``mgmt0``, which are whole names, and ``T1``, which names a slot.
    """
    given = str(value).strip()
    if re.fullmatch(r"(?:eth|lo|mgmt)[\d.:]*|[A-Za-z]\d+|\D*", given):
        return given
    short = re.fullmatch(r"([A-Za-z-]+) ?(\d.*)", given)
    if short and short[1] in _SHORT:
        given = _SHORT[short[1]] + short[2]
    name = str(canonical_interface_name(given))
    return re.sub(r"(?i)^lag\s+(?=\d)", "lag", re.sub(r"(?i)^vlan\s*(?=\d)", "Vlan", name))


def mac(value: Any) -> str:
    """A MAC address in lower case with colons, from any of the vendors' forms."""
    digits = re.sub(r"[^0-9a-f]", "", re.sub(r"^0x", "", str(value).strip().lower()))
    if len(digits) != 12:
        raise ValueError(value)
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))


def host_name(value: Any) -> str:
    """A device's name without its domain and without a serial number in brackets; an address stays whole."""
    name = re.sub(r"\s*\(.*\)$", "", str(value).strip())
    return name if re.fullmatch(r"[\d.]+|[0-9a-fA-F:.]+", name) else name.split(".")[0]


_SPEEDS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def speed_bps(value: Any) -> int:
    """Bits per second from ``1000Mb/s``, ``10G``, ``a-1000``, ``100000 Kbit``; a bare number is Mbit/s as switches list it."""
    if isinstance(value, int):
        return value
    found = re.search(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(b|bit|bps|/|\b)", str(value).lower())
    if not found:
        raise ValueError(value)
    bare = not found[2] and not str(value).lower().strip().endswith(("b/s", "bps", "bit"))
    return int(float(found[1]) * (10**6 if bare else _SPEEDS[found[2]]))


_UNITS = {"y": 31536000, "w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}


def duration_s(value: Any) -> int:
    """Seconds from ``2 weeks, 3 days, 4 hours, 5 minutes``, ``5d12h`` or ``1:02:03``."""
    if isinstance(value, int | float):
        return int(value)
    clock = re.fullmatch(r"(?:(\d+):)?(\d+):(\d+)", str(value).strip())
    if clock:
        return int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + int(clock[3])
    found = re.findall(r"(\d+(?:\.\d+)?)\s*(y|w|d|h|m(?!on)|s)", str(value).lower())
    if not found:
        raise ValueError(value)
    return int(sum(float(n) * _UNITS[u] for n, u in found))


def moment(value: Any) -> datetime:
    """A time in UTC from RFC 3339 text; one without a zone is taken as UTC."""
    if isinstance(value, datetime):
        return value
    found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", str(value).strip().replace("Z", "+00:00")))
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def unix_time(value: Any) -> datetime:
    """A time from seconds since 1970, or milliseconds where the number is too large for seconds; 0 is none."""
    seconds = real(value)
    if not 0 < seconds < 10**14:
        raise ValueError(value)
    return datetime.fromtimestamp(seconds / 1000 if seconds > 10**11 else seconds, UTC)


def rounded(value: Any) -> int:
    """The whole number next to a number."""
    return _bounded(round(real(value)))


def filetime(value: Any) -> datetime:
    """A time from the directory's count (FILETIME) of 100 ns since 1601; 0 and the far future mean never, so not known."""
    ticks = int(value)
    if ticks <= 0 or ticks >= 0x7FFFFFFFFFFFFFFF:
        raise ValueError(value)
    return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)


def filetime_span_s(value: Any) -> int:
    """Seconds from a negative count of 100 ns (Active Directory's intervals); the largest means never, so 0."""
    ticks = int(value)
    return 0 if ticks <= -0x7FFFFFFFFFFFFFFF else abs(ticks) // 10_000_000


def ldap_time(value: Any) -> datetime:
    """A time from LDAP GeneralizedTime, ``20261123193500Z``."""
    return datetime.strptime(str(value).split(".")[0].rstrip("Z"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def items(value: Any) -> list[str]:
    """A list of text: of a list each member, of text its words parted by commas or blanks."""
    if isinstance(value, list | tuple):
        return [str(v).strip() for v in value if str(v).strip()]
    return [word for word in re.split(r"[,\s]+", str(value).strip()) if word]


def words(value: Any) -> list[str]:
    """A list of text: of text its words; those in quotes are whole, brackets around them fall away."""
    if isinstance(value, list | tuple):
        return items(value)
    found = re.findall(r'"([^"]*)"|([^\s"\[\]]+)', str(value))
    return [(quoted or bare).strip() for quoted, bare in found if (quoted or bare).strip()]


def interface_names(value: Any) -> list[str]:
    return [interface_name(v) for v in items(value)]


#: LLDP's capability letters and the words of LLDP and CDP for what `neighbor.remote_capabilities` holds.
_LETTERS = {
    "b": "bridge",
    "r": "router",
    "w": "wlan_access_point",
    "t": "telephone",
    "s": "station",
    "p": "repeater",
    "c": "docsis",
    "o": "other",
}
_WORDS = {
    "bridge": r"bridge|switch",
    "router": r"router",
    "wlan_access_point": r"wlan(?:accesspoint)?|wireless|access[ -]?point",
    "telephone": r"telephone|phone(?! port)",
    "station": r"station(?:only)?|host",
    "repeater": r"repeater",
    "docsis": r"docsis(?:cabledevice)?|cable",
    "other": r"other",
}


def capabilities(value: Any) -> list[str]:
    """What a neighbour can do, from ``B,R``, ``Bridge, Router`` or ``Router Switch IGMP``."""
    said = (", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)).strip().lower()
    if re.fullmatch(r"[a-z](?:[\s,]+[a-z])*,?|[brwtspco]{2,8}", said):
        found = {_LETTERS.get(letter, "other") for letter in re.findall("[a-z]", said)}
    else:
        found = {name for name, word in _WORDS.items() if re.search(rf"(?<![a-z])(?:{word})(?![a-z])", said)}
    if not found:
        raise ValueError(value)
    return [name for name in _WORDS if name in found]


#: CDP's letters, some of which mean something else in LLDP.
_CDP_LETTERS = {
    "R": "router",
    "T": "bridge",
    "B": "bridge",
    "S": "bridge",
    "H": "station",
    "r": "repeater",
    "P": "telephone",
    "V": "telephone",
    "C": "telephone",
    "I": "",
    "s": "",
}


def cdp_capabilities(value: Any) -> list[str]:
    """What a neighbour can do, from CDP's letters, ``R S I``; IGMP and the dispute of spanning trees are none."""
    letters = re.findall(r"[A-Za-z]", str(value))
    if not letters or not re.fullmatch(r"[A-Za-z](?:[\s,]+[A-Za-z])*", str(value).strip()):
        raise ValueError(value)
    found = {_CDP_LETTERS.get(letter, "other") for letter in letters}
    return [name for name in _WORDS if name in found]


_PARTS = {
    "transceiver": r"transceiver|sfp|qsfp|xcvr|gbic|\boptic",
    "psu": r"power[ -]?supply|powersupply|\bpsu\b|\bpower\b",
    "fan": r"\bfans?\b|fantray|fan[ -]?tray|fanmodule",
    "sensor": r"sensor|thermal",
    "stack": r"\bstack\b",
    "module": r"module|slot|linecard|line card|supervisor|uplink|daughter|management card|\bcard\b",
    "chassis": r"chassis|^(?:switch ?)?\d+(?: |$)|system",
}


def component_class(value: Any) -> str:
    """The class of a hardware part by the words of its name and description, the name first."""
    said = str(value).strip().lower()
    return next((name for name, word in _PARTS.items() if re.search(word, said)), "other")


def ip_prefix(value: Any) -> str:
    """An address with its prefix length, from ``10.0.0.1/24`` or ``10.0.0.1 255.255.255.0``."""
    return str(ip_interface("/".join(str(value).split())))


def ip_prefix_or_text(value: Any) -> str:
    """An address with its prefix length where the value is one, else the text: devices show names in their place."""
    try:
        return ip_prefix(value)
    except ValueError:
        return text(value)


_ZONES = r"\b(?:UTC|GMT|Z)\b"


def device_time(value: Any) -> datetime:
    """A time from a device's own words, ``10:11:12 UTC Mon Nov 2 2026``; only a zone that is UTC is read."""
    said = re.sub(r"\.\d+|^[*.]", "", str(value).strip())
    if re.search(r"\b(?!UTC|GMT)[A-Z]{3,4}\b", said):
        raise ValueError(value)
    words = re.sub(r"\s+", " ", re.sub(_ZONES, "", said)).strip()
    for form in ("%H:%M:%S %a %b %d %Y", "%a %b %d %H:%M:%S %Y", "%Y-%m-%d %H:%M:%S"):
        with suppress(ValueError):
            return datetime.strptime(words, form).replace(tzinfo=UTC)
    raise ValueError(value)


#: A port's number, with or without a word before it: ``1/2/1``, ``lg7``, ``g48``.
_PORT = re.compile(r"[A-Za-z]*\d[\w/.:-]*")
_MANY = 4096


def port_list(value: Any) -> list[str]:
    """Ports out of ``ethe 1/1/1 to 1/1/4 ethe 2/1/1``; a range counts up the last number of its first port."""
    found: list[str] = []
    words = iter(re.split(r"[\s,]+", str(value).strip()))
    for word in words:
        if word != "to":
            found += [word] if _PORT.fullmatch(word) else []
            continue
        first, last = (re.fullmatch(r"(.*?)(\d{1,9})", port) for port in (found[-1] if found else "", next(words, "")))
        if first is None or last is None or first[1] != last[1] or not 0 <= int(last[2]) - int(first[2]) < _MANY:
            raise ValueError(value)
        found += [f"{first[1]}{number}" for number in range(int(first[2]) + 1, int(last[2]) + 1)]
    return found


def port_ranges(value: Any) -> list[str]:
    """Ports out of ``1/2-8,2/1`` or ``A1-A4,B2``; a range counts up the last number of its first port."""
    found: list[str] = []
    for part in re.split(r"[\s,]+", str(value).strip()):
        ends = re.fullmatch(r"(\S*?)(\d{1,9})(?:-(\S*?)(\d{1,9}))?", part)
        if not ends or ends[3] not in (None, "", ends[1]):
            raise ValueError(value)
        first, last = int(ends[2]), int(ends[4] or ends[2])
        if not 0 <= last - first < _MANY:
            raise ValueError(value)
        found += [f"{ends[1]}{number}" for number in range(first, last + 1)]
    return found


_DAY = re.compile(
    r"(?P<iso>\d{4}[-/]\d{2}[-/]\d{2})|(?P<named>(?:[A-Za-z]{3,9}[ /]+\d{1,2},?[ /]+\d{4})|\d{1,2}[ -]?[A-Za-z]{3,9}[ -]?\d{4})"
    r"|(?P<month>[A-Za-z]{3}) +(?P<day>\d{1,2}) [\d:]{5,8} (?:[A-Z]{3,4} )?(?P<year>\d{4})"
)


def day(value: Any) -> datetime:
    """The begin (UTC) of a day in a device's own words: ``2026-11-23 01:49``, ``March 08, 2026``, ``Fri Feb 28 06:10:40 2026``."""
    found = _DAY.search(str(value))
    if not found:
        raise ValueError(value)
    said = found["iso"] or found["named"] or "{month} {day} {year}".format_map(found.groupdict())
    words = re.sub(r"[ /,-]+", " ", re.sub(r"(?<=\d)(?=[A-Za-z])|(?<=[A-Za-z])(?=\d)", " ", said)).strip()
    for form in ("%Y %m %d", "%B %d %Y", "%b %d %Y", "%d %b %Y", "%d %B %Y"):
        with suppress(ValueError):
            return datetime.strptime(words, form).replace(tzinfo=UTC)
    raise ValueError(value)


def own_port(value: Any) -> str:
    """A port of the device itself: its full name where another command tells which one has this number."""
    return interface_name(value)


def own_ports(value: Any) -> list[str]:
    """Ports of the device itself, as a list or as ``port_list`` reads them."""
    return [own_port(port) for port in (value if isinstance(value, list) else port_list(value))]


def percent(value: Any) -> float:
    """The first of two numbers as a percentage of the second, to one decimal."""
    part, whole = (real(v) for v in value)
    if whole <= 0:
        raise ValueError(value)
    return round(100 * part / whole, 1)


def percent_left(value: Any) -> float:
    """What the first of two numbers leaves of the second, as a percentage of it, to one decimal."""
    return round(100 - percent(value), 1)


def bytes_gb(value: Any) -> float:
    """Gigabytes (10^9) from bytes, to one decimal; agents that don't know say -1."""
    number = real(value)
    if number < 0:
        raise ValueError(value)
    return round(number / 10**9, 1)


def ms_to_s(value: Any) -> float:
    """Seconds from milliseconds."""
    return round(real(value) / 1000, 9)


def as_number(value: Any) -> int:
    """An autonomous system number, plain or as ``64000.2017`` (RFC 5396)."""
    high, _, low = str(value).strip().partition(".")
    return int(high[:10]) * 65536 + int(low[:10]) if low else int(high[:10])


def tree_instance(value: Any) -> str:
    """A spanning-tree instance's name in one form for all: ``VLAN0010``, ``MST0``, ``CST``; ``VL10`` and ``VLAN10`` are VLANs."""
    found = re.fullmatch(r"(?i)(VL(?:AN)?|MSTI?|IST|CIST|CST)\s*0*(\d*)", str(value).strip())
    if not found:
        raise ValueError(value)
    kind, number = found[1].upper(), int(found[2] or 0)
    if kind.startswith("VL"):
        return f"VLAN{number:04}"
    return "CST" if kind == "CST" else f"MST{number}"


def mac_or_text(value: Any) -> str:
    """A MAC address in lower case with colons where the value is one, else the text."""
    try:
        return mac(value)
    except ValueError:
        return text(value)


CONVERTERS: dict[str, Callable[[Any], Any]] = {
    f.__name__: f
    for f in (
        integer, real, text, lower, boolean, present, interface_name, interface_names, mac, host_name, speed_bps,
        duration_s, moment, unix_time, rounded, filetime, filetime_span_s, ldap_time, items,
        capabilities, component_class, ip_prefix, ip_prefix_or_text, device_time, percent, percent_left, bytes_gb, ms_to_s, as_number, mac_or_text,
        cdp_capabilities, tree_instance, port_list, port_ranges, day, words, own_port, own_ports,
    )
}  # fmt: skip
