"""Layer 3: interfaces of VLANs and their gateways, routed domains, BGP and synthetic measurements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.lab.build.plan import Node, Plan
from tests.lab.model import Bgp, BgpPeer, Gateway, PathProbe, Svi, Vrf

_VARP = {10, 20, 30, 40}


def svis(plan: Plan, node: Node) -> tuple[Svi, ...]:
    if node.role == "access":
        return (_management(plan, node),)
    found = []
    for vlan in plan.vlans:
        core = bool(vlan.get("core"))
        if vlan["id"] == 1 or ((node.role == "core") != core and not vlan.get("transit")):
            continue
        if node.role == "distribution" and vlan["id"] == 99:
            found.append(_svi(plan, node, vlan, plan.own_address(node.role, node.number), 16))
            continue
        net = _net(node, int(vlan["id"]))
        found.append(_svi(plan, node, vlan, f"{net}.{_host(node, vlan)}", 24))
    return tuple(found)


def _net(node: Node, vlan: int) -> str:
    second = 10 + (node.pair if node.role == "distribution" and vlan < 256 else 0)
    return f"10.{second}.{vlan if vlan < 256 else 250}"


def _host(node: Node, vlan: dict[str, Any]) -> int:
    if vlan.get("transit"):
        return node.number + (1 if node.role == "core" else 11)
    return 2 if node.first else 3


def _svi(plan: Plan, node: Node, vlan: dict[str, Any], address: str, prefix: int) -> Svi:
    number = int(vlan["id"])
    users = number in (10, 20, 30, 40, 50, 60)
    helpers = tuple(plan.network.get("dhcp_servers", ())) if users else ()
    return Svi(
        name=node.kind.svi.format(n=number),
        vlan=number,
        address=address,
        prefix=prefix,
        vrf=str(vlan.get("vrf", "")),
        description=f"{str(vlan['name']).title()} gateway" if not vlan.get("transit") else "Transit",
        helpers=helpers,
        acl_in="GUEST-IN" if vlan["name"] == "GUEST" else "MEDICAL-IN" if vlan["name"] == "MEDICAL" else "",
        gateway=None if vlan.get("transit") else _gateway(plan, node, number, address),
    )


def _gateway(plan: Plan, node: Node, vlan: int, address: str) -> Gateway:
    net = address.rsplit(".", 2)[0] if vlan == 99 else ""
    virtual = f"{net}.0.{1 + node.pair}" if net else f"{_net(node, vlan)}.1"
    peer = plan.peer(node)
    peer_up = peer.name not in plan.off
    first = node.first or not peer_up
    other = ""
    if peer_up:
        other = plan.own_address(peer.role, peer.number) if net else f"{_net(node, vlan)}.{2 if peer.first else 3}"
    if node.role == "core":
        return Gateway(
            "hsrp", vlan, virtual, f"00:00:0c:9f:f{vlan >> 8:x}:{vlan & 255:02x}", 110 if node.first else 100,
            "active" if first else "standby", other,
        )  # fmt: skip
    if vlan in _VARP:
        return Gateway("varp", 0, virtual, "00:1c:73:00:00:99", 100, "active", other)
    return Gateway(
        "vrrp", vlan, virtual, f"00:00:5e:00:01:{vlan:02x}", 120 if node.first else 100,
        "master" if first else "backup", other,
    )  # fmt: skip


def _management(plan: Plan, node: Node) -> Svi:
    return Svi(node.kind.svi.format(n=99), 99, plan.own_address("access", node.number), 16, description="Management")


def vrfs(plan: Plan, node: Node, made: tuple[Svi, ...]) -> tuple[Vrf, ...]:
    names = dict.fromkeys(s.vrf for s in made if s.vrf)
    found = [
        Vrf(n, f"65010:{i + 1}", tuple(s.name for s in made if s.vrf == n), 4 + i) for i, n in enumerate(names)
    ]  # fmt: skip
    if node.role == "core":
        found.append(Vrf("management", "0:0", (node.kind.management,), 3))
    return tuple(found)


def bgp(plan: Plan, node: Node) -> Bgp | None:
    """The cores speak with the edge routers, with each other and with every distribution switch on the transit VLAN."""
    if node.role == "access":
        return None
    cores = [(f"10.10.250.{n.number + 1}", 65010, n.name, 231) for n in plan.nodes.values() if n.role == "core"]
    if node.role == "distribution":
        return _bgp(plan, node, 65020 + node.pair, cores)
    edge = (f"10.10.251.{4 * node.number + 2}", 65000 + node.number + 1, f"wan-{node.number + 1}", 214)
    rows = [edge, *(c for c in cores if c[2] != node.name)]
    dists = [n for n in plan.nodes.values() if n.role == "distribution"]
    rows += [(f"10.10.250.{d.number + 11}", 65020 + d.pair, d.name, 12) for d in dists[:40]]
    return _bgp(plan, node, 65010, rows)


def _bgp(plan: Plan, node: Node, asn: int, rows: list[tuple[str, int, str, int]]) -> Bgp:
    down = set(plan.special(node.name).get("bgp_down", ()))
    peers = []
    for address, remote, name, prefixes in rows:
        up = address not in down and name not in down and name not in plan.off
        days = plan.chance.number(5, 38, "bgp", node.name, name)
        peers.append(
            BgpPeer(
                address, remote, "Established" if up else "Idle", name, prefixes if up else 0,
                plan.now - timedelta(days=days, seconds=plan.chance.number(0, 86000, "bgp-s", node.name, name)),
                f"10.255.0.{plan.chance.number(1, 250, 'rid', name)}",
            )
        )  # fmt: skip
    own = 1 if node.role == "core" else 11
    return Bgp(asn, f"10.255.{node.pair}.{node.number + own}", tuple(peers))


def path_probes(plan: Plan, node: Node) -> tuple[PathProbe, ...]:
    """IP SLA runs where an edge switch measures the way to the data centre; platforms without it have none."""
    wanted = plan.special(node.name).get("ip_sla", node.name == "acc-01")
    if not wanted or node.platform not in ("cisco_xe", "cisco_ios", "cisco_nxos"):
        return ()
    return (
        PathProbe(10, "icmp-echo", "10.10.100.11", True, 1),
        PathProbe(20, "udp-jitter", "10.10.20.2", True, 2, jitter_ms=1, lost=0, sent=1000),
    )
