"""Arista EOS: the configuration, whole, as it follows from the model."""

from __future__ import annotations

from datetime import datetime

from tests.lab.cli.text import lines, ranges
from tests.lab.model import Port, Svi, Switch

_UNSAVED = ["ip access-list standard TEMPORARY-CHANGE", "   10 permit host 10.99.0.5", "!"]


def running_config(s: Switch, now: datetime) -> str:
    return lines("! Command: show running-config", _device(s), _body(s, unsaved=not s.config_saved))


def startup_config(s: Switch, now: datetime) -> str:
    saved = s.config_saved_at or now
    return lines(
        "! Command: show startup-config",
        f"! Startup-config last modified at {saved:%a %b} {saved.day:>2} {saved:%H:%M:%S %Y} by {s.config_changed_by}",
        _device(s),
        _body(s, unsaved=False),
    )


def _device(s: Switch) -> list[str]:
    return [
        f"! device: {s.hostname} ({s.model.removesuffix('-F')}, EOS-{s.version})",
        "!",
        "! boot system flash:/" + s.image,
        "!",
    ]


def _body(s: Switch, *, unsaved: bool) -> str:
    priority = s.stp[0].bridge_priority - s.stp[0].vlan if s.stp else 32768
    return lines(
        "transceiver qsfp default-mode 4x10G",
        "!",
        "service routing protocols model multi-agent",
        "!",
        "logging buffered 10000",
        "logging console errors",
        (f"logging host {h}" for h in s.logging_hosts),
        "logging source-interface Vlan99",
        "!",
        f"hostname {s.hostname}",
        f"dns domain {s.domain}",
        "!",
        (f"ntp server {p.address}{' prefer' if i == 0 else ''}" for i, p in enumerate(s.ntp.peers)),
        "ntp local-interface Vlan99",
        "!",
        _sflow(s),
        _snmp(s),
        _aaa_servers(s),
        "spanning-tree mode rapid-pvst",
        "no spanning-tree vlan-id 4094",
        f"spanning-tree vlan-id {ranges(t.vlan for t in s.stp)} priority {priority}",
        "spanning-tree edge-port bpduguard default" if s.bpdu_guard else [],
        "!",
        _aaa(s),
        (f"username {u.name} privilege {u.level} role network-admin secret sha512 {u.hash}" for u in s.users),
        "!",
        "clock timezone UTC",
        "!",
        _vlans(s),
        (row for v in s.vrfs for row in (f"vrf instance {v.name}", "!")),
        _qos(s),
        _interfaces(s),
        _virtual_mac(s),
        _UNSAVED if unsaved else [],
        "ip routing",
        (f"ip routing vrf {v.name}" for v in s.vrfs),
        "!",
        _mlag(s),
        "ip route 0.0.0.0/0 10.10.250.1",
        "!",
        _bgp(s),
        "management api http-commands" if s.services.http or s.services.https else [],
        ("   protocol http", "   no shutdown", "!")
        if s.services.http
        else ("   no shutdown", "!")
        if s.services.https
        else [],
        f"banner login\n{s.banner}\nEOF\n!",
        "management ssh",
        "   idle-timeout 15",
        "   authentication mode password",
        "   no shutdown" if s.services.ssh else "   shutdown",
        "!",
        ("management telnet", "   no shutdown", "!") if s.services.telnet else [],
        "end",
    )


def _sflow(s: Switch) -> list[str]:
    rows: list[str] = []
    for f in s.flow_exporters:
        rows += [
            "sflow sample 16384",
            f"sflow destination {f.destination}",
            "sflow source-interface Vlan99",
            "sflow run",
            "!",
        ]
    return rows


def _snmp(s: Switch) -> list[str]:
    engine = "f5717f" + s.mac.replace(":", "") + "00"
    rows = [
        f"snmp-server contact network team, {s.domain}",
        f"snmp-server location {s.location}",
        "snmp-server local-interface Vlan99",
    ]
    if s.services.snmp_users:
        rows.append("snmp-server view LAB-VIEW iso included")
    rows += [f"snmp-server community {c} ro" for c in s.services.snmp_communities]
    for u in s.services.snmp_users:
        rows.append(f"snmp-server group {u.group} v3 priv read LAB-VIEW")
        rows.append(
            f"snmp-server user {u.name} {u.group} v3 localized {engine} auth sha256 {engine * 3}b7 priv aes {engine * 2}3f"
        )
    for h in s.services.snmp_hosts:
        rows.append(f"snmp-server host {h.address} version {'3 priv' if h.version == '3' else h.version} {h.user}")
    return [*rows, "snmp-server enable traps", "!"]


def _aaa_servers(s: Switch) -> list[str]:
    if not s.aaa.central:
        return []
    secret = s.aaa.key.encode().hex().upper()[:26]
    rows = [f"tacacs-server host {h} key 7 06{secret}" for h in s.aaa.servers]
    rows += ["!", "aaa group server tacacs+ HOSP-TACACS", *(f"   server {h}" for h in s.aaa.servers), "!"]
    return rows


def _aaa(s: Switch) -> list[str]:
    if not s.aaa.central:
        return ["aaa authorization exec default local", "!", "no aaa root", "!"]
    return [
        "aaa authentication login default group HOSP-TACACS local", "aaa authorization exec default group HOSP-TACACS local",
        "aaa authorization commands all default group HOSP-TACACS local", "aaa accounting commands all default start-stop group HOSP-TACACS",
        "!", "no aaa root", "!",
    ]  # fmt: skip


def _vlans(s: Switch) -> list[str]:
    rows: list[str] = []
    for v in s.vlans:
        if v.id != 1:
            rows += [f"vlan {v.id}", f"   name {v.name}", *([] if v.active else ["   state suspend"]), "!"]
    return [*rows, "vlan 4094", "   name MLAG-PEER", "   trunk group MLAG-PEER", "!"]


def _qos(s: Switch) -> list[str]:
    rows: list[str] = []
    marks = {"VOICE": "46", "VIDEO": "34", "SIGNALLING": "24", "CLINICAL": "26"}
    if not s.qos:
        return rows
    for name in s.qos[0].classes:
        rows += [f"class-map type qos match-any {name}", f"   match dscp {marks[name]}", "!"]
    rows.append(f"policy-map type quality-of-service {s.qos[0].name}")
    for i, name in enumerate(s.qos[0].classes):
        rows += [f"   class {name}", f"      set traffic-class {max(1, 5 - i)}"]
    return [*rows, "!"]


def _interfaces(s: Switch) -> list[str]:
    rows: list[str] = []
    order = {"lag": 0, "ethernet": 1, "loopback": 2, "management": 3}
    for p in sorted((p for p in s.ports if p.kind != "vlan"), key=lambda p: order[p.kind]):
        rows += _interface(s, p)
    for svi in s.svis:
        rows += _svi(svi)
    if s.pair:
        own = 1 if s.pair.role == "primary" else 2
        rows += [
            "interface Vlan4094",
            "   description MLAG peer",
            "   no autostate",
            f"   ip address 10.10.252.{own}/30",
            "!",
        ]
    return rows


def _interface(s: Switch, p: Port) -> list[str]:
    rows = [f"interface {p.name}"]
    rows += [f"   description {p.description}"] if p.description and p.kind != "management" else []
    rows += ["   shutdown"] if not p.admin_up else []
    if p.kind == "loopback":
        return [*rows, f"   ip address {p.address}/{p.prefix}", "!"]
    if p.kind == "management":
        return (
            [*rows, "   shutdown" if not p.oper_up else f"   ip address {s.address}/16", "!"]
            if p.admin_up
            else [*rows, "!"]
        )
    lag = next((x for x in s.lags if x.name == p.name), None)
    if p.lag:
        rows += [f"   mtu {p.mtu}"] if p.mtu != 9214 else []
        rows += [f"   channel-group {p.lag.removeprefix('Port-Channel')} mode active"]
        rows += [f"   qos trust {p.trust}"] if p.trust else []
        return [*rows, "!"]
    if p.mode == "trunk":
        rows += [
            f"   switchport trunk allowed vlan {ranges((*p.trunk_vlans, 4094) if lag and lag.peer_link else p.trunk_vlans)}",
            "   switchport mode trunk",
        ]
        rows += ["   switchport trunk group MLAG-PEER"] if lag and lag.peer_link else []
        rows += [f"   mlag {lag.mlag_id}"] if lag and lag.mlag_id else []
        rows += [f"   qos trust {p.trust}"] if p.trust else []
        rows += [f"   service-policy type qos input {s.qos[0].name}"] if s.qos and lag and not lag.peer_link else []
    elif p.access_vlan != 1:
        rows += [f"   switchport access vlan {p.access_vlan}", "   spanning-tree portfast"]
    return [*rows, "!"]


def _svi(svi: Svi) -> list[str]:
    rows = [f"interface {svi.name}", f"   description {svi.description}"]
    rows += [f"   vrf {svi.vrf}"] if svi.vrf else []
    rows += [f"   ip address {svi.address}/{svi.prefix}"]
    rows += [f"   ip helper-address {h}" for h in svi.helpers]
    rows += [f"   ip access-group {svi.acl_in} in"] if svi.acl_in else []
    g = svi.gateway
    if g and g.protocol == "varp":
        rows.append(f"   ip virtual-router address {g.virtual_address}")
    if g and g.protocol == "vrrp":
        rows += [f"   vrrp {g.group} priority-level {g.priority}", f"   vrrp {g.group} ipv4 {g.virtual_address}"]
    return [*rows, "!"]


def _virtual_mac(s: Switch) -> list[str]:
    found = next((v.gateway for v in s.svis if v.gateway and v.gateway.protocol == "varp"), None)
    return [f"ip virtual-router mac-address {found.virtual_mac}", "!"] if found else []


def _mlag(s: Switch) -> list[str]:
    if s.pair is None:
        return []
    return [
        "mlag configuration", f"   domain-id {s.pair.domain}", "   local-interface Vlan4094",
        f"   peer-address {s.pair.peer_address}", f"   peer-link {s.pair.peer_link}", "   reload-delay mlag 300",
        "   reload-delay non-mlag 330", "!",
    ]  # fmt: skip


def _bgp(s: Switch) -> list[str]:
    if s.bgp is None:
        return []
    rows = [f"router bgp {s.bgp.asn}", f"   router-id {s.bgp.router_id}", "   no bgp default ipv4-unicast"]
    for p in s.bgp.peers:
        rows += [
            f"   neighbor {p.address} remote-as {p.remote_as}",
            f"   neighbor {p.address} description {p.description}",
            f"   neighbor {p.address} password 7 Kx9Ff3dQWm8bY6hU1tX2Vg==",
        ]
    rows += [
        "   !",
        "   address-family ipv4",
        *(f"      neighbor {p.address} activate" for p in s.bgp.peers),
        "      redistribute connected",
        "!",
    ]
    return rows
