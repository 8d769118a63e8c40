"""``show spanning-tree`` as NX-OS and EOS print it: a tree for each VLAN, and each port's part in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tests.lab.build.network import short_name
from tests.lab.cli.text import G, dotted, lines
from tests.lab.model import Port, StpInstance, Switch


def nxos(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    for t in s.stp:
        rows += ["", f"VLAN{t.vlan:04d}", "  Spanning tree enabled protocol rstp"]
        rows += _bridges(s, t, f"Cost        {t.root_cost}", "2  sec")
        rows += [
            "Interface        Role Sts Cost      Prio.Nbr Type",
            "---------------- ---- --- --------- -------- --------------------------------",
        ]
        for p in _ports(s, t):
            role = "Root" if p.name == t.root_port else "Desg"
            number = 4095 + int(p.name[12:]) if p.kind == "lag" else p.index & 0xFFF
            rows.append(f"{short_name(p.name):<16} {role} FWD {_cost(p):<9} 128.{number:<4} {_vpc(s, p)}{_type(p)}")
    return lines(rows)


def eos(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    for t in s.stp:
        rows += [f"VL{t.vlan}", "  Spanning tree enabled protocol rapid-pvst"]
        rows += _bridges(s, t, f"Cost        {t.root_cost} (Ext) 0 (Int)", "2.000 sec")
        rows += [
            "Interface        Role       State      Cost      Prio.Nbr Type",
            "---------------- ---------- ---------- --------- -------- --------------------",
        ]
        for p in _ports(s, t):
            role = "root" if p.name == t.root_port else "designated"
            name = p.name.replace("Ethernet", "Et").replace("Port-Channel", "Po")
            rows.append(f"{name:<16} {role:<10} forwarding {_cost(p):<9} 128.{p.index % 1000:<4} {_type(p)}")
        rows.append("")
    return lines(rows)


def _bridges(s: Switch, t: StpInstance, cost: str, hello: str) -> list[str]:
    """The root's and the switch's own identity."""
    timers = f"             Hello Time  {hello}  Max Age 20 sec  Forward Delay 15 sec"
    way = ["             This bridge is the root"]
    if not t.is_root:
        way = [f"             {cost}", f"             Port        {s.port(t.root_port).index & 0xFFF} ({t.root_port})"]
    base = t.bridge_priority - t.vlan
    return [
        f"  Root ID    Priority    {t.root_priority}",
        f"             Address     {dotted(t.root_mac)}",
        *way,
        timers,
        "",
        f"  Bridge ID  Priority    {t.bridge_priority}  (priority {base} sys-id-ext {t.vlan})",
        f"             Address     {dotted(s.mac)}",
        timers,
        "",
    ]


def _ports(s: Switch, t: StpInstance) -> Iterator[Port]:
    """Who takes part in a VLAN's tree; a bundle does so for its members."""
    for p in s.ports:
        if p.kind in ("ethernet", "lag") and p.oper_up and not p.lag:
            carried = p.trunk_vlans if p.mode == "trunk" else (p.access_vlan,) if p.mode == "access" else ()
            if t.vlan in carried or (p.mode == "trunk" and t.vlan == p.native_vlan):
                yield p


def _cost(p: Port) -> int:
    """IEEE 802.1D-2004, table 17-3: twenty terabits a second, shared out."""
    return max(1, 20_000 * G // p.speed_bps)


def _type(p: Port) -> str:
    return "Edge P2p" if p.edge else "P2p"


def _vpc(s: Switch, p: Port) -> str:
    lag = next((x for x in s.lags if x.name == p.name), None)
    if lag is None:
        return ""
    return "(vPC peer-link) Network " if lag.peer_link else "(vPC) " if lag.mlag_id else ""
