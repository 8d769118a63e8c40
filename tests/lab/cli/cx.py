"""ArubaOS-CX: what the show commands print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from tests.lab.cli.cx_config import running_config, startup_config
from tests.lab.cli.text import G, M, lines, spell, wrap
from tests.lab.model import Neighbor, Port, Switch

Reply = Callable[[Switch, datetime], str]

_WORDS = {
    "bridge": "Bridge",
    "router": "Router",
    "wlan_access_point": "WLAN",
    "telephone": "Telephone",
    "station": "Station",
}
_UNITS = (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60))
_NAME = "JL661A 6300M 48G CL4 PoE 4SFP56 Swch"


def _uptime(s: Switch, now: datetime) -> str:
    return spell(int((now - s.booted_at).total_seconds()), _UNITS)


def show_system(s: Switch, now: datetime) -> str:
    digits = s.mac.replace(":", "")
    return lines(
        f"Hostname               : {s.hostname:<30}",
        f"System Description     : {s.version:<30}",
        "System Contact         : network-team                  ",
        f"System Location        : {s.location.replace(', ', '/').replace(' ', '-'):<30}",
        "",
        "Vendor                 : Aruba                         ",
        f"Product Name           : {_NAME:<38}",
        f"Chassis Serial Nbr     : {s.serial:<30}",
        f"Base MAC Address       : {digits[:6]}-{digits[6:]:<23}",
        f"ArubaOS-CX Version     : {s.version:<30}",
        "",
        "Time Zone              : UTC                           ",
        "",
        f"Up Time                : {_uptime(s, now):<60}",
        "CPU Util (%)           : 8                             ",
        "CPU Util (% avg 1 min) : 9                             ",
        "CPU Util (% avg 5 min) : 9                             ",
        "Memory Usage (%)       : 23                            ",
    )


def show_version(s: Switch, now: datetime) -> str:
    return lines(
        "-" * 77,
        "ArubaOS-CX",
        "(c) Copyright 2017-2024 Hewlett Packard Enterprise Development LP",
        "-" * 77,
        f"Version      : {s.version:<62}",
        "Build Date   : 2024-06-12 18:03:18 UTC                                       ",
        f"Build ID     : ArubaOS-CX:{s.version}:4c2c8ddd0f5f:202406121736                ",
        "Build SHA    : 4c2c8ddd0f5f3b9cf1a1c2dbd4ec0d5bfcb8b8ba                      ",
        "Hot Patches  :                                                               ",
        "Active Image : primary                                                       ",
        "",
        "Service OS Version : FL.01.14.0002                 ",
        "BIOS Version       : FL.01.0002                    ",
    )


def show_module(s: Switch, now: datetime) -> str:
    head = [
        "",
        "     Product                                        Serial",
        "Name Number  Description                            Number     Status",
        "---- ------- -------------------------------------- ---------- ----------------",
    ]
    rows = [
        f"{m.number}/1  {m.model:<7} {'6300M 48G CL4 PoE 4SFP56 Swch':<38} {m.serial:<10} {_module_state(m.state, m.number)}"
        for m in s.stack
    ]
    return lines(
        "",
        "Management Modules",
        "==================",
        head,
        rows,
        "",
        "",
        "Line Modules",
        "============",
        head,
        rows,
        "",
    )


def _module_state(state: str, number: int) -> str:
    if state != "Ready":
        return "Failed"
    return {1: "Ready (active)", 2: "Ready (standby)"}.get(number, "Ready") if number < 3 else "Ready"


def show_environment_power_supply(s: Switch, now: datetime) -> str:
    rows = []
    for c in s.components:
        if c.cls == "psu":
            state, watts = ("OK", c.watts) if c.ok else ("Input fault", 0)
            rows.append(f"{c.name:<8} {c.model:<8} {c.serial:<17} {state:<13} {watts}")
    return lines(
        "",
        "         Product  Serial            PSU           Wattage",
        "Mbr/PSU  Number   Number            Status        Maximum",
        "-" * 58,
        rows,
    )


def show_environment_fan(s: Switch, now: datetime) -> str:
    rows = []
    for c in s.components:
        if c.cls == "fan":
            rows.append(
                f"{c.name:<9} N/A            slow     front-to-back  {'ok' if c.ok else 'fault':<10} {7900 if c.ok else 0}"
            )
    return lines(
        "Fan tray information",
        "-" * 60,
        "Mbr/Tray  Description                     Status    Serial Number  Fans",
        "-" * 60,
        (
            f"{m.number}/{t:<8}JL669A Aruba X751 FB Fan Tray  ready     SN{m.serial[-6:]}{t}      2"
            for m in s.stack
            for t in (1, 2)
        ),
        "",
        "Fan information",
        "-" * 72,
        "Mbr/Tray  Product        Serial   Speed    Direction      Status     RPM",
        "/Fan      Name           Number",
        "-" * 72,
        rows,
    )


def show_environment_temperature(s: Switch, now: datetime) -> str:
    return lines(
        "Temperature information",
        "-" * 78,
        "Mbr/Slot-Sensor          Module Type             Temperature      Status",
        "-" * 78,
        (
            f"{x.name:<24} management-module       {x.celsius:.2f} C          {'normal' if x.ok else 'max'}"
            for x in s.sensors
        ),
    )


def show_interface(s: Switch, now: datetime) -> str:
    order = {"ethernet": 0, "lag": 1, "loopback": 2, "vlan": 3}
    return lines(
        *(
            _interface(s, p, now)
            for p in sorted((p for p in s.ports if p.kind != "management"), key=lambda p: order[p.kind])
        )
    )


def _interface(s: Switch, p: Port, now: datetime) -> list[str]:
    state = "up" if p.oper_up else "down"
    if p.kind == "vlan":
        return [
            "",
            f"Interface {p.name} is {state}",
            " Admin state is up",
            f" Description: {p.description}",
            f" Hardware: Ethernet, MAC Address: {p.mac} ",
            f" IPv4 address {p.address}/{p.prefix}",
            " L3 Counters: Rx Disabled, Tx Disabled",
        ]
    rows = ["", f"{'Aggregate' if p.kind == 'lag' else 'Interface'} {p.name} is {state}"]
    if not p.oper_up and p.kind == "ethernet":
        rows[-1] += " " if p.admin_up else " (Administratively down) "
    rows.append(f" Admin state is {'up' if p.admin_up else 'down'}")
    if p.kind == "lag":
        lag = next(x for x in s.lags if x.name == p.name)
        rows += [
            f" Description : {p.description}",
            f" MAC Address                 : {p.mac}",
            " Aggregated-interfaces       : " + " ".join(lag.members) + " ",
            f" Aggregation-key             : {lag.number}",
            " Aggregate mode              : active",
            f" Speed                       : {sum(s.port(m).speed_bps for m in lag.bundled) // M} Mb/s",
            " qos trust dscp" if p.trust else " qos trust none",
        ]
    else:
        age = spell(int((now - s.booted_at).total_seconds()), _UNITS[:2] + _UNITS[2:3])
        if not p.oper_up:
            rows.append(f" State information: {'Waiting for link' if p.admin_up else 'Administratively down'}")
        rows += [
            f" Link state: {state} for {age} (since {s.booted_at:%a %b %d %H:%M:%S UTC %Y})",
            " Link transitions: 1",
            f" Description: {p.description}",
            " Persona: ",
            f" Hardware: Ethernet, MAC Address: {p.mac} ",
            f" MTU {p.mtu} ",
            f" Type {'10GBT' if p.speed_bps >= 10 * G else '1GbT'}",
            " Full-duplex ",
            f" qos trust {p.trust or 'none'}",
            f" Speed {p.speed_bps // M if p.oper_up else 0} Mb/s ",
            " Auto-negotiation is on",
            " Energy-Efficient Ethernet is disabled",
            " Flow-control: off ",
            " Error-control: off ",
            " MDI mode: MDIX",
        ]
    if p.mode == "trunk" and not p.lag:
        rows += [
            " VLAN Mode: native-untagged ",
            f" Native VLAN: {p.native_vlan} ",
            f" Allowed VLAN List: {','.join(map(str, (1, *p.trunk_vlans)))} ",
        ]
    elif p.mode == "access":
        if p.voice_vlan:
            rows += [
                " VLAN Mode: native-untagged ",
                f" Native VLAN: {p.access_vlan} ",
                f" Allowed VLAN List: {p.access_vlan},{p.voice_vlan} ",
            ]
        else:
            rows += [" VLAN Mode: access ", f" Access VLAN: {p.access_vlan} "]
    c = p.counters
    rows += [
        " L3 Counters: Rx Disabled, Tx Disabled",
        " Rate collection interval: 300 seconds",
        "",
        " Rate                               RX                   TX        Total (RX+TX)",
        " ---------------- -------------------- -------------------- --------------------",
        _triple(
            "Mbits / sec",
            f"{c.in_packets % 900 / 100:.2f}",
            f"{c.out_packets % 900 / 100:.2f}",
            f"{(c.in_packets % 900 + c.out_packets % 900) / 100:.2f}",
        ),
        _triple("KPkts / sec", "0.10", "0.20", "0.30"),
        _triple("  Unicast", "0.10", "0.20", "0.30"),
        _triple("  Multicast", "0.00", "0.00", "0.00"),
        _triple("  Broadcast", "0.00", "0.00", "0.00"),
        _triple("Utilization %", "0.01", "0.02", "0.03"),
        "",
        " Statistic                          RX                   TX                Total",
        " ---------------- -------------------- -------------------- --------------------",
        _counts("Packets", c.in_packets, c.out_packets),
        _counts("  Unicast", c.in_packets, c.out_packets),
        _counts("  Multicast", 0, 0),
        _counts("  Broadcast", 0, 0),
        _counts("Bytes", c.in_octets, c.out_octets),
        _counts("Jumbos", 0, 0),
        _counts("Dropped", 0, 0),
        _counts("Pause Frames", 0, 0),
        _counts("Errors", c.in_errors, c.out_errors),
        _triple("  CRC/FCS", str(c.in_errors), "n/a", str(c.in_errors)),
        _triple("  Collision", "n/a", "0", "0"),
        _triple("  Runts", "0", "n/a", "0"),
        _triple("  Giants", "0", "n/a", "0"),
    ]
    return rows


def _triple(name: str, one: str, two: str, three: str) -> str:
    return f" {name:<16} {one:>20} {two:>20} {three:>20}"


def _counts(name: str, received: int, sent: int) -> str:
    return _triple(name, str(received), str(sent), str(received + sent))


def show_interface_brief(s: Switch, now: datetime) -> str:
    rows = []
    for p in s.ports:
        if p.kind in ("management", "vlan", "loopback"):
            continue
        vlan = str(p.access_vlan if p.mode == "access" else p.native_vlan)
        reason = "" if p.oper_up else "Waiting for link" if p.admin_up else "Administratively down"
        rows.append(
            f"{p.name:<14} {vlan:<7} {p.mode:<6} {'1GbT' if p.speed_bps <= G else '10GBT':<14} {'yes' if p.admin_up else 'no':<7} "
            f"{'up' if p.oper_up else 'down':<7} {reason:<23} {p.speed_bps // M if p.oper_up else '--':<7} {p.description[:30] or '--'}"
        )
    return lines(
        "-" * 110,
        "Port           Native  Mode   Type           Enabled Status  Reason                  Speed   Description",
        "               VLAN                                                                  (Mb/s)",
        "-" * 110,
        rows,
    )


def show_vlan(s: Switch, now: datetime) -> str:
    rule = "-" * 114
    rows = []
    for v in s.vlans:
        ports = [
            p.name
            for p in s.ports
            if p.kind in ("ethernet", "lag")
            and not p.lag
            and (
                (p.mode == "trunk" and (v.id in p.trunk_vlans or v.id == 1))
                or (p.mode == "access" and v.id in (p.access_vlan, p.voice_vlan))
            )
        ]
        up = any(s.port(name).oper_up for name in ports) and v.active
        reason = "ok" if up else "no_member_forwarding" if v.active else "admin_down"
        kind = "default" if v.id == 1 else "static"
        name = "DEFAULT_VLAN_1" if v.id == 1 else v.name
        first, *rest = wrap(ports, 30, ",")
        rows.append(
            f"{v.id:<5} {name:<33} {'up' if up else 'down':<7} {reason:<23} {kind:<11} {first + (',' if rest else ''):<30}"
        )
        rows += [f"{'':<84}{more}{',' if i < len(rest) - 1 else ''}" for i, more in enumerate(rest)]
    return lines(
        rule,
        "VLAN  Name                              Status  Reason                  Type        Interfaces                    ",
        rule,
        rows,
    )


def show_lldp_neighbor_info_detail(s: Switch, now: datetime) -> str:
    found = [(p, n) for p in s.ports for n in p.neighbors if "lldp" in n.protocols]
    rows: list[str] = []
    for p, n in found:
        rows += _neighbor(p, n)
    return lines(
        "",
        "LLDP Neighbor Information ",
        "=========================",
        "",
        f"Total Neighbor Entries          : {len(found)}",
        "Total Neighbor Entries Deleted  : 2",
        "Total Neighbor Entries Dropped  : 0",
        "Total Neighbor Entries Aged-Out : 2",
        "",
        rows,
    )


def _neighbor(p: Port, n: Neighbor) -> list[str]:
    words = ", ".join(_WORDS[c] for c in n.capabilities)
    rows = [
        "-" * 80,
        "",
        f"Port                           : {p.name}",
        "Neighbor Entries               : 1",
        "Neighbor Entries Deleted       : 0",
        "Neighbor Entries Dropped       : 0",
        "Neighbor Entries Aged-Out      : 0",
        f"Neighbor System-Name           : {n.name}",
        f"Neighbor System-Description    : {n.description}".replace("\r\n", " "),
        f"Neighbor Chassis-ID            : {n.chassis}",
        f"Neighbor Management-Address    : {n.address}",
        f"Chassis Capabilities Available : {words}",
        f"Chassis Capabilities Enabled   : {words}",
        f"Neighbor Port-ID               : {n.port_id}",
        f"Neighbor Port-Desc             : {n.port_description}",
        f"Neighbor Port VLAN ID          : {p.access_vlan if p.mode == 'access' else 1}",
        "TTL                            : 120",
        "",
    ]
    if p.poe_w:
        rows += [
            "Neighbor PoE information       : DOT3",
            "Neighbor Power Type            : Type 2 PD",
            "Neighbor Power Priority        : Low",
            "Neighbor Power Source          : PSE",
            f"PD Requested Power Value       : {p.poe_w:.1f} W",
            f"PSE Allocated Power Value      : {p.poe_w:.1f} W",
            "Neighbor Power Supported       : Yes",
            "Neighbor Power Enabled         : Yes",
            f"Neighbor Power Class           : {p.poe_class}",
            "Neighbor Power Paircontrol     : No",
            "PSE Power Pairs                : SIGNAL",
            "",
        ]
    return [
        *rows,
        "Neighbor Mac-Phy details",
        "Neighbor Auto-neg Supported    : true",
        "Neighbor Auto-Neg Enabled      : true",
        "Neighbor Auto-Neg Advertised   : 1000 BASE_TFD, 100 BASE_TXFD, 100 BASE_TX, 10 BASET_FD, 10 BASE_T",
        "Neighbor MAU type              : 1000 BASETFD",
        "",
    ]


def show_lacp_aggregates(s: Switch, now: datetime) -> str:
    rows: list[str] = []
    for lag in s.lags:
        rows += [
            "",
            f"Aggregate name   : {lag.name}",
            f"Interfaces       : {' '.join(lag.members)}",
            "Heartbeat rate   : Slow",
            "Hash             : l3-src-dst",
            "Aggregate mode   : Active",
            "",
        ]
    return lines(rows)


def show_lacp_interfaces(s: Switch, now: datetime) -> str:
    actors, partners = [], []
    for lag in s.lags:
        for m in lag.members:
            port, up = s.port(m), m in lag.bundled
            actors.append(
                f"{m:<10} {lag.name:<10} {port.index:<5} 1     {'ALFNCD' if up else 'ALFOE':<7} {s.mac} 65534  {lag.number:<5}{'up' if up else 'lacp-block'}"
            )
            other = port.neighbors[0].chassis if up and port.neighbors else "00:00:00:00:00:00"
            partners.append(
                f"{m:<10} {lag.name:<10} {port.index if up else 0:<5} {32768 if up else 65534:<6}{'ALFNCD' if up else 'PLFOEX':<7} {other} 32768  {100 + lag.number:<5}"
            )
    rule = "-" * 86
    return lines(
        "",
        "State abbreviations :",
        "A - Active        P - Passive      F - Aggregable I - Individual",
        "S - Short-timeout L - Long-timeout N - InSync     O - OutofSync",
        "C - Collecting    D - Distributing",
        "X - State m/c expired              E - Default neighbor state",
        "",
        "Actor details of all interfaces:",
        rule,
        "Intf       Aggr       Port  Port  State   System-ID         System Aggr Forwarding",
        "           Name       Id    Pri                             Pri    Key  State     ",
        rule,
        actors,
        "",
        "",
        "Partner details of all interfaces:",
        rule,
        "Intf       Aggr       Port  Port  State   System-ID         System Aggr ",
        "           Name       Id    Pri                             Pri    Key  ",
        rule,
        partners,
    )


def show_spanning_tree(s: Switch, now: datetime) -> str:
    rows = [
        "Spanning tree status          : Enabled Protocol: RPVST",
        "Extended System-id            : Enabled",
        "Ignore PVID Inconsistency     : Disabled",
        "Path cost method              : Long",
        "RPVST-MSTP Interconnect VLAN  : 1",
        f"Current Virtual Ports Count   : {len(s.stp) * 20}",
        "Maximum Allowed Virtual Ports : 2048",
    ]
    for t in s.stp:
        rows += [
            "",
            f"VLAN{t.vlan}",
            f"  Root ID    Priority   : {t.root_priority}",
            f"             MAC-Address: {t.root_mac}",
            *(["             This bridge is the root"] if t.is_root else []),
            "             Hello time(in seconds):2  Max Age(in seconds):20",
            "             Forward Delay(in seconds):15",
            "",
            f"  Bridge ID  Priority   : {t.bridge_priority}",
            f"             MAC-Address: {s.mac}",
            "             Hello time(in seconds):2  Max Age(in seconds):20",
            "             Forward Delay(in seconds):15",
            "",
            "Port         Role           State      Cost           Priority   Type             BPDU-Tx    BPDU-Rx    TCN-Tx     TCN-Rx",
            "------------ -------------- ---------- -------------- ---------- ---------------- ---------- ---------- ---------- ----------",
        ]
        for p in s.ports:
            if p.kind not in ("ethernet", "lag") or p.lag or not p.oper_up:
                continue
            if p.mode == "trunk" and (t.vlan == 1 or t.vlan in p.trunk_vlans):
                role = "Root" if p.name == t.root_port else "Designated"
                rows.append(
                    f"{p.name:<12} {role:<14} Forwarding 2000           64         p2p              12         41822      2          3"
                )
            elif p.mode == "access" and t.vlan in (p.access_vlan, p.voice_vlan):
                rows.append(
                    f"{p.name:<12} Designated     Forwarding 20000          128        p2p edge         41822      0          0          0"
                )
    return lines(rows)


def show_vsf(s: Switch, now: datetime) -> str:
    rows = []
    for m in s.stack:
        rows.append(f"{m.number:<3} {m.mac}  {m.model:<14} {_vsf_state(m.number, m.state)}")
    split = "No Split" if all(m.state == "Ready" for m in s.stack) else "Active Fragment"
    return lines(
        "Force Autojoin                : Disabled",
        "Autojoin Eligibility Status   : Not Eligible",
        f"MAC Address                   : {s.mac}",
        f"Secondary                     : {'2' if len(s.stack) > 1 else ''}",
        f"Topology                      : {'Chain' if len(s.stack) > 1 else 'Standalone'}",
        f"Status                        : {split}",
        "Split Detection Method        : None",
        "",
        "Mbr Mac Address        Type           Status",
        "ID",
        "--- ------------------ -------------- ---------------",
        rows,
    )


def _vsf_state(number: int, state: str) -> str:
    if state != "Ready":
        return "Not Present"
    return {1: "Conductor", 2: "Standby"}.get(number, "Member")


def show_vsf_detail(s: Switch, now: datetime) -> str:
    rows = [
        "VSF Stack",
        f"        MAC Address                  : {s.mac}",
        f"        Secondary                    : {'2' if len(s.stack) > 1 else ''}",
        f"        Topology                     : {'chain' if len(s.stack) > 1 else 'standalone'}",
        "        Status                       : No Split",
        "        Split Detection Method       : None",
        f"        Software Version             : {s.version}",
        "        Force Autojoin               : Disabled",
        "        Autojoin Eligibility Status  : Not Eligible",
        f"        Name                         : {s.hostname}",
        "        Contact                      : network-team",
        f"        Location                     : {s.location}",
    ]
    for m in s.stack:
        rows += [
            "",
            f"Member ID                            : {m.number}",
            f"        MAC Address                  : {m.mac}",
            f"        Type                         : {m.model}",
            "        Model                        : 6300M 48-port 1GbE Class 4 PoE and 4-port SFP56 Switch",
            f"        Status                       : {_vsf_state(m.number, m.state)}",
            "        ROM Version                  : FL.01.14.0002",
            f"        Serial Number                : {m.serial}",
            f"        Uptime                       : {_uptime(s, now)}",
            "        CPU Utilization              : 8%",
            "        Memory Utilization           : 23%",
            f"        VSF Link 1                   : {'Up, connected to peer member ' + str(3 - m.number) + ', link 1' if len(s.stack) == 2 else ''}",
            "        VSF Link 2                   :",
        ]
    return lines(rows)


def show_vrrp(s: Switch, now: datetime) -> str:
    rows = ["VRRP is enabled"]
    for v in s.svis:
        g = v.gateway
        if g and g.protocol == "vrrp":
            rows += [
                "",
                f"Interface {v.name} - Group {g.group} - Address-Family IPv4",
                f"  State is {g.state.upper()}",
                "  State duration 5 days 10 hours",
                f"  Virtual IP address is {g.virtual_address}",
                f"  Virtual MAC address is {g.virtual_mac}",
                "  Advertisement interval is 1000 msec",
                "  Preemption enabled",
                f"  Priority is {g.priority}",
                f"  Master Router is {v.address + ' (local)' if g.state == 'master' else g.other}",
            ]
    return lines(rows if len(rows) > 1 else ["VRRP is disabled"])


def show_ntp_status(s: Switch, now: datetime) -> str:
    r = s.ntp.reference
    rows = [
        "NTP Status Information",
        "",
        "NTP                         : Enabled",
        "NTP DHCP                    : Enabled",
        "NTP Authentication          : Disabled",
        "NTP Server Connections      : Using the default VRF",
        "",
        f"System time                 : {now:%a %b %d %H:%M:%S UTC %Y}",
        f"NTP uptime                  : {_uptime(s, now)}",
        "",
        "NTP Synchronization Information",
        "",
    ]
    if r is None:
        return lines(rows, "Not synchronized with an NTP server.")
    return lines(
        rows,
        f"NTP Server                  : {r.address} at stratum {r.stratum}",
        "Poll interval               : 1024 seconds",
        f"Time accuracy               : Within {r.offset_ms / 1000:.6f} seconds",
        f"Reference time              : {now:%a %b %d %Y %H:%M:%S}.647 (UTC)",
    )


def show_ntp_associations(s: Switch, now: datetime) -> str:
    rule = "-" * 78
    return lines(
        rule,
        " ID             NAME           REMOTE          REF-ID ST LAST POLL REACH",
        rule,
        (
            f"{'*' if p.selected else '+' if p.reachable else ' '} {i} {p.address:>16} {p.address:>16} {p.reference if p.reachable else '.INIT.':>15} "
            f"{p.stratum if p.reachable else 16:>2} {412:>4} {1024:>4} {377 if p.reachable else 0:>5}"
            for i, p in enumerate(s.ntp.peers, 1)
        ),
        rule,
    )


def show_power_over_ethernet(s: Switch, now: datetime) -> str:
    available, used = sum(b.available_w for b in s.poe), sum(b.used_w for b in s.poe)
    return lines(
        "",
        "System Power Status",
        "  PoE  Power Status            : No redundancy",
        "  Operational Power Status     : No redundancy",
        f"  Total Available Power        : {available:.0f} W",
        f"  Total Configured Power       : {available:.0f} W",
        "  Total Failover Pwr Avl       :   0 W",
        "  Total Redundancy Power       :   0 W",
        f"  Total Power Drawn            : {used:.0f} W",
        f"  Total Power Reserved         : {used:.0f} W",
        f"  Total Remaining Power        : {available - used:.0f} W",
        "  Trap Threshold               : 80 %",
        "  Trap Enabled                 : Yes",
        f"  Always-on PoE Enabled        : {','.join(f'{b.member}/1' for b in s.poe)}",
        "  Quick PoE Enabled            : None",
        "",
        "Internal Power",
        "        Total Power",
        "  PS    (Watts)        Status",
        "  ----- -------------  ---------------------",
        (
            f"  {c.name:<5} {c.watts if c.ok else 0:<14} {'Ok' if c.ok else 'Fault'}"
            for c in s.components
            if c.cls == "psu"
        ),
        "",
    )


def show_vrf(s: Switch, now: datetime) -> str:
    rows = ["VRF Configuration:", "------------------"]
    inside = {i for v in s.vrfs for i in v.interfaces}
    for name, ports in (
        ("default", [v.name for v in s.svis if v.name not in inside]),
        *((v.name, list(v.interfaces)) for v in s.vrfs),
    ):
        rows += [
            f"VRF Name   : {name}",
            "        Interfaces             Status",
            "        -----------------------------",
        ]
        rows += [f"        {i:<24} up" for i in ports] + [""]
    return lines(rows)


def show_bgp_summary(s: Switch, now: datetime) -> str:
    return "% BGP is not configured."


def show_port_access_clients(s: Switch, now: datetime) -> str:
    found = [(p, a) for p in s.ports for a in p.sessions]
    if not found:
        return "No port-access clients found."
    rows = ["", "Port Access Client Status Details", ""]
    for p, a in found:
        method = "dot1x" if a.method == "dot1x" else "mac-auth"
        state = "Authenticated" if a.authorised else "Unauthenticated"
        other = "mac-auth - Not attempted" if method == "dot1x" else "dot1x - Not attempted"
        rows += [
            f"Client {a.mac}, {a.user}",
            "============================",
            "  Session Details",
            "  ---------------",
            f"    Port         : {p.name}",
            "    Session Time : 40211s",
            f"    IPv4 Address : {a.address}",
            "    IPv6 Address :",
            "",
            "  Authentication Details",
            "  ----------------------",
            f"    Status          : {method} {state}",
            f"    Auth Precedence : {method} - {state}, {other}",
            "",
            "  Authorization Details",
            "  ----------------------",
            f"    Role   : {a.role or 'denyall'} ",
            f"    Status : {'Applied' if a.authorised else 'Not applied'}",
            "",
            "",
        ]
    return lines(rows)


def show_dhcpv4_snooping(s: Switch, now: datetime) -> str:
    return lines(
        "",
        "DHCPv4-Snooping Information",
        "",
        f" DHCPv4-Snooping            : {'Yes' if s.dhcp_snooping else 'No':<12} Verify MAC Address      : Yes",
        " Allow Overwrite Binding    : No           Enabled VLANs           : "
        + (",".join(map(str, s.dhcp_snooping_vlans)) if s.dhcp_snooping else ""),
        "",
    )


def show_logging(s: Switch, now: datetime) -> str:
    return lines(
        "---------------------------------------------------",
        "Event logs from current boot",
        "---------------------------------------------------",
        f"2026-11-02T10:13:12.114210+00:00 {s.hostname} hpe-config[1320]: Event|6801|LOG_INFO|AMM|1/1|Copying configs from running-config to startup-config",
    )


def show_ssh_server(s: Switch, now: datetime) -> str:
    return lines(
        "SSH server configuration on VRF default :",
        "",
        "    IP Version          : IPv4 and IPv6      TCP Port    : 22",
        "    SSH Version         : 2.0                Grace Timeout (sec)   : 60",
        "    Max Auth Attempts   : 6                  Max sessions : 5",
    )


def show_https_server(s: Switch, now: datetime) -> str:
    return lines(
        "HTTPS Server Configuration",
        "----------------------------",
        f"VRF                : {'default' if s.services.https else ''}",
        "REST Access Mode   : read-write",
    )


def show_clock(s: Switch, now: datetime) -> str:
    return lines(f"{now:%a %b %d %H:%M:%S UTC %Y}", "System is configured for timezone : UTC")


COMMANDS: Mapping[str, Reply] = {
    "show system": show_system,
    "show version": show_version,
    "show module": show_module,
    "show environment power-supply": show_environment_power_supply,
    "show environment fan": show_environment_fan,
    "show environment temperature": show_environment_temperature,
    "show interface": show_interface,
    "show interface brief": show_interface_brief,
    "show vlan": show_vlan,
    "show lldp neighbor-info detail": show_lldp_neighbor_info_detail,
    "show lldp neighbors-info detail": show_lldp_neighbor_info_detail,
    "show lacp aggregates": show_lacp_aggregates,
    "show lacp interfaces": show_lacp_interfaces,
    "show spanning-tree": show_spanning_tree,
    "show vsf": show_vsf,
    "show vsf detail": show_vsf_detail,
    "show vrrp": show_vrrp,
    "show ntp status": show_ntp_status,
    "show ntp associations": show_ntp_associations,
    "show power-over-ethernet": show_power_over_ethernet,
    "show vrf": show_vrf,
    "show bgp all-vrf all summary": show_bgp_summary,
    "show bgp all-vrfs all summary": show_bgp_summary,
    "show aaa authentication port-access interface all client-status": show_port_access_clients,
    "show dhcpv4-snooping": show_dhcpv4_snooping,
    "show logging": show_logging,
    "show ssh server": show_ssh_server,
    "show https-server": show_https_server,
    "show clock": show_clock,
    "show running-config": running_config,
    "show startup-config": startup_config,
}
