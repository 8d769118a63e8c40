"""Arista EOS: what the show commands print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from tests.lab.cli import trees
from tests.lab.cli.eos_config import running_config, startup_config
from tests.lab.cli.routes import eos_default, eos_summary
from tests.lab.cli.text import G, dotted, lines, wrap
from tests.lab.model import Gateway, Neighbor, Port, Svi, Switch

Reply = Callable[[Switch, datetime], str]

_WORDS = {
    "bridge": "Bridge",
    "router": "Router",
    "wlan_access_point": "WLAN Access Point",
    "telephone": "Telephone",
    "station": "Station Only",
}


def short(name: str) -> str:
    """``Et1``, ``Po101``, ``Vl10``."""
    for long, letters in (
        ("Ethernet", "Et"),
        ("Port-Channel", "Po"),
        ("Vlan", "Vl"),
        ("Management", "Ma"),
        ("Loopback", "Lo"),
    ):
        if name.startswith(long):
            return letters + name[len(long) :]
    return name


def _uptime(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    weeks, days, hours, minutes = seconds // 604800, seconds // 86400 % 7, seconds // 3600 % 24, seconds // 60 % 60
    return f"{weeks} weeks, {days} days, {hours} hours and {minutes} minutes"


def show_version(s: Switch, now: datetime) -> str:
    return lines(
        f"Arista {s.model}",
        "Hardware version: 11.02",
        f"Serial number: {s.serial}",
        f"Hardware MAC address: {dotted(s.mac)}",
        f"System MAC address: {dotted(s.mac)}",
        "",
        f"Software image version: {s.version}",
        "Architecture: i686",
        f"Internal build version: {s.version}-37265360.4315M",
        "Internal build ID: 0b0f7ab6-5d1b-4f3e-9b60-6b0a5f3d6f51",
        "Image format version: 3.0",
        "Image optimization: Strata-4GB",
        "",
        f"Uptime: {_uptime(now - s.booted_at)}",
        "Total memory: 8099732 kB",
        "Free memory: 6202380 kB",
        "",
    )


def show_inventory(s: Switch, now: datetime) -> str:
    chassis = next(c for c in s.components if c.cls == "chassis")
    supplies = [c for c in s.components if c.cls == "psu"]
    fans = [c for c in s.components if c.cls == "fan"]
    cages = [p for p in s.ports if p.kind == "ethernet"]
    return lines(
        "System information",
        "  Model                    Description",
        "  ------------------------ ----------------------------------------------------",
        f"  {chassis.model:<24} {chassis.description}",
        "",
        "  HW Version  Serial Number  Mfg Date   Epoch",
        "  ----------- -------------- ---------- -----",
        f"  11.02       {chassis.serial:<14} 2022-05-14 01.00",
        "",
        f"System has {len(supplies)} power supply slots",
        "  Slot Model            Serial Number",
        "  ---- ---------------- ----------------",
        (f"  {i:<4} {c.model:<16} {c.serial:<16}" for i, c in enumerate(supplies, 1)),
        "",
        f"System has {len(fans)} fan modules",
        "  Module  Number of Fans  Model            Serial Number",
        "  ------- --------------- ---------------- ----------------",
        (f"  {i:<7} 1               {c.model:<16} N/A" for i, c in enumerate(fans, 1)),
        "",
        f"System has {len(cages) + 1} ports",
        "  Type               Count",
        "  ------------------ ----",
        "  Management         1",
        f"  Switched           {len(cages)}",
        "",
        f"System has {len(cages)} transceiver slots",
        "  Port Manufacturer     Model            Serial Number    Rev",
        "  ---- ---------------- ---------------- ---------------- ----",
        (_transceiver(p) for p in cages),
        "",
        "System has 1 storage device",
        "  Mount      Type Model                Serial Number Rev  Storage Size (GB)",
        "  ---------- ---- -------------------- ------------- ---- -----------------",
        "  /mnt/flash eMMC Smart Modular        1f3e5c7a      1.0  30",
        "",
    )


def _transceiver(p: Port) -> str:
    number = p.name.removeprefix("Ethernet").split("/")[0]
    if not p.neighbors:
        return f"  {number:<4} Not Present"
    model = "QSFP-100G-SR4" if p.speed_bps == 100 * G else "SFP-10G-SR"
    return f"  {number:<4} {'Arista Networks':<16} {model:<16} {'XCW' + p.mac.replace(':', '').upper()[-8:]:<16} 0002"


def show_interfaces(s: Switch, now: datetime) -> str:
    order = {"ethernet": 0, "loopback": 1, "management": 2, "lag": 3, "vlan": 4}
    return lines(*(_interface(s, p, now) for p in sorted(s.ports, key=lambda p: order[p.kind])))


def _interface(s: Switch, p: Port, now: datetime) -> list[str]:
    state = "up" if p.oper_up else "down" if p.admin_up else "administratively down"
    bracket = "connected" if p.oper_up else "notconnect" if p.admin_up else "disabled"
    hardware = {"vlan": "Vlan", "lag": "Port-Channel", "loopback": "Loopback"}.get(p.kind, "Ethernet")
    mac = f", address is {dotted(p.mac)}" if p.mac else ""
    rows = [f"{p.name} is {state}, line protocol is {'up' if p.oper_up else 'down'} ({bracket})"]
    rows.append(f"  Hardware is {hardware}{mac}" + (f" (bia {dotted(p.mac)})" if p.mac and p.kind != "lag" else ""))
    rows += [f"  Description: {p.description}"] if p.description else []
    if p.address:
        rows += [f"  Internet address is {p.address}/{p.prefix}", "  Broadcast address is 255.255.255.255"]
    elif p.kind == "management":
        rows.append("  No Internet protocol address assigned")
    if p.lag:
        rows.append(f"  Member of {p.lag}")
    kind = "IP" if p.kind in ("vlan", "loopback", "management") else "Ethernet"
    width = f", BW {p.speed_bps // 1000} kbit" if p.kind in ("ethernet", "lag", "management") else ""
    rows.append(f"  {kind} MTU {p.mtu} bytes{width}")
    if p.kind == "lag":
        lag = next(x for x in s.lags if x.name == p.name)
        rows += ["  Full-duplex, " + _speed(p), f"  Active members in this channel: {len(lag.bundled)}"]
        rows += [f"  ... {m} , Full-duplex, {_speed(s.port(m))}" for m in lag.bundled]
        rows.append("  Fallback mode is: off")
    elif p.kind in ("ethernet", "management"):
        rows.append(f"  Full-duplex, {_speed(p)}, auto negotiation: off, uni-link: n/a")
    age = now - s.booted_at
    rows.append(
        f"  {'Up' if p.oper_up else 'Down'} {age.days} days, {age.seconds // 3600} hours, {age.seconds // 60 % 60} minutes, {age.seconds % 60} seconds"
    )
    if p.kind in ("vlan", "loopback"):
        return rows
    c = p.counters
    rows += ["  Loopback Mode : None"] if p.kind != "lag" else []
    return [
        *rows,
        "  2 link status changes since last clear",
        '  Last clearing of "show interface" counters never',
        f"  5 minutes input rate {c.in_packets % 900 / 10} Mbps (1.1% with framing overhead), {c.in_packets % 9000} packets/sec",
        f"  5 minutes output rate {c.out_packets % 900 / 10} Mbps (1.1% with framing overhead), {c.out_packets % 9000} packets/sec",
        f"     {c.in_packets} packets input, {c.in_octets} bytes",
        f"     Received {c.in_packets // 91} broadcasts, {c.in_packets // 37} multicast",
        "     0 runts, 0 giants",
        f"     {c.in_errors} input errors, {c.in_errors} CRC, 0 alignment, 0 symbol, 0 input discards",
        "     0 PAUSE input",
        f"     {c.out_packets} packets output, {c.out_octets} bytes",
        f"     Sent {c.out_packets // 91} broadcasts, {c.out_packets // 37} multicast",
        f"     {c.out_errors} output errors, 0 collisions",
        "     0 late collision, 0 deferred, 0 output discards",
        "     0 PAUSE output",
    ]


def _speed(p: Port) -> str:
    return f"{p.speed_bps // G}Gb/s"


def show_interfaces_status(s: Switch, now: datetime) -> str:
    rows = []
    for p in s.ports:
        if p.kind not in ("ethernet", "lag", "management"):
            continue
        state = "connected" if p.oper_up else "notconnect" if p.admin_up else "disabled"
        vlan = f"in {short(p.lag)}" if p.lag else {"trunk": "trunk", "access": str(p.access_vlan)}.get(p.mode, "routed")
        media = (
            "N/A"
            if p.kind == "lag"
            else "10/100/1000"
            if p.kind == "management"
            else p.media
            if p.neighbors
            else "Not Present"
        )
        rows.append(
            f"{short(p.name):<10} {p.description[:22]:<22} {state:<12} {vlan:<8} full   {p.speed_bps // G}G{'':<6} {media}"
        )
    return lines(
        "Port       Name                   Status       Vlan     Duplex Speed  Type            Flags Encapsulation",
        rows,
    )


def show_interfaces_switchport(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    for p in s.ports:
        if p.kind not in ("ethernet", "lag"):
            continue
        trunk = p.mode == "trunk"
        allowed = ",".join(map(str, p.trunk_vlans)) if trunk else "ALL"
        rows += [
            f"Name: {short(p.name)}",
            "Switchport: Enabled",
            f"Administrative Mode: {'trunk' if trunk else 'static access'}",
            f"Operational Mode: {'trunk' if trunk else 'static access'}",
            "MAC Address Learning: enabled",
            "Dot1q ethertype/TPID: 0x8100 (active)",
            "Dot1q VLAN Tag: Allowed",
            f"Access Mode VLAN: {1 if trunk else p.access_vlan} (default)",
            "Trunking Native Mode VLAN: 1 (default)",
            "Administrative Native VLAN tagging: disabled",
            f"Trunking VLANs Enabled: {allowed}",
            "Static Trunk Groups:",
            "Dynamic Trunk Groups:",
            "",
        ]
    return lines(rows)


def show_vlan(s: Switch, now: datetime) -> str:
    rows = [
        "VLAN  Name                             Status    Ports",
        "----- -------------------------------- --------- -------------------------------",
    ]
    for v in s.vlans:
        ports = ["Cpu"] if any(svi.vlan == v.id for svi in s.svis) else []
        for p in s.ports:
            carries = (p.mode == "trunk" and v.id in p.trunk_vlans) or (p.mode == "access" and p.access_vlan == v.id)
            if p.kind in ("ethernet", "lag") and not p.lag and carries and p.oper_up:
                ports.append(short(p.name))
        first, *rest = wrap(ports, 31)
        rows.append(f"{v.id:<5} {v.name:<32} {'active' if v.active else 'suspended':<9} {first}")
        rows += [f"{'':<49}{more}" for more in rest]
    return lines(rows, "")


def show_lldp_neighbors_detail(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    for p in s.ports:
        if p.kind not in ("ethernet", "management"):
            continue
        found = [n for n in p.neighbors if "lldp" in n.protocols]
        rows += [f"Interface {p.name} detected {len(found)} LLDP neighbors:", ""]
        for n in found:
            rows += [*_neighbor(p, n), ""]
    return lines(rows)


def _neighbor(p: Port, n: Neighbor) -> list[str]:
    words = ", ".join(_WORDS[c] for c in n.capabilities)
    description = n.description.replace("\r\n", "\n")
    return [
        f'  Neighbor {dotted(n.chassis)}/"{n.port_id}", age 12 seconds',
        "  Discovered 39 days, 2:10:31 ago; Last changed 39 days, 2:10:31 ago",
        "  - Chassis ID type: MAC address (4)",
        f"    Chassis ID     : {dotted(n.chassis)}",
        "  - Port ID type: Interface name (5)",
        f'    Port ID        : "{n.port_id}"',
        "  - Time To Live: 120 seconds",
        f'  - Port Description: "{n.port_description}"',
        f'  - System Name: "{n.name}"',
        f'  - System Description: "{description}"',
        f"  - System Capabilities : {words}",
        f"    Enabled Capabilities: {words}",
        "  - Management Address Subtype: IPv4 (1)",
        f"    Management Address        : {n.address}",
        "    Interface Number Subtype  : ifIndex (2)",
        "    Interface Number          : 99",
        "    OID String                : ",
        "  - IEEE802.1 Port VLAN ID: 1",
        "  - IEEE802.1/IEEE802.3 Link Aggregation",
        f"    Link Aggregation Status: Capable, {'Enabled (0x03)' if p.lag else 'Disabled (0x01)'}",
        "    Port ID                : 0",
        f"  - IEEE802.3 Maximum Frame Size: {p.mtu + 22} bytes",
    ]


def show_port_channel_summary(s: Switch, now: datetime) -> str:
    rows = []
    for lag in s.lags:
        members = " ".join(f"{short(m)}({'PG+' if m in lag.bundled else 'D'})" for m in lag.members)
        rows.append(f"{'Po' + str(lag.number) + ('(U)' if lag.up else '(D)'):>14}       LACP(a)     {members} ")
    return lines(
        "",
        "                 Flags                                                              ",
        "-------------------------- -------------------------------- ------------------------- ",
        "  a - LACP Active            p - LACP Passive                 * - static fallback      ",
        "  F - Fallback enabled       f - Fallback configured          ^ - individual fallback  ",
        "  U - In Use                 D - Down                                                  ",
        "  + - In-Sync                - - Out-of-Sync                  i - incompatible with agg",
        "  P - bundled in Po          s - suspended                    G - Aggregable           ",
        "  I - Individual             S - ShortTimeout                 w - wait for agg         ",
        "  E - Inactive. The number of configured port channels exceeds the config limit",
        "  M - Exceeds maximum weight",
        "",
        f"Number of channels in use: {sum(lag.up for lag in s.lags)}",
        f"Number of aggregators: {len(s.lags)}",
        "",
        "   Port-Channel       Protocol    Ports             ",
        "------------------ -------------- ------------------",
        rows,
    )


def show_mlag(s: Switch, now: datetime) -> str:
    if s.pair is None:
        return lines(
            "MLAG Configuration:",
            "domain-id                          :                    ",
            "",
            "MLAG Status:",
            "state                              :            Disabled",
        )
    ok = s.pair.peer_ok
    bundles = [lag for lag in s.lags if lag.mlag_id]
    full = sum(lag.up for lag in bundles)
    return lines(
        "MLAG Configuration:              ",
        f"domain-id                          : {s.pair.domain:>19}",
        "local-interface                    :            Vlan4094",
        f"peer-address                       : {s.pair.peer_address:>19}",
        f"peer-link                          : {s.pair.peer_link:>19}",
        "peer-config                        :          consistent",
        "                                                       ",
        "MLAG Status:                     ",
        f"state                              : {'Active' if ok else 'Inactive':>19}",
        f"negotiation status                 : {'Connected' if ok else 'Connecting':>19}",
        f"peer-link status                   : {'Up' if ok else 'Lowerlayerdown':>19}",
        "local-int status                   :                  Up",
        f"system-id                          : {s.mac if ok else '00:00:00:00:00:00':>19}",
        "dual-primary detection             :            Disabled",
        "dual-primary interface errdisabled :               False",
        "                                                       ",
        "MLAG Ports:                      ",
        "Disabled                           :                   0",
        "Configured                         :                   0",
        f"Inactive                           : {len(bundles) - full:>19}",
        f"Active-partial                     : {0 if ok else full:>19}",
        f"Active-full                        : {full if ok else 0:>19}",
        "",
    )


def show_spanning_tree_root(s: Switch, now: datetime) -> str:
    return lines(
        "                                      Root    Hello Max Fwd",
        "Instance           Root ID            Cost    Time  Age Dly  Root Port",
        "---------- -------------------- ------------- ----- --- ---  ------------",
        (
            f"VL{t.vlan:<8} {t.root_priority:>5} {dotted(t.root_mac):>14} {t.root_cost * 1000:>13} {2:>5} {20:>3} {15:>3}  "
            f"{short(t.root_port) if t.root_port else 'None':<12}"
            for t in s.stp
        ),
    )


def _gateways(s: Switch, protocol: str) -> list[tuple[Svi, Gateway]]:
    return [(v, v.gateway) for v in s.svis if v.gateway and v.gateway.protocol == protocol]


def show_ip_virtual_router(s: Switch, now: datetime) -> str:
    found = _gateways(s, "varp")
    if not found:
        return "IP virtual router is not configured"
    return lines(
        f"IP virtual router is configured with MAC address: {found[0][1].virtual_mac}",
        "IP virtual router address subnet routes not enabled",
        "MAC address advertisement interval: 30 seconds",
        "",
        "Protocol: U - Up, D - Down, T - Testing, UN - Unknown",
        "          NP - Not Present, LLD - Lower Layer Down",
        "",
        "Interface       Vrf           Virtual IP Address       Protocol       State ",
        "--------------- ------------- ------------------------ -------------- ------",
        (
            f"{'Vl' + str(v.vlan):<15} {v.vrf or 'default':<13} {g.virtual_address:<24} {'U' if v.up else 'D':<14} {'active' if v.up else 'inactive':<6}"
            for v, g in found
        ),
    )


def show_vrrp_brief(s: Switch, now: datetime) -> str:
    return lines(
        "Interface  VRF      Id  Ver Pri Time  State   VrIps       ",
        "---------- -------- --- --- --- ----- ------- ------------",
        (
            f"{'Vl' + str(v.vlan):<10} {v.vrf or 'default':<8} {g.group:<3} 2   {g.priority:<3} 3531  {g.state.title():<7} {g.virtual_address}"
            for v, g in _gateways(s, "vrrp")
        ),
    )


def show_vrrp(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    for v, g in _gateways(s, "vrrp"):
        rows += [
            f"{v.name} - Group {g.group}",
            "  VRF is default" if not v.vrf else f"  VRF is {v.vrf}",
            "  VRRP Version 2",
            f"  State is {g.state.title()}",
            f"  Virtual IPv4 address is {g.virtual_address}",
            f"  Virtual MAC address is {g.virtual_mac}",
            "  Mac Address Advertisement interval is 30s",
            "  Advertisement interval is 1s",
            "  Preemption is enabled",
            "  Preemption delay is 0s",
            f"  Priority is {g.priority}",
            f"  Master Router is {v.address + ' (local)' if g.state == 'master' else g.other}, priority is {max(g.priority, 120)}",
            "  Skew time is 0.531s",
            "  Master Down interval is 3.531s",
            "",
        ]
    return lines(rows)


def show_ntp_status(s: Switch, now: datetime) -> str:
    r = s.ntp.reference
    if r is None:
        return lines("unsynchronised", "  time server re-starting", "   polling server every 64 s")
    return lines(
        f"synchronised to NTP server ({r.address}) at stratum {r.stratum + 1}",
        f"   time correct to within {abs(r.offset_ms) + 12:.0f} ms",
        "   polling server every 1024 s",
    )


def show_ntp_associations(s: Switch, now: datetime) -> str:
    return lines(
        "     remote                   refid            st t when poll reach   delay   offset  jitter",
        "=" * 94,
        (
            f"{'*' if p.selected else '+' if p.reachable else ' '}{p.address:<24} {p.reference if p.reachable else '.INIT.':<16} {p.stratum if p.reachable else 16:>2} u  412 1024"
            f" {377 if p.reachable else 0:>5} {p.delay_ms:>7.3f} {p.offset_ms:>8.3f} {0.112:>7.3f}"
            for p in s.ntp.peers
        ),
    )


def show_environment_power(s: Switch, now: datetime) -> str:
    supplies = [c for c in s.components if c.cls == "psu"]
    age = now - s.booted_at
    uptime = f"{age.days} days, {age.seconds // 3600}:{age.seconds // 60 % 60:02d}:{age.seconds % 60:02d}"
    rows = []
    for i, c in enumerate(supplies, 1):
        if c.ok:
            rows.append(f"{i:<6} {c.model:<12} {c.watts:>6}W   0.35A   5.34A  64.8W {'Ok':<6} {uptime:>20}")
        else:
            rows.append(f"{i:<6} {c.model:<12} {c.watts:>6}W   0.00A   0.00A   0.0W {'Power Loss':<10} {'Offline':>16}")
    good = sum(c.ok for c in supplies)
    return lines(
        "Power                         Input  Output  Output                            ",
        "Supply Model        Capacity Current Current   Power Status              Uptime",
        "------ ------------ -------- ------- ------- ------- ------ -------------------",
        rows,
        f"Total  --           {sum(c.watts for c in supplies):>6}W      --      -- {64.8 * good:>5.1f}W --                      --",
    )


def show_environment_cooling(s: Switch, now: datetime) -> str:
    fans = [c for c in s.components if c.cls == "fan"]
    supplies = [c for c in s.components if c.cls == "psu"]
    inlet = s.sensors[0].celsius if s.sensors else 24
    return lines(
        f"System cooling status is: {'Ok' if all(f.ok for f in fans) else 'Insufficient fans'}",
        f"Ambient temperature: {inlet:.0f}C",
        "Airflow: front-to-back",
        "Fan              Status          Configured Speed     Actual Speed",
        "---------------- --------------- ---------------- ----------------",
        (
            f"{i}/1              {'Ok' if f.ok else 'Failed':<15}              35% {'34%' if f.ok else '0%':>16}"
            for i, f in enumerate(fans, 1)
        ),
        (
            f"PowerSupply{i}/1   {'Ok' if c.ok else 'Failed':<15}              30% {'30%' if c.ok else '0%':>16}"
            for i, c in enumerate(supplies, 1)
        ),
    )


def show_environment_temperature(s: Switch, now: datetime) -> str:
    bad = any(not x.ok for x in s.sensors)
    return lines(
        f"System temperature status is: {'Overheating' if bad else 'Ok'}",
        "",
        "                                                                 Alert  Critical",
        "                                               Temp    Setpoint  Limit     Limit",
        "Sensor  Description                             (C)         (C)    (C)       (C)",
        "------- ----------------------------------- ------- ----------- ------ ---------",
        (
            f"{i:<7} {x.name:<35} {x.celsius:>7.1f} {f'({x.warn - 5:.0f}) {x.warn - 6:.1f}':>11} {x.warn:>6.0f} {x.critical:>9.0f}"
            for i, x in enumerate(s.sensors, 1)
        ),
    )


def show_system_environment_all(s: Switch, now: datetime) -> str:
    return lines(
        show_environment_temperature(s, now), "", show_environment_cooling(s, now), "", show_environment_power(s, now)
    )


def show_vrf(s: Switch, now: datetime) -> str:
    inside = {i for v in s.vrfs for i in v.interfaces}
    groups = [("default", [short(p.name) for p in s.ports if p.address and p.name not in inside])]
    groups += [(v.name, [short(i) for i in v.interfaces]) for v in s.vrfs]
    rows = []
    for name, ports in groups:
        first, *rest = wrap(ports, 37)
        rows.append(f"   {name:<15} IPv4            routing       {first:<37} ")
        rows += [f"{'':<49}{more:<37} " for more in rest]
        rows.append(f"   {name:<15} IPv6            no routing    {'':<37} ")
    return lines(
        "Maximum number of VRFs allowed: 1023",
        "   VRF             Protocols       State         Interfaces                             ",
        "--------------- --------------- ---------------- ---------------------------------------",
        rows,
    )


def show_ip_bgp_summary(s: Switch, now: datetime) -> str:
    if s.bgp is None:
        return "% BGP inactive"
    rows = []
    for p in s.bgp.peers:
        age = now - p.since
        days = f"{age.days}d{age.seconds // 3600:02d}h"
        rows.append(
            f"  {p.description:<22} {p.address:<15} 4 {p.remote_as:<12} {48214:>7} {48101:>9}    0    0 {days:>8} {'Estab' if p.up else p.state:<7} {p.prefixes if p.up else '':<6} {p.prefixes if p.up else ''}"
        )
    return lines(
        "BGP summary information for VRF default",
        f"Router identifier {s.bgp.router_id}, local AS number {s.bgp.asn}",
        "Neighbor Status Codes: m - Under maintenance",
        "  Description            Neighbor        V AS           MsgRcvd   MsgSent  InQ OutQ  Up/Down State   PfxRcd PfxAcc",
        rows,
    )


def show_logging(s: Switch, now: datetime) -> str:
    return lines(
        "Syslog logging: enabled",
        "    Buffer logging: level debugging",
        "    Console logging: level errors",
        "    Persistent logging: disabled",
        "    Monitor logging: level errors",
        "    Synchronous logging: disabled",
        "    Trap logging: level informational",
        (f"        Logging to {h} port 514 in VRF default via UDP" for h in s.logging_hosts),
        "    Sequence numbers: disabled",
        "    Syslog facility: local4",
        "    Hostname format: Hostname only",
        "    Repeat logging interval: disabled",
        "",
        "Log Buffer:",
        f"Nov  2 10:13:12 {s.hostname} ConfigAgent: %SYS-5-CONFIG_I: Configured from console by {s.config_changed_by} on vty3 (10.10.100.31)",
    )


def show_snmp_host(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    for h in s.services.snmp_hosts:
        rows += [f"Notification host: {h.address}       udp-port: 162   type: trap", "VRF: default",
                 f"user: {h.user}                   security model: {'v3 priv' if h.version == '3' else 'v2c'}", ""]  # fmt: skip
    return lines(rows)


def show_management_ssh(s: Switch, now: datetime) -> str:
    return lines(
        f"SSHD status for Default VRF: {'enabled' if s.services.ssh else 'disabled'}",
        "SSH connection limit: 50",
        "SSH per host connection limit: 20",
        "FIPS status: disabled",
    )


def show_sflow(s: Switch, now: datetime) -> str:
    return lines(
        "sFlow Configuration",
        "-------------------",
        "Destination(s):",
        (f"  {f.destination}:{f.port} ( VRF: default )" for f in s.flow_exporters),
        "Source(s):",
        f"  {s.address} ( VRF: default )",
        "Sample Rate: 16384",
        "Polling Interval (sec): 2.0 (default)",
        "",
        "Status",
        "------",
        f"Running: {'Yes' if s.flow_exporters else 'No'}",
    )


def show_clock(s: Switch, now: datetime) -> str:
    return lines(
        f"{now:%a %b} {now.day:>2} {now:%H:%M:%S %Y}",
        "Timezone: UTC",
        "Clock source: NTP server" if s.ntp.synchronised else "Clock source: local",
    )


def show_module(s: Switch, now: datetime) -> str:
    return "% Unavailable command (not supported on this hardware platform)"


COMMANDS: Mapping[str, Reply] = {
    "show version": show_version,
    "show inventory": show_inventory,
    "show interfaces": show_interfaces,
    "show interfaces status": show_interfaces_status,
    "show interfaces switchport": show_interfaces_switchport,
    "show vlan": show_vlan,
    "show lldp neighbors detail": show_lldp_neighbors_detail,
    "show port-channel summary": show_port_channel_summary,
    "show mlag": show_mlag,
    "show ip route vrf all 0.0.0.0": eos_default,
    "show ip route vrf all summary": eos_summary,
    "show module": show_module,
    "show spanning-tree": trees.eos,
    "show spanning-tree root": show_spanning_tree_root,
    "show ip virtual-router": show_ip_virtual_router,
    "show ip virtual-router vrf all": show_ip_virtual_router,
    "show vrrp": show_vrrp,
    "show vrrp brief": show_vrrp_brief,
    "show ntp status": show_ntp_status,
    "show ntp associations": show_ntp_associations,
    "show environment power": show_environment_power,
    "show system environment power": show_environment_power,
    "show environment cooling": show_environment_cooling,
    "show environment temperature": show_environment_temperature,
    "show system environment all": show_system_environment_all,
    "show vrf": show_vrf,
    "show ip bgp summary": show_ip_bgp_summary,
    "show ip bgp summary vrf all": show_ip_bgp_summary,
    "show logging": show_logging,
    "show snmp host": show_snmp_host,
    "show management ssh": show_management_ssh,
    "show sflow": show_sflow,
    "show clock": show_clock,
    "show running-config": running_config,
    "show startup-config": startup_config,
}
