"""Cisco NX-OS: what the show commands print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from tests.lab.build.network import short_name as short
from tests.lab.cli import trees
from tests.lab.cli.nxos_config import running_config, startup_config
from tests.lab.cli.nxos_hardware import show_license_usage, show_module
from tests.lab.cli.routes import nxos_default, nxos_summary
from tests.lab.cli.text import G, M, brief, clock, dotted, lines, ranges, wrap
from tests.lab.model import Bgp, BgpPeer, Gateway, Neighbor, Port, Svi, Switch

Reply = Callable[[Switch, datetime], str]

_CODES = {"bridge": "B", "router": "R", "wlan_access_point": "W", "telephone": "T", "station": "S"}
_CDP = {"bridge": "Switch", "router": "Router", "telephone": "Phone", "wlan_access_point": "Trans-Bridge"}
_RULE = "-" * 80


def show_version(s: Switch, now: datetime) -> str:
    up = int((now - s.booted_at).total_seconds())
    return lines(
        "Cisco Nexus Operating System (NX-OS) Software",
        "TAC support: http://www.cisco.com/tac",
        "Copyright (C) 2002-2024, Cisco and/or its affiliates.",
        "All rights reserved.",
        "",
        "Software",
        "  BIOS: version 05.51",
        f" NXOS: version {s.version}",
        "  Host NXOS: version 10.3(5)",
        "  BIOS compile time:  07/12/2024",
        f"  NXOS image file is: bootflash:///{s.image}",
        "  NXOS compile time:  3/9/2024 12:00:00 [03/09/2024 20:34:20]",
        "",
        "",
        "Hardware",
        "  cisco Nexus9000 C93180YC-FX Chassis ",
        "  Intel(R) Xeon(R) CPU D-1528 @ 1.90GHz with 24570576 kB of memory.",
        f"  Processor Board ID {s.serial}",
        "",
        f"  Device name: {s.hostname}",
        "  bootflash:  115343360 kB",
        "",
        f"Kernel uptime is {up // 86400} day(s), {up // 3600 % 24} hour(s), {up // 60 % 60} minute(s), {up % 60} second(s)",
        "",
        f"Last reset at 218735 usecs after {s.booted_at:%a %b} {s.booted_at.day:>2} {s.booted_at:%H:%M:%S %Y}",
        "  Reason: Reset Requested by CLI command reload",
        f"  System version: {s.version}",
        "  Service: ",
        "",
        "plugin",
        "  Core Plugin, Ethernet Plugin",
        "",
        "Active Package(s):",
        "        ",
    )


def show_inventory(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    for c in s.components:
        text = {
            "chassis": c.description,
            "psu": "Nexus9000 C93180YC-FX Chassis Power Supply",
            "fan": "Nexus9000 C93180YC-FX Chassis Fan Module",
        }
        rows += [
            f'NAME: "{c.name}",  DESCR: "{text.get(c.cls, c.description)}"',
            f"PID: {c.model:<19} ,  VID: V03 ,  SN: {c.serial or 'N/A'}",
            "",
        ]
    return lines(rows)


def show_environment(s: Switch, now: datetime) -> str:
    supplies = [c for c in s.components if c.cls == "psu"]
    fans = [c for c in s.components if c.cls == "fan"]
    good = [c for c in supplies if c.ok]
    return lines(
        "Power Supply:",
        "Voltage: 12 Volts",
        "Power                             Actual      Actual        Total",
        "Supply    Model                   Output      Input      Capacity    Status",
        "                                (Watts )    (Watts )     (Watts )",
        "-------  -------------------  ----------  ----------  ----------  --------------",
        (
            f"{i:<8} {c.model:<19}  {131 if c.ok else 0:>8} W  {146 if c.ok else 0:>8} W  {c.watts:>8} W  {'Ok' if c.ok else 'Shutdown':>10}"
            for i, c in enumerate(supplies, 1)
        ),
        "",
        "",
        "Power Usage Summary:",
        "--------------------",
        "Power Supply redundancy mode (configured)                PS-Redundant",
        f"Power Supply redundancy mode (operational)               {'PS-Redundant' if len(good) > 1 else 'Non-Redundant'}",
        "",
        "Total Power Capacity (based on configured mode)             500.00 W",
        f"Total Power of all Inputs (cumulative)                     {500.0 * len(good):>7.2f} W",
        "Total Power Output (actual draw)                            262.00 W",
        "Total Power Allocated (budget)                                N/A   ",
        "Total Power Available for additional modules                  N/A   ",
        "",
        "",
        "",
        "Fan:",
        "---------------------------------------------------------------------------",
        "Fan             Model                Hw     Direction       Status",
        "---------------------------------------------------------------------------",
        (
            f"Fan{i}(sys_fan{i})  {c.model:<20} --     front-to-back   {'Ok' if c.ok else 'Failure'}"
            for i, c in enumerate(fans, 1)
        ),
        (f"Fan_in_PS{i}      --                   --     front-to-back   {'Ok' if c.ok else 'Failure'}" for i, c in enumerate(supplies, 1)),
        "Fan Zone Speed: Zone 1: 0x80",
        "Fan Air Filter : NotSupported",
        "",
        "",
        "Temperature:",
        "--------------------------------------------------------------------",
        "Module   Sensor        MajorThresh   MinorThres   CurTemp     Status",
        "                       (Celsius)     (Celsius)    (Celsius)         ",
        "--------------------------------------------------------------------",
        (
            f"1        {x.name:<13} {x.critical:<15.0f} {x.warn:<11.0f} {x.celsius:<10.0f}  {'Ok' if x.ok else 'Minor'}             "
            for x in s.sensors
        ),
    )  # fmt: skip


def show_interface(s: Switch, now: datetime) -> str:
    order = {"management": 0, "ethernet": 1, "lag": 2, "loopback": 3, "vlan": 4}
    return lines(*(_interface(s, p) for p in sorted(s.ports, key=lambda p: order[p.kind])))


def _state(p: Port) -> str:
    if p.oper_up:
        return "up"
    return "down (Link not connected)" if p.admin_up else "down (Administratively down)"


def _interface(s: Switch, p: Port) -> list[str]:
    admin = "up" if p.admin_up else "down"
    if p.kind == "vlan":
        return [
            f"{p.name} is {'up' if p.oper_up else 'down'}, line protocol is {'up' if p.oper_up else 'down'}, autostate enabled",
            f"  Hardware is EtherSVI, address is  {dotted(p.mac)}",
            *([f"  Description: {p.description}"] if p.description else []),
            f"  Internet Address is {p.address}/{p.prefix}",
            f"  MTU {p.mtu} bytes, BW 1000000 Kbit , DLY 10 usec",
            "   reliability 255/255, txload 1/255, rxload 1/255",
            "  Encapsulation ARPA, loopback not set",
            "  Keepalive not supported",
            "  ARP type: ARPA",
            '  Last clearing of "show interface" counters never',
            "",
        ]
    if p.kind == "loopback":
        return [
            f"{p.name} is up",
            "admin state is up",
            "  Hardware: Loopback",
            f"  Description: {p.description}",
            f"  Internet Address is {p.address}/{p.prefix}",
            f"  MTU {p.mtu} bytes, BW 8000000 Kbit , DLY 5000 usec",
            "  reliability 255/255, txload 1/255, rxload 1/255",
            "  Encapsulation LOOPBACK, medium is broadcast",
            "  Port mode is routed",
            "  Auto-mdix is turned off",
            "",
        ]
    kind = "1000 Ethernet" if p.kind == "management" else "Port-Channel" if p.kind == "lag" else _hardware(p)
    rows = [
        f"{p.name} is {_state(p)}",
        f"admin state is {admin}{', Dedicated Interface' if p.kind == 'ethernet' else ','}",
    ]
    rows += [f"  Belongs to {short(p.lag)}"] if p.lag else []
    if p.kind == "lag":
        lag = next(x for x in s.lags if x.name == p.name)
        rows += [f" vPC Status: Up, vPC number: {lag.mlag_id}"] if lag.mlag_id and lag.up else []
    rows.append(f"  Hardware: {kind}, address: {dotted(p.mac)} (bia {dotted(p.mac)})")
    rows += [f"  Description: {p.description}"] if p.description else []
    rows += [f"  Internet Address is {p.address}/{p.prefix}"] if p.address else []
    c = p.counters
    speed = f"{p.speed_bps // G} Gb/s" if p.speed_bps >= G else f"{p.speed_bps // M} Mb/s"
    rows += [
        f"  MTU {p.mtu} bytes, BW {p.speed_bps // 1000} Kbit , DLY 10 usec",
        "  reliability 255/255, txload 1/255, rxload 1/255",
        "  Encapsulation ARPA, medium is broadcast",
    ]
    if p.mode:
        rows.append(f"  Port mode is {p.mode}")
    media = f", media type is {p.media}" if p.media and p.kind == "ethernet" else ""
    rows.append(f"  full-duplex, {speed}{media}" if p.oper_up else f"  auto-duplex, auto-speed{media}")
    if p.kind == "lag":
        rows.append("  Input flow-control is off, output flow-control is off")
        members = next(x for x in s.lags if x.name == p.name).members
        rows.append("  Members in this channel: " + ", ".join(short(m) for m in members))
    else:
        rows += [
            "  Beacon is turned off",
            "  Auto-Negotiation is turned on  FEC mode is Auto",
            "  Input flow-control is off, output flow-control is off",
        ]
    rows += [
        "  Auto-mdix is turned off",
        "  Switchport monitor is off ",
        "  EtherType is 0x8100 ",
        f"  Last link flapped {'5week(s) 2day(s)' if p.oper_up else 'never'}",
        '  Last clearing of "show interface" counters never',
        "  1 interface resets",
        "  Load-Interval #1: 30 seconds",
        f"    30 seconds input rate {c.in_packets % 90000} bits/sec, {c.in_packets % 90} packets/sec",
        f"    30 seconds output rate {c.out_packets % 90000} bits/sec, {c.out_packets % 90} packets/sec",
        "  RX",
        f"    {c.in_packets - c.in_packets // 90} unicast packets  {c.in_packets // 90} multicast packets  0 broadcast packets",
        f"    {c.in_packets} input packets  {c.in_octets} bytes",
        "    0 jumbo packets  0 storm suppression packets",
        f"    0 runts  0 giants  {c.in_errors} CRC/FCS  0 no buffer",
        f"    {c.in_errors} input error  0 short frame  0 overrun   0 underrun  0 ignored",
        "    0 watchdog  0 bad etype drop  0 bad proto drop  0 if down drop",
        "    0 input with dribble  0 input discard",
        "    0 Rx pause",
        "  TX",
        f"    {c.out_packets - c.out_packets // 90} unicast packets  {c.out_packets // 90} multicast packets  0 broadcast packets",
        f"    {c.out_packets} output packets  {c.out_octets} bytes",
        "    0 jumbo packets",
        f"    {c.out_errors} output error  0 collision  0 deferred  0 late collision",
        "    0 lost carrier  0 no carrier  0 babble  0 output discard",
        "    0 Tx pause",
        "",
    ]
    return rows


def _hardware(p: Port) -> str:
    return "40000/100000 Ethernet" if p.speed_bps > 25 * G else "100/1000/10000/25000 Ethernet"


def show_interface_switchport(s: Switch, now: datetime) -> str:
    names = {v.id: v.name for v in s.vlans}
    rows: list[str] = []
    for p in s.ports:
        if p.kind not in ("ethernet", "lag") or p.mode == "routed":
            continue
        vlan = 1 if p.mode == "trunk" else p.access_vlan
        allowed = ranges(p.trunk_vlans) if p.mode == "trunk" else "1-4094"
        rows += [
            f"Name: {p.name}",
            "  Switchport: Enabled",
            "  Switchport Monitor: Not enabled ",
            "  Switchport Isolated : Not enabled ",
            "  Switchport Block Multicast: Not enabled ",
            "  Switchport Block Unicast: Not enabled ",
            f"  Operational Mode: {p.mode}",
            f"  Access Mode VLAN: {vlan} ({names.get(vlan, 'Vlan not created')})",
            f"  Trunking Native Mode VLAN: {p.native_vlan} ({names.get(p.native_vlan, 'Vlan not created')})",
            f"  Trunking VLANs Allowed: {allowed}",
            f"  Voice VLAN: {p.voice_vlan or 'none'}",
            "  Extended Trust State : not trusted [COS = 0]",
            "  Administrative private-vlan primary host-association: none",
            "  Administrative private-vlan secondary host-association: none",
            "  Administrative private-vlan primary mapping: none",
            "  Administrative private-vlan secondary mapping: none",
            "  Administrative private-vlan trunk native VLAN: 1",
            "  Administrative private-vlan trunk encapsulation: dot1q",
            "  Administrative private-vlan trunk normal VLANs: none",
            "  Administrative private-vlan trunk private VLANs: none",
            "  Operational private-vlan: none",
        ]
    return lines(rows)


def show_interface_status(s: Switch, now: datetime) -> str:
    rows = ["", _RULE, "Port          Name               Status    Vlan      Duplex  Speed   Type", _RULE]
    for p in s.ports:
        if p.kind == "vlan":
            continue
        state = "connected" if p.oper_up else "notconnec" if p.admin_up else "disabled"
        vlan = {"trunk": "trunk", "access": str(p.access_vlan)}.get(p.mode, "routed")
        speed = (
            "auto" if not p.oper_up else f"{p.speed_bps // G}G" if p.speed_bps >= 10 * G else f"a-{p.speed_bps // M}"
        )
        name = p.description[:18] or "--"
        rows.append(
            f"{short(p.name):<13} {name:<18} {state:<9} {vlan:<9} {'full' if p.oper_up else 'auto':<7} {speed:<7} {p.media or '--'}"
        )
    return lines(rows)


def _vlan_rows(s: Switch) -> list[str]:
    rows = ["", "VLAN Name                             Status    Ports", f"{'-' * 4} {'-' * 32} {'-' * 9} {'-' * 31}"]
    for v in s.vlans:
        ports = [
            short(p.name)
            for p in sorted(s.ports, key=lambda p: p.kind != "lag")
            if p.kind in ("lag", "ethernet")
            and (
                (p.mode == "trunk" and v.id in p.trunk_vlans)
                or (p.mode == "access" and p.access_vlan == v.id and p.admin_up)
            )
        ]
        first, *rest = wrap(ports, 31)
        rows.append(f"{v.id:<4} {v.name:<32} {'active' if v.active else 'suspended':<9} {first}")
        rows += [f"{'':<48}{more}" for more in rest]
    return rows


def show_vlan_brief(s: Switch, now: datetime) -> str:
    return lines(_vlan_rows(s))


def show_vlan(s: Switch, now: datetime) -> str:
    return lines(
        _vlan_rows(s),
        "",
        "VLAN Type         Vlan-mode",
        "---- -----        ----------",
        (f"{v.id:<4} enet         CE     " for v in s.vlans),
        "",
        "Remote SPAN VLANs",
        "-" * 79,
        "",
        "Primary  Secondary  Type             Ports",
        "-------  ---------  ---------------  -------------------------------------------",
        "",
    )


def _seen(s: Switch, protocol: str) -> list[tuple[Port, Neighbor]]:
    return [(p, n) for p in s.ports for n in p.neighbors if protocol in n.protocols]


def show_lldp_neighbors_detail(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    found = _seen(s, "lldp")
    for p, n in found:
        codes = ", ".join(_CODES[c] for c in n.capabilities)
        rows += [
            f"Chassis id: {dotted(n.chassis)}",
            f"Port id: {n.port_id}",
            f"Local Port id: {short(p.name)}",
            f"Port Description: {n.port_description or 'not advertised'}",
            f"System Name: {n.name}",
            f"System Description: {n.description}".replace("\r\n", "\n"),
            "Time remaining: 101 seconds",
            f"System Capabilities: {codes}",
            f"Enabled Capabilities: {codes}",
            f"Management Address: {n.address}",
            "Management Address IPV6: not advertised",
            f"Vlan ID: {p.native_vlan if p.mode == 'trunk' else 'not advertised'}",
            "",
            "",
        ]
    return lines(
        "Capability codes:",
        "  (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device",
        "  (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other",
        "Device ID            Local Intf      Hold-time  Capability  Port ID  ",
        "",
        rows,
        f"Total entries displayed: {len(found)}",
    )


def show_cdp_neighbors_detail(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    for p, n in _seen(s, "cdp"):
        kinds = " ".join(_CDP[c] for c in n.capabilities if c in _CDP) + " IGMP Filtering"
        serial = f"({n.chassis.replace(':', '').upper()[-11:]})" if n.kind == "switch" else ""
        rows += [
            "-" * 40,
            f"Device ID:{n.name}{serial}",
            f"System Name: {n.name.split('.')[0]}",
            "",
            "Interface address(es):",
            f"    IPv4 Address: {n.address}",
            f"Platform: {n.platform}, Capabilities: {kinds} ",
            f"Interface: {p.name}, Port ID (outgoing port): {n.port_description if n.kind != 'switch' else n.port_id}",
            "Holdtime: 152 sec",
            "",
            "Version:",
            n.version,
            "",
            "Advertisement Version: 2",
            "",
            f"Native VLAN: {p.native_vlan}",
            "Duplex: full",
            "",
            f"MTU: {p.mtu}",
            "Physical Location: " + s.location,
            "Mgmt address(es):",
            f"    IPv4 Address: {n.address}",
            "",
        ]
    return lines(rows)


def show_port_channel_summary(s: Switch, now: datetime) -> str:
    rows = []
    for lag in s.lags:
        members = [f"{short(m)}({'P' if m in lag.bundled else 'D'})" for m in lag.members]
        first, *rest = [members[i : i + 3] for i in range(0, len(members), 3)] or [["--"]]
        name = f"Po{lag.number}({'SU' if lag.up else 'SD'})"
        rows.append(
            f"{lag.number:<5} {name:<11} Eth      {lag.protocol.upper():<9} " + "".join(f"{m:<13}" for m in first)
        )
        rows += [" " * 37 + "".join(f"{m:<13}" for m in more) for more in rest]
    return lines(
        "Flags:  D - Down        P - Up in port-channel (members)",
        "        I - Individual  H - Hot-standby (LACP only)",
        "        s - Suspended   r - Module-removed",
        "        b - BFD Session Wait",
        "        S - Switched    R - Routed",
        "        U - Up (port-channel)",
        "        p - Up in delay-lacp mode (member)",
        "        M - Not in use. Min-links not met",
        _RULE,
        "Group Port-       Type     Protocol  Member Ports",
        "      Channel",
        _RULE,
        rows,
    )


def show_vpc(s: Switch, now: datetime) -> str:
    if s.pair is None:
        return "% Invalid command at '^' marker."
    ok = s.pair.peer_ok
    bundles = [lag for lag in s.lags if lag.mlag_id]
    vlans = {lag.name: next(p.trunk_vlans for p in s.ports if p.name == lag.name) for lag in s.lags}
    peer = next(lag for lag in s.lags if lag.peer_link)
    return lines(
        "Legend:",
        "                (*) - local vPC is down, forwarding via vPC peer-link",
        "",
        f"vPC domain id                     : {s.pair.domain:<4}",
        f"Peer status                       : {'peer adjacency formed ok' if ok else 'peer link is down':<25}",
        f"vPC keep-alive status             : {'peer is alive' if ok else 'Suspended (Destination IP not reachable)':<33}",
        f"Configuration consistency status  : {'success' if ok else 'failed':<8}",
        "Per-vlan consistency status       : success ",
        "Type-2 consistency status         : success ",
        f"vPC role                          : {s.pair.role:<28}",
        f"Number of vPCs configured         : {len(bundles):<4}",
        "Peer Gateway                      : Enabled",
        "Dual-active excluded VLANs        : -",
        "Graceful Consistency Check        : Enabled",
        "Auto-recovery status              : Enabled, timer is off.(timeout = 240s)",
        "Delay-restore status              : Timer is off.(timeout = 150s)",
        "Delay-restore SVI status          : Timer is off.(timeout = 10s)",
        "Operational Layer3 Peer-router    : Enabled",
        "Virtual-peerlink mode             : Disabled",
        "",
        "vPC Peer-link status",
        "-" * 69,
        "id    Port   Status Active vlans    ",
        "--    ----   ------ -------------------------------------------------",
        f"1     {short(peer.name):<6} {'up' if peer.up else 'down':<6} {ranges((1, *vlans[peer.name])) if peer.up else '-':<50}",
        "",
        *(["vPC status", "-" * 76, "Id    Port          Status Consistency Reason                Active vlans",
           "--    ------------  ------ ----------- ------                ---------------", *_vpc_rows(s, vlans)] if bundles else []),
    )  # fmt: skip


def _vpc_rows(s: Switch, vlans: dict[str, tuple[int, ...]]) -> list[str]:
    rows: list[str] = []
    for lag in s.lags:
        if not lag.mlag_id:
            continue
        shown = ranges(vlans[lag.name]) if lag.up else "-"
        first, *rest = wrap(shown.split(","), 19, ",")
        rows.append(
            f"{lag.mlag_id:<5} {short(lag.name):<13} {'up' if lag.up else 'down*':<6} {'success':<11} {'success':<21} {first:<16}"
        )
        rows += [f"{'':<61}{more:<16}" for more in rest]
        rows += ["", ""]
    return rows


def show_spanning_tree_root(s: Switch, now: datetime) -> str:
    return lines(
        "",
        "                                        Root  Hello Max Fwd",
        "Vlan                   Root ID          Cost  Time  Age Dly  Root Port",
        "---------------- -------------------- ------- ----- --- ---  ----------------",
        (
            f"VLAN{t.vlan:04d}         {t.root_priority:>5} {dotted(t.root_mac)} {t.root_cost:>7}    2   20  15  "
            f"{t.root_port or 'This bridge is root':<16}"
            for t in s.stp
        ),
    )


def show_spanning_tree_summary(s: Switch, now: datetime) -> str:
    roots = ", ".join(f"VLAN{t.vlan:04d}" for t in s.stp if t.is_root)
    up = sum(p.oper_up and p.kind == "lag" for p in s.ports)
    return lines(
        "Switch is in rapid-pvst mode ",
        f"Root bridge for: {roots or 'none'}",
        "L2 Gateway STP                               is disabled",
        "Port Type Default                            is disable",
        f"Edge Port [PortFast] BPDU Guard Default      is {'enabled' if s.bpdu_guard else 'disabled'}",
        "Edge Port [PortFast] BPDU Filter Default     is disabled",
        "Bridge Assurance                             is enabled",
        "Loopguard Default                            is enabled",
        "Pathcost method used                         is long",
        "vPC peer-switch                              is disabled",
        "STP-Lite                                     is disabled",
        "",
        "Name                   Blocking Listening Learning Forwarding STP Active",
        "---------------------- -------- --------- -------- ---------- ----------",
        (f"VLAN{t.vlan:04d}                     0         0        0 {up:>10} {up:>10}" for t in s.stp),
        "---------------------- -------- --------- -------- ---------- ----------",
        f"{len(s.stp)} vlans                     0         0        0 {up * len(s.stp):>10} {up * len(s.stp):>10}",
    )


def _hsrp(s: Switch) -> list[tuple[Svi, Gateway]]:
    return [(v, v.gateway) for v in s.svis if v.gateway and v.gateway.protocol == "hsrp"]


def show_hsrp_brief(s: Switch, now: datetime) -> str:
    rows = []
    for svi, g in _hsrp(s):
        active = g.state == "active"
        rows.append(
            f"  {svi.name:<10} {g.group:<3} {g.priority:<4} P {g.state.title():<8} {'local' if active else g.other or 'unknown':<16} "
            f"{(g.other or 'unknown') if active else 'local':<16} {g.virtual_address:<16}  (conf)"
        )
    return lines(
        "*:IPv6 group   #:group belongs to a bundle",
        "                     P indicates configured to preempt.",
        "                     |",
        " Interface   Grp  Prio P State    Active addr      Standby addr     Group addr",
        rows,
    )


def show_hsrp_all(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    for svi, g in _hsrp(s):
        active = g.state == "active"
        other = f"{g.other} , priority {100 if active else 110} expires in 8.105000 sec(s)" if g.other else "unknown "
        rows += [
            f"{svi.name} - Group {g.group} (HSRP-V2) (IPv4)",
            f"  Local state is {g.state.title()}, priority {g.priority} (Cfged {g.priority}), may preempt",
            f"    Forwarding threshold(for vPC), lower: 0 upper: {g.priority} ",
            "  Hellotime 3 sec, holdtime 10 sec",
            "  Next hello sent in 1.259000 sec(s)",
            f"  Virtual IP address is {g.virtual_address} (Cfged)",
            f"  Active router is {'local' if active else other}",
            f"  Standby router is {other if active else 'local'}",
            '  Authentication text "cisco"',
            f"  Virtual mac address is {dotted(g.virtual_mac)} (Default MAC)",
            "  2 state changes, last state change 5w2d",
            f"  IP redundancy name is hsrp-{svi.name}-{g.group} (default)",
            "",
        ]
    return lines(rows)


def show_ntp_peer_status(s: Switch, now: datetime) -> str:
    return lines(
        f"Total peers : {len(s.ntp.peers)}",
        "* - selected for sync, + -  peer mode(active), ",
        "- - peer mode(passive), = - polled in client mode ",
        "    remote                                 local                                   st   poll   reach delay   vrf",
        "-" * 118,
        (
            f"{'*' if p.selected else '='}{p.address:<38} {'0.0.0.0':<38} {p.stratum if p.reachable else 16:>3} {64:>6} {377 if p.reachable else 0:>6}"
            f"  {p.delay_ms / 1000:.5f} management"
            for p in s.ntp.peers
        ),
    )


def show_ntp_status(s: Switch, now: datetime) -> str:
    return lines(
        "Distribution : Disabled",
        "Last operational state: No session",
    )


def show_ntp_peers(s: Switch, now: datetime) -> str:
    return lines(
        "-" * 50,
        "  Peer IP Address               Serv/Peer          ",
        "-" * 50,
        (f"  {p.address:<30}Server (configured)" for p in s.ntp.peers),
    )


def show_vrf(s: Switch, now: datetime) -> str:
    names = ["default", *(v.name for v in s.vrfs)]
    return lines(
        "VRF-Name                           VRF-ID State   Reason                        ",
        (
            f"{n:<34} {1 if n == 'default' else 2 if n == 'management' else 3 + i:>6} Up      --                            "
            for i, n in enumerate(names)
        ),
    )


def show_vrf_interface(s: Switch, now: datetime) -> str:
    inside = {i: v.name for v in s.vrfs for i in v.interfaces}
    number = {"default": 1, "management": 2}
    rows = [
        f"{p.name:<25} {inside.get(p.name, 'default'):<32} {number.get(inside.get(p.name, 'default'), 3):>6} --"
        for p in s.ports
        if p.address or p.name in inside
    ]
    return lines("Interface                 VRF-Name                        VRF-ID  Site-of-Origin", rows)


def show_vrf_detail(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    for i, (name, rd) in enumerate([("default", "0:0"), *((v.name, v.rd) for v in s.vrfs)], 1):
        rows += [
            f"VRF-Name: {name}, VRF-ID: {i}, State: Up",
            "    VPNID: unknown",
            f"    RD: {rd}",
            "    Max Routes: 0  Mid-Threshold: 0",
            f"    Table-ID: 0x8000000{i}, AF: IPv6, Fwd-ID: 0x8000000{i}, State: Up",
            f"    Table-ID: 0x0000000{i}, AF: IPv4, Fwd-ID: 0x0000000{i}, State: Up",
            "",
        ]
    return lines(rows)


def show_bgp_summary(s: Switch, now: datetime) -> str:
    return lines(_bgp(s.bgp, now)) if s.bgp else "Note: process currently not running"


def show_bgp_summary_all(s: Switch, now: datetime) -> str:
    if not s.bgp:
        return "Note: process currently not running"
    return lines("BGP summary information for VRF default, address family IPv4 Unicast", _bgp(s.bgp, now))


def _bgp(bgp: Bgp, now: datetime) -> list[str]:
    return [
        f"BGP router identifier {bgp.router_id}, local AS number {bgp.asn}",
        f"BGP table version is 5172, IPv4 Unicast config peers {len(bgp.peers)}, capable peers {sum(p.up for p in bgp.peers)}",
        "214 network entries and 428 paths using 102944 bytes of memory",
        "BGP attribute entries [12/4224], BGP AS path entries [3/18]",
        "BGP community entries [0/0], BGP clusterlist entries [0/0]",
        "",
        "Neighbor        V    AS    MsgRcvd    MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd",
        *(_bgp_peer(p, now) for p in bgp.peers),
    ]


def _bgp_peer(p: BgpPeer, now: datetime) -> str:
    state = str(p.prefixes) if p.up else p.state
    table = 5172 if p.up else 0
    return f"{p.address:<15} 4 {p.remote_as:>5} {48214:>10} {48101:>10} {table:>8}    0    0 {brief(now - p.since):>8} {state:<10}"


def show_logging_server(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    for host in s.logging_hosts:
        rows += [
            f"{{{host}}}",
            "        server severity:        notifications",
            "        server facility:        local7",
            "        server VRF:             management",
            "        server port:            514",
        ]
    return lines(f"Logging server:                 {'enabled' if rows else 'disabled'}", rows)


def show_logging(s: Switch, now: datetime) -> str:
    return lines(
        "",
        "Logging console:                enabled (Severity: critical)",
        "Logging monitor:                enabled (Severity: notifications)",
        "Logging linecard:               enabled (Severity: notifications)",
        "Logging timestamp:              Milliseconds",
        "Logging source-interface :      enabled (mgmt0)",
        "Logging rate-limit:             enabled",
        show_logging_server(s, now),
        "Logging logfile:                enabled",
        "        Name - messages: Severity - notifications Size - 4194304",
        "",
    )


def show_snmp_host(s: Switch, now: datetime) -> str:
    return lines(
        "-" * 67,
        "Host                            Port Version  Level  Type   SecName",
        "-" * 67,
        (
            f"{h.address:<31} 162  {'v3' if h.version == '3' else 'v2c':<8} {'priv' if h.version == '3' else 'noauth':<6} trap   {h.user}"
            for h in s.services.snmp_hosts
        ),
    )


def show_feature(s: Switch, now: datetime) -> str:
    on = {"bgp": s.bgp is not None, "hsrp_engine": bool(_hsrp(s)), "interface-vlan": True, "lacp": True, "lldp": True,
          "netflow": bool(s.flow_exporters), "nxapi": False, "scpServer": True, "sftpServer": False, "sshServer": True,
          "tacacs": s.aaa.central, "telnetServer": s.services.telnet, "vpc": s.pair is not None}  # fmt: skip
    return lines(
        "Feature Name          Instance  State   ",
        "--------------------  --------  --------",
        (f"{name:<22} 1          {'enabled' if state else 'disabled':<8}" for name, state in on.items()),
    )


def show_ssh_server(s: Switch, now: datetime) -> str:
    return f"ssh version 2 is {'enabled' if s.services.ssh else 'disabled'}"


def show_telnet_server(s: Switch, now: datetime) -> str:
    return f"telnet service {'enabled' if s.services.telnet else 'not enabled'}"


def show_ip_sla_summary(s: Switch, now: datetime) -> str:
    if not s.path_probes:
        return "                     ^\n% Invalid command at '^' marker."
    return lines(
        "IPSLAs Latest Operation Summary",
        "Codes: * active, ^ inactive, ~ pending",
        "ID         Type        Destination       Stats    Return      Last",
        "                                         (ms)     Code        Run",
        "-----------------------------------------------------------------------",
        (
            f"*{p.number:<9} {p.type:<11} {p.destination:<17} RTT={p.rtt_ms:<4} {'OK' if p.ok else 'Timeout':<11} 20 seconds ago"
            for p in s.path_probes
        ),
    )


def show_clock(s: Switch, now: datetime) -> str:
    return f"{now:%H:%M:%S}.{now.microsecond // 1000:03d} {clock(now + timedelta())[9:]}"


COMMANDS: Mapping[str, Reply] = {
    "show version": show_version,
    "show inventory": show_inventory,
    "show environment": show_environment,
    "show interface": show_interface,
    "show interface switchport": show_interface_switchport,
    "show interface status": show_interface_status,
    "show vlan": show_vlan,
    "show vlan brief": show_vlan_brief,
    "show lldp neighbors detail": show_lldp_neighbors_detail,
    "show cdp neighbors detail": show_cdp_neighbors_detail,
    "show port-channel summary": show_port_channel_summary,
    "show vpc": show_vpc,
    "show vpc brief": show_vpc,
    "show module": show_module,
    "show license usage": show_license_usage,
    "show ip route 0.0.0.0 vrf all": nxos_default,
    "show ip route summary vrf all": nxos_summary,
    "show spanning-tree": trees.nxos,
    "show spanning-tree root": show_spanning_tree_root,
    "show spanning-tree summary": show_spanning_tree_summary,
    "show hsrp brief": show_hsrp_brief,
    "show hsrp all": show_hsrp_all,
    "show ntp peer-status": show_ntp_peer_status,
    "show ntp peers": show_ntp_peers,
    "show ntp status": show_ntp_status,
    "show vrf": show_vrf,
    "show vrf detail": show_vrf_detail,
    "show vrf interface": show_vrf_interface,
    "show ip bgp summary": show_bgp_summary_all,
    "show bgp summary": show_bgp_summary_all,
    "show ip bgp summary vrf all": show_bgp_summary_all,
    "show bgp vrf all ipv4 unicast summary": show_bgp_summary_all,
    "show logging": show_logging,
    "show logging server": show_logging_server,
    "show snmp host": show_snmp_host,
    "show feature": show_feature,
    "show ssh server": show_ssh_server,
    "show telnet server": show_telnet_server,
    "show ip sla summary": show_ip_sla_summary,
    "show clock": show_clock,
    "show running-config": running_config,
    "show startup-config": startup_config,
}
