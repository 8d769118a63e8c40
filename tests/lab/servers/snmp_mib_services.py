"""What a switch does for others: power on its ports, bundles, gateways, BGP."""

from __future__ import annotations

from tests.lab.model import Lag, Switch
from tests.lab.servers import snmp_ber as ber
from tests.lab.servers.snmp_mib_interfaces import CISCO, indexes, up_ticks
from tests.lab.servers.snmp_mib_vlans import port_list
from tests.lab.servers.snmp_table import Builder

POE_PORT = "1.3.6.1.2.1.105.1.1.1"
POE_MAIN = "1.3.6.1.2.1.105.1.3.1.1"
LAG_AGG = "1.2.840.10006.300.43.1.1.1.1"
LAG_AGG_PORTS = "1.2.840.10006.300.43.1.1.2.1.1"
LAG_PORT = "1.2.840.10006.300.43.1.2.1.1"
HSRP = "1.3.6.1.4.1.9.9.106.1.2.1.1"
VRRP = "1.3.6.1.2.1.68.1.3.1"
VRRP_ADDRESS = "1.3.6.1.2.1.68.1.4.1"
BGP = "1.3.6.1.2.1.15"

_BGP_STATE = {"idle": 1, "connect": 2, "active": 3, "opensent": 4, "openconfirm": 5, "established": 6}
_HSRP_STATE = {"initial": 1, "learn": 2, "listen": 3, "speak": 4, "standby": 5, "active": 6}
_VRRP_STATE = {"initialize": 1, "backup": 2, "master": 3}
# LacpState bits, the first the highest: activity, aggregation, synchronization, collecting, distributing.
IN_STEP, ALONE = b"\xbc", b"\xa2"


def add_power(made: Builder, switch: Switch) -> None:
    """POWER-ETHERNET-MIB: a port's second index is its number on its member."""
    for source in switch.poe:
        cells = [(2, ber.gauge32(round(source.available_w))), (3, ber.integer(1))]
        cells += [(4, ber.gauge32(round(source.used_w))), (5, ber.integer(80))]
        made.row(POE_MAIN, (source.member,), cells)
    place: dict[int, int] = {}
    for port in switch.ports:
        if port.kind != "ethernet":
            continue
        number = place[port.member] = place.get(port.member, 0) + 1
        if port.poe_w is None:
            continue
        delivering = port.poe_w > 0
        cells = [(3, 1), (4, 2), (5, 1), (6, 3 if delivering else 2), (7, 3), (10, port.poe_class + 1)]
        row = [(column, ber.integer(value)) for column, value in cells]
        made.row(POE_PORT, (port.member, number), [*row, (9, ber.octets(port.poe_device))])


def add_lags(made: Builder, switch: Switch) -> None:
    """IEEE8023-LAG-MIB; its port list has the ifIndex as port number."""
    index_of = indexes(switch)
    for lag in switch.lags:
        index = index_of.get(lag.name)
        if index is not None:
            _add_lag(made, switch, lag, index, {n: index_of[n] for n in lag.members if n in index_of})


def _add_lag(made: Builder, switch: Switch, lag: Lag, index: int, members: dict[str, int]) -> None:
    partner = "00:00:00:00:00:00"
    for name in lag.bundled:
        partner = next((n.chassis for n in switch.port(name).neighbors if n.chassis.count(":") == 5), partner)
    made.row(
        LAG_AGG,
        (index,),
        [
            (2, ber.mac(switch.mac)),
            (3, ber.integer(32768)),
            (4, ber.mac(switch.mac)),
            (5, ber.integer(1)),
            (6, ber.integer(lag.number)),
            (7, ber.integer(lag.number)),
            (8, ber.mac(partner)),
            (9, ber.integer(32768)),
            (10, ber.integer(lag.number)),
        ],
    )
    # Real agents with ifIndex values in the tens of thousands leave the list out rather than sending a kilobyte of zeros.
    if all(number < 4096 for number in members.values()):
        made.cell(LAG_AGG_PORTS, (index,), port_list(members.values()))
    for name, number in members.items():
        attached = index if name in lag.bundled else 0
        bits = ber.octets(IN_STEP if attached else ALONE)
        cells = [
            (2, ber.integer(32768)),
            (3, ber.mac(switch.mac)),
            (4, ber.integer(lag.number)),
            (5, ber.integer(lag.number)),
            (9, ber.mac(partner)),
            (12, ber.integer(index)),
            (13, ber.integer(attached)),
            (14, ber.integer(number % 65536)),
            (15, ber.integer(32768)),
            (20, bits),
            (21, bits),
        ]
        made.row(LAG_PORT, (number,), cells)


def add_gateways(made: Builder, switch: Switch) -> None:
    """CISCO-HSRP-MIB and VRRP-MIB; other kinds of gateway have no standard table."""
    index_of = indexes(switch)
    for svi in switch.svis:
        gateway = svi.gateway
        if gateway is None or svi.name not in index_of:
            continue
        index = (index_of[svi.name], gateway.group)
        state = gateway.state.lower()
        if gateway.protocol == "hsrp" and switch.platform in CISCO:
            active = svi.address if state == "active" else gateway.other or "0.0.0.0"
            waiting = svi.address if state == "standby" else gateway.other or "0.0.0.0"
            made.row(
                HSRP,
                index,
                [
                    (2, ber.octets("")),
                    (3, ber.gauge32(gateway.priority)),
                    (4, ber.integer(1)),
                    (11, ber.ip_address(gateway.virtual_address)),
                    (13, ber.ip_address(active)),
                    (14, ber.ip_address(waiting)),
                    (15, ber.integer(_HSRP_STATE.get(state, 1))),
                    (16, ber.mac(gateway.virtual_mac)),
                    (17, ber.integer(1)),
                ],
            )
        elif gateway.protocol == "vrrp":
            master = svi.address if state == "master" else gateway.other or "0.0.0.0"
            made.row(
                VRRP,
                index,
                [
                    (2, ber.mac(gateway.virtual_mac)),
                    (3, ber.integer(_VRRP_STATE.get(state, 1))),
                    (4, ber.integer(1)),
                    (5, ber.integer(gateway.priority)),
                    (6, ber.integer(1)),
                    (7, ber.ip_address(master)),
                    (8, ber.ip_address(svi.address)),
                    (15, ber.integer(1)),
                ],
            )
            virtual = tuple(int(p) for p in gateway.virtual_address.split("."))
            made.cell(f"{VRRP_ADDRESS}.2", (*index, *virtual), ber.integer(1))


def add_bgp(made: Builder, switch: Switch) -> None:
    if switch.bgp is None:
        return
    made.scalar(f"{BGP}.1", ber.octets(b"\x10"))
    made.scalar(f"{BGP}.2", ber.integer(switch.bgp.asn))
    made.scalar(f"{BGP}.4", ber.ip_address(switch.bgp.router_id))
    for peer in switch.bgp.peers:
        since = up_ticks(peer.since) // 100
        row = [
            (1, ber.ip_address(peer.router_id if peer.up and peer.router_id else "0.0.0.0")),
            (2, ber.integer(_BGP_STATE[peer.state.lower()])),
            (3, ber.integer(2)),
            (4, ber.integer(4)),
            (5, ber.ip_address(switch.bgp.router_id)),
            (6, ber.integer(179)),
            (7, ber.ip_address(peer.address)),
            (8, ber.integer(40_000)),
            (9, ber.integer(peer.remote_as)),
            (10, ber.counter32(peer.prefixes)),
            (11, ber.counter32(4)),
            (14, ber.octets(b"\0\0")),
            (15, ber.counter32(1 if peer.up else 0)),
            (16, ber.gauge32(since)),
        ]
        made.row(f"{BGP}.3.1", tuple(int(p) for p in peer.address.split(".")), row)
