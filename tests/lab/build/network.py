"""A switch of the plan worked out whole: ports with what hangs on them, bundles, routing, hardware, settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.lab.build import settings
from tests.lab.build.chance import mac_plus
from tests.lab.build.edge import Plugged, core_guests, plugged, wan_router
from tests.lab.build.hardware import components, poe_budgets, sensors, stack_members
from tests.lab.build.plan import Link, Node, Plan
from tests.lab.build.routing import bgp, path_probes, svis, vrfs
from tests.lab.build.tree import spanning_tree
from tests.lab.model import Counters, Lag, Neighbor, Pair, Port, Svi, Switch

_G = 10**9


def build_switch(plan: Plan, node: Node) -> Switch:
    """Everything of one switch, consistent with every other switch of the plan."""
    kind, special = node.kind, plan.special(node.name)
    version = str(special.get("version", kind.version))
    ports = _ports(plan, node)
    lags = _lags(plan, node, ports)
    made = svis(plan, node)
    booted = plan.now - timedelta(seconds=plan.chance.number(40 * 86400, 300 * 86400, "boot", node.name))
    own = settings.settings(plan, node)
    logical = _logical(plan, node, len(ports), lags, ports, made)
    return Switch(
        name=node.name,
        hostname=str(special.get("hostname", node.name)),
        platform=node.platform,
        role=node.role,
        site=plan.site,
        location=str(special.get("location", location(plan, node))),
        ssh=plan.place(node.role, node.number, "ssh"),
        snmp=plan.place(node.role, node.number, "snmp"),
        address=plan.own_address(node.role, node.number),
        model=kind.model,
        serial=str(special.get("serial", plan.chance.serial(kind.serial, "chassis", node.name, 1))),
        version=version,
        image=kind.image,
        sys_descr=kind.sys_descr.format(version=version),
        sys_object_id=kind.sys_object_id,
        mac=plan.mac(node),
        booted_at=booted,
        ports=ports + logical,
        vlans=plan.vlans_of(node),
        lags=lags,
        svis=made,
        vrfs=vrfs(plan, node, made),
        stp=spanning_tree(plan, node, lags),
        pair=_pair(plan, node),
        stack=stack_members(plan, node),
        components=components(plan, node),
        sensors=sensors(plan, node),
        poe=poe_budgets(node, ports),
        bgp=bgp(plan, node),
        path_probes=path_probes(plan, node),
        domain=plan.domain,
        faults=plan.faults(node.name),
        down=node.name in plan.down,
        **own,
    )


def neighbor_of(plan: Plan, node: Node, port: str, description: str) -> Neighbor:
    """What a switch of the plan says of itself to the one at the other end of ``port``."""
    kind = node.kind
    version = str(plan.special(node.name).get("version", kind.version))
    cisco = kind.vendor == "Cisco"
    return Neighbor(
        name=f"{node.name}.{plan.domain}" if node.role != "access" else node.name,
        kind="switch",
        port_id=short_name(port) if cisco and node.platform != "cisco_nxos" else port,
        port_description=description,
        chassis=plan.mac(node),
        capabilities=("bridge",) if node.role == "access" else ("bridge", "router"),
        address=plan.own_address(node.role, node.number),
        description=kind.sys_descr.format(version=version),
        platform=f"cisco {kind.model}" if node.platform != "cisco_nxos" else kind.model,
        version=kind.sys_descr.format(version=version).split("\r\n")[0],
        protocols=("lldp", "cdp") if cisco else ("lldp",),
    )


def short_name(name: str) -> str:
    """A port's short name as the switches of one maker print it: ``Te1/1/1``."""
    for long, short in (
        ("TenGigabitEthernet", "Te"), ("GigabitEthernet", "Gi"), ("FastEthernet", "Fa"), ("Port-channel", "Po"),
        ("Port-Channel", "Po"), ("port-channel", "Po"), ("Ethernet", "Eth"), ("Vlan", "Vl"), ("Loopback", "Lo"),
    ):  # fmt: skip
        if name.startswith(long):
            return short + name[len(long) :]
    return name


def link_description(plan: Plan, link: Link) -> str:
    """The text on the port of ``link.a``."""
    word = {"uplink": "Uplink", "core": "Core", "peer": "Peer link"}[link.kind]
    if plan.nodes[link.a].role == "distribution" and link.kind == "uplink":
        word = "Downlink"
    return f"{word} {link.b} {link.b_port}"


def location(plan: Plan, node: Node) -> str:
    """Building and room of a switch."""
    if node.role == "access":
        return f"Building {'ABC'[node.number % 3]}, floor {node.number // 3 % 5 + 1}, closet {node.number + 1}"
    return f"Building {'A' if node.first else 'B'}, server room {'A-0.12' if node.first else 'B-0.03'}"


# -- ports


def _ports(plan: Plan, node: Node) -> tuple[Port, ...]:
    links = {link.a_port: link for link in plan.links_of[node.name]}
    texts = plan.special(node.name).get("descriptions", {})
    names = _port_names(plan, node, links)
    base = plan.mac(node)
    ports = []
    for i, (name, member, number, uplink) in enumerate(names):
        port = Port(
            name=name,
            index=_index(node, i),
            kind="ethernet",
            mac=mac_plus(base, i + 1),
            member=member,
            media=node.kind.media if not uplink else _uplink_media(node.kind.uplink_bps),
            speed_bps=node.kind.uplink_bps if uplink else _G if node.role == "access" else 10 * _G,
        )
        if name in links:
            port = _linked(plan, node, port, links[name])
        elif node.role == "access" and not uplink:
            port = _edge(plan, node, port, plugged(plan, node, member, number, settings.dot1x(plan, node)))
        else:
            port = _spare(plan, node, port)
        if name in texts:
            port = replace(port, description=str(texts[name]))
        ports.append(replace(port, counters=_counters(plan, node, port)))
    return tuple(ports)


def _port_names(plan: Plan, node: Node, links: dict[str, Link]) -> list[tuple[str, int, int, bool]]:
    names = []
    for member in range(1, node.members + 1):
        for number, form in enumerate(node.kind.access, 1):
            names.append((form.format(m=member), member, number, False))
        names += [(form.format(m=member), member, 0, True) for form in node.kind.uplinks]
    known = {n[0] for n in names}
    names += [(port, 1, 0, False) for port in links if port not in known]
    return names


def _index(node: Node, i: int) -> int:
    """ifIndex as each platform counts."""
    if node.platform == "cisco_nxos":
        return 436207616 + i * 512
    if node.platform == "cisco_ios":
        return 10101 + i
    return i + (9 if node.platform == "cisco_xe" else 1)


def _uplink_media(bps: int) -> str:
    return "100GBASE-SR4" if bps == 100 * _G else "SFP-10GBase-SR"


def _linked(plan: Plan, node: Node, port: Port, link: Link) -> Port:
    other = plan.nodes[link.b]
    back = Link(link.b, link.b_port, link.a, link.a_port, link.bps, link.kind, link.lag_b, link.lag_a, link.up)
    seen = neighbor_of(plan, other, link.b_port, link_description(plan, back))
    return replace(
        port,
        description=link_description(plan, link),
        oper_up=link.up,
        speed_bps=link.bps,
        media=_uplink_media(link.bps),
        mode="trunk",
        native_vlan=1,
        trunk_vlans=_trunk(plan, node, other),
        lag=node.kind.lag.format(n=link.lag_a) if link.lag_a else "",
        mtu=9214 if node.kind.platform in ("cisco_nxos", "arista_eos") else 1500,
        neighbors=(seen,) if link.up else (),
        **settings.uplink_qos(plan, node),
    )


def _trunk(plan: Plan, node: Node, other: Node) -> tuple[int, ...]:
    ours = {v.id for v in plan.vlans_of(node)} & {v.id for v in plan.vlans_of(other)}
    return tuple(sorted(ours - {1}))


def _edge(plan: Plan, node: Node, port: Port, end: Plugged) -> Port:
    usable = not end.access_point and end.admin_up
    return replace(
        port,
        description=end.description,
        admin_up=end.admin_up,
        oper_up=end.up,
        speed_bps=end.bps,
        mode="access",
        access_vlan=end.vlan,
        voice_vlan=end.voice,
        poe_w=end.watts if node.kind.poe_w else None,
        poe_class=end.poe_class,
        poe_device=end.poe_device,
        neighbors=end.neighbors,
        sessions=end.sessions,
        authenticates=usable and settings.dot1x(plan, node),
        edge=True,
        host_mac=end.host_mac,
        host_vlan=end.vlan,
        **settings.edge_qos(plan, node),
    )


def _spare(plan: Plan, node: Node, port: Port) -> Port:
    if node.role == "core":
        return _core_port(plan, node, port)
    down = replace(port, admin_up=False, description="", mode="access", access_vlan=1)
    return replace(down, mtu=9214) if node.platform == "arista_eos" else down


def _core_port(plan: Plan, node: Node, port: Port) -> Port:
    guests = core_guests(plan, node.number)
    if port.name == "Ethernet1/40":
        router = wan_router(plan, node.number + 1)
        return replace(
            port, description=f"WAN {router.name.split('.')[0]}", oper_up=True, mode="routed", mtu=1500,
            address=f"10.10.251.{4 * node.number + 1}", prefix=30, neighbors=(router,),
        )  # fmt: skip
    if port.name not in guests:
        return replace(port, admin_up=False, mode="access", access_vlan=1, mtu=9216)
    vlan, description, neighbor = guests[port.name]
    port = replace(port, description=description, oper_up=True, mtu=9216, neighbors=(neighbor,) if neighbor else ())
    if vlan == "trunk":
        known = {v.id for v in plan.vlans_of(node)}
        return replace(port, mode="trunk", trunk_vlans=tuple(v for v in (10, 20, 30, 40, 60) if v in known))
    mac = neighbor.chassis if neighbor else plan.chance.mac("00:15:5d", "dc", node.name)
    return replace(port, mode="access", access_vlan=int(vlan), host_mac=mac, host_vlan=int(vlan), edge=True)


def _counters(plan: Plan, node: Node, port: Port) -> Counters:
    if not port.oper_up:
        return Counters()
    n = plan.chance.number(10**8, 9 * 10**8, "counter", node.name, port.name)
    errors = n % 7 if n % 11 == 0 else 0
    return Counters(n * 640, n * 910, n, n + n // 3, errors, 0)


# -- bundles and what is not a socket


def _lags(plan: Plan, node: Node, ports: tuple[Port, ...]) -> tuple[Lag, ...]:
    links: dict[int, list[Link]] = {}
    for link in plan.links_of[node.name]:
        if link.lag_a:
            links.setdefault(link.lag_a, []).append(link)
    up = {p.name for p in ports if p.oper_up}
    lags = []
    for number, members in sorted(links.items()):
        names = tuple(link.a_port for link in members)
        kind = members[0].kind
        spans = kind != "peer" and node.role in ("core", "distribution")
        lags.append(
            Lag(
                name=node.kind.lag.format(n=number),
                number=number,
                protocol="lacp",
                members=names,
                bundled=tuple(n for n in names if n in up),
                mlag_id=number if spans else 0,
                peer_link=kind == "peer",
                description=_lag_description(plan, node, members),
            )
        )
    return tuple(lags)


def _lag_description(plan: Plan, node: Node, members: list[Link]) -> str:
    word = {"uplink": "Uplink", "core": "Core", "peer": "Peer link"}[members[0].kind]
    return f"{word} {' '.join(dict.fromkeys(m.b for m in members))}"


def _logical(
    plan: Plan, node: Node, count: int, lags: tuple[Lag, ...], ports: tuple[Port, ...], made: tuple[Svi, ...]
) -> tuple[Port, ...]:

    byname = {p.name: p for p in ports}
    base = plan.mac(node)
    found = []
    for lag in lags:
        first = byname[lag.members[0]]
        found.append(
            replace(
                first,
                name=lag.name,
                index=_logical_index(node, "lag", lag.number),
                kind="lag",
                description=lag.description,
                oper_up=lag.up,
                speed_bps=sum(byname[m].speed_bps for m in lag.bundled) or first.speed_bps,
                lag="",
                neighbors=(),
                media="",
                mac=first.mac,
                counters=_sum([byname[m].counters for m in lag.bundled]),
            )
        )
    for svi in made:
        found.append(
            Port(
                name=svi.name, index=_logical_index(node, "vlan", svi.vlan), kind="vlan", description=svi.description,
                oper_up=svi.up, mode="routed", mac=base, address=svi.address, prefix=svi.prefix, vrf=svi.vrf,
                speed_bps=_G, access_vlan=svi.vlan, mtu=1500,
            )
        )  # fmt: skip
    routed = node.role != "access"
    if routed:
        found.append(
            Port(
                name="loopback0" if node.platform == "cisco_nxos" else "Loopback0",
                index=_logical_index(node, "loopback", 0), kind="loopback", description="Router id", oper_up=True,
                mode="routed", address=f"10.255.{node.pair}.{node.number + (1 if node.role == 'core' else 11)}",
                prefix=32, speed_bps=8 * _G, mtu=1500 if node.platform == "cisco_nxos" else 65535,
            )
        )  # fmt: skip
    found.append(
        Port(
            name=node.kind.management, index=_logical_index(node, "management", 0), kind="management",
            description="Out-of-band", oper_up=routed, mac=mac_plus(base, 0), mtu=1500,
            address=plan.own_address(node.role, node.number) if node.role == "core" else "",
            prefix=16 if node.role == "core" else 0, vrf="management" if node.role == "core" else "",
        )
    )  # fmt: skip
    return tuple(found)


def _sum(counters: list[Counters]) -> Counters:
    return Counters(
        in_octets=sum(c.in_octets for c in counters),
        out_octets=sum(c.out_octets for c in counters),
        in_packets=sum(c.in_packets for c in counters),
        out_packets=sum(c.out_packets for c in counters),
        in_errors=sum(c.in_errors for c in counters),
        out_errors=sum(c.out_errors for c in counters),
    )


def _logical_index(node: Node, kind: str, number: int) -> int:
    if node.platform == "cisco_nxos":
        return {"lag": 369098751, "vlan": 151060480, "loopback": 335544320, "management": 83886080}[kind] + number
    if node.platform == "arista_eos":
        return {"lag": 1000000, "vlan": 2000000, "loopback": 5000000, "management": 999001}[kind] + number
    if node.platform == "aruba_aoscx":
        return {"lag": 769, "vlan": 16777216, "loopback": 10000, "management": 9999}[kind] + number
    if node.platform == "cisco_ios":
        return {"lag": 5000, "vlan": 1 if number == 1 else 0, "loopback": 6000, "management": 10001}[kind] + number
    return {"lag": 400, "vlan": 500, "loopback": 490, "management": 1}[kind] + number


def _pair(plan: Plan, node: Node) -> Pair | None:
    special = plan.special(node.name)
    if node.role == "access":
        if node.members < 2:
            return None
        kind = "vsf" if node.platform == "aruba_aoscx" else "stack"
        ok = bool(special.get("peer_ok", True))
        return Pair(kind, "1", "active", "", "", "", ok, node.members)
    peer = plan.peer(node)
    links = [link for link in plan.links_of[node.name] if link.kind == "peer"]
    alive = any(link.up for link in links) and peer.name not in plan.off
    ok = alive and bool(special.get("peer_ok", True)) and bool(plan.special(peer.name).get("peer_ok", True))
    return Pair(
        type="vpc" if node.role == "core" else "mlag",
        domain="1" if node.role == "core" else f"DIST-{node.pair + 1}",
        role="primary" if node.first else "secondary",
        peer=peer.name,
        peer_address=plan.own_address("core", peer.number) if node.role == "core" else _mlag_address(peer),
        peer_link=node.kind.lag.format(n=links[0].lag_a) if links else "",
        peer_ok=ok,
        members=2 if alive else 1,
        peer_mac=plan.mac(peer),
    )


def _mlag_address(node: Node) -> str:
    return f"10.10.252.{1 if node.first else 2}"
