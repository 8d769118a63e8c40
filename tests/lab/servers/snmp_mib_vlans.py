"""Spanning tree, VLANs and their ports: BRIDGE-MIB, Q-BRIDGE-MIB, and Cisco's VTP and VLAN membership MIBs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tests.lab.model import Port, Switch
from tests.lab.servers import snmp_ber as ber
from tests.lab.servers.snmp_mib_interfaces import CISCO, IOS, indexes
from tests.lab.servers.snmp_table import Builder

BRIDGE = "1.3.6.1.2.1.17"
Q_BRIDGE = f"{BRIDGE}.7.1"
VTP_VLAN = "1.3.6.1.4.1.9.9.46.1.3.1.1"
VTP_TRUNK = "1.3.6.1.4.1.9.9.46.1.6.1.1"
VM_VLAN = "1.3.6.1.4.1.9.9.68.1.2.2.1"
VM_VOICE = "1.3.6.1.4.1.9.9.68.1.5.1.1.1"
FORWARDING, DISABLED = 5, 1


def bridge_ports(switch: Switch) -> Mapping[str, int]:
    """Bridge port numbers, from 1: switched ports and bundles, without the bundles' members."""
    bundled = [p for p in switch.ports if p.kind in ("ethernet", "lag") and p.mode in ("access", "trunk") and not p.lag]
    return {port.name: at for at, port in enumerate(bundled, start=1)}


def port_list(numbers: Iterable[int]) -> bytes:
    """A PortList: port 1 is the highest bit of the first octet."""
    wanted = list(numbers)
    out = bytearray((max(wanted, default=0) + 7) // 8)
    for number in wanted:
        out[(number - 1) // 8] |= 0x80 >> (number - 1) % 8
    return ber.octets(bytes(out))


def bridge_id(priority: int, mac: str) -> bytes:
    return ber.octets(priority.to_bytes(2, "big") + bytes.fromhex(mac.replace(":", "")))


def add_bridge(made: Builder, switch: Switch) -> None:
    numbers, index_of = bridge_ports(switch), indexes(switch)
    made.scalar(f"{BRIDGE}.1.1", ber.mac(switch.mac))
    made.scalar(f"{BRIDGE}.1.2", ber.integer(len(numbers)))
    made.scalar(f"{BRIDGE}.1.3", ber.integer(2))
    for name, number in numbers.items():
        made.row(f"{BRIDGE}.1.4.1", (number,), [(1, ber.integer(number)), (2, ber.integer(index_of[name]))])
    if not switch.stp:
        return
    tree = min(switch.stp, key=lambda instance: instance.vlan)
    scalars = [
        (1, ber.integer(3)),
        (2, ber.integer(tree.bridge_priority)),
        (3, ber.timeticks(864_000)),
        (4, ber.counter32(12)),
        (5, bridge_id(tree.root_priority, tree.root_mac)),
        (6, ber.integer(tree.root_cost)),
        (7, ber.integer(numbers.get(tree.root_port, 0))),
        (8, ber.integer(2000)),
        (9, ber.integer(200)),
    ]
    for leaf, value in scalars:
        made.scalar(f"{BRIDGE}.2.{leaf}", value)
    by_name = {port.name: port for port in switch.ports}
    for name, number in numbers.items():
        state = FORWARDING if by_name[name].oper_up else DISABLED
        cells = [(1, number), (2, 128), (3, state), (4, 1), (5, 20_000)]
        made.row(f"{BRIDGE}.2.15.1", (number,), [(column, ber.integer(value)) for column, value in cells])


def _carries(port: Port, vlan: int) -> bool:
    if port.mode == "trunk":
        return vlan == port.native_vlan or not port.trunk_vlans or vlan in port.trunk_vlans
    return vlan in (port.access_vlan, port.voice_vlan)


def _untagged(port: Port) -> int:
    return port.native_vlan if port.mode == "trunk" else port.access_vlan


def add_q_bridge(made: Builder, switch: Switch) -> None:
    if switch.platform == "cisco_ios":
        return
    numbers = bridge_ports(switch)
    ports = [(number, switch.port(name)) for name, number in numbers.items()]
    for leaf, value in (
        (1, ber.integer(1)),
        (2, ber.integer(4094)),
        (3, ber.gauge32(4094)),
        (4, ber.gauge32(len(switch.vlans))),
    ):
        made.scalar(f"{Q_BRIDGE}.1.{leaf}", value)
    for vlan in switch.vlans:
        egress = port_list(number for number, port in ports if _carries(port, vlan.id))
        untagged = port_list(number for number, port in ports if _untagged(port) == vlan.id)
        current = [(3, ber.gauge32(vlan.id)), (4, egress), (5, untagged), (6, ber.integer(2)), (7, ber.timeticks(0))]
        made.row(f"{Q_BRIDGE}.4.2.1", (0, vlan.id), current)
        status = ber.integer(1 if vlan.active else 2)
        static = [(1, ber.octets(vlan.name)), (2, egress), (3, ber.octets(b"")), (4, untagged), (5, status)]
        made.row(f"{Q_BRIDGE}.4.3.1", (vlan.id,), static)
    for number, port in ports:
        cells = [
            (1, ber.gauge32(_untagged(port))),
            (2, ber.integer(1 if port.mode == "trunk" else 2)),
            (3, ber.integer(1)),
        ]
        made.row(f"{Q_BRIDGE}.4.5.1", (number,), cells)


def add_cisco_vlans(made: Builder, switch: Switch) -> None:
    if switch.platform not in CISCO:
        return
    reserved = {1002: "fddi-default", 1003: "token-ring-default", 1004: "fddinet-default", 1005: "trnet-default"}
    kinds = {1002: 2, 1003: 3, 1004: 4, 1005: 5}
    known = {vlan.id: (vlan.name, vlan.active) for vlan in switch.vlans}
    if switch.platform in IOS:
        known |= {number: (name, True) for number, name in reserved.items()}
    for number, (name, active) in known.items():
        cells = [
            (2, ber.integer(1 if active else 2)),
            (3, ber.integer(kinds.get(number, 1))),
            (4, ber.octets(name)),
            (5, ber.integer(1500)),
            (6, ber.octets((100_000 + number).to_bytes(4, "big"))),
        ]
        made.row(VTP_VLAN, (1, number), cells)
    for port in switch.ports:
        if port.kind not in ("ethernet", "lag") or port.mode not in ("access", "trunk"):
            continue
        trunk = port.mode == "trunk"
        made.row(
            VTP_TRUNK,
            (port.index,),
            [
                (5, ber.integer(port.native_vlan)),
                (13, ber.integer(1 if trunk else 2)),
                (14, ber.integer(1 if trunk else 2)),
            ],
        )
        if not trunk:
            made.row(
                VM_VLAN,
                (port.index,),
                [(1, ber.integer(1)), (2, ber.integer(port.access_vlan)), (3, ber.integer(2 if port.oper_up else 1))],
            )
            made.cell(VM_VOICE, (port.index,), ber.integer(port.voice_vlan or 4096))
