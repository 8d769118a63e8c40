"""What is plugged into the ports where people work: phones, computers, medical devices, access points, servers."""

from __future__ import annotations

from dataclasses import dataclass

from tests.lab.build.plan import Node, Plan, PlannedAp
from tests.lab.model import AuthSession, Neighbor


@dataclass(frozen=True, slots=True)
class Plugged:
    """One access port's other end. ``vlan`` is the port's own VLAN, ``voice`` that a phone may speak on another."""

    description: str
    up: bool
    vlan: int
    voice: int = 0
    bps: int = 1_000_000_000
    watts: float = 0.0
    poe_class: int = 0
    poe_device: str = ""
    neighbors: tuple[Neighbor, ...] = ()
    sessions: tuple[AuthSession, ...] = ()
    host_mac: str = ""
    admin_up: bool = True
    access_point: bool = False


_ROOMS = ("Ward", "Clinic", "Office", "Theatre", "Laboratory", "Reception")


def plugged(plan: Plan, node: Node, member: int, number: int, dot1x: bool) -> Plugged:
    """The other end of an access port, the same each time."""
    ap = plan.access_points_of.get(node.name, {}).get(number) if member == 1 else None
    if ap is not None:
        return _access_point(plan, ap)
    dice = plan.chance.number(0, 99, "port", node.name, member, number)
    room = f"{_ROOMS[dice % 6]} {plan.chance.number(100, 499, 'room', node.name, member, number)}"
    words = (node.name, member, number)
    if dice < 38:
        return _phone(plan, room, dot1x, with_computer=dice < 26, words=words)
    if dice < 56:
        return _computer(plan, room, dot1x, words)
    if dice < 66:
        return _medical(plan, room, dot1x, words)
    if dice < 70:
        mac = plan.chance.mac("00:80:77", "host", *words)
        return Plugged(f"Building control {room}", True, 50, bps=100_000_000, host_mac=mac)
    if dice < 75:
        return Plugged("UNUSED", False, 1, admin_up=False)
    return Plugged(f"Outlet {room}", False, 10, voice=20)


def _phone(plan: Plan, room: str, dot1x: bool, with_computer: bool, words: tuple[object, ...]) -> Plugged:
    mac = plan.chance.mac("d4:ad:71", "phone", *words)
    name = "SEP" + mac.replace(":", "").upper()
    serial = plan.chance.serial("FCH9999XXXX", "phone", *words)
    address = f"10.10.20.{plan.chance.number(20, 250, 'phone-address', *words)}"
    neighbor = Neighbor(
        name=name,
        kind="phone",
        port_id=mac.replace(":", "").upper() + ":P1",
        port_description="SW PORT",
        chassis=address,
        capabilities=("bridge", "telephone"),
        address=address,
        description="Cisco IP Phone 8845,V4, sip8845_65.14-2-1-0101-43",
        platform="Cisco IP Phone 8845",
        version="sip8845_65.14-2-1-0101-43",
        protocols=("lldp", "cdp"),
        med_class=3,
        med_model="CP-8845",
        med_serial=serial,
        med_manufacturer="Cisco Systems, Inc.",
    )
    sessions: list[AuthSession] = []
    host = ""
    if dot1x:
        sessions.append(AuthSession(mac, "dot1x", "VOICE", True, name, 20, "voice", address))
    if with_computer:
        host = plan.chance.mac("54:bf:64", "host", *words)
        if dot1x:
            sessions.append(_staff(plan, host, words))
    return Plugged(
        f"Phone {room}", True, 10, 20, watts=6.4, poe_class=2, poe_device="IP Phone 8845",
        neighbors=(neighbor,), sessions=tuple(sessions), host_mac=host or mac,
    )  # fmt: skip


def _staff(plan: Plan, mac: str, words: tuple[object, ...]) -> AuthSession:
    number = plan.chance.number(100, 299, "computer", *words)
    address = f"10.10.10.{plan.chance.number(20, 250, 'computer-address', *words)}"
    return AuthSession(mac, "dot1x", "DATA", True, f"host/ws-{number}.{plan.domain}", 10, "staff", address)


def _computer(plan: Plan, room: str, dot1x: bool, words: tuple[object, ...]) -> Plugged:
    mac = plan.chance.mac("54:bf:64", "host", *words)
    refused = plan.chance.number(0, 39, "refused", *words) == 0
    session = AuthSession(mac, "mab", "DATA", False, mac.replace(":", ""), 0, "", "") if refused else None
    sessions = (session or _staff(plan, mac, words),) if dot1x else ()
    return Plugged(f"Computer {room}", True, 10, 20, sessions=sessions, host_mac=mac)


def _medical(plan: Plan, room: str, dot1x: bool, words: tuple[object, ...]) -> Plugged:
    mac = plan.chance.mac("00:09:fb", "host", *words)
    address = f"10.10.30.{plan.chance.number(20, 250, 'medical-address', *words)}"
    session = AuthSession(mac, "mab", "DATA", True, mac.replace(":", ""), 30, "medical", address)
    return Plugged(
        f"Monitor {room}", True, 30, bps=100_000_000, sessions=(session,) if dot1x else (), host_mac=mac
    )  # fmt: skip


def _access_point(plan: Plan, ap: PlannedAp) -> Plugged:
    description = f"Access point {ap.name}"
    if ap.missing:
        return Plugged(description, False, 60, access_point=True)
    neighbor = Neighbor(
        name=ap.name,
        kind="access_point",
        port_id="GigabitEthernet0",
        port_description="GigabitEthernet0",
        chassis=ap.mac,
        capabilities=("bridge", "wlan_access_point"),
        address=ap.address,
        description=f"Cisco AP Software, ap3g3-k9w8 Version: 17.12.4.22 Platform: {ap.model}",
        platform=f"cisco {ap.model}",
        version="Cisco AP Software, ap3g3-k9w8 Version: 17.12.4.22",
        protocols=("lldp", "cdp"),
    )
    return Plugged(
        description, True, 60, watts=22.5, poe_class=4, poe_device=ap.model, neighbors=(neighbor,), host_mac=ap.mac,
        access_point=True,
    )  # fmt: skip


def core_guests(plan: Plan, core: int) -> dict[str, tuple[str, str, Neighbor | None]]:
    """What stands on the cores' ports beside switches: port -> VLAN or ``routed``, description, what it says by LLDP."""
    guests: dict[str, tuple[str, str, Neighbor | None]] = {}
    for i in range(1, 9):
        guests[f"Ethernet1/{i}"] = ("100", f"esx-{i:02d} vmnic", _server(plan, f"esx-{i:02d}"))
    guests["Ethernet1/37"] = ("110", "backup-1", _server(plan, "backup-1"))
    guests["Ethernet1/38"] = ("100", "dc-1 and dc-2", None)
    guests["Ethernet1/39"] = (
        "trunk",
        str(plan.tables.get("wireless", {}).get("name", "wlc-1")),
        _controller(plan, core),
    )
    return guests


def _server(plan: Plan, name: str) -> Neighbor:
    mac = plan.chance.mac("e4:43:4b", "server", name)
    return Neighbor(
        name=f"{name}.{plan.domain}",
        kind="server",
        port_id="vmnic0",
        port_description="port 1",
        chassis=mac,
        capabilities=("station",),
        address=f"10.10.100.{plan.chance.number(100, 199, 'server', name)}",
        description="VMware ESX Releasebuild-24022510" if name.startswith("esx") else "Linux 6.1.0-21-amd64 x86_64",
    )


def _controller(plan: Plan, core: int) -> Neighbor:
    name = str(plan.tables.get("wireless", {}).get("name", "wlc-1"))
    return Neighbor(
        name=f"{name}.{plan.domain}",
        kind="controller",
        port_id=f"Te0/0/{core}",
        port_description=f"TenGigabitEthernet0/0/{core}",
        chassis=plan.chance.mac("00:1e:f6", "controller", name),
        capabilities=("bridge", "router"),
        address=plan.own_address("wireless", 0),
        description=(
            "Cisco IOS Software [Dublin], C9800-L Software (C9800_L_IOSXE-K9), Version 17.12.4, RELEASE SOFTWARE (fc2)"
        ),
        platform="cisco C9800-L-F-K9",
        version="Cisco IOS Software [Dublin], C9800-L Software (C9800_L_IOSXE-K9), Version 17.12.4",
        protocols=("lldp", "cdp"),
    )


def wan_router(plan: Plan, number: int) -> Neighbor:
    """An edge router, one to each core; not a target."""
    name = f"wan-{number}"
    return Neighbor(
        name=f"{name}.{plan.domain}",
        kind="router",
        port_id="Te0/0/0",
        port_description="TenGigabitEthernet0/0/0",
        chassis=plan.chance.mac("00:8e:73", "router", name),
        capabilities=("bridge", "router"),
        address=f"10.10.251.{4 * number - 2}",
        description=(
            "Cisco IOS Software [Dublin], c8000be Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 17.12.3, "
            "RELEASE SOFTWARE (fc7)"
        ),
        platform="cisco C8300-1N1S-4T2X",
        version="Cisco IOS Software [Dublin], c8000be Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 17.12.3",
        protocols=("lldp", "cdp"),
    )
