"""Who is at the other end: LLDP-MIB with LLDP-EXT-MED-MIB, and CISCO-CDP-MIB."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.lab.model import Neighbor, Port, Switch
from tests.lab.servers import snmp_ber as ber
from tests.lab.servers.snmp_mib_interfaces import CISCO, DUPLEX, IOS, if_name, sys_name
from tests.lab.servers.snmp_table import Builder

LLDP = "1.0.8802.1.1.2.1"
REM_ENTRY = f"{LLDP}.4.1.1"
REM_MAN_ENTRY = f"{LLDP}.4.2.1"
MED_REMOTE = f"{LLDP}.5.4795.1.3"
CDP = "1.3.6.1.4.1.9.9.23.1"
CDP_ENTRY = f"{CDP}.2.1.1"

_BITS = {
    "other": 0,
    "repeater": 1,
    "bridge": 2,
    "wlan_access_point": 3,
    "router": 4,
    "telephone": 5,
    "docsis": 6,
    "station": 7,
}
_CDP_BITS = {
    "router": 0x01,
    "bridge": 0x08,
    "station": 0x10,
    "telephone": 0x90,
    "wlan_access_point": 0x02,
    "repeater": 0x40,
}
_MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.IGNORECASE)
_IPV4 = re.compile(r"\d+\.\d+\.\d+\.\d+")
CHASSIS_MAC, CHASSIS_ADDRESS, CHASSIS_LOCAL = 4, 5, 7
PORT_MAC, PORT_NAME = 3, 5


def capabilities(names: Iterable[str]) -> bytes:
    """LldpSystemCapabilitiesMap: bit 0 is the highest of the first octet."""
    value = 0
    for name in names:
        value |= 0x80 >> _BITS[name]
    return ber.octets(bytes((value, 0)))


def chassis(text: str) -> tuple[int, bytes]:
    """A chassis id's subtype and value: a MAC address, a network address (family 1 before it), or local text."""
    if _MAC.fullmatch(text):
        return CHASSIS_MAC, ber.mac(text)
    if _IPV4.fullmatch(text):
        return CHASSIS_ADDRESS, ber.octets(b"\1" + bytes(int(p) for p in text.split(".")))
    return CHASSIS_LOCAL, ber.octets(text)


def port_id(text: str) -> tuple[int, bytes]:
    return (PORT_MAC, ber.mac(text)) if _MAC.fullmatch(text) else (PORT_NAME, ber.octets(text))


def add_lldp(made: Builder, switch: Switch) -> None:
    kind, value = chassis(switch.mac)
    own = capabilities(("bridge", "router"))
    for leaf, cell in ((1, 30), (2, 4), (3, 2)):
        made.scalar(f"{LLDP}.1.{leaf}", ber.integer(cell))
    local = [ber.integer(kind), value, ber.octets(sys_name(switch)), ber.octets(switch.sys_descr), own, own]
    for leaf, encoded in enumerate(local, start=1):
        made.scalar(f"{LLDP}.3.{leaf}", encoded)
    address = tuple(int(p) for p in switch.address.split(".")) if switch.address else ()
    if address:
        made.row(f"{LLDP}.3.8.1", (1, 4, *address), [(3, ber.integer(5)), (4, ber.integer(2)), (5, ber.integer(1))])
    wired = [port for port in switch.ports if port.kind in ("ethernet", "management")]
    entry = 0
    for ordinal, port in enumerate(wired, start=1):
        # IOS numbers its LLDP ports by themselves; the others use the ifIndex.
        number = ordinal if switch.platform in IOS else port.index
        made.cell(f"{LLDP}.1.6.1.2", (number,), ber.integer(3))
        named = [(2, ber.integer(PORT_NAME)), (3, ber.octets(if_name(switch.platform, port.name)))]
        made.row(f"{LLDP}.3.7.1", (number,), [*named, (4, ber.octets(port.description or port.name))])
        for other in port.neighbors:
            if "lldp" in other.protocols:
                entry += 1
                _add_remote(made, number, entry, other)


def _add_remote(made: Builder, number: int, entry: int, other: Neighbor) -> None:
    index = (0, number, entry)
    chassis_kind, chassis_value = chassis(other.chassis)
    port_kind, port_value = port_id(other.port_id)
    made.row(
        REM_ENTRY,
        index,
        [
            (4, ber.integer(chassis_kind)),
            (5, chassis_value),
            (6, ber.integer(port_kind)),
            (7, port_value),
            (8, ber.octets(other.port_description)),
            (9, ber.octets(other.name)),
            (10, ber.octets(other.description)),
            (11, capabilities(other.capabilities)),
            (12, capabilities(other.capabilities)),
        ],
    )
    if _IPV4.fullmatch(other.address):
        where = (*index, 1, 4, *(int(p) for p in other.address.split(".")))
        made.row(REM_MAN_ENTRY, where, [(3, ber.integer(2)), (4, ber.integer(1)), (5, ber.oid_value("0.0"))])
    if other.med_class:
        _add_med(made, index, other)


def _add_med(made: Builder, index: tuple[int, ...], other: Neighbor) -> None:
    """LLDP-EXT-MED-MIB: the endpoint's class and what it says of its hardware."""
    # capabilities, network policy, extended power (PD), inventory
    known = ber.octets(b"\xcc")
    made.row(f"{MED_REMOTE}.1.1", index, [(1, known), (2, known), (3, ber.integer(other.med_class))])
    texts = ("", "", other.version, other.med_serial, other.med_manufacturer, other.med_model, "")
    made.row(f"{MED_REMOTE}.3.1", index, [(column, ber.octets(text)) for column, text in enumerate(texts, start=1)])


def add_cdp(made: Builder, switch: Switch) -> None:
    if switch.platform not in CISCO:
        return
    made.scalar(f"{CDP}.3.1", ber.integer(1))
    made.scalar(f"{CDP}.3.2", ber.integer(60))
    made.scalar(f"{CDP}.3.3", ber.integer(180))
    made.scalar(f"{CDP}.3.4", ber.octets(sys_name(switch)))
    entry = 0
    for port in switch.ports:
        if port.kind not in ("ethernet", "management"):
            continue
        made.cell(f"{CDP}.1.1.1.2", (port.index,), ber.integer(1))
        made.cell(f"{CDP}.1.1.1.6", (port.index,), ber.octets(port.name))
        for other in port.neighbors:
            if "cdp" in other.protocols:
                entry += 1
                _add_cdp_remote(made, port, entry, other)


def _add_cdp_remote(made: Builder, port: Port, entry: int, other: Neighbor) -> None:
    bits = 0
    for name in other.capabilities:
        bits |= _CDP_BITS.get(name, 0)
    address = bytes(int(p) for p in other.address.split(".")) if _IPV4.fullmatch(other.address) else b""
    made.row(
        CDP_ENTRY,
        (port.index, entry),
        [
            (3, ber.integer(1)),
            (4, ber.octets(address)),
            (5, ber.octets(other.version or other.description)),
            (6, ber.octets(other.name)),
            (7, ber.octets(other.port_id)),
            (8, ber.octets(other.platform)),
            (9, ber.octets(bits.to_bytes(4, "big"))),
            (11, ber.integer(port.native_vlan if port.mode == "trunk" else port.access_vlan)),
            (12, ber.integer(DUPLEX.get(port.duplex, 1))),
        ],
    )
