"""The hospital on paper: which devices there are, where they listen, and which cable runs from where to where.

Cheap to make even for thousands of switches; a switch's ports are worked out only when somebody asks for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from tests.lab.build.chance import Chance
from tests.lab.build.platforms import KINDS, PlatformKind
from tests.lab.model import Logins, Place, Vlan

_CORE_PLATFORM, _DIST_PLATFORM = "cisco_nxos", "arista_eos"
AP_MODELS = (("C9130AXI-E", 6), ("C9120AXI-E", 6), ("AIR-AP2802I-E-K9", 5))


@dataclass(frozen=True, slots=True)
class Node:
    """A switch as planned: its name, role, number within the role, platform and stack members."""

    name: str
    role: str
    number: int
    platform: str
    members: int = 1

    @property
    def kind(self) -> PlatformKind:
        return KINDS[self.platform]

    @property
    def pair(self) -> int:
        """Number of the distribution or core pair that it belongs to, from 0."""
        return self.number // 2

    @property
    def first(self) -> bool:
        return self.number % 2 == 0


@dataclass(frozen=True, slots=True)
class Link:
    """A cable between two switches; ``lag_a`` and ``lag_b`` are the bundles' numbers, 0 for none. ``kind``: uplink, core, peer."""

    a: str
    a_port: str
    b: str
    b_port: str
    bps: int
    kind: str
    lag_a: int
    lag_b: int
    up: bool = True


@dataclass(frozen=True, slots=True)
class PlannedAp:
    name: str
    model: str
    wifi: int
    mac: str
    serial: str
    address: str
    switch: str
    port_number: int
    missing: bool


class Plan:
    """What the tables of a hospital file amount to. ``tables`` are never changed."""

    def __init__(self, tables: Mapping[str, Any], now: datetime) -> None:
        self.tables = tables
        self.now = now
        self.chance = Chance(int(tables.get("seed", 1)))
        self.sizes: Mapping[str, Any] = tables.get("sizes", {})
        self.network: Mapping[str, Any] = tables.get("network", {})
        self.domain = str(tables.get("domain", "hospital.test"))
        self.site = str(tables.get("site", "main"))
        self.off = frozenset(tables.get("off", ()))
        self.down = frozenset(tables.get("down", ())) | self.off
        self.unplugged = tuple(str(u) for u in tables.get("unplugged", ()))

    def size(self, name: str, default: int) -> int:
        return int(self.sizes.get(name, default))

    def faults(self, name: str) -> dict[str, str]:
        return {str(k): str(v) for k, v in self.tables.get("fault", {}).get(name, {}).items()}

    def special(self, name: str) -> Mapping[str, Any]:
        """What the hospital file says of one switch in particular."""
        return {**self.tables.get("every_switch", {}), **self.tables.get("switch", {}).get(name, {})}

    @cached_property
    def logins(self) -> Logins:
        return Logins(**self.tables["logins"])

    # -- devices

    @cached_property
    def nodes(self) -> dict[str, Node]:
        access = self.size("access_switches", 10)
        per = max(1, self.size("access_per_distribution", 40))
        pairs = max(1, -(-access // per))
        platforms = self.tables.get("access", {}).get("platforms", ["cisco_xe"])
        nodes = [Node(f"core-{i + 1}", "core", i, _CORE_PLATFORM) for i in range(2)]
        nodes += [Node(f"dist-{i + 1}", "distribution", i, _DIST_PLATFORM) for i in range(2 * pairs)]
        for i in range(access):
            name = f"acc-{i + 1:02d}"
            special = self.special(name)
            platform = str(special.get("platform", platforms[i % len(platforms)]))
            nodes.append(Node(name, "access", i, platform, int(special.get("stack", 1))))
        return {n.name: n for n in nodes}

    def dist_pair(self, node: Node) -> tuple[Node, Node]:
        """The distribution pair that an access switch hangs on, or that a distribution switch is of."""
        per = max(1, self.size("access_per_distribution", 40))
        pair = node.number // per if node.role == "access" else node.pair
        return self.nodes[f"dist-{2 * pair + 1}"], self.nodes[f"dist-{2 * pair + 2}"]

    def peer(self, node: Node) -> Node:
        """The other one of a pair."""
        stem = node.name.split("-")[0]
        return self.nodes[f"{stem}-{node.number + 2 if node.first else node.number}"]

    @cached_property
    def vlans(self) -> tuple[dict[str, Any], ...]:
        return tuple(dict(v) for v in self.tables.get("vlan", ()))

    def vlans_of(self, node: Node) -> tuple[Vlan, ...]:
        """An access switch knows the users' VLANs, distribution and core all that reach them."""
        wanted = [
            v
            for v in self.vlans
            if (node.role == "access" and not v.get("core"))
            or (node.role == "distribution" and (not v.get("core") or v.get("transit")))
            or node.role == "core"
        ]
        return tuple(Vlan(int(v["id"]), str(v["name"]), bool(v.get("active", True))) for v in wanted)

    def mac(self, node: Node) -> str:
        return self.chance.mac(node.kind.oui, "base", node.name)

    # -- places

    @property
    def _addresses(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.tables.get("addresses", {})
        return found

    def _octets(self, role: str, number: int) -> tuple[int, int]:
        fixed = {"core": 11, "ups": 21, "wireless": 31, "annex": 36, "backup": 41, "directory": 51}
        if role in fixed:
            return 0, fixed[role] + number
        if role == "distribution":
            return 1, 1 + number
        return 2 + number // 250, 1 + number % 250

    def place(self, role: str, number: int, service: str) -> Place:
        """Where a device's service (ssh, snmp, ldap, ldaps, restconf, backup) listens."""
        high, low = self._octets(role, number)
        addresses = self._addresses
        if addresses.get("mode", "loopback") == "loopback":
            return Place(f"127.{addresses.get('net', 40)}.{high}.{low}", int(addresses.get(f"{service}_port", 0)))
        offset = low if high == 0 else 100 + low if high == 1 else 400 + (high - 2) * 250 + low
        extra = {"ldaps": 1}.get(service, 0)
        return Place("127.0.0.1", int(addresses.get("base_port", 22000)) + offset + extra)

    def own_address(self, role: str, number: int) -> str:
        """A device's management address as the hospital's own network knows it."""
        high, low = self._octets(role, number)
        return f"10.99.{high}.{low}"

    # -- cables

    @cached_property
    def links(self) -> tuple[Link, ...]:
        cores = self.nodes["core-1"], self.nodes["core-2"]
        found: list[Link] = []
        g = 10**9
        for port in ("Ethernet1/53", "Ethernet1/54"):
            found.append(Link("core-1", port, "core-2", port, 100 * g, "peer", 1, 1))
        dists = [n for n in self.nodes.values() if n.role == "distribution"]
        for node in dists:
            if node.first:
                for port in ("Ethernet49/1", "Ethernet50/1"):
                    found.append(Link(node.name, port, self.peer(node).name, port, 100 * g, "peer", 1000, 1000))
            for core, up in zip(cores, ("Ethernet51/1", "Ethernet52/1"), strict=True):
                port = _core_port(node.number)
                found.append(Link(node.name, up, core.name, port, 100 * g, "core", 1, 20 + node.pair))
        for node in self.nodes.values():
            if node.role != "access":
                continue
            place = node.number % max(1, self.size("access_per_distribution", 40))
            uplinks = _uplink_ports(node)
            for i, dist in enumerate(self.dist_pair(node)):
                if i and self.special(node.name).get("single_homed"):
                    continue
                found.append(
                    Link(node.name, uplinks[i], dist.name, f"Ethernet{place + 1}", 10 * g, "uplink", 1, 101 + place)
                )
        return tuple(self._plugged(link) for link in found)

    def _plugged(self, link: Link) -> Link:
        out = any(_meant(words, link) for words in self.unplugged)
        off = link.a in self.off or link.b in self.off
        if not (out or off):
            return link
        return Link(link.a, link.a_port, link.b, link.b_port, link.bps, link.kind, link.lag_a, link.lag_b, up=False)

    @cached_property
    def links_of(self) -> dict[str, list[Link]]:
        """Each switch's links, turned so that ``a`` is the switch."""
        table: dict[str, list[Link]] = defaultdict(list)
        for link in self.links:
            table[link.a].append(link)
            table[link.b].append(
                Link(link.b, link.b_port, link.a, link.a_port, link.bps, link.kind, link.lag_b, link.lag_a, link.up)
            )
        return table

    # -- access points, which both the switches and the controller know

    @cached_property
    def access_points(self) -> tuple[PlannedAp, ...]:
        access = [n for n in self.nodes.values() if n.role == "access"]
        missing = set(self.tables.get("wireless", {}).get("missing", ()))
        return tuple(self._access_point(i, access, missing) for i in range(self.size("access_points", 60)))

    def _access_point(self, i: int, access: list[Node], missing: set[str]) -> PlannedAp:
        name = f"AP-{'ABC'[i // 20 % 3]}{i // 4 % 5 + 1}-{i % 4 + 1 + 4 * (i // 60):02d}"
        model, wifi = AP_MODELS[self.chance.number(0, 9, "ap-model", name) // 4]
        row = i // len(access) if access else 24
        return PlannedAp(
            name=name,
            model=model,
            wifi=wifi,
            mac=self.chance.mac("3c:41:0e", "ap", name),
            serial=self.chance.serial("KWC9999XXXX", "ap", name),
            address=f"10.10.60.{i % 240 + 11}" if i < 240 else f"10.60.{i // 240}.{i % 240 + 11}",
            switch=access[i % len(access)].name if row < 24 else "",
            port_number=48 - row,
            missing=name in missing,
        )

    @cached_property
    def access_points_of(self) -> dict[str, dict[int, PlannedAp]]:
        table: dict[str, dict[int, PlannedAp]] = defaultdict(dict)
        for ap in self.access_points:
            if ap.switch:
                table[ap.switch][ap.port_number] = ap
        return table


def _core_port(number: int) -> str:
    """The core's port for a distribution switch: 100G ports first, then 36 ports of each further module."""
    if number < 4:
        return f"Ethernet1/{49 + number}"
    return f"Ethernet{2 + (number - 4) // 36}/{1 + (number - 4) % 36}"


def _uplink_ports(node: Node) -> tuple[str, str]:
    """The second uplink of a stack leaves from its last member."""
    first, last = node.kind.uplinks[0], node.kind.uplinks[0 if node.members > 1 else 1]
    return first.format(m=1), last.format(m=node.members)


def _meant(words: str, link: Link) -> bool:
    if ":" in words:
        device, _, port = words.partition(":")
        return (device, port) in ((link.a, link.a_port), (link.b, link.b_port))
    return set(words.split()) == {link.a, link.b}
