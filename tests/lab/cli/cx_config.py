"""ArubaOS-CX: the configuration, whole, as it follows from the model."""

from __future__ import annotations

from datetime import datetime

from tests.lab.cli.text import lines
from tests.lab.model import Port, Svi, Switch

_UNSAVED = ["access-list ip TEMPORARY-CHANGE", "    10 permit any 10.99.0.5 any"]


def running_config(s: Switch, now: datetime) -> str:
    return lines("Current configuration:", _body(s, unsaved=not s.config_saved))


def startup_config(s: Switch, now: datetime) -> str:
    return lines("Startup configuration:", _body(s, unsaved=False))


def _body(s: Switch, *, unsaved: bool) -> str:
    return lines(
        "!",
        f"!Version ArubaOS-CX {s.version}",
        "!export-password: default",
        f"hostname {s.hostname}",
        f"banner motd !\n{s.banner}\n!",
        "no usb",
        (f"user {u.name} group {u.level} password ciphertext {u.hash}" for u in s.users),
        "clock timezone utc",
        (f"ntp server {p.address} iburst{' prefer' if i == 0 else ''}" for i, p in enumerate(s.ntp.peers)),
        "ntp enable",
        "cli-session",
        "    timeout 15",
        _archive(s),
        (f"logging {h} severity info include-auditable-events" for h in s.logging_hosts),
        _aaa(s),
        _snmp(s),
        "telnet server vrf default" if s.services.telnet else [],
        "ssh server vrf default" if s.services.ssh else [],
        "vsf secondary-member 2" if len(s.stack) > 1 else [],
        _vsf(s),
        _UNSAVED if unsaved else [],
        _sflow(s),
        ("dhcpv4-snooping", "no dhcpv4-snooping option 82") if s.dhcp_snooping else [],
        _roles(s),
        _qos(s),
        _vlans(s),
        "qos trust dscp" if s.qos else [],
        "spanning-tree mode rpvst",
        "spanning-tree",
        f"spanning-tree vlan {','.join(str(t.vlan) for t in s.stp)}",
        _radius_ports(s),
        "interface mgmt",
        "    shutdown",
        "    ip dhcp",
        _interfaces(s),
        (row for v in s.svis for row in _svi(v)),
        f"ip route 0.0.0.0/0 {s.svis[0].address.rsplit('.', 2)[0]}.0.1",
        f"ip dns domain-name {s.domain}",
        "https-server vrf default" if s.services.https else [],
    )


def _archive(s: Switch) -> list[str]:
    if not s.archive:
        return []
    path = s.archive.replace("$h", s.hostname).replace("scp://", "sftp://backup@")
    return [
        "job CONFIG-COPY", "    10 cli command \"copy running-config " + path + " cli vrf default\"",
        "schedule CONFIG-NIGHTLY", "    job CONFIG-COPY", "    trigger every days 1",
    ]  # fmt: skip


def _aaa(s: Switch) -> list[str]:
    if not s.aaa.central:
        return ["aaa authentication login ssh local"]
    cipher = "AQBap" + s.mac.replace(":", "") * 4 + "="
    rows = [f"tacacs-server host {h} key ciphertext {cipher}" for h in s.aaa.servers]
    rows += [f"radius-server host {h} key ciphertext {cipher}" for h in s.aaa.servers]
    rows += ["aaa group server tacacs HOSP-TACACS", *(f"    server {h}" for h in s.aaa.servers)]
    rows += [
        "aaa authentication login ssh group HOSP-TACACS local",
        "aaa authentication login https-server group HOSP-TACACS local",
        "aaa authorization commands ssh group HOSP-TACACS local",
        "aaa accounting all-mgmt ssh start-stop group HOSP-TACACS",
    ]
    return rows


def _snmp(s: Switch) -> list[str]:
    cipher = "AQBap" + s.mac.replace(":", "")[::-1] * 3 + "="
    rows = [
        "snmp-server vrf default",
        f"snmp-server system-location {s.location}",
        f"snmp-server system-contact network team, {s.domain}",
    ]
    for c in s.services.snmp_communities:
        rows += [f"snmp-server community {c}", "    access-level ro"]
    for u in s.services.snmp_users:
        rows.append(
            f"snmpv3 user {u.name} auth sha256 auth-pass ciphertext {cipher} priv aes priv-pass ciphertext {cipher} access-level ro"
        )
    for h in s.services.snmp_hosts:
        if h.version == "3":
            rows.append(f"snmp-server host {h.address} trap version v3 user {h.user}")
        else:
            rows.append(f"snmp-server host {h.address} trap version v2c community {h.user}")
    return rows


def _vsf(s: Switch) -> list[str]:
    rows: list[str] = []
    for m in s.stack if len(s.stack) > 1 else ():
        rows += [f"vsf member {m.number}", f"    type {m.model.lower()}", f"    link 1 {m.number}/1/52"]
    return rows


def _sflow(s: Switch) -> list[str]:
    rows: list[str] = []
    for f in s.flow_exporters:
        rows += [
            "sflow",
            f"sflow collector {f.destination} port {f.port} vrf default",
            f"sflow agent-ip {s.address}",
            "sflow sampling 4096",
        ]
    return rows


def _roles(s: Switch) -> list[str]:
    if not any(p.authenticates for p in s.ports):
        return []
    return [
        "port-access role staff", "    vlan access 10", "port-access role voice", "    vlan trunk allowed 20",
        "    device-traffic-class voice", "port-access role medical", "    vlan access 30",
    ]  # fmt: skip


def _qos(s: Switch) -> list[str]:
    if not s.qos:
        return []
    marks = {"VOICE": "EF", "VIDEO": "AF41", "SIGNALLING": "CS3", "CLINICAL": "AF31"}
    rows: list[str] = []
    for name in s.qos[0].classes:
        rows += [f"class ip {name}", f"    10 match any any any dscp {marks[name]}"]
    rows.append(f"policy {s.qos[0].name}")
    rows += [f"    {10 * i} class ip {name} action dscp {marks[name]}" for i, name in enumerate(s.qos[0].classes, 1)]
    rows.append("qos queue-profile HOSP-QUEUES")
    rows += [f"    map queue {q} local-priority {q}" for q in range(8)]
    rows += [f"qos schedule-profile {s.qos[-1].name}", *(f"    dwrr queue {q} weight {q + 1}" for q in range(7))]
    rows.append("    strict queue 7" if s.qos[-1].priority_class else "    dwrr queue 7 weight 8")
    rows.append(f"apply qos queue-profile HOSP-QUEUES schedule-profile {s.qos[-1].name}")
    return rows


def _vlans(s: Switch) -> list[str]:
    rows = []
    for v in s.vlans:
        rows.append(f"vlan {v.id}")
        if v.id != 1:
            rows.append(f"    name {v.name}")
        rows += ["    shutdown"] if not v.active else []
        rows += ["    voice"] if v.name == "VOICE" else []
        rows += ["    dhcpv4-snooping"] if s.dhcp_snooping and v.id in s.dhcp_snooping_vlans else []
        rows += ["    arp inspection"] if s.arp_inspection and v.id in s.dhcp_snooping_vlans else []
    return rows


def _radius_ports(s: Switch) -> list[str]:
    if not any(p.authenticates for p in s.ports):
        return []
    return ["aaa authentication port-access dot1x authenticator", "    radius server-group radius", "    enable",
            "aaa authentication port-access mac-auth", "    radius server-group radius", "    enable"]  # fmt: skip


def _interfaces(s: Switch) -> list[str]:
    rows: list[str] = []
    order = {"lag": 0, "ethernet": 1}
    for p in sorted((p for p in s.ports if p.kind in order), key=lambda p: order[p.kind]):
        rows += _interface(s, p)
    return rows


def _interface(s: Switch, p: Port) -> list[str]:
    rows = [f"interface {'lag ' + p.name.removeprefix('lag') if p.kind == 'lag' else p.name}"]
    rows += [f"    description {p.description}"] if p.description else []
    rows.append("    no shutdown" if p.admin_up else "    shutdown")
    if p.lag:
        return [*rows, f"    lag {p.lag.removeprefix('lag')}"]
    rows.append("    no routing")
    if p.mode == "trunk":
        rows += ["    vlan trunk native 1", f"    vlan trunk allowed {','.join(map(str, (1, *p.trunk_vlans)))}"]
        rows += ["    lacp mode active"] if p.kind == "lag" else []
        rows += [f"    qos trust {p.trust}"] if p.trust else []
        return [
            *rows,
            *(["    dhcpv4-snooping trust"] if s.dhcp_snooping else []),
            *(["    arp inspection trust"] if s.arp_inspection else []),
        ]
    if p.voice_vlan:
        rows += [f"    vlan trunk native {p.access_vlan}", f"    vlan trunk allowed {p.access_vlan},{p.voice_vlan}"]
    else:
        rows.append(f"    vlan access {p.access_vlan}")
    rows += [f"    apply policy {p.policy_in} in"] if p.policy_in else []
    rows += [f"    qos trust {p.trust}"] if p.trust else []
    rows += (
        ["    spanning-tree bpdu-guard", "    spanning-tree port-type admin-edge"] if s.bpdu_guard and p.edge else []
    )
    if p.authenticates:
        rows += ["    aaa authentication port-access auth-precedence dot1x mac-auth", "    aaa authentication port-access client-limit 3",
                 "    aaa authentication port-access dot1x authenticator", "        eapol-timeout 10", "        enable",
                 "    aaa authentication port-access mac-auth", "        enable"]  # fmt: skip
    return rows


def _svi(svi: Svi) -> list[str]:
    rows = [f"interface vlan {svi.vlan}"]
    rows += [f"    description {svi.description}"] if svi.description else []
    rows += [f"    vrf attach {svi.vrf}"] if svi.vrf else []
    rows += [f"    ip address {svi.address}/{svi.prefix}"]
    g = svi.gateway
    if g and g.protocol == "active_gateway":
        rows += [f"    active-gateway ip mac {g.virtual_mac}", f"    active-gateway ip {g.virtual_address}"]
    if g and g.protocol == "vrrp":
        rows += [
            f"    vrrp {g.group} address-family ipv4",
            f"        address {g.virtual_address} primary",
            f"        priority {g.priority}",
            "        no shutdown",
            "        exit",
        ]
    rows += [f"    ip helper-address {h}" for h in svi.helpers]
    return rows
