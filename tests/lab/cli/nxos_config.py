"""Cisco NX-OS: the configuration, whole, as it follows from the model."""

from __future__ import annotations

from datetime import datetime

from tests.lab.cli.text import lines, ranges
from tests.lab.model import Port, Svi, Switch

_UNSAVED = ["ip access-list TEMPORARY-CHANGE", "  10 permit ip 10.99.0.5/32 any "]


def running_config(s: Switch, now: datetime) -> str:
    return lines(
        "",
        "!Command: show running-config",
        _changed(s, "Running", now),
        "",
        _body(s, unsaved=not s.config_saved),
    )


def startup_config(s: Switch, now: datetime) -> str:
    saved = s.config_saved_at or now
    return lines(
        "",
        "!Command: show startup-config",
        f"!Time: {_time(now)}",
        f"!Startup config saved at: {_time(saved)}",
        "",
        _body(s, unsaved=False),
    )


def _changed(s: Switch, word: str, now: datetime) -> list[str]:
    changed = s.config_changed_at or now
    return [f"!{word} configuration last done at: {_time(changed)}", f"!Time: {_time(now)}"]


def _time(moment: datetime) -> str:
    return f"{moment:%a %b} {moment.day:>2} {moment:%H:%M:%S %Y}"


def _body(s: Switch, *, unsaved: bool) -> str:
    return lines(
        f"version {s.version} Bios:version 05.51 ",
        f"hostname {s.hostname}",
        f"vdc {s.hostname} id 1",
        "  limit-resource vlan minimum 16 maximum 4094",
        "  limit-resource vrf minimum 2 maximum 4096",
        "",
        "feature telnet" if s.services.telnet else [],
        "feature scp-server",
        "feature tacacs+" if s.aaa.central else [],
        "cfs eth distribute",
        "feature bgp" if s.bgp else [],
        "feature interface-vlan",
        "feature hsrp",
        "feature lacp",
        "feature vpc",
        "feature lldp",
        "feature netflow" if s.flow_exporters else [],
        "",
        "no password strength-check",
        (f"username {u.name} password 5 {u.hash}  role {u.level}" for u in s.users),
        f"banner motd ^\n{s.banner}\n^",
        "",
        f"ip domain-name {s.domain}",
        _tacacs(s),
        _UNSAVED if unsaved else [],
        _qos(s),
        "copp profile strict",
        _snmp(s),
        "rmon event 1 log trap public description FATAL(1) owner PMON@FATAL",
        (f"ntp server {p.address}{' prefer' if i == 0 else ''} use-vrf management" for i, p in enumerate(s.ntp.peers)),
        "ntp source-interface  mgmt0",
        _aaa(s),
        "",
        f"vlan {ranges(v.id for v in s.vlans)}",
        _vlans(s),
        "",
        "spanning-tree port type edge bpduguard default" if s.bpdu_guard else [],
        "spanning-tree loopguard default",
        _stp(s),
        _helpers(s),
        _vrfs(s),
        _vpc(s),
        _flow(s),
        "",
        _interfaces(s),
        _bgp(s),
        _logging(s),
        "cli alias name wr copy running-config startup-config",
        "line console",
        "  exec-timeout 10",
        "line vty",
        "  exec-timeout 10",
        f"boot nxos bootflash:/{s.image} ",
        "",
    )


def _tacacs(s: Switch) -> list[str]:
    if not s.aaa.central:
        return []
    rows = ["ip tacacs source-interface mgmt0"]
    rows += [f'tacacs-server host {h} key 7 "{s.aaa.key[::-1]}Fewhg12" ' for h in s.aaa.servers]
    rows += [
        "aaa group server tacacs+ HOSP-TACACS ",
        *(f"    server {h} " for h in s.aaa.servers),
        "    use-vrf management",
    ]
    return rows


def _aaa(s: Switch) -> list[str]:
    if not s.aaa.central:
        return ["aaa authentication login default local "]
    return [
        "aaa authentication login default group HOSP-TACACS local ",
        "aaa authorization config-commands default group HOSP-TACACS local ",
        "aaa authorization commands default group HOSP-TACACS local ",
        "aaa accounting default group HOSP-TACACS ",
        "no aaa user default-role ",
    ]


def _snmp(s: Switch) -> list[str]:
    rows = [f"snmp-server location {s.location}", f"snmp-server contact network team, {s.domain}"]
    for u in s.services.snmp_users:
        secret = s.mac.replace(":", "")
        rows.append(
            f"snmp-server user {u.name} network-operator auth sha-256 0x{secret}17d3a5c9e1 priv aes-128 0x{secret[::-1]}77c0ffee localizedV2key"
        )
    for h in s.services.snmp_hosts:
        level = "3 priv" if h.version == "3" else "2c"
        rows.append(f"snmp-server host {h.address} traps version {level} {h.user} ")
    rows += [f"snmp-server community {c} group network-operator" for c in s.services.snmp_communities]
    return rows


def _qos(s: Switch) -> list[str]:
    marks = {"VOICE": "46", "VIDEO": "34", "SIGNALLING": "24", "CLINICAL": "26"}
    rows: list[str] = []
    if not s.qos:
        return rows
    for name in s.qos[0].classes:
        rows += [f"class-map type qos match-any {name}", f"  match dscp {marks[name]}"]
    rows.append(f"policy-map type qos {s.qos[0].name}")
    for i, name in enumerate(s.qos[0].classes):
        rows += [f"  class {name}", f"    set qos-group {7 - i}"]
    if len(s.qos) > 1:
        rows += [f"policy-map type queuing {s.qos[1].name}", "  class type queuing c-out-8q-q7", "    priority level 1",
                 "  class type queuing c-out-8q-q-default", "    bandwidth remaining percent 60"]  # fmt: skip
        rows += ["system qos", f"  service-policy type queuing output {s.qos[1].name}"]
    return rows


def _vlans(s: Switch) -> list[str]:
    rows: list[str] = []
    for v in s.vlans:
        if v.id != 1:
            rows += [f"vlan {v.id}", f"  name {v.name}", *([] if v.active else ["  state suspend"])]
    return rows


def _stp(s: Switch) -> list[str]:
    if not s.stp:
        return []
    base = s.stp[0].bridge_priority - s.stp[0].vlan
    return [f"spanning-tree vlan {ranges(t.vlan for t in s.stp)} priority {base}"]


def _helpers(s: Switch) -> list[str]:
    return ["service dhcp", "ip dhcp relay"] if any(v.helpers for v in s.svis) else ["service dhcp"]


def _vrfs(s: Switch) -> list[str]:
    rows: list[str] = []
    for v in s.vrfs:
        rows.append(f"vrf context {v.name}")
        rows.append("  ip route 0.0.0.0/0 10.99.0.1" if v.name == "management" else f"  rd {v.rd}")
    return rows


def _vpc(s: Switch) -> list[str]:
    if s.pair is None:
        return []
    return [
        f"vpc domain {s.pair.domain}", "  peer-switch", f"  role priority {8192 if s.pair.role == 'primary' else 16384}",
        f"  peer-keepalive destination {s.pair.peer_address} source {s.address}", "  delay restore 150", "  peer-gateway",
        "  layer3 peer-router", "  auto-recovery", "  ip arp synchronize",
    ]  # fmt: skip


def _flow(s: Switch) -> list[str]:
    rows: list[str] = []
    for f in s.flow_exporters:
        rows += [
            f"flow exporter {f.name}", f"  destination {f.destination} use-vrf management", f"  transport udp {f.port}",
            "  source mgmt0", "  version 9", "flow record HOSP-RECORD", "  match ipv4 source address",
            "  match ipv4 destination address", "  match ip protocol", "  collect counter bytes", "flow monitor HOSP-MONITOR",
            "  record HOSP-RECORD", f"  exporter {f.name}",
        ]  # fmt: skip
    return rows


def _interfaces(s: Switch) -> list[str]:
    rows: list[str] = ["interface Vlan1", ""]
    for svi in s.svis:
        rows += _svi(svi)
    order = {"lag": 0, "ethernet": 1, "management": 2, "loopback": 3}
    for p in sorted((p for p in s.ports if p.kind != "vlan"), key=lambda p: order[p.kind]):
        rows += _interface(s, p)
    return rows


def _svi(svi: Svi) -> list[str]:
    rows = [f"interface {svi.name}", f"  description {svi.description}", "  no shutdown"]
    rows += [f"  vrf member {svi.vrf}"] if svi.vrf else []
    rows += ["  no ip redirects", f"  ip address {svi.address}/{svi.prefix}"]
    rows += [f"  ip access-group {svi.acl_in} in"] if svi.acl_in else []
    g = svi.gateway
    if g and g.protocol == "hsrp":
        rows += [
            "  hsrp version 2",
            f"  hsrp {g.group} ",
            "    preempt ",
            f"    priority {g.priority}",
            f"    ip {g.virtual_address} ",
        ]
    rows += [f"  ip dhcp relay address {h} " for h in svi.helpers]
    return [*rows, ""]


def _interface(s: Switch, p: Port) -> list[str]:
    rows = [f"interface {p.name}"]
    rows += [f"  description {p.description}"] if p.description else []
    if p.kind == "management":
        return [*rows, f"  vrf member {p.vrf}", f"  ip address {p.address}/{p.prefix}", ""]
    if p.kind == "loopback":
        return [*rows, f"  ip address {p.address}/{p.prefix}", ""]
    lag = next((x for x in s.lags if x.name in (p.name, p.lag)), None)
    if p.mode == "routed":
        rows += ["  no switchport", f"  ip address {p.address}/{p.prefix}"]
    elif p.mode == "trunk":
        rows += ["  switchport mode trunk", f"  switchport trunk allowed vlan {ranges(p.trunk_vlans)}"]
        rows += ["  spanning-tree port type network"] if lag and lag.peer_link and p.kind == "lag" else []
    elif p.access_vlan != 1:
        rows += [f"  switchport access vlan {p.access_vlan}", "  spanning-tree port type edge"]
    if p.kind == "lag" and lag:
        rows += ["  vpc peer-link"] if lag.peer_link else [f"  vpc {lag.mlag_id}"] if lag.mlag_id else []
    rows += [f"  mtu {p.mtu}"] if p.mtu != 1500 and not (lag and lag.peer_link and p.kind == "lag") else []
    rows += (
        [f"  service-policy type qos input {s.qos[0].name}"]
        if s.qos and p.kind == "ethernet" and p.mode == "trunk"
        else []
    )
    rows += ["  ip flow monitor HOSP-MONITOR input"] if s.flow_exporters and p.mode == "routed" else []
    rows += [f"  channel-group {p.lag.removeprefix('port-channel')} mode active"] if p.lag else []
    if p.kind == "ethernet":
        rows.append("  no shutdown" if p.admin_up else "  shutdown")
    return [*rows, ""]


def _bgp(s: Switch) -> list[str]:
    if s.bgp is None:
        return []
    rows = [
        f"router bgp {s.bgp.asn}",
        f"  router-id {s.bgp.router_id}",
        "  log-neighbor-changes",
        "  address-family ipv4 unicast",
        "    network 10.10.100.0/24",
    ]
    for p in s.bgp.peers:
        rows += [
            f"  neighbor {p.address}",
            f"    remote-as {p.remote_as}",
            f"    description {p.description}",
            "    password 3 a667d47acc18ea6b",
            "    address-family ipv4 unicast",
        ]
    return rows


def _logging(s: Switch) -> list[str]:
    return [
        *(f"logging server {h} 5 use-vrf management" for h in s.logging_hosts),
        "logging source-interface mgmt0",
        "logging timestamp milliseconds",
    ]
