"""A switch's SNMPv2-MIB system, IF-MIB, EtherLike-MIB and IP-MIB, and the names that its ports have there."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from tests.lab.model import Port, Switch, Ups
from tests.lab.servers import snmp_ber as ber
from tests.lab.servers.snmp_table import Builder

SYSTEM = "1.3.6.1.2.1.1"
IF_ENTRY = "1.3.6.1.2.1.2.2.1"
IFX_ENTRY = "1.3.6.1.2.1.31.1.1.1"
IF_STACK_STATUS = "1.3.6.1.2.1.31.1.2.1.3"
DOT3_DUPLEX = "1.3.6.1.2.1.10.7.2.1.19"
IP_ADDR_ENTRY = "1.3.6.1.2.1.4.20.1"
CONFIG_MAN = "1.3.6.1.4.1.9.9.43.1.1"

IOS = ("cisco_ios", "cisco_xe")
CISCO = (*IOS, "cisco_nxos")
_SHORT = {
    "GigabitEthernet": "Gi",
    "TenGigabitEthernet": "Te",
    "TwentyFiveGigE": "Twe",
    "FortyGigabitEthernet": "Fo",
    "HundredGigE": "Hu",
    "TwoGigabitEthernet": "Tw",
    "FiveGigabitEthernet": "Fi",
    "FastEthernet": "Fa",
    "Port-channel": "Po",
    "Loopback": "Lo",
    "Vlan": "Vl",
    "AppGigabitEthernet": "Ap",
}
DUPLEX = {"half": 2, "full": 3}


def if_name(platform: str, name: str) -> str:
    """ifName: IOS gives its short form (``Gi1/0/1``), the others the full name."""
    if platform not in IOS:
        return name
    found = re.match(r"[A-Za-z-]+", name)
    return _SHORT.get(found[0], found[0]) + name[found.end() :] if found else name


def if_type(platform: str, port: Port) -> int:
    """IANAifType: 6 Ethernet, 24 loopback, 161 LAG, 136 routed VLAN; IOS has 53 (virtual) for its bundles and SVIs."""
    if port.kind == "loopback":
        return 24
    if port.kind == "lag":
        return 53 if platform in IOS else 161
    if port.kind == "vlan":
        return 53 if platform in IOS else 136
    return 6


def up_ticks(booted_at: datetime) -> int:
    """Hundredths of a second since the start, as the 32 bits of TimeTicks hold them."""
    return int((datetime.now(UTC) - booted_at).total_seconds() * 100) & 0xFFFFFFFF


def ticks_at(booted_at: datetime, moment: datetime | None) -> bytes:
    """The value that sysUpTime had at a moment; 0 for one before the start, or for none."""
    return ber.timeticks(max(0, int((moment - booted_at).total_seconds() * 100)) if moment else 0)


def add_system(made: Builder, device: Switch | Ups, name: str, services: int) -> None:
    made.scalar(f"{SYSTEM}.1", ber.octets(device.sys_descr))
    made.scalar(f"{SYSTEM}.2", ber.oid_value(device.sys_object_id))
    made.living(f"{SYSTEM}.3", lambda: ber.timeticks(up_ticks(device.booted_at)))
    made.scalar(f"{SYSTEM}.4", ber.octets("Network operations, ext. 4400"))
    made.scalar(f"{SYSTEM}.5", ber.octets(name))
    made.scalar(f"{SYSTEM}.6", ber.octets(device.location))
    made.scalar(f"{SYSTEM}.7", ber.integer(services))
    made.scalar(f"{SYSTEM}.8", ber.timeticks(0))


def sys_name(switch: Switch) -> str:
    """sysName: Cisco's software appends the domain."""
    return f"{switch.hostname}.{switch.domain}" if switch.platform in CISCO and switch.domain else switch.hostname


def add_interfaces(made: Builder, switch: Switch) -> None:
    made.scalar("1.3.6.1.2.1.2.1", ber.integer(len(switch.ports)))
    by_name = {port.name: port for port in switch.ports}
    for port in switch.ports:
        _add_interface(made, switch, port)
        if port.lag in by_name:
            made.cell(IF_STACK_STATUS, (by_name[port.lag].index, port.index), ber.integer(1))
    for svi in switch.svis:
        if svi.name in by_name:
            _add_address(made, svi.address, svi.prefix, by_name[svi.name].index)
    for port in switch.ports:
        if port.address and port.prefix:
            _add_address(made, port.address, port.prefix, port.index)


def _add_interface(made: Builder, switch: Switch, port: Port) -> None:
    index = (port.index,)
    seen = port.counters
    state = [(7, ber.integer(1 if port.admin_up else 2)), (8, ber.integer(1 if port.oper_up else 2))]
    made.row(
        IF_ENTRY,
        index,
        [
            (1, ber.integer(port.index)),
            (2, ber.octets(port.name)),
            (3, ber.integer(if_type(switch.platform, port))),
            (4, ber.integer(port.mtu)),
            (5, ber.gauge32(port.speed_bps)),
            (6, ber.mac(port.mac)),
            *state,
            (9, ber.timeticks(6000 + port.index % 5000)),
            (10, ber.counter32(seen.in_octets)),
            (11, ber.counter32(seen.in_packets)),
            (13, ber.counter32(0)),
            (14, ber.counter32(seen.in_errors)),
            (16, ber.counter32(seen.out_octets)),
            (17, ber.counter32(seen.out_packets)),
            (19, ber.counter32(0)),
            (20, ber.counter32(seen.out_errors)),
        ],
    )
    made.row(
        IFX_ENTRY,
        index,
        [
            (1, ber.octets(if_name(switch.platform, port.name))),
            (6, ber.counter64(seen.in_octets)),
            (7, ber.counter64(seen.in_packets)),
            (10, ber.counter64(seen.out_octets)),
            (11, ber.counter64(seen.out_packets)),
            (15, ber.gauge32(port.speed_bps // 1_000_000)),
            (17, ber.integer(1 if port.kind in ("ethernet", "management") else 2)),
            (18, ber.octets(port.description)),
        ],
    )
    if port.kind in ("ethernet", "management"):
        made.cell(DOT3_DUPLEX, index, ber.integer(DUPLEX.get(port.duplex, 1) if port.oper_up else 1))


def _add_address(made: Builder, address: str, prefix: int, index: int) -> None:
    mask = str(ipaddress.ip_network(f"0.0.0.0/{prefix}").netmask)
    where = tuple(int(p) for p in address.split("."))
    made.row(IP_ADDR_ENTRY, where, [(1, ber.ip_address(address)), (2, ber.integer(index)), (3, ber.ip_address(mask))])


def add_config_times(made: Builder, switch: Switch) -> None:
    """CISCO-CONFIG-MAN-MIB: when the running configuration last changed and when it was last saved."""
    made.scalar(f"{CONFIG_MAN}.1", ticks_at(switch.booted_at, switch.config_changed_at))
    made.scalar(f"{CONFIG_MAN}.2", ticks_at(switch.booted_at, switch.config_saved_at))
    made.scalar(f"{CONFIG_MAN}.3", ticks_at(switch.booted_at, switch.config_saved_at))


def indexes(switch: Switch) -> Mapping[str, int]:
    """ifIndex by the port's full name."""
    return {port.name: port.index for port in switch.ports}
