"""An annex with a wireless controller of another maker: its own access points, on switches that are not the hospital's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.lab.build.chance import mac_plus
from tests.lab.build.plan import Plan
from tests.lab.build.wireless import build_controller
from tests.lab.model import AccessPoint, Controller, Radio, WirelessClient, WirelessHa

_VERSION = "8.10.0.9"
_AUTHENTICATION = {"dot1x": "dot1x", "psk": "psk", "sae": "sae", "none": "open"}


def build_annex(plan: Plan) -> Controller | None:
    """None where the hospital file has no table ``annex``. It offers the hospital's networks."""
    table: Mapping[str, Any] = plan.tables.get("annex", {})
    if not table:
        return None
    name = str(table.get("name", "mc-1"))
    wlans = build_controller(plan).wlans
    aps = tuple(_access_point(plan, i, name, table) for i in range(int(table.get("access_points", 8))))
    dice = plan.chance.random("annex-clients")
    live, offered = [a for a in aps if a.joined], [w for w in wlans if w.enabled]
    clients = []
    for i in range(int(table.get("clients", 20)) if live and offered else 0):
        ap, wlan = dice.choice(live), dice.choice(offered)
        radio = dice.choice(ap.radios)
        clients.append(
            WirelessClient(
                mac=plan.chance.mac("00:53:c1", "annex-client", i),
                access_point=ap.name,
                slot=radio.slot,
                band=radio.band,
                wlan=wlan.id,
                ssid=wlan.ssid,
                authentication="web" if wlan.web_auth else _AUTHENTICATION[wlan.key_management],
                rssi_dbm=-60,
                snr_db=35,
                address=f"10.20.{wlan.vlan}.{20 + i}",
                username=f"user{dice.randint(1, 180):03d}" if wlan.key_management == "dot1x" else "",
                vlan=wlan.vlan,
                device="Unknown",
                joined_at=plan.now - timedelta(minutes=dice.randint(2, 600)),
            )
        )
    return Controller(
        name=name,
        hostname=name,
        platform="aruba_conductor",
        site=plan.site,
        location="Building D, server room D-0.02",
        http=plan.place("annex", 0, "restconf"),
        address=plan.own_address("annex", 0),
        mac=plan.chance.mac("00:53:a0", "annex", name),
        model="7210",
        serial=plan.chance.serial("BE9999999", "annex", name),
        version=_VERSION,
        booted_at=plan.now - timedelta(days=41, hours=3),
        username=plan.logins.username,
        password=plan.logins.password,
        ha=WirelessHa(enabled=False, role="", peer_ok=False, peer_address="", local_address="", peer_serial=""),
        access_points=aps,
        wlans=wlans,
        clients=tuple(clients),
        rogues=(),
        rogue_detection=False,
        rogue_level="",
        faults=plan.faults(name),
        down=name in plan.down,
    )


def _access_point(plan: Plan, i: int, controller: str, table: Mapping[str, Any]) -> AccessPoint:
    name = f"AP-D{i // 4 + 1}-{i % 4 + 1:02d}"
    mac = plan.chance.mac("00:53:a1", "annex-ap", name)
    booted = plan.now - timedelta(days=plan.chance.number(8, 40, "annex-boot", name), seconds=211)
    off = name in table.get("missing", ())
    return AccessPoint(
        name=name,
        model="515",
        serial=plan.chance.serial("CNXXXXX999", "annex-ap", name),
        mac=mac,
        radio_mac=mac_plus(mac, 0x1000),
        address=f"10.20.60.{i + 11}",
        version=_VERSION,
        joined=not off,
        site_tag="annex",
        policy_tag="",
        rf_tag="",
        location=f"{name}.floor-{i // 4 + 1}.building-d.campus",
        country="GB",
        primary=controller,
        secondary="",
        radios=(_radio(plan, name, 0, "5", off), _radio(plan, name, 1, "2.4", off)),
        switch="",
        port="",
        joined_at=booted + timedelta(seconds=190),
        booted_at=booted,
        wifi=6,
    )


def _radio(plan: Plan, ap: str, slot: int, band: str, off: bool) -> Radio:
    channels = {"2.4": (1, 6, 11), "5": (36, 44, 52, 100)}[band]
    return Radio(
        slot=slot,
        band=band,
        channel=channels[plan.chance.number(0, len(channels) - 1, "annex-channel", ap, band)],
        width_mhz=20,
        power_dbm=plan.chance.number(8, 17, "annex-power", ap, band),
        up=not off,
        utilisation=0 if off else plan.chance.number(4, 48, "annex-busy", ap, band),
        noise_dbm=-92 if band == "2.4" else -95,
    )
