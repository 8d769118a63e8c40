"""The wireless controller with its access points, networks, clients and the strangers that it hears."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.lab.build.chance import mac_plus
from tests.lab.build.plan import Plan, PlannedAp
from tests.lab.model import AccessPoint, Controller, Radio, Rogue, WirelessClient, WirelessHa, Wlan

_CHANNELS = {"2.4": (1, 6, 11), "5": (36, 40, 44, 48, 52, 56, 60, 64, 100, 104, 108, 112)}
_DEVICES = {1: "Windows-Workstation", 2: "Cisco-Phone-8821", 3: "Infusion-Pump", 4: "Android-Device"}
_AUTHENTICATION = {"dot1x": "dot1x", "psk": "psk", "sae": "sae", "none": "open"}


def build_controller(plan: Plan) -> Controller:
    table: Mapping[str, Any] = plan.tables.get("wireless", {})
    name = str(table.get("name", "wlc-1"))
    aps = tuple(_access_point(plan, ap, name, table) for ap in plan.access_points)
    wlans = tuple(_wlan(plan, w) for w in table.get("wlan", ()))
    return Controller(
        name=name,
        hostname=name,
        platform="cisco_c9800",
        site=plan.site,
        location="Building A, server room A-0.12",
        http=plan.place("wireless", 0, "restconf"),
        address=plan.own_address("wireless", 0),
        mac=plan.chance.mac("00:1e:f6", "controller", name),
        model="C9800-L-F-K9",
        serial=plan.chance.serial("FCL9999XXXX", "controller", name),
        version=str(table.get("version", "17.12.4")),
        booted_at=plan.now - timedelta(days=67, hours=5),
        username=plan.logins.username,
        password=plan.logins.password,
        ha=_ha(plan, name, table),
        access_points=aps,
        wlans=wlans,
        clients=_clients(plan, aps, wlans),
        rogues=_rogues(plan, aps, int(table.get("rogues", 5))),
        rogue_detection=bool(table.get("rogue_detection", True)),
        rogue_level=str(table.get("rogue_level", "high")),
        faults=plan.faults(name),
        down=name in plan.down,
    )


def _ha(plan: Plan, name: str, table: Mapping[str, Any]) -> WirelessHa:
    return WirelessHa(
        enabled=bool(table.get("ha", True)),
        role="active",
        peer_ok=bool(table.get("ha", True)) and bool(table.get("peer_ok", True)),
        peer_address="169.254.99.32",
        local_address="169.254.99.31",
        peer_serial=plan.chance.serial("FCL9999XXXX", "controller-peer", name),
    )


def _access_point(plan: Plan, ap: PlannedAp, controller: str, table: Mapping[str, Any]) -> AccessPoint:
    building, floor = ap.name[3], ap.name[4]
    booted = plan.now - timedelta(days=plan.chance.number(8, 66, "ap-boot", ap.name), seconds=211)
    off = ap.missing or ap.switch in plan.off
    return AccessPoint(
        name=ap.name,
        model=ap.model,
        serial=ap.serial,
        mac=ap.mac,
        radio_mac=mac_plus(ap.mac, 0x1000),
        address=ap.address,
        version=str(table.get("version", "17.12.4")) + ".22",
        joined=not off,
        site_tag=f"ST-{building}",
        policy_tag="PT-HOSPITAL",
        rf_tag="RF-HOSPITAL",
        location=f"Building {building}, floor {floor}, zone {ap.name[-2:]}",
        country="GB",
        primary=controller,
        secondary=str(table.get("secondary", "wlc-2")),
        radios=(_radio(plan, ap, 0, "2.4", off), _radio(plan, ap, 1, "5", off)),
        switch=ap.switch,
        port=plan.nodes[ap.switch].kind.access[ap.port_number - 1].format(m=1) if ap.switch else "",
        joined_at=booted + timedelta(seconds=190),
        booted_at=booted,
        wifi=ap.wifi,
    )


def _radio(plan: Plan, ap: PlannedAp, slot: int, band: str, off: bool) -> Radio:
    channels = _CHANNELS[band]
    busy = plan.chance.number(18, 58, "busy", ap.name) if band == "2.4" else plan.chance.number(4, 33, "busy5", ap.name)
    return Radio(
        slot=slot,
        band=band,
        channel=channels[plan.chance.number(0, len(channels) - 1, "channel", ap.name, band)],
        width_mhz=20 if band == "2.4" else 40,
        power_dbm=plan.chance.number(8, 17, "power", ap.name, band),
        up=not off,
        utilisation=0 if off else busy,
        noise_dbm=-92 if band == "2.4" else -95,
    )


def _wlan(plan: Plan, table: Mapping[str, Any]) -> Wlan:
    ssid, security = str(table["ssid"]), str(table.get("security", "wpa2"))
    vlan = int(table.get("vlan", 1))
    names = {int(v["id"]): str(v["name"]) for v in plan.vlans}
    return Wlan(
        id=int(table["id"]),
        profile=str(table.get("profile", ssid)),
        ssid=ssid,
        enabled=bool(table.get("enabled", True)),
        security=security,
        key_management=str(table.get("key_management", "dot1x")),
        encryption=str(table.get("encryption", "none" if security == "open" else "aes")),
        vlan=vlan,
        vlan_name=names.get(vlan, str(vlan)),
        qos=str(table.get("qos", "silver")),
        wmm=str(table.get("wmm", "allowed")),
        fast_transition=bool(table.get("fast_transition", False)),
        policy_profile=f"PP-{ssid.removeprefix('HOSP-')}",
        psk=str(table.get("psk", "lab-wifi-key-1")) if table.get("key_management") in ("psk", "sae") else "",
        web_auth=bool(table.get("web_auth", False)),
    )


def _clients(plan: Plan, aps: tuple[AccessPoint, ...], wlans: tuple[Wlan, ...]) -> tuple[WirelessClient, ...]:
    live, open_ = [a for a in aps if a.joined], [w for w in wlans if w.enabled]
    if not live or not open_:
        return ()
    found = []
    for i in range(plan.size("wireless_clients", 240)):
        dice = plan.chance.random("client", i)
        ap, wlan = dice.choice(live), dice.choice(open_)
        band = "5" if wlan.ssid.endswith("VOICE") or dice.random() < 0.78 else "2.4"
        rssi = dice.randint(-74, -46)
        joined = plan.now - timedelta(minutes=dice.randint(2, 600))
        # the second-lowest bit of the first octet marks a locally administered address, as phones make them up
        first = "da" if wlan.web_auth else "00"
        mac = plan.chance.mac(f"{first}:1b:{dice.randint(16, 250):02x}", "client", i)
        named = wlan.key_management == "dot1x"
        found.append(
            WirelessClient(
                mac=mac,
                access_point=ap.name,
                slot=0 if band == "2.4" else 1,
                band=band,
                wlan=wlan.id,
                ssid=wlan.ssid,
                authentication="web" if wlan.web_auth else _AUTHENTICATION[wlan.key_management],
                rssi_dbm=rssi,
                snr_db=rssi + 95,
                address=f"10.10.{wlan.vlan}.{dice.randint(20, 250)}",
                username=f"user{dice.randint(1, 180):03d}@{plan.domain}" if named else "",
                vlan=wlan.vlan,
                device=_DEVICES.get(wlan.id, "Unknown"),
                joined_at=joined,
            )
        )
    return tuple({c.mac: c for c in found}.values())


def _rogues(plan: Plan, aps: tuple[AccessPoint, ...], count: int) -> tuple[Rogue, ...]:
    live = [a for a in aps if a.joined]
    words = (("unclassified", "alert"), ("friendly", "alert"), ("malicious", "contained"))
    found = []
    for i in range(count if live else 0):
        dice = plan.chance.random("rogue", i)
        cls, state = words[i % 3]
        found.append(
            Rogue(
                mac=plan.chance.mac("c4:e9:84", "rogue", i),
                cls=cls,
                state=state,
                on_wire=False,
                ssid=("NEIGHBOUR-CAFE", "iPhone", "", "Print-Direct-42", "FRITZ")[i % 5],
                first_seen_at=plan.now - timedelta(days=dice.randint(1, 80)),
                last_seen_at=plan.now - timedelta(minutes=dice.randint(1, 50)),
                heard_by=tuple(dict.fromkeys(dice.choice(live).name for _ in range(2))),
                rssi_dbm=dice.randint(-88, -61),
                channel=dice.choice((1, 6, 11, 36, 44)),
            )
        )
    return tuple(found)
