"""Cisco IOS and IOS-XE: what the show commands print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from tests.lab.build.network import short_name as short
from tests.lab.cli.ios_config import running_config, startup_config
from tests.lab.cli.ios_qos import show_policy_map_interface
from tests.lab.cli.routes import ios_default
from tests.lab.cli.text import WEEKS, G, M, brief, clock, dotted, lines, ranges, spell, wrap
from tests.lab.model import Neighbor, Port, Switch

Reply = Callable[[Switch, datetime], str]

_CODES = {"bridge": "B", "router": "R", "wlan_access_point": "W", "telephone": "T", "station": "S"}
_MED_NOTE = (
    "    MED Codes:",
    "          (NP) Network Policy, (LI) Location Identification",
    "          (PS) Power Source Entity, (PD) Power Device",
    "          (IN) Inventory",
)


def show_version(s: Switch, now: datetime) -> str:
    uptime = spell(int((now - s.booted_at).total_seconds()), WEEKS)
    ten = sum(p.name.startswith("TenGig") for p in s.ports)
    one = sum(p.name.startswith("GigabitEthernet") for p in s.ports)
    head = s.sys_descr.format(version=s.version).split("\r\n")
    if s.platform == "cisco_ios":
        return lines(
            head,
            "",
            "ROM: Bootstrap program is C2960X boot loader",
            "BOOTLDR: C2960X Boot Loader (C2960X-HBOOT-M) Version 15.2(7r)E2, RELEASE SOFTWARE (fc1)",
            "",
            f"{s.hostname} uptime is {uptime}",
            "System returned to ROM by power-on",
            f"System restarted at {clock(s.booted_at)}",
            f'System image file is "flash:/c2960x-universalk9-mz.{s.version.replace("(", "-").replace(")", ".")}.bin"',
            "Last reload reason: power-on",
            "",
            "",
            _export_note(),
            "",
            f"cisco {s.model} (APM86XXX) processor (revision A0) with 524288K bytes of memory.",
            f"Processor board ID {s.serial}",
            "Last reset from power-on",
            f"{len(s.svis)} Virtual Ethernet interface",
            "1 FastEthernet interface",
            f"{one} Gigabit Ethernet interfaces",
            f"{ten} Ten Gigabit Ethernet interfaces",
            "The password-recovery mechanism is enabled.",
            "",
            "512K bytes of flash-simulated non-volatile configuration memory.",
            f"Base ethernet MAC Address       : {s.mac.upper()}",
            "Motherboard assembly number     : 73-16692-08",
            "Model revision number           : A0",
            "Motherboard revision number     : A0",
            f"Model number                    : {s.model}",
            f"System serial number            : {s.serial}",
            "",
            "",
            _switch_table(s),
            "",
            "",
            "Configuration register is 0xF",
        )
    return lines(
        f"Cisco IOS XE Software, Version {'.'.join(f'{int(p):02d}' for p in s.version.split('.'))}",
        head,
        "",
        "",
        "Cisco IOS-XE software, Copyright (c) 2005-2024 by cisco Systems, Inc.",
        "All rights reserved.",
        "",
        "",
        "ROM: IOS-XE ROMMON",
        "BOOTLDR: System Bootstrap, Version 17.12.1r, RELEASE SOFTWARE (P)",
        "",
        f"{s.hostname} uptime is {uptime}",
        f"Uptime for this control processor is {uptime}",
        "System returned to ROM by Reload Command",
        f"System restarted at {clock(s.booted_at)}",
        'System image file is "flash:packages.conf"',
        "Last reload reason: Reload Command",
        "",
        "",
        "",
        _export_note(),
        "",
        "",
        "Technology Package License Information: ",
        "",
        "------------------------------------------------------------------------------",
        "Technology-package                                     Technology-package",
        "Current                        Type                       Next reboot  ",
        "------------------------------------------------------------------------------",
        "network-advantage   \tSmart License                 \t network-advantage   ",
        "dna-advantage       \tSubscription Smart License    \t dna-advantage       ",
        "",
        "",
        "Smart Licensing Status: Smart Licensing Using Policy",
        "",
        f"cisco {s.model} (X86) processor with 1333273K/6147K bytes of memory.",
        f"Processor board ID {s.serial}",
        f"{len(s.svis)} Virtual Ethernet interface",
        f"{one} Gigabit Ethernet interfaces",
        f"{ten} Ten Gigabit Ethernet interfaces",
        "2048K bytes of non-volatile configuration memory.",
        "8388608K bytes of physical memory.",
        "1638400K bytes of Crash Files at crashinfo:.",
        "11264000K bytes of Flash at flash:.",
        "",
        f"Base Ethernet MAC Address          : {s.mac}",
        "Motherboard Assembly Number        : 73-17956-06",
        f"Motherboard Serial Number          : {s.serial}",
        "Model Revision Number              : P0",
        "Motherboard Revision Number        : A0",
        f"Model Number                       : {s.model}",
        f"System Serial Number               : {s.serial}",
        "CLEI Code Number                   : INM1K00ARA",
        "",
        "",
        _switch_table(s),
        "",
        _other_members(s, uptime),
        "Configuration register is 0x102",
    )


def _export_note() -> str:
    return lines(
        "This product contains cryptographic features and is subject to United",
        "States and local country laws governing import, export, transfer and",
        "use.",
    )


def _switch_table(s: Switch) -> list[str]:
    image = s.image
    mode = "INSTALL" if s.platform == "cisco_xe" else ""
    rows = ["Switch Ports Model              SW Version        SW Image              Mode   "]
    rows.append("------ ----- -----              ----------        ----------            ----   ")
    for m in s.stack:
        count = sum(p.member == m.number and p.kind == "ethernet" for p in s.ports)
        mark = "*" if m.number == 1 else " "
        rows.append(f"{mark}{m.number:>5} {count:<5} {m.model:<18} {s.version:<17} {image:<21} {mode:<7}")
    return rows


def _other_members(s: Switch, uptime: str) -> list[str]:
    rows: list[str] = []
    for m in s.stack[1:]:
        rows += [
            "",
            f"Switch {m.number:02d}",
            "---------",
            f"Switch uptime                      : {uptime} ",
            "",
            f"Base Ethernet MAC Address          : {m.mac}",
            "Motherboard Assembly Number        : 73-17956-06",
            f"Motherboard Serial Number          : {m.serial}",
            "Model Revision Number              : P0",
            "Motherboard Revision Number        : A0",
            f"Model Number                       : {m.model}",
            f"System Serial Number               : {m.serial}",
            "",
        ]
    return rows


def show_inventory(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    for c in s.components:
        if c.cls == "fan" or (c.cls == "psu" and not c.model):
            continue
        rows += [
            f'NAME: "{c.name}", DESCR: "{c.description}"',
            f"PID: {c.model:<18}, VID: V02  , SN: {c.serial}",
            "",
        ]
    for p in s.ports:
        if p.kind == "ethernet" and p.name.startswith("Ten") and p.neighbors:
            serial = "ACW" + p.mac.replace(":", "").upper()[-8:]
            rows += [
                f'NAME: "{p.name}", DESCR: "SFP-10GBase-SR"',
                f"PID: SFP-10G-SR          , VID: V03  , SN: {serial}",
                "",
            ]
    return lines(rows)


def show_interfaces(s: Switch, now: datetime) -> str:
    order = {"vlan": 0, "management": 1, "ethernet": 2, "lag": 3, "loopback": 4}
    return lines(*(_interface(s, p) for p in sorted(s.ports, key=lambda p: order[p.kind])))


def _interface(s: Switch, p: Port) -> list[str]:
    if not p.admin_up:
        state = "administratively down, line protocol is down"
    else:
        state = "up, line protocol is up" if p.oper_up else "down, line protocol is down"
    bracket = " (connected)" if p.oper_up else " (notconnect)" if p.admin_up else " (disabled)"
    hardware = {
        "vlan": "Ethernet SVI", "lag": "EtherChannel", "loopback": "Loopback",
        "management": "RP management port" if s.platform == "cisco_xe" else "PowerPC FastEthernet",
    }.get(p.kind, "Gigabit Ethernet" if p.name.startswith("Gig") else "Ten Gigabit Ethernet")  # fmt: skip
    if p.kind in ("vlan", "management", "loopback"):
        bracket = " , Autostate Enabled" if p.kind == "vlan" else ""
    rows = [f"{p.name} is {state}{bracket}"]
    rows.append(
        f"  Hardware is {hardware}, address is {dotted(p.mac)} (bia {dotted(p.mac)})"
        if p.mac
        else f"  Hardware is {hardware}"
    )
    if p.description:
        rows.append(f"  Description: {p.description}")
    if p.address:
        rows.append(f"  Internet address is {p.address}/{p.prefix}")
    rows += [
        f"  MTU {p.mtu} bytes, BW {p.speed_bps // 1000} Kbit/sec, DLY {10 if p.speed_bps < 10 * G else 1}0 usec, ",
        "     reliability 255/255, txload 1/255, rxload 1/255",
        f"  Encapsulation {'LOOPBACK' if p.kind == 'loopback' else 'ARPA'}, loopback not set",
        "  Keepalive not supported " if p.kind in ("vlan", "loopback") else "  Keepalive set (10 sec)",
    ]
    if p.kind in ("ethernet", "lag"):
        speed = _speed(p)
        duplex = "Full-duplex" if p.oper_up else "Auto-duplex"
        media = f", media type is {p.media}" if p.media else ", media type is N/A"
        rows.append(f"  {duplex}, {speed}, link type is auto{media}")
        rows.append("  input flow-control is off, output flow-control is unsupported ")
    if p.kind == "lag":
        lag = next(lag for lag in s.lags if lag.name == p.name)
        rows.append("  Members in this channel: " + " ".join(short(m) for m in lag.bundled) + " ")
    if p.kind != "loopback":
        rows.append("  ARP type: ARPA, ARP Timeout 04:00:00")
    c = p.counters
    rows += [
        f"  Last input {'00:00:00' if p.oper_up else 'never'}, output {'00:00:01' if p.oper_up else 'never'}, output hang never",
        '  Last clearing of "show interface" counters never',
        "  Input queue: 0/2000/0/0 (size/max/drops/flushes); Total output drops: 0",
        "  Queueing strategy: fifo",
        "  Output queue: 0/40 (size/max)",
        f"  5 minute input rate {c.in_packets % 90000 * 1000} bits/sec, {c.in_packets % 900} packets/sec",
        f"  5 minute output rate {c.out_packets % 90000 * 1000} bits/sec, {c.out_packets % 900} packets/sec",
        f"     {c.in_packets} packets input, {c.in_octets} bytes, 0 no buffer",
        f"     Received {c.in_packets // 90} broadcasts ({c.in_packets // 95} multicasts)",
        "     0 runts, 0 giants, 0 throttles ",
        f"     {c.in_errors} input errors, {c.in_errors} CRC, 0 frame, 0 overrun, 0 ignored",
        f"     0 watchdog, {c.in_packets // 95} multicast, 0 pause input",
        "     0 input packets with dribble condition detected",
        f"     {c.out_packets} packets output, {c.out_octets} bytes, 0 underruns",
        f"     {c.out_errors} output errors, 0 collisions, 1 interface resets",
        "     0 unknown protocol drops",
        "     0 babbles, 0 late collision, 0 deferred",
        "     0 lost carrier, 0 no carrier, 0 pause output",
        "     0 output buffer failures, 0 output buffers swapped out",
    ]
    return rows


def _speed(p: Port) -> str:
    if not p.oper_up:
        return "Auto-speed"
    return f"{p.speed_bps // G}Gb/s" if p.speed_bps >= 10 * G else f"{p.speed_bps // M}Mb/s"


def show_interfaces_switchport(s: Switch, now: datetime) -> str:
    names = {v.id: v.name for v in s.vlans}
    rows: list[str] = []
    for p in s.ports:
        if p.kind not in ("ethernet", "lag") or p.mode == "routed":
            continue
        trunk = p.mode == "trunk"
        vlan = p.access_vlan if not trunk else 1
        operational = "down" if not p.oper_up else "trunk" if trunk else "static access"
        if p.lag and p.oper_up:
            operational += f" (member of bundle {short(p.lag)})"
        voice = f"{p.voice_vlan} ({names.get(p.voice_vlan, 'Inactive')})" if p.voice_vlan else "none"
        rows += [
            f"Name: {short(p.name)}",
            "Switchport: Enabled",
            f"Administrative Mode: {'trunk' if trunk else 'static access'}",
            f"Operational Mode: {operational}",
            "Administrative Trunking Encapsulation: dot1q",
            *([f"Operational Trunking Encapsulation: {'dot1q' if trunk else 'native'}"] if p.oper_up else []),
            f"Negotiation of Trunking: {'On' if trunk else 'Off'}",
            f"Access Mode VLAN: {vlan} ({names.get(vlan, 'Inactive')})",
            f"Trunking Native Mode VLAN: {p.native_vlan} ({names.get(p.native_vlan, 'Inactive')})",
            "Administrative Native VLAN tagging: enabled",
            f"Voice VLAN: {voice}",
            "Administrative private-vlan host-association: none ",
            "Administrative private-vlan mapping: none ",
            "Administrative private-vlan trunk native VLAN: none",
            "Administrative private-vlan trunk Native VLAN tagging: enabled",
            "Administrative private-vlan trunk encapsulation: dot1q",
            "Administrative private-vlan trunk normal VLANs: none",
            "Administrative private-vlan trunk associations: none",
            "Administrative private-vlan trunk mappings: none",
            "Operational private-vlan: none",
            f"Trunking VLANs Enabled: {ranges(p.trunk_vlans) if trunk else 'ALL'}",
            "Pruning VLANs Enabled: 2-1001",
            "Capture Mode Disabled",
            "Capture VLANs Allowed: ALL",
            "",
            "Protected: false",
            "Unknown unicast blocked: disabled",
            "Unknown multicast blocked: disabled",
            "Appliance trust: none",
            "",
        ]
    return lines(rows)


def show_interfaces_status(s: Switch, now: datetime) -> str:
    rows = ["", "Port         Name               Status       Vlan       Duplex  Speed Type "]
    for p in s.ports:
        if p.kind not in ("ethernet", "lag"):
            continue
        state = "connected" if p.oper_up else "notconnect" if p.admin_up else "disabled"
        vlan = "trunk" if p.mode == "trunk" else "routed" if p.mode == "routed" else str(p.access_vlan)
        duplex = "a-full" if p.oper_up else "auto"
        speed = (
            "auto" if not p.oper_up else f"a-{p.speed_bps // G}G" if p.speed_bps >= 10 * G else f"a-{p.speed_bps // M}"
        )
        media = p.media if p.kind == "ethernet" else "N/A"
        rows.append(
            f"{short(p.name):<12} {p.description[:18]:<18} {state:<12} {vlan:<10} {duplex:>6} {speed:>6} {media}"
        )
    return lines(rows)


def _vlan_rows(s: Switch) -> list[str]:
    rows = ["", "VLAN Name                             Status    Ports", f"{'-' * 4} {'-' * 32} {'-' * 9} {'-' * 31}"]
    for v in s.vlans:
        ports = [
            short(p.name) for p in s.ports if p.kind == "ethernet" and p.mode == "access" and p.access_vlan == v.id
        ]
        first, *rest = wrap(ports, 31)
        rows.append(f"{v.id:<4} {v.name:<32} {'active' if v.active else 'act/lshut':<9} {first}")
        rows += [f"{'':<48}{more}" for more in rest]
    for number, name in (
        (1002, "fddi-default"),
        (1003, "token-ring-default"),
        (1004, "fddinet-default"),
        (1005, "trnet-default"),
    ):
        rows.append(f"{number:<4} {name:<32} act/unsup ")
    return rows


def show_vlan_brief(s: Switch, now: datetime) -> str:
    return lines(_vlan_rows(s))


def show_vlan(s: Switch, now: datetime) -> str:
    kinds = [(v.id, "enet", "-") for v in s.vlans]
    kinds += [(1002, "fddi", "-"), (1003, "tr", "-"), (1004, "fdnet", "ieee"), (1005, "trnet", "ibm")]
    return lines(
        _vlan_rows(s),
        "",
        "VLAN Type  SAID       MTU   Parent RingNo BridgeNo Stp  BrdgMode Trans1 Trans2",
        "---- ----- ---------- ----- ------ ------ -------- ---- -------- ------ ------",
        (
            f"{i:<4} {t:<5} {100000 + i:<10} 1500  -      -      -        {stp:<4} -        0      0   "
            for i, t, stp in kinds
        ),
        "",
        "Remote SPAN VLANs",
        "------------------------------------------------------------------------------",
        "",
        "",
        "Primary Secondary Type              Ports",
        "------- --------- ----------------- ------------------------------------------",
        "",
    )


def show_lldp_neighbors_detail(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    count = 0
    for p in s.ports:
        for n in p.neighbors:
            if "lldp" in n.protocols:
                rows += _lldp(s, p, n)
                count += 1
    return lines(rows, "", f"Total entries displayed: {count}", "")


def _lldp(s: Switch, p: Port, n: Neighbor) -> list[str]:
    codes = ",".join(_CODES[c] for c in n.capabilities)
    phone = n.kind == "phone"
    rows = [
        "------------------------------------------------",
        f"Local Intf: {short(p.name)}",
        *([] if s.platform == "cisco_ios" else ["Local Intf service instance: -"]),
        f"Chassis id: {n.chassis if phone else dotted(n.chassis)}",
        f"Port id: {n.port_id}",
        f"Port Description: {n.port_description}" if n.port_description else "Port Description - not advertised",
        f"System Name: {n.name}",
        "",
        "System Description: ",
        *n.description.split("\r\n"),
        "",
        "Time remaining: 99 seconds",
        f"System Capabilities: {codes}",
        f"Enabled Capabilities: {codes}",
        "Management Addresses:",
        f"    IP: {n.address}",
        "Auto Negotiation - supported, enabled" if p.speed_bps <= G else "Auto Negotiation - not supported",
        "Physical media capabilities:",
        *(["    1000baseT(FD)", "    100base-TX(FD)"] if p.speed_bps <= G else ["    Other/unknown"]),
        "Media Attachment Unit type: 30" if p.speed_bps <= G else "Media Attachment Unit type - not advertised",
        f"Vlan ID: {p.access_vlan}" if phone or n.kind == "switch" else "Vlan ID: - not advertised",
    ]
    if p.poe_w and not phone:
        rows += [
            "PoE+ Power-via-MDI TLV:", " Power Pair: Signal", f" Power Class: Class {p.poe_class}",
            " Power Device Type: Type 2 PD", " Power Source: PSE", " Power Priority: low",
            f" Power Requested: {int(p.poe_w * 1000)} mW", f" Power Allocated: {int(p.poe_w * 1000)} mW", "",
        ]  # fmt: skip
    if s.platform == "cisco_xe":
        rows.append(f"Peer Source MAC: {dotted(p.host_mac if phone else n.chassis)}")
    if phone:
        rows += ["", "MED Information:", "", *_MED_NOTE, "", *_med(p, n)]
    rows += ["", ""]
    return rows


def _med(p: Port, n: Neighbor) -> list[str]:
    return [
        "    H/W revision: 4",
        "    F/W revision: sb2-8845-1-7",
        f"    S/W revision: {n.version}",
        f"    Serial number: {n.med_serial}",
        f"    Manufacturer: {n.med_manufacturer}",
        f"    Model: {n.med_model}",
        "    Capabilities: NP, PD, IN",
        "    Device type: Endpoint Class III",
        f"    Network Policy(Voice): VLAN {p.voice_vlan}, tagged, Layer-2 priority: 5, DSCP: 46",
        f"    Network Policy(Voice Signal): VLAN {p.voice_vlan}, tagged, Layer-2 priority: 4, DSCP: 32",
        f"    PD device, Power source: PSE, Power Priority: High, Wattage: {p.poe_w or 0.0}",
        "    Location - not advertised",
    ]


def show_cdp_neighbors_detail(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    count = 0
    words = {"bridge": "Switch", "router": "Router", "telephone": "Phone", "wlan_access_point": "Trans-Bridge"}
    for p in s.ports:
        for n in p.neighbors:
            if "cdp" not in n.protocols:
                continue
            count += 1
            kinds = " ".join(words[c] for c in n.capabilities if c in words)
            kinds += " IGMP" if n.kind in ("switch", "router") else ""
            if n.kind == "phone":
                kinds = "Host Phone Two-port Mac Relay"
            rows += [
                "-------------------------",
                f"Device ID: {n.name}",
                "Entry address(es): ",
                f"  IP address: {n.address}",
                f"Platform: {n.platform},  Capabilities: {kinds} ",
                f"Interface: {p.name},  Port ID (outgoing port): {_cdp_port(n)}",
                "Holdtime : 143 sec",
                "",
                "Version :",
                n.version,
                "",
                "advertisement version: 2",
                f"Duplex: {p.duplex}",
                *([f"Power drawn: {p.poe_w:.3f} Watts"] if p.poe_w else []),
                "Management address(es): ",
                f"  IP address: {n.address}",
                "",
            ]
    return lines("" if rows else [], rows, "", f"Total cdp entries displayed : {count}")


def _cdp_port(n: Neighbor) -> str:
    return "Port 1" if n.kind == "phone" else n.port_description if n.kind == "router" else n.port_id


def show_etherchannel_summary(s: Switch, now: datetime) -> str:
    rows = []
    for lag in s.lags:
        members = [f"{short(m)}({'P' if m in lag.bundled else 'D'})" for m in lag.members]
        name = f"Po{lag.number}({'SU' if lag.up else 'SD'})"
        first, *rest = [members[i : i + 3] for i in range(0, len(members), 3)] or [[]]
        rows.append(f"{lag.number:<7}{name:<16}{lag.protocol.upper():<10}" + "".join(f"{m:<15} " for m in first))
        rows += [" " * 33 + "".join(f"{m:<15} " for m in more) for more in rest]
    return lines(
        "Flags:  D - down        P - bundled in port-channel",
        "        I - stand-alone s - suspended",
        "        H - Hot-standby (LACP only)",
        "        R - Layer3      S - Layer2",
        "        U - in use      f - failed to allocate aggregator",
        "",
        "        M - not in use, minimum links not met",
        "        u - unsuitable for bundling",
        "        w - waiting to be aggregated",
        "        d - default port",
        "",
        "        A - formed by Auto LAG",
        "",
        "",
        f"Number of channel-groups in use: {len(s.lags)}",
        f"Number of aggregators:           {len(s.lags)}",
        "",
        *(
            ["Group  Port-channel  Protocol    Ports", "------+-------------+-----------+" + "-" * 47, *rows]
            if rows
            else []
        ),
        "",
    )


def show_spanning_tree_root(s: Switch, now: datetime) -> str:
    rows = [
        f"VLAN{t.vlan:04d}         {t.root_priority:>5} {dotted(t.root_mac)} {t.root_cost:>9} {2:>5} {20:>3} {15:>3}  "
        f"{short(t.root_port) if t.root_port else '':<18}"
        for t in s.stp
    ]
    return lines(
        "",
        "                                        Root    Hello Max Fwd",
        "Vlan                   Root ID          Cost    Time  Age Dly  Root Port",
        "---------------- -------------------- --------- ----- --- ---  ------------",
        rows,
    )


def show_spanning_tree_summary(s: Switch, now: datetime) -> str:
    roots = [f"VLAN{t.vlan:04d}" for t in s.stp if t.is_root]
    up = sum(p.oper_up and p.kind in ("ethernet", "lag") and not p.lag for p in s.ports)
    guard = "enabled" if s.bpdu_guard else "disabled"
    rows = [f"VLAN{t.vlan:04d}                     0         0        0          {up:>5} {up:>10}" for t in s.stp]
    return lines(
        "Switch is in rapid-pvst mode",
        f"Root bridge for: {', '.join(roots) if roots else 'none'}",
        "Extended system ID                      is enabled",
        f"Portfast Default                        is {'edge' if s.platform == 'cisco_xe' else 'enabled'}",
        f"Portfast Edge BPDU Guard Default        is {guard}"
        if s.platform == "cisco_xe"
        else f"PortFast BPDU Guard Default             is {guard}",
        "Portfast Edge BPDU Filter Default       is disabled",
        "Loopguard Default                       is enabled",
        "PVST Simulation Default                 is enabled but inactive in rapid-pvst mode",
        "Bridge Assurance                        is enabled",
        "EtherChannel misconfig guard            is enabled",
        "Configured Pathcost method used is short",
        "UplinkFast                              is disabled",
        "BackboneFast                            is disabled",
        "",
        "Name                   Blocking Listening Learning Forwarding STP Active",
        "---------------------- -------- --------- -------- ---------- ----------",
        rows,
        "---------------------- -------- --------- -------- ---------- ----------",
        f"{len(rows)} vlans{' ' * 16}0         0        0 {up * len(rows):>14} {up * len(rows):>10}",
        "",
    )


def show_standby_brief(s: Switch, now: datetime) -> str:
    rows = []
    for svi in s.svis:
        g = svi.gateway
        if g is None or g.protocol != "hsrp":
            continue
        active = g.state == "active"
        rows.append(
            f"{short(svi.name):<11} {g.group:<4} {g.priority:<3} P {g.state.title():<7} "
            f"{'local' if active else g.other or 'unknown':<15} {(g.other or 'unknown') if active else 'local':<15} {g.virtual_address}"
        )
    return lines(
        "                     P indicates configured to preempt.",
        "                     |",
        "Interface   Grp  Pri P State   Active          Standby         Virtual IP",
        rows,
    )


def show_switch(s: Switch, now: datetime) -> str:
    rows = [
        f"{'*' if m.number == 1 else ' '}{m.number:<4}    {m.role:<9}{dotted(m.mac)}     {m.priority:<6} V02     {m.state:<21}"
        for m in s.stack
    ]
    return lines(
        f"Switch/Stack Mac Address : {dotted(s.mac)} - Local Mac Address",
        "Mac persistency wait time: Indefinite",
        "                                             H/W   Current",
        "Switch#   Role    Mac Address     Priority Version  State ",
        "-------------------------------------------------------------------------------------",
        rows,
        "",
    )


def show_redundancy(s: Switch, now: datetime) -> str:
    duplex = len(s.stack) > 1 and bool(s.pair and s.pair.peer_ok)
    uptime = spell(int((now - s.booted_at).total_seconds()), WEEKS)
    image = s.sys_descr.split("\r\n")
    peer = (
        [
            "Peer Processor Information :",
            "----------------------------",
            "               Standby Location = slot 2",
            "        Current Software state = STANDBY HOT ",
            f"       Uptime in current state = {uptime}",
            f"                 Image Version = {image[0]}",
            *image[1:],
            "                          BOOT = flash:packages.conf;",
            "        Configuration register = 0x102",
        ]
        if duplex
        else ["Peer (slot: 0) information is not available because it is in 'DISABLED' state"]
    )
    return lines(
        "Redundant System Information :",
        "------------------------------",
        f"       Available system uptime = {uptime}",
        "Switchovers system experienced = 0",
        "              Standby failures = 0",
        "        Last switchover reason = none",
        "",
        f"                 Hardware Mode = {'Duplex' if duplex else 'Simplex'}",
        f"    Configured Redundancy Mode = {'sso' if len(s.stack) > 1 else 'Non-redundant'}",
        f"     Operating Redundancy Mode = {'sso' if duplex else 'Non-redundant'}",
        "              Maintenance Mode = Disabled",
        f"                Communications = {'Up' if duplex else 'Down      Reason: Failure'}",
        "",
        "Current Processor Information :",
        "-------------------------------",
        "               Active Location = slot 1",
        "        Current Software state = ACTIVE",
        f"       Uptime in current state = {uptime}",
        f"                 Image Version = {image[0]}",
        image[1:],
        "                          BOOT = flash:packages.conf;",
        "        Configuration register = 0x102",
        "",
        peer,
    )


def show_ntp_status(s: Switch, now: datetime) -> str:
    r = s.ntp.reference
    if r is None:
        head = ["Clock is unsynchronized, stratum 16, no reference clock"]
    else:
        head = [f"Clock is synchronized, stratum {r.stratum + 1}, reference is {r.address}    "]
    state = "'CTRL' (Normal Controlled Loop)" if r else "'FSET' (Drift set from file)"
    return lines(
        head,
        "nominal freq is 250.0000 Hz, actual freq is 249.9995 Hz, precision is 2**10",
        f"ntp uptime is {int((now - s.booted_at).total_seconds()) * 100} (1/100 of seconds), resolution is 4016",
        f"reference time is EC{int(now.timestamp()) & 0xFFFFFF:06X}.51EB8760 ({clock(now)})"
        if r else "reference time is 00000000.00000000 (00:00:00.000 UTC Mon Jan 1 1900)",
        f"clock offset is {r.offset_ms if r else 0.0:.4f} msec, root delay is {r.delay_ms if r else 0.0:.2f} msec",
        f"root dispersion is {9.21 if r else 15.94} msec, peer dispersion is {1.09 if r else 0.0:.2f} msec",
        f"loopfilter state is {state}, drift is 0.000001915 s/s",
        f"system poll interval is 1024, {'last update was 463 sec ago.' if r else 'never updated.'}",
    )  # fmt: skip


def show_ntp_associations(s: Switch, now: datetime) -> str:
    rows = [
        f"{'*' if p.selected else '+' if p.reachable else ' '}~{p.address:<16}{p.reference if p.reachable else '.INIT.':<16}"
        f"{p.stratum if p.reachable else 16:>2} {463:>6} {1024:>6} {377 if p.reachable else 0:>5} {p.delay_ms:>6.3f} "
        f"{p.offset_ms:>7.3f} {1.092:>6.3f}"
        for p in s.ntp.peers
    ]
    return lines(
        "",
        "  address         ref clock       st   when   poll reach  delay  offset   disp",
        rows,
        " * sys.peer, # selected, + candidate, - outlyer, x falseticker, ~ configured",
    )


def show_environment_power_all(s: Switch, now: datetime) -> str:
    rows = []
    for m in s.stack:
        supplies = [c for c in s.components if c.cls == "psu" and c.member == m.number]
        if not supplies:
            rows.append(f" {m.number}  Built-in                                         Good")
        for letter, c in zip("AB", supplies, strict=False):
            state, good = ("OK", "Good") if c.ok else ("No Input Power", "Bad")
            rows.append(
                f"{m.number}{letter}  {c.model:<18}  {c.serial:<10}  {state:<15} {good:<7}  {good:<7}  {c.watts}"
            )
    return lines(
        "SW  PID                 Serial#     Status           Sys Pwr  PoE Pwr  Watts",
        "--  ------------------  ----------  ---------------  -------  -------  -----",
        rows,
        "",
    )


def show_environment_temperature(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    for m in s.stack:
        mine = [x for x in s.sensors if f"Switch {m.number} " in x.name or f"SW#{m.number}," in x.name]
        for x, word in zip(mine, ("Inlet", "Hotspot"), strict=False):
            if word == "Inlet":
                rows.append(f"Switch {m.number}: SYSTEM TEMPERATURE is {'OK' if x.ok else 'NOT OK'}")
            rows += [
                f"{word} Temperature Value: {x.celsius:.0f} Degree Celsius",
                f"Temperature State: {'GREEN' if x.ok else 'YELLOW'}",
                f"Yellow Threshold : {x.warn:.0f} Degree Celsius",
                f"Red Threshold    : {x.critical:.0f} Degree Celsius",
                "",
            ]
    return lines(rows)


def show_environment_fan(s: Switch, now: datetime) -> str:
    rows = [
        f"  {c.member}     {c.name[-1]}   14240   {'OK' if c.ok else 'FAILED':<15}Front to Back"
        for c in s.components
        if c.cls == "fan"
    ]
    return lines("Switch   FAN     Speed   State   Airflow direction", "-" * 51, rows)


def show_power_inline(s: Switch, now: datetime) -> str:
    if not s.poe:
        return "% Invalid input detected at '^' marker."
    rows = []
    for p in s.ports:
        if p.poe_w is None:
            continue
        if p.poe_w and p.oper_up:
            rows.append(
                f"{short(p.name):<9} auto   on         {p.poe_w:<7.1f} {p.poe_device:<19} {p.poe_class:<5} 30.0 "
            )
        else:
            rows.append(f"{short(p.name):<9} auto   off        0.0     n/a                 n/a   30.0 ")
    return lines(
        "",
        "Module   Available     Used     Remaining",
        "          (Watts)     (Watts)    (Watts) ",
        "------   ---------   --------   ---------",
        (f"{b.member:<11}{b.available_w:>6.1f}{b.used_w:>11.1f}{b.available_w - b.used_w:>12.1f}" for b in s.poe),
        "Interface Admin  Oper       Power   Device              Class Max",
        "                            (Watts)                            ",
        "--------- ------ ---------- ------- ------------------- ----- ----",
        rows,
        "",
    )


def show_vrf(s: Switch, now: datetime) -> str:
    rows = ["  Name                             Default RD            Protocols   Interfaces"]
    if s.platform == "cisco_xe":
        rows.append(f"  {'Mgmt-vrf':<32} {'<not set>':<21} {'ipv4,ipv6':<11} Gi0/0")
    for v in s.vrfs:
        first, *rest = [short(i) for i in v.interfaces] or [""]
        rows.append(f"  {v.name:<32} {v.rd:<21} {'ipv4':<11} {first}")
        rows += [" " * 69 + more for more in rest]
    return lines(rows)


def show_ip_bgp_summary(s: Switch, now: datetime) -> str:
    if s.bgp is None:
        return "% BGP not active"
    rows = []
    for p in s.bgp.peers:
        tail = f"{p.prefixes:>8}" if p.up else f" {p.state}"
        rows.append(
            f"{p.address:<15} 4 {p.remote_as:>12} {48211:>7} {48034:>7} {991:>8}    0    0 {brief(now - p.since):>8} {tail}"
        )
    return lines(
        f"BGP router identifier {s.bgp.router_id}, local AS number {s.bgp.asn}",
        "BGP table version is 991, main routing table version 991",
        "",
        "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd",
        rows,
    )


def show_authentication_sessions(s: Switch, now: datetime) -> str:
    found = [(p, a) for p in s.ports for a in p.sessions]
    if not found:
        if s.platform == "cisco_xe":
            return "No sessions match supplied criteria."
        return "No Auth Manager contexts currently exist"
    session = "0A6302" + s.mac.replace(":", "").upper()[-6:]
    rows = [
        f"{short(p.name):<24} {dotted(a.mac)} {a.method:<7} {a.domain:<7} {'Auth' if a.authorised else 'Unauth':<11} {session}{i:08X}FF"
        for i, (p, a) in enumerate(found)
    ]
    return lines(
        "Interface                MAC Address    Method  Domain  Status Fg  Session ID",
        "-" * 92,
        rows,
        "",
        f"Session count = {len(found)}",
        "",
        "Key to Session Events Blocked Status Flags:",
        "",
        "  A - Applying Policy (multi-line status for details)",
        "  D - Awaiting Deletion",
        "  F - Final Removal in progress",
        "  I - Awaiting IIF ID allocation",
        "  P - Pushed Session",
        "  R - Removing User Profile (multi-line status for details)",
        "  U - Applying User Profile (multi-line status for details)",
        "  X - Unknown Blocker",
        "",
    )


def show_authentication_sessions_details(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    session = "0A6302" + s.mac.replace(":", "").upper()[-6:]
    for i, (p, a) in enumerate([(port, a) for port in s.ports for a in port.sessions]):
        rows += [
            f"            Interface:  {p.name}",
            f"               IIF-ID:  0x{p.index:08X}",
            f"          MAC Address:  {dotted(a.mac)}",
            "         IPv6 Address:  Unknown",
            f"         IPv4 Address:  {a.address or 'Unknown'}",
            f"            User-Name:  {a.user}",
            f"          Device-type:  {'Cisco-IP-Phone-8845' if a.domain == 'VOICE' else 'Un-Classified Device'}",
            f"               Status:  {'Authorized' if a.authorised else 'Unauthorized'}",
            f"               Domain:  {a.domain}",
            "       Oper host mode:  multi-auth",
            "     Oper control dir:  both",
            f"    Common Session ID:  {session}{i:08X}FF",
            "       Current Policy:  HOSP-DOT1X",
            "",
            "",
            "Server Policies:",
            *([f"           Vlan Group:  Vlan: {a.vlan}"] if a.vlan else []),
            "",
            "",
            "Method status list:",
            "       Method           State",
            f"       {a.method:<16} {'Authc Success' if a.authorised else 'Authc Failed'}",
            "",
            "-" * 40,
        ]
    return lines(rows or [show_authentication_sessions(s, now)])


def show_archive(s: Switch, now: datetime) -> str:
    if not s.archive:
        return " Archive feature not enabled"
    path = s.archive.replace("$h", s.hostname)
    return lines(
        "The maximum archive configurations allowed is 10.",
        "There are currently 3 archive configurations saved.",
        f"The next archive file will be named {path}-<timestamp>-4",
        " Archive #  Name",
        (f"   {i:<9}{path}-Nov--{i:02d}-02-00-00.000-UTC-{i}{' <- Most Recent' if i == 3 else ' '}" for i in (1, 2, 3)),
        (f"   {i:<9}" for i in range(4, 11)),
    )


def show_ip_dhcp_snooping(s: Switch, now: datetime) -> str:
    on = s.dhcp_snooping
    trusted = [p for p in s.ports if p.mode == "trunk"] if on else []
    return lines(
        f"Switch DHCP snooping is {'enabled' if on else 'disabled'}",
        "Switch DHCP gleaning is disabled",
        "DHCP snooping is configured on following VLANs:",
        ranges(s.dhcp_snooping_vlans) if on else "none",
        "DHCP snooping is operational on following VLANs:",
        ranges(s.dhcp_snooping_vlans) if on else "none",
        "DHCP snooping is configured on the following L3 Interfaces:",
        "",
        "Insertion of option 82 is disabled",
        "   circuit-id default format: vlan-mod-port",
        f"   remote-id: {dotted(s.mac)} (MAC)",
        "Option 82 on untrusted port is not allowed",
        "Verification of hwaddr field is enabled",
        "Verification of giaddr field is enabled",
        "DHCP snooping trust/rate is configured on the following Interfaces:",
        "",
        "Interface                  Trusted    Allow option    Rate limit (pps)",
        "-----------------------    -------    ------------    ----------------   ",
        (f"{p.name:<26} yes        yes             unlimited\n  Custom circuit-ids:" for p in trusted),
    )


def show_ip_ssh(s: Switch, now: datetime) -> str:
    return lines(
        f"SSH {'Enabled' if s.services.ssh else 'Disabled'} - version {s.services.ssh_version}",
        "Authentication methods:publickey,keyboard-interactive,password",
        "Authentication Publickey Algorithms:ssh-rsa,ecdsa-sha2-nistp256",
        "Hostkey Algorithms:rsa-sha2-512,rsa-sha2-256",
        "Encryption Algorithms:aes256-gcm@openssh.com,aes256-ctr",
        "MAC Algorithms:hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com",
        "KEX Algorithms:curve25519-sha256@libssh.org,ecdh-sha2-nistp256",
        "Authentication timeout: 60 secs; Authentication retries: 3",
        "Minimum expected Diffie Hellman key size : 2048 bits",
        "IOS Keys in SECSH format(ssh-rsa, base64 encoded): SSH-KEY",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7" + s.mac.replace(":", ""),
    )


def show_ip_http_server_status(s: Switch, now: datetime) -> str:
    word = {True: "Enabled", False: "Disabled"}
    return lines(
        f"HTTP server status: {word[s.services.http]}",
        "HTTP server port: 80",
        "HTTP server authentication method: aaa",
        "HTTP server auth-retry 0 time-window 0",
        "HTTP server digest algorithm: sha256",
        "HTTP server access class: 0",
        "HTTP server base path: ",
        "Maximum number of concurrent server connections allowed: 300",
        "Server idle time-out: 180 seconds",
        "Server life time-out: 180 seconds",
        "Maximum number of requests allowed on a connection: 25",
        "HTTP server active session modules: ALL",
        "HTTP secure server capability: Present",
        f"HTTP secure server status: {word[s.services.https]}",
        "HTTP secure server port: 443",
        "HTTP secure server ciphersuite:  ecdhe-rsa-aes-gcm-sha2",
        "HTTP secure server TLS version:  TLSv1.3 TLSv1.2",
        "HTTP secure server client authentication: Disabled",
        "HTTP secure server trustpoint: ",
        "HTTP secure server active session modules: ALL",
    )


def show_logging(s: Switch, now: datetime) -> str:
    hosts: list[str] = []
    for host in s.logging_hosts:
        hosts += [
            f"        Logging to {host}  (udp port 514, audit disabled,",
            "              link up),",
            "              1204 message lines logged, ",
            "              0 message lines rate-limited, ",
            "              0 message lines dropped-by-MD, ",
            "              xml disabled, sequence number disabled",
            "              filtering disabled",
        ]
    return lines(
        "Syslog logging: enabled (0 messages dropped, 4 messages rate-limited, 0 flushes, 0 overruns, xml disabled, filtering disabled)",
        "",
        "No Active Message Discriminator.",
        "",
        "",
        "",
        "No Inactive Message Discriminator.",
        "",
        "",
        "    Console logging: disabled",
        "    Monitor logging: level debugging, 0 messages logged, xml disabled,",
        "                     filtering disabled",
        "    Buffer logging:  level debugging, 1217 messages logged, xml disabled,",
        "                    filtering disabled",
        "    Exception Logging: size (4096 bytes)",
        "    Count and timestamp logging messages: disabled",
        "    File logging: disabled",
        "    Persistent logging: disabled",
        "",
        "No active filter modules.",
        "",
        "    Trap logging: level informational, 1208 message lines logged",
        hosts,
        "        Logging Source-Interface:       VRF Name:",
        "        Vlan99                          ",
        "    TLS Profiles: ",
        "",
        "Log Buffer (16384 bytes):",
        f"000412: Nov  2 10:13:12.114: %SYS-5-CONFIG_I: Configured from console by {s.config_changed_by} on vty0 (10.10.100.31)",
    )


def show_snmp_host(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    for h in s.services.snmp_hosts:
        model = "v3 priv" if h.version == "3" else "v2c"
        rows += [
            f"Notification host: {h.address}\tudp-port: 162\ttype: trap",
            f"user: {h.user}\tsecurity model: {model}",
            "",
        ]
    return lines(rows)


def show_ip_sla_summary(s: Switch, now: datetime) -> str:
    rows = []
    for p in s.path_probes:
        stats = f"RTT={p.rtt_ms}" if p.type == "icmp-echo" else f"RTT={p.rtt_ms}/{p.jitter_ms}"
        code = "OK" if p.ok else "Timeout"
        rows.append(
            f"{'*' if p.ok else '^'}{p.number:<10} {p.type:<11} {p.destination:<16} {stats if p.ok else '-':<11} {code:<15} 41 seconds ago "
        )
    return lines(
        "IPSLAs Latest Operation Summary",
        "Codes: * active, ^ inactive, ~ pending",
        "All Stats are in milliseconds. Stats with u are in microseconds",
        "",
        "ID           Type        Destination       Stats       Return      Last",
        "                                           (ms)        Code        Run ",
        "-----------------------------------------------------------------------",
        rows,
        "",
    )


def show_ip_sla_statistics(s: Switch, now: datetime) -> str:
    rows = ["IPSLAs Latest Operation Statistics", ""]
    for p in s.path_probes:
        rows += [
            f"IPSLA operation id: {p.number}",
            *([f"Type of operation: {p.type}"] if p.type != "icmp-echo" else []),
            f"        Latest RTT: {p.rtt_ms} milliseconds" if p.ok else "        Latest RTT: NoConnection/Busy/Timeout",
            f"Latest operation start time: {clock(now)}",
            f"Latest operation return code: {'OK' if p.ok else 'Timeout'}",
        ]
        if p.type == "udp-jitter":
            rows += [
                "RTT Values:",
                f"        Number Of RTT: {p.sent - p.lost}           RTT Min/Avg/Max: {p.rtt_ms}/{p.rtt_ms}/{p.rtt_ms + 3} milliseconds",
                "Jitter Time:",
                f"        Source to Destination Jitter Min/Avg/Max: 0/{p.jitter_ms}/{p.jitter_ms + 2} milliseconds",
                f"        Destination to Source Jitter Min/Avg/Max: 0/{p.jitter_ms}/{p.jitter_ms + 2} milliseconds",
                "Packet Loss Values:",
                f"        Loss Source to Destination: {p.lost}",
                "        Loss Destination to Source: 0",
            ]
        rows += ["Number of successes: 58", "Number of failures: 0", "Operation time to live: Forever", "", ""]
    return lines(rows)


def show_clock(s: Switch, now: datetime) -> str:
    mark = "" if s.ntp.synchronised else "*"
    return f"{mark}{now:%H:%M:%S}.{now.microsecond // 1000:03d} UTC {now:%a} {now:%b} {now.day} {now.year}"


BOTH: Mapping[str, Reply] = {
    "show version": show_version,
    "show inventory": show_inventory,
    "show interfaces": show_interfaces,
    "show interfaces switchport": show_interfaces_switchport,
    "show interfaces status": show_interfaces_status,
    "show vlan": show_vlan,
    "show vlan brief": show_vlan_brief,
    "show lldp neighbors detail": show_lldp_neighbors_detail,
    "show cdp neighbors detail": show_cdp_neighbors_detail,
    "show etherchannel summary": show_etherchannel_summary,
    "show spanning-tree root": show_spanning_tree_root,
    "show spanning-tree summary": show_spanning_tree_summary,
    "show standby brief": show_standby_brief,
    "show switch": show_switch,
    "show ntp status": show_ntp_status,
    "show ntp associations": show_ntp_associations,
    "show power inline": show_power_inline,
    "show vrf": show_vrf,
    "show ip bgp summary": show_ip_bgp_summary,
    "show authentication sessions": show_authentication_sessions,
    "show archive": show_archive,
    "show ip dhcp snooping": show_ip_dhcp_snooping,
    "show ip ssh": show_ip_ssh,
    "show ip http server status": show_ip_http_server_status,
    "show logging": show_logging,
    "show snmp host": show_snmp_host,
    "show ip sla summary": show_ip_sla_summary,
    "show ip sla statistics": show_ip_sla_statistics,
    "show clock": show_clock,
    "show running-config": running_config,
    "show startup-config": startup_config,
    "show environment temperature": show_environment_temperature,
    "show env temperature status": show_environment_temperature,
    "show environment power all": show_environment_power_all,
    "show ip route 0.0.0.0": ios_default,
}

XE: Mapping[str, Reply] = {
    **BOTH,
    "show redundancy": show_redundancy,
    "show authentication sessions details": show_authentication_sessions_details,
    "show environment fan": show_environment_fan,
    "show policy-map interface": show_policy_map_interface,  # which the 2960-X doesn't support
}

#: What an account without privilege may not ask.
PRIVILEGED = {"show running-config", "show startup-config", "show archive", "show logging"}
