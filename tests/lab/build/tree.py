"""The spanning trees: who is the root of each VLAN, and which port of a switch points to it."""

from __future__ import annotations

from tests.lab.build.plan import Node, Plan
from tests.lab.model import Lag, StpInstance

_PRIORITY = {"distribution": 16384, "access": 32768}


def priority(plan: Plan, node: Node) -> int:
    """A switch's bridge priority without the VLAN number."""
    default = (4096 if node.first else 8192) if node.role == "core" else _PRIORITY[node.role]
    return int(plan.special(node.name).get("stp_priority", default))


def spanning_tree(plan: Plan, node: Node, lags: tuple[Lag, ...]) -> tuple[StpInstance, ...]:
    found = []
    for vlan in plan.vlans_of(node):
        root = _root(plan, vlan.id)
        port = "" if root is node else _towards(plan, node, root, lags)
        if not port:
            root = node  # nothing leads to another: it is its own root
        found.append(
            StpInstance(
                vlan=vlan.id,
                root_mac=plan.mac(root),
                root_priority=priority(plan, root) + vlan.id,
                bridge_priority=priority(plan, node) + vlan.id,
                root_port=port,
                root_cost=0 if root is node else 2 if node.role != "access" else 4,
            )
        )
    return tuple(found)


def _root(plan: Plan, vlan: int) -> Node:
    """The lowest bridge: by default the first core; only switches whose priority was set can take its place."""
    candidates = [plan.nodes["core-1"], plan.nodes["core-2"]]
    candidates += [
        plan.nodes[name]
        for name, table in plan.tables.get("switch", {}).items()
        if "stp_priority" in table and name in plan.nodes
    ]
    carrying = [n for n in candidates if n.name not in plan.off and any(v.id == vlan for v in plan.vlans_of(n))]
    return min(carrying or [plan.nodes["core-2"]], key=lambda n: (priority(plan, n), plan.mac(n)))


def _towards(plan: Plan, node: Node, root: Node, lags: tuple[Lag, ...]) -> str:
    """The bundle that leads to the root, empty where none is up."""
    number = {"access": 1, "distribution": 1}.get(node.role, 1)
    if node.role == "distribution":
        if root.role == "access" and node in plan.dist_pair(root):
            number = next((link.lag_a for link in plan.links_of[node.name] if link.b == root.name), 1)
        elif root.role == "distribution" and root.pair == node.pair:
            number = 1000
    if node.role == "core" and root.role != "core":
        number = 20 + (root.pair if root.role == "distribution" else plan.dist_pair(root)[0].pair)
    return next((lag.name for lag in lags if lag.number == number and lag.up), "")
