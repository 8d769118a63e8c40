"""How a switch is set up: time, logging, administrators' access, services, quality of service, edge protection."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.lab.build.plan import Node, Plan
from tests.lab.model import Aaa, FlowExporter, LocalUser, Ntp, NtpPeer, QosPolicy, Services, SnmpHost, SnmpUser

QOS = QosPolicy("HOSP-EDGE-IN", ("VOICE", "VIDEO", "SIGNALLING", "CLINICAL"), "")
QOS_OUT = QosPolicy("HOSP-OUT", ("VOICE", "VIDEO", "SIGNALLING", "CLINICAL"), "VOICE")


def settings(plan: Plan, node: Node) -> dict[str, Any]:
    """The keyword arguments of ``Switch`` that are settings."""
    special, network = plan.special(node.name), plan.network
    access = node.role == "access"
    changed = plan.now - timedelta(days=plan.chance.number(3, 30, "changed", node.name), minutes=7)
    saved = bool(special.get("config_saved", True))
    has_archive = bool(special.get("archive", True))
    return {
        "ntp": _ntp(plan, node, bool(special.get("clock", True))),
        "logging_hosts": tuple(network.get("logging_hosts", ())) if special.get("logging", True) else (),
        "aaa": _aaa(plan, bool(special.get("aaa", True))),
        "users": _users(plan, node),
        "enable_hash": _hash(plan, node, "enable"),
        "services": _services(plan, node),
        "qos": (QOS, QOS_OUT) if special.get("qos", True) else (),
        "dhcp_snooping": access and bool(special.get("dhcp_snooping", True)),
        "dhcp_snooping_vlans": (10, 20, 30, 40, 50) if access else (),
        "arp_inspection": access and bool(special.get("arp_inspection", node.platform == "cisco_xe")),
        "bpdu_guard": access and bool(special.get("bpdu_guard", True)),
        "config_saved": saved,
        "config_changed_at": changed,
        "config_saved_at": changed + timedelta(minutes=2) if saved else changed - timedelta(days=21),
        "archive": str(network.get("archive", "")) if has_archive else "",
        "flow_exporters": _flow(plan, node),
        "banner": "Authorised users of the hospital only. All access is logged.",
    }


def dot1x(plan: Plan, node: Node) -> bool:
    return node.role == "access" and bool(plan.special(node.name).get("dot1x", True))


def edge_qos(plan: Plan, node: Node) -> dict[str, str]:
    """QoS of an access port: a policy, or the trusted marking where the platform does without."""
    if not plan.special(node.name).get("qos", True):
        return {}
    if node.platform == "cisco_ios":
        return {"trust": "dscp"}
    if node.platform == "aruba_aoscx":
        return {"trust": "dscp", "policy_in": QOS.name}
    return {"policy_in": QOS.name, "policy_out": QOS_OUT.name}


def uplink_qos(plan: Plan, node: Node) -> dict[str, str]:
    if not plan.special(node.name).get("qos", True):
        return {}
    if node.platform in ("cisco_xe", "cisco_nxos"):
        return {"policy_out": QOS_OUT.name} if node.platform == "cisco_xe" else {}
    return {"trust": "dscp"}


def _ntp(plan: Plan, node: Node, synchronised: bool) -> Ntp:
    peers = []
    for i, address in enumerate(plan.network.get("ntp_servers", ())):
        offset = plan.chance.number(-900, 900, "ntp", node.name, i) / 1000
        delay = plan.chance.number(400, 1900, "ntp-delay", node.name, i) / 1000
        peers.append(NtpPeer(str(address), 2, "10.10.100.1", offset, delay, synchronised and i == 0, synchronised))
    return Ntp(synchronised and bool(peers), tuple(peers))


def _aaa(plan: Plan, central: bool) -> Aaa:
    servers = tuple(plan.network.get("tacacs_servers", ())) if central else ()
    return Aaa(central, "tacacs+", servers, str(plan.network.get("tacacs_key", "")))


def _hash(plan: Plan, node: Node, user: str) -> str:
    """A password hash in the platform's own form; of no password at all."""
    salt, rest = plan.chance.text(14, "salt", node.name, user), plan.chance.text(86, "hash", node.name, user)
    return {
        "cisco_xe": f"$9${salt}${rest[:43]}",
        "cisco_ios": f"$1${salt[:4]}${rest[:22]}",
        "cisco_nxos": f"$5${salt[:6].upper()}${rest[:43]}",
        "arista_eos": f"$6${salt}XY${rest}",
        "aruba_aoscx": f"AQBap{plan.chance.text(95, 'cx', node.name, user)}=",
    }[node.platform]


def _users(plan: Plan, node: Node) -> tuple[LocalUser, ...]:
    level = {"cisco_nxos": "network-admin", "arista_eos": "15", "aruba_aoscx": "administrators"}
    names = ["admin", "breakglass", *plan.special(node.name).get("local_users", ())]
    return tuple(LocalUser(n, level.get(node.platform, "15"), _hash(plan, node, n)) for n in names)


def _services(plan: Plan, node: Node) -> Services:
    special, logins = plan.special(node.name), plan.logins
    version = str(special.get("snmp", "v3"))
    communities = (logins.community,) if special.get("snmp_v1v2c", version == "v2c") else ()
    user = SnmpUser(logins.v3_user, "LAB-RO", logins.v3_auth, logins.v3_priv)
    users = (user,) if version == "v3" else ()
    hosts = tuple(
        SnmpHost(str(h), "3" if users else "2c", logins.v3_user if users else logins.community)
        for h in plan.network.get("snmp_hosts", ())
    )
    return Services(
        telnet=bool(special.get("telnet", False)),
        http=bool(special.get("http", False)),
        https=bool(special.get("https", node.platform in ("cisco_xe", "aruba_aoscx"))),
        snmp_communities=communities,
        snmp_users=users,
        snmp_hosts=hosts,
    )


def _flow(plan: Plan, node: Node) -> tuple[FlowExporter, ...]:
    collector = str(plan.network.get("flow_collector", ""))
    if not collector or node.platform == "cisco_ios":
        return ()
    if node.platform in ("arista_eos", "aruba_aoscx"):
        return (FlowExporter("sflow", collector, 6343, "sflow"),)
    return (FlowExporter("HOSP-EXPORT", collector, 2055, "netflow9"),)
