"""Hardware: chassis, supplies, fans, stack members, temperatures and power over Ethernet."""

from __future__ import annotations

from collections.abc import Iterable

from tests.lab.build.chance import mac_plus
from tests.lab.build.plan import Node, Plan
from tests.lab.model import Component, PoeBudget, Port, Sensor, StackMember

_PSU_SERIAL = {"Cisco": "LIT9999XXXX", "Arista": "K0RG999999XX", "Aruba": "CN99KMXXXX"}


def components(plan: Plan, node: Node) -> tuple[Component, ...]:
    broken = set(plan.special(node.name).get("broken", ()))
    found: list[Component] = []
    stacked = node.platform in ("cisco_xe", "cisco_ios") and node.members > 1
    if stacked:
        found.append(Component("c93xx Stack", "stack", "c93xx Stack", node.kind.model, _serial(plan, node, 1)))
    for member in range(1, node.members + 1):
        found.append(_chassis(plan, node, member))
        found += _supplies(plan, node, member)
        found += [
            Component(n.format(m=member), "fan", n.format(m=member), node.kind.fan_model, "", member=member)
            for n in node.kind.fans
        ]
        found += _modules(plan, node, member)
    return tuple(_mark(c, broken) for c in found)


def _mark(part: Component, broken: Iterable[str]) -> Component:
    if part.name not in broken:
        return part
    return Component(
        part.name, part.cls, part.description, part.model, part.serial, False, part.watts, part.member, part.version
    )


def _serial(plan: Plan, node: Node, member: int) -> str:
    if member == 1 and "serial" in plan.special(node.name):
        return str(plan.special(node.name)["serial"])
    return plan.chance.serial(node.kind.serial, "chassis", node.name, member)


def _chassis(plan: Plan, node: Node, member: int) -> Component:
    names = {
        "cisco_xe": f"Switch {member}" if node.members > 1 else "c93xx Stack",
        "cisco_ios": str(member),
        "cisco_nxos": "Chassis",
        "arista_eos": "Chassis",
        "aruba_aoscx": f"{member}",
    }
    return Component(
        names[node.platform], "chassis", node.kind.description, node.kind.model, _serial(plan, node, member),
        member=member, version=node.kind.version,
    )  # fmt: skip


def _supplies(plan: Plan, node: Node, member: int) -> list[Component]:
    form = _PSU_SERIAL[node.kind.vendor]
    return [
        Component(
            name.format(m=member), "psu", name.format(m=member), node.kind.psu_model,
            plan.chance.serial(form, "psu", node.name, member, name), watts=node.kind.psu_watts, member=member,
        )
        for name in node.kind.psus
    ]  # fmt: skip


def _modules(plan: Plan, node: Node, member: int) -> list[Component]:
    if node.platform == "cisco_xe":
        serial = plan.chance.serial("FOC9999A9XX", "module", node.name, member)
        return [
            Component(
                f"Switch {member} FRU Uplink Module 1", "module", "8x10G Uplink Module", "C9300-NM-8X", serial,
                member=member,
            )
        ]  # fmt: skip
    if node.platform == "cisco_nxos":
        return [
            Component(
                "Slot 1", "module", "48x10/25G/32G + 6x40/100G Ethernet/FC Module", "N9K-C93180YC-FX",
                _serial(plan, node, member),
            )
        ]  # fmt: skip
    return []


def stack_members(plan: Plan, node: Node) -> tuple[StackMember, ...]:
    if node.role != "access":
        return ()
    ok = bool(plan.special(node.name).get("peer_ok", True))
    return tuple(
        StackMember(
            number=m,
            role="Active" if m == 1 else "Standby" if m == 2 else "Member",
            mac=mac_plus(plan.mac(node), 0x100 * (m - 1)),
            priority=15 if m == 1 else 14 if m == 2 else 1,
            state="Ready" if ok or m == 1 else "Removed",
            model=node.kind.model,
            serial=_serial(plan, node, m),
        )
        for m in range(1, node.members + 1)
    )


def sensors(plan: Plan, node: Node) -> tuple[Sensor, ...]:
    hot = float(plan.special(node.name).get("inlet_celsius", 0))
    found = []
    for m in range(1, node.members + 1):
        inlet = hot or 21.0 + plan.chance.number(0, 6, "inlet", node.name, m)
        names = {
            "cisco_xe": (f"Switch {m} Inlet Temp Sensor", f"Switch {m} HotSpot Temp Sensor"),
            "cisco_ios": (f"SW#{m}, Sensor#1", ""),
            "cisco_nxos": ("FRONT", "CPU"),
            "arista_eos": ("Front-panel temp sensor", "Cpu temp sensor"),
            "aruba_aoscx": (f"{m}/1-Inlet-Air", f"{m}/1-PHY-01"),
        }[node.platform]
        found.append(Sensor(names[0], inlet, 46.0, 56.0, "inlet"))
        if names[1]:
            found.append(Sensor(names[1], inlet + 18.0, 90.0, 105.0, "board"))
    return tuple(found)


def poe_budgets(node: Node, ports: tuple[Port, ...]) -> tuple[PoeBudget, ...]:
    if not node.kind.poe_w:
        return ()
    return tuple(
        PoeBudget(m, node.kind.poe_w, round(sum(p.poe_w or 0.0 for p in ports if p.member == m and p.oper_up), 1))
        for m in range(1, node.members + 1)
    )
