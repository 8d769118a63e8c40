"""Cisco IOS and IOS-XE: the configuration, whole, as it follows from the model."""

from __future__ import annotations

from datetime import datetime

from tests.lab.cli.ios_qos import MARKS
from tests.lab.cli.text import clock, lines, mask, network, ranges
from tests.lab.model import Port, Svi, Switch

_TYPE = {"cisco_xe": "9", "cisco_ios": "5"}
_UNSAVED = ["ip access-list standard TEMPORARY-CHANGE", " 10 permit 10.99.0.5"]


def running_config(s: Switch, now: datetime) -> str:
    body = _body(s, unsaved=not s.config_saved)
    return lines(
        "Building configuration...",
        "",
        f"Current configuration : {len(body)} bytes",
        "!",
        _stamps(s),
        body,
    )


def startup_config(s: Switch, now: datetime) -> str:
    body = _body(s, unsaved=False)
    return lines(f"Using {len(body)} out of 2097152 bytes", "!", _stamps(s), body)


def _stamps(s: Switch) -> list[str]:
    if s.config_changed_at is None or s.config_saved_at is None:
        return []
    return [
        f"! Last configuration change at {clock(s.config_changed_at)} by {s.config_changed_by}",
        f"! NVRAM config last updated at {clock(s.config_saved_at)} by {s.config_changed_by}",
        "!",
    ]


def _body(s: Switch, *, unsaved: bool) -> str:
    return lines(
        f"version {'.'.join(s.version.split('.')[:2]) if s.platform == 'cisco_xe' else '15.2'}",
        "no service pad",
        "service timestamps debug datetime msec localtime show-timezone",
        "service timestamps log datetime msec localtime show-timezone",
        "service password-encryption",
        "service sequence-numbers",
        "!",
        f"hostname {s.hostname}",
        "!",
        "!",
        _vrf_definitions(s),
        "logging buffered 16384",
        "no logging console",
        f"enable secret {_TYPE[s.platform]} {s.enable_hash}",
        "!",
        _accounts(s),
        _aaa(s),
        "clock timezone UTC 0 0",
        f"switch 1 provision {s.model.lower()}" if s.platform == "cisco_ios" else _provision(s),
        "!",
        f"ip domain name {s.domain}",
        "no ip domain lookup",
        _snooping(s),
        "login on-failure log",
        "login on-success log",
        "!",
        "vtp mode transparent",
        "!",
        _archive(s),
        "dot1x system-auth-control" if any(p.authenticates for p in s.ports) else [],
        "lldp run",
        "!",
        "spanning-tree mode rapid-pvst",
        "spanning-tree loopguard default",
        ("spanning-tree portfast default", "spanning-tree portfast bpduguard default")
        if s.bpdu_guard and s.platform == "cisco_xe"
        else [],
        ("spanning-tree portfast default", "spanning-tree portfast bpduguard default")
        if s.bpdu_guard and s.platform == "cisco_ios"
        else [],
        "spanning-tree extend system-id",
        "!",
        "errdisable recovery cause bpduguard",
        "errdisable recovery interval 300",
        "!",
        _vlans(s),
        _qos(s),
        "!",
        _flow(s),
        _interfaces(s),
        f"ip default-gateway {default_gateway(s)}" if s.role == "access" else [],
        "ip http server" if s.services.http else "no ip http server",
        "ip http authentication aaa" if s.services.http or s.services.https else [],
        "ip http secure-server" if s.services.https else "no ip http secure-server",
        f"ip ssh version {s.services.ssh_version[0]}",
        "ip ssh time-out 60",
        "ip scp server enable",
        "!",
        "ip access-list standard MANAGEMENT",
        " 10 permit 10.10.100.0 0.0.0.255",
        " 20 permit 10.99.0.0 0.0.255.255",
        _UNSAVED if unsaved else [],
        "!",
        _sla(s),
        "logging source-interface Vlan99",
        (f"logging host {h}" for h in s.logging_hosts),
        "!",
        _snmp(s),
        _tacacs(s),
        "!",
        "control-plane",
        "!",
        f"banner login ^C\n{s.banner}\n^C",
        "!",
        "line con 0",
        " exec-timeout 10 0",
        " logging synchronous",
        " stopbits 1",
        _vty(s),
        "!",
        "ntp source Vlan99",
        (f"ntp server {p.address}{' prefer' if i == 0 else ''}" for i, p in enumerate(s.ntp.peers)),
        "!",
        "end",
    )


def _vrf_definitions(s: Switch) -> list[str]:
    rows: list[str] = []
    if s.platform == "cisco_xe":
        rows += [
            "vrf definition Mgmt-vrf",
            " !",
            " address-family ipv4",
            " exit-address-family",
            " !",
            " address-family ipv6",
            " exit-address-family",
            "!",
        ]
    for v in s.vrfs:
        rows += [f"vrf definition {v.name}", f" rd {v.rd}", " !", " address-family ipv4", " exit-address-family", "!"]
    return rows


def _provision(s: Switch) -> list[str]:
    return [f"switch {m.number} provision {m.model.lower()}" for m in s.stack]


def _accounts(s: Switch) -> list[str]:
    return [*(f"username {u.name} privilege {u.level} secret {_TYPE[s.platform]} {u.hash}" for u in s.users), "!"]


def _aaa(s: Switch) -> list[str]:
    if not s.aaa.central:
        return [
            "aaa new-model",
            "!",
            "aaa authentication login default local",
            "aaa authorization exec default local ",
            "!",
            "aaa session-id common",
            "!",
        ]
    rows = ["aaa new-model", "!", "!", "aaa group server tacacs+ HOSP-TACACS"]
    rows += [f" server name TACACS-{i}" for i in range(1, len(s.aaa.servers) + 1)]
    rows += [
        " ip tacacs source-interface Vlan99",
        "!",
        "aaa authentication login default group HOSP-TACACS local",
        "aaa authentication enable default group HOSP-TACACS enable",
        *(["aaa authentication dot1x default group radius"] if any(p.authenticates for p in s.ports) else []),
        "aaa authorization config-commands",
        "aaa authorization exec default group HOSP-TACACS local if-authenticated ",
        "aaa accounting exec default start-stop group HOSP-TACACS",
        "aaa accounting commands 15 default start-stop group HOSP-TACACS",
        "!",
        "!",
        "aaa session-id common",
        "!",
    ]
    return rows


def _tacacs(s: Switch) -> list[str]:
    rows: list[str] = []
    secret = s.aaa.key.encode().hex().upper()
    for i, server in enumerate(s.aaa.servers, 1):
        rows += [f"tacacs server TACACS-{i}", f" address ipv4 {server}", f" key 7 08{secret[:24]}", " timeout 3", "!"]
    if any(p.authenticates for p in s.ports):
        for i, server in enumerate(s.aaa.servers, 1):
            rows += [
                f"radius server RADIUS-{i}",
                f" address ipv4 {server} auth-port 1812 acct-port 1813",
                f" key 7 02{secret[2:26]}",
                "!",
            ]
    return rows


def _snooping(s: Switch) -> list[str]:
    rows = []
    if s.dhcp_snooping:
        rows += [
            f"ip dhcp snooping vlan {ranges(s.dhcp_snooping_vlans)}",
            "no ip dhcp snooping information option",
            "ip dhcp snooping",
        ]
    if s.arp_inspection:
        rows += [f"ip arp inspection vlan {ranges(s.dhcp_snooping_vlans)}", "ip arp inspection validate src-mac ip "]
    return rows


def _archive(s: Switch) -> list[str]:
    rows = ["archive", " log config", "  logging enable", "  notify syslog contenttype plaintext", "  hidekeys"]
    if s.archive:
        rows += [f" path {s.archive}", " maximum 10", " write-memory", " time-period 1440"]
    return [*rows, "!"]


def _vlans(s: Switch) -> list[str]:
    rows: list[str] = []
    for v in s.vlans:
        if v.id != 1:
            rows += [f"vlan {v.id}", f" name {v.name}", *([] if v.active else [" shutdown"]), "!"]
    return rows


def _qos(s: Switch) -> list[str]:
    if s.platform == "cisco_ios":
        return ["mls qos", "!"] if s.qos else []
    rows: list[str] = []
    for name in dict.fromkeys(c for q in s.qos for c in q.classes):
        rows += [f"class-map match-any {name}", f"  match dscp {MARKS[name][0]} "]
    for q in s.qos:
        rows.append(f"policy-map {q.name}")
        for c in q.classes:
            rows.append(f" class {c}")
            if c == q.priority_class:
                rows.append("  priority level 1 percent 20")
            elif q.priority_class:
                rows.append("  bandwidth percent 15 ")
            else:
                rows.append(f"  set dscp {MARKS[c][0]}")
        rows.append(" class class-default")
        rows.append("  bandwidth percent 25 " if q.priority_class else "  set dscp default")
    return rows


def _flow(s: Switch) -> list[str]:
    rows: list[str] = []
    for f in s.flow_exporters:
        rows += [
            f"flow exporter {f.name}", f" destination {f.destination}", " source Vlan99", f" transport udp {f.port}",
            " export-protocol netflow-v9", "!", "flow record HOSP-RECORD", " match ipv4 source address",
            " match ipv4 destination address", " match ipv4 protocol", " collect counter bytes long", "!",
            "flow monitor HOSP-MONITOR", f" exporter {f.name}", " cache timeout active 60", " record HOSP-RECORD", "!",
        ]  # fmt: skip
    return rows


def _interfaces(s: Switch) -> list[str]:
    rows: list[str] = []
    order = {"lag": 0, "management": 1, "ethernet": 2, "loopback": 3}
    for p in sorted((p for p in s.ports if p.kind != "vlan"), key=lambda p: order[p.kind]):
        rows += _interface(s, p)
    rows += ["interface Vlan1", " no ip address", " shutdown", "!"]
    for svi in s.svis:
        rows += _svi(svi)
    return rows


def _interface(s: Switch, p: Port) -> list[str]:
    rows = [f"interface {p.name}"]
    if p.description and p.kind != "management":
        rows.append(f" description {p.description}")
    if p.kind == "management":
        rows += [
            *([" vrf forwarding Mgmt-vrf"] if s.platform == "cisco_xe" else []),
            " no ip address",
            " shutdown" if not p.oper_up else " negotiation auto",
        ]
    if p.kind == "loopback":
        rows.append(f" ip address {p.address} {mask(p.prefix)}")
    if p.mode == "trunk":
        rows += [f" switchport trunk allowed vlan {ranges(p.trunk_vlans)}", " switchport mode trunk"]
        rows += [" ip dhcp snooping trust"] if s.dhcp_snooping else []
        rows += [" ip arp inspection trust"] if s.arp_inspection else []
    if p.mode == "access" and p.kind == "ethernet" and p.edge:
        rows += [f" switchport access vlan {p.access_vlan}", " switchport mode access"]
        rows += [f" switchport voice vlan {p.voice_vlan}"] if p.voice_vlan else []
        rows += (
            [
                " device-tracking attach-policy IPDT",
                " authentication host-mode multi-auth",
                " authentication order dot1x mab",
                " authentication priority dot1x mab",
                " authentication port-control auto",
                " authentication periodic",
                " mab",
                " dot1x pae authenticator",
                " dot1x timeout tx-period 5",
            ]
            if p.authenticates
            else []
        )
        rows += [" mls qos trust dscp"] if p.trust == "dscp" and s.platform == "cisco_ios" else []
        rows += [" spanning-tree portfast"]
        rows += [" spanning-tree bpduguard enable"] if s.bpdu_guard else []
    if p.mode == "trunk" and p.trust == "dscp" and s.platform == "cisco_ios" and p.kind == "ethernet":
        rows.append(" mls qos trust dscp")
    if p.kind == "ethernet" and not p.lag:
        rows += [f" service-policy input {p.policy_in}"] if p.policy_in else []
    if p.kind == "ethernet":
        rows += [f" service-policy output {p.policy_out}"] if p.policy_out else []
    if p.lag:
        rows.append(f" channel-group {p.lag.removeprefix('Port-channel')} mode active")
    if not p.admin_up:
        rows.append(" shutdown")
    return [*rows, "!"]


def _svi(svi: Svi) -> list[str]:
    rows = [f"interface {svi.name}"]
    rows += [f" description {svi.description}"] if svi.description else []
    rows += [f" vrf forwarding {svi.vrf}"] if svi.vrf else []
    rows.append(f" ip address {svi.address} {mask(svi.prefix)}")
    rows += [f" ip access-group {svi.acl_in} in"] if svi.acl_in else []
    rows += [f" ip helper-address {h}" for h in svi.helpers]
    if svi.gateway and svi.gateway.protocol == "hsrp":
        g = svi.gateway
        rows += [
            " standby version 2",
            f" standby {g.group} ip {g.virtual_address}",
            f" standby {g.group} priority {g.priority}",
            f" standby {g.group} preempt",
        ]
    rows += [" no ip redirects"]
    return [*rows, "!"]


def default_gateway(s: Switch) -> str:
    """Of a switch that routes nothing itself: the first address of its management network."""
    svi = s.svis[0]
    return network(svi.address, svi.prefix).rsplit(".", 1)[0] + ".1"


def _sla(s: Switch) -> list[str]:
    rows: list[str] = []
    for p in s.path_probes:
        kind = (
            f" icmp-echo {p.destination} source-interface Vlan99"
            if p.type == "icmp-echo"
            else f" udp-jitter {p.destination} 16384 codec g711alaw"
        )
        rows += [
            f"ip sla {p.number}",
            kind,
            "  frequency 60",
            f"ip sla schedule {p.number} life forever start-time now",
        ]
    return rows


def _snmp(s: Switch) -> list[str]:
    rows = []
    for u in s.services.snmp_users:
        rows.append(f"snmp-server group {u.group} v3 priv read LAB-VIEW access MANAGEMENT")
    if s.services.snmp_users:
        rows.append("snmp-server view LAB-VIEW iso included")
    rows += [f"snmp-server community {c} RO MANAGEMENT" for c in s.services.snmp_communities]
    rows += [f"snmp-server location {s.location}", f"snmp-server contact network team, extension 4711, {s.domain}"]
    rows.append("snmp-server enable traps snmp authentication linkdown linkup coldstart warmstart")
    for h in s.services.snmp_hosts:
        rows.append(f"snmp-server host {h.address} version {'3 priv' if h.version == '3' else h.version} {h.user} ")
    return rows


def _vty(s: Switch) -> list[str]:
    transport = "telnet ssh" if s.services.telnet else "ssh"
    return [
        row
        for span in ("0 4", "5 15")
        for row in (
            f"line vty {span}", " access-class MANAGEMENT in", " exec-timeout 10 0", " logging synchronous",
            f" transport input {transport}",
        )
    ]  # fmt: skip
