"""Where a switch sends what it knows no way for, and how many routes it has: what the routing commands print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tests.lab.cli.ios_config import default_gateway
from tests.lab.cli.text import brief, lines, network
from tests.lab.model import BgpPeer, Switch

_EOS_CODES = (
    "Codes: C - connected, S - static, K - kernel, ",
    "       O - OSPF, IA - OSPF inter area, B - Other BGP Routes,",
    "       B I - iBGP, B E - eBGP, R - RIP, I L1 - IS-IS level 1,",
    "       I L2 - IS-IS level 2, NG - Nexthop Group Static Route,",
    "       DH - DHCP client installed default route",
    "",
)


@dataclass(frozen=True, slots=True)
class _Counts:
    """Routes of one routed domain by where they came from."""

    vrf: str
    connected: int
    static: int = 0
    bgp: int = 0

    @property
    def local(self) -> int:
        """A host route for each address of the switch's own."""
        return self.connected

    @property
    def total(self) -> int:
        return self.connected + self.local + self.static + self.bgp


def ios_default(s: Switch, now: datetime) -> str:
    """``show ip route 0.0.0.0`` of a switch that routes nothing itself."""
    return lines(
        f"Default gateway is {default_gateway(s)}",
        "",
        "Host               Gateway           Last Use    Total Uses  Interface",
        "ICMP redirect cache is empty",
    )


def nxos_default(s: Switch, now: datetime) -> str:
    """``show ip route 0.0.0.0 vrf all``: from the edge router, or through the other core while that one is away."""
    return lines(*(_nxos_domain(s, name, now) for name in _domains(s)))


def _nxos_domain(s: Switch, vrf: str, now: datetime) -> list[str]:
    head = [
        f'IP Route Table for VRF "{vrf}"',
        "'*' denotes best ucast next-hop",
        "'**' denotes best mcast next-hop",
        "'[x/y]' denotes [preference/metric]",
        "'%<string>' in via output denotes VRF <string>",
        "",
    ]
    if vrf == "management":
        via = f"10.99.0.1, [1/0], {brief(now - s.booted_at)}, static"
    elif vrf == "default" and (peer := _edge(s)):
        outside = s.bgp is not None and peer.remote_as != s.bgp.asn
        how = f"{'external' if outside else 'internal'}, tag {peer.remote_as}"
        age = brief(now - peer.since)
        via = f"{peer.address}, [{20 if outside else 200}/0], {age}, bgp-{s.bgp.asn if s.bgp else 0}, {how}"
    else:
        return [*head, "Route not found", ""]
    return [*head, "0.0.0.0/0, ubest/mbest: 1/0", f"    *via {via}", ""]


def _edge(s: Switch) -> BgpPeer | None:
    """Who announces the default route: an edge router, else the other core, who has it from there."""
    up = [p for p in s.bgp.peers if p.up and not p.description.startswith("dist")] if s.bgp else []
    return min(up, key=lambda p: s.bgp is not None and p.remote_as == s.bgp.asn, default=None)


def nxos_summary(s: Switch, now: datetime) -> str:
    """``show ip route summary vrf all``."""
    return lines(
        *(
            (
                f'IP Route Table for VRF "{c.vrf}"',
                f"Total number of routes: {c.total}",
                f"Total number of paths:  {c.total}",
                "",
                "Best paths per protocol:      Backup paths per protocol:",
                f"  local          : {c.local:<11}None",
                f"  direct         : {c.connected}",
                *([f"  static         : {c.static}"] if c.static else []),
                *([f"  bgp-{s.bgp.asn:<11}: {c.bgp}"] if s.bgp and c.bgp else []),
                "",
            )
            for c in _counts(s)
        )
    )


def eos_default(s: Switch, now: datetime) -> str:
    """``show ip route vrf all 0.0.0.0``: the static route of the default domain."""
    out = next((v.name for v in s.svis if network(v.address, 24) == "10.10.250.0"), "")
    rows: list[str] = []
    for name in _domains(s):
        known = name == "default" and out
        last = [" S        0.0.0.0/0 [1/0]", f"           via 10.10.250.1, {out}"]
        rows += [f"VRF: {name}", *_EOS_CODES]
        rows += ["Gateway of last resort:", *last, ""] if known else ["Gateway of last resort is not set", ""]
    return lines(rows)


def eos_summary(s: Switch, now: datetime) -> str:
    """``show ip route vrf all summary``."""
    rows: list[str] = []
    for c in _counts(s):
        rows += [
            f"VRF: {c.vrf}",
            f"   {'Route Source':<34}{'Number Of Routes':>26}",
            "------------------------------------- -------------------------",
            *(f"   {name:<34}{count:>26}" for name, count in (
                ("connected", c.connected), ("static (persistent)", c.static), ("static (non-persistent)", 0),
                ("BGP", c.bgp), ("internal", c.local), ("attached", 0), ("aggregate", 0), ("Total Routes", c.total),
            )),
            "",
            "Number of routes per mask-length:",
            f"   /24: {c.connected}        /32: {c.local}",
            "",
        ]  # fmt: skip
    return lines(rows)


def _domains(s: Switch) -> list[str]:
    return ["default", *(v.name for v in s.vrfs)]


def _counts(s: Switch) -> Iterator[_Counts]:
    for name in _domains(s):
        connected = sum((v.vrf or "default") == name for v in s.svis)
        if name == "default":
            loopbacks = sum(p.kind == "loopback" for p in s.ports)
            best = sum(p.prefixes for p in s.bgp.peers) if s.bgp else 0
            yield _Counts(name, connected + loopbacks, s.role == "distribution", best)
        elif name == "management":
            yield _Counts(name, 1, 1)
        else:
            yield _Counts(name, connected)
