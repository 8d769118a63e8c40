"""The annex's wireless controller: a login by form, show commands as tables, configured objects. Read-only but for the login."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.lab.model import AccessPoint, Controller, Radio, WirelessClient, Wlan
from tests.lab.servers.http_wire import Request, Response, document

LOGIN, LOGOUT = "/v1/api/login", "/v1/api/logout"
NODE = "/md/annex"
"""The node of the configuration's hierarchy that has the networks."""

_SHOW, _OBJECT = "/v1/configuration/showcommand", "/v1/configuration/object/"
_PHY = {"2.4": "2.4GHz-HE", "5": "5GHz-HE"}
_AUTH = {"dot1x": "802.1x", "web": "Web"}
Row = dict[str, Any]


@dataclass(slots=True)
class Sessions:
    """The sessions that are open: the word that proves each, and its word against forged requests."""

    csrf: dict[str, str] = field(default_factory=dict)


def answer(request: Request, controller: Controller, sessions: Sessions) -> Response:
    """The reply to one request."""
    if request.path == LOGIN and request.method == "POST":
        return _login(request, controller, sessions)
    uid = request.one("UIDARUBA")
    cookie = f"SESSION={uid}" in request.headers.get("cookie", "")
    if not cookie or sessions.csrf.get(uid) != request.headers.get("x-csrf-token", "-"):
        return document(401, _result("1", "Unauthorized request, authentication failed"))
    if request.method != "GET":
        return document(403, _result("1", "The account may only read"))
    if request.path == LOGOUT:
        del sessions.csrf[uid]
        return document(200, _result("0", "You've been logged out successfully."))
    if request.path == _SHOW:
        made = _COMMANDS.get(request.one("command"))
        return document(200, made(controller)) if made else Response(200, b"")
    if request.path.startswith(_OBJECT) and request.one("config_path") == NODE:
        name = request.path.removeprefix(_OBJECT)
        if name in _OBJECTS:
            return document(200, {"_data": {name: [_OBJECTS[name](w) for w in controller.wlans]}})
    return document(404, _result("1", "no such object"))


def _login(request: Request, controller: Controller, sessions: Sessions) -> Response:
    form = request.form
    if (form.get("username"), form.get("password")) != (controller.username, controller.password):
        return document(401, _result("1", "Unauthorized request, authentication failed"))
    uid, csrf = secrets.token_hex(18), secrets.token_hex(18)
    sessions.csrf[uid] = csrf
    told = {"status": "0", "status_str": "You've logged in successfully.", "UIDARUBA": uid, "X-CSRF-Token": csrf}
    return document(200, {"_global_result": told}, Set_Cookie=f"SESSION={uid}; path=/; Secure; HttpOnly")


def _result(status: str, text: str) -> Row:
    return {"_global_result": {"status": status, "status_str": text}}


# Show commands


def _version(controller: Controller) -> Row:
    up = _age(datetime.now(UTC) - controller.booted_at)
    return {
        "_data": [
            "Aruba Operating System Software.",
            f"ArubaOS (MODEL: Aruba{controller.model}), Version {controller.version} SSR",
            f"Switch uptime is {up[0]} days {up[1]} hours {up[2]} minutes {up[3]} seconds",
        ]
    }


def _age(span: timedelta) -> tuple[int, int, int, int]:
    seconds = int(span.total_seconds())
    return seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60, seconds % 60


def _database(controller: Controller) -> Row:
    return {"AP Database": [_ap(controller, ap) for ap in controller.access_points]}


def _ap(controller: Controller, ap: AccessPoint) -> Row:
    days, hours, minutes, seconds = _age(datetime.now(UTC) - ap.joined_at)
    return {
        "Name": ap.name,
        "Group": ap.site_tag,
        "AP Type": ap.model,
        "IP Address": ap.address,
        "Status": f"Up {days}d:{hours}h:{minutes}m:{seconds}s" if ap.joined else "Down",
        "Flags": "2" if ap.joined else None,
        "Switch IP": controller.address,
        "Standby IP": "0.0.0.0",
        "Wired MAC Address": ap.mac,
        "Serial #": ap.serial,
        "Port": "N/A",
        "FQLN": ap.location,
        "Outer IP": "N/A",
        "User": None,
    }


def _active(controller: Controller) -> Row:
    counts: dict[tuple[str, int], int] = {}
    for client in controller.clients:
        at = (client.access_point, client.slot)
        counts[at] = counts.get(at, 0) + 1

    def told(ap: AccessPoint, radio: Radio) -> str:
        power = f"{radio.power_dbm}.0/{radio.power_dbm + 3}.0"
        return f"AP:{_PHY[radio.band]}:{radio.channel}/{power}/{counts.get((ap.name, radio.slot), 0)}"

    rows = [
        {"Name": ap.name, "Group": ap.site_tag, "IP Address": ap.address, "AP Type": ap.model}
        | {f"Radio {r.slot} Band Ch/EIRP/MaxEIRP/Clients": told(ap, r) for r in ap.radios}
        | {"Radio 2 Band Ch/EIRP/MaxEIRP/Clients": "N/A"}
        for ap in controller.access_points
        if ap.joined
    ]
    return {"Active AP Table": rows}


def _radios(controller: Controller) -> Row:
    rows = [
        {"Name": ap.name, "Group": ap.site_tag, "AP Type": ap.model, "IP Address": ap.address, "Band": f"{r.band}GHz"}
        | {"Mode": f"AP:HE:{r.channel}", "NF/U/I": f"{r.noise_dbm}/{r.utilisation}/2"}
        for ap in controller.access_points
        for r in ap.radios
        if ap.joined
    ]
    return {"APs Radios information": rows}


def _users(controller: Controller) -> Row:
    bssids = {ap.name: ap.radio_mac for ap in controller.access_points}
    return {"Users": [_user(client, bssids[client.access_point]) for client in controller.clients]}


def _user(client: WirelessClient, bssid: str) -> Row:
    return {
        "IP": client.address,
        "MAC": client.mac,
        "Name": client.username or None,
        "Role": "authenticated",
        "Age(d:h:m)": "00:01:10",
        "Auth": _AUTH.get(client.authentication),
        "AP name": client.access_point,
        "Roaming": "Wireless",
        "Essid/Bssid/Phy": f"{client.ssid}/{bssid}/{_PHY[client.band]}",
        "Profile": "annex",
        "Forward mode": "tunnel",
        "Type": None,
        "Host Name": None,
    }


_COMMANDS: Mapping[str, Callable[[Controller], Row]] = {
    "show version": _version,
    "show hostname": lambda controller: {"_data": [f"Hostname is {controller.hostname}"]},
    "show ap database long": _database,
    "show ap active": _active,
    "show ap radio-summary": _radios,
    "show user-table": _users,
}

# Configured objects


def _ssid(wlan: Wlan) -> Row:
    enterprise = wlan.key_management == "dot1x"
    modes = {
        "open": ("opensystem",),
        "wpa2": ("wpa2-aes" if enterprise else "wpa2-psk-aes",),
        "wpa3": ("wpa3-aes-ccm-128" if enterprise else "wpa3-sae-aes",),
        "wpa2_wpa3": ("wpa2-aes", "wpa3-aes-ccm-128") if enterprise else ("wpa2-psk-aes", "wpa3-sae-aes"),
    }[wlan.security]
    row: Row = {
        "profile-name": wlan.profile,
        "essid": {"essid": wlan.ssid},
        "opmode": dict.fromkeys(modes, True),
    }
    return row | ({"wpa_passphrase": {"wpa-passphrase": wlan.psk}} if wlan.psk else {})


def _virtual(wlan: Wlan) -> Row:
    return {
        "profile-name": f"vap-{wlan.profile}",
        "ssid_prof": {"profile-name": wlan.profile},
        "vlan": {"vlan": str(wlan.vlan)},
    }


_OBJECTS: Mapping[str, Callable[[Wlan], Row]] = {"ssid_prof": _ssid, "virtual_ap": _virtual}
