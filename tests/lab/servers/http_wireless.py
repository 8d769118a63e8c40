"""A wireless controller's RESTCONF data from the model; names and values are those of the vendor's YANG modules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.lab.build.chance import mac_plus
from tests.lab.model import AccessPoint, Controller, Radio, Rogue, WirelessClient, Wlan
from tests.lab.servers.http_restconf import Store

AP = "Cisco-IOS-XE-wireless-access-point-oper:access-point-oper-data"
AP_GLOBAL = "Cisco-IOS-XE-wireless-ap-global-oper:ap-global-oper-data"
WLAN = "Cisco-IOS-XE-wireless-wlan-cfg:wlan-cfg-data"
CLIENT = "Cisco-IOS-XE-wireless-client-oper:client-oper-data"
RRM = "Cisco-IOS-XE-wireless-rrm-oper:rrm-oper-data"
ROGUE = "Cisco-IOS-XE-wireless-rogue-oper:rogue-oper-data"
ROGUE_CFG = "Cisco-IOS-XE-wireless-rogue-cfg:rogue-cfg-data"
SITE = "Cisco-IOS-XE-wireless-site-cfg:site-cfg-data"
HARDWARE = "Cisco-IOS-XE-device-hardware-oper:device-hardware-data"
HA = "Cisco-IOS-XE-ha-oper:ha-oper-data"
STACK = "Cisco-IOS-XE-stack-oper:stack-oper-data"
NATIVE = "Cisco-IOS-XE-native:native"

KEYS: Mapping[str, tuple[str, ...]] = {
    f"{AP}/capwap-data": ("wtp-mac",),
    f"{AP}/radio-oper-data": ("wtp-mac", "radio-slot-id"),
    f"{AP}/ap-name-mac-map": ("wtp-name",),
    f"{AP}/oper-data": ("wtp-mac",),
    f"{AP}/ethernet-mac-wtp-mac-map": ("ethernet-mac",),
    f"{AP}/lldp-neigh": ("wtp-mac", "neigh-mac"),
    f"{AP_GLOBAL}/ap-join-stats": ("wtp-mac",),
    f"{AP_GLOBAL}/ap-history": ("ethernet-mac",),
    f"{WLAN}/wlan-cfg-entries/wlan-cfg-entry": ("profile-name",),
    f"{WLAN}/wlan-policies/wlan-policy": ("policy-profile-name",),
    f"{WLAN}/policy-list-entries/policy-list-entry": ("tag-name",),
    f"{CLIENT}/common-oper-data": ("client-mac",),
    f"{CLIENT}/dot11-oper-data": ("ms-mac-address",),
    f"{CLIENT}/traffic-stats": ("ms-mac-address",),
    f"{CLIENT}/policy-data": ("mac",),
    f"{CLIENT}/dc-info": ("client-mac",),
    f"{CLIENT}/sisf-db-mac": ("mac-addr",),
    f"{RRM}/rrm-measurement": ("wtp-mac", "radio-slot-id"),
    f"{ROGUE}/rogue-data": ("rogue-address",),
    f"{SITE}/ap-cfg-profiles/ap-cfg-profile": ("profile-name",),
    f"{SITE}/site-tag-configs/site-tag-config": ("site-tag-name",),
    f"{STACK}/stack-node": ("chassis-number",),
}

JOIN_PROFILE = "AP-JOIN-HOSPITAL"
_RADIO_TYPE = {"2.4": "radio-80211bg", "5": "radio-80211a", "6": "radio-80211-6ghz"}
_BAND = {"2.4": "dot11-2-dot-4-ghz-band", "5": "dot11-5-ghz-band", "6": "dot11-6-ghz-band"}
_METHOD = {
    "dot1x": "dot1x-auth-id",
    "psk": "no-method-id",
    "sae": "sae-id",
    "open": "no-method-id",
    "web": "web-auth-id",
}
_CLASS = {"unclassified", "friendly", "malicious", "custom"}
# The values that a leaf has when it is not configured; the device leaves such leaves out of its replies.
WLAN_DEFAULTS: Mapping[str, Any] = {
    "security-wpa": True,
    "webauth-enabled": False,
    "wpa2-enabled": True,
    "wpa2-aes": True,
    "auth-key-mgmt-dot1x": True,
    "auth-key-mgmt-ft-dot1x": False,
    "auth-key-mgmt-ft-psk": False,
    "qos-wmm-status": "apf-vap-wme-allowed",
    "ft-mode": "dot11r-adaptive-enabled",
    "pmf-options": "apf-vap-pmf-disabled",
}


def stamp(moment: datetime) -> str:
    """A date-and-time as the controller writes it: microseconds and a numeric zone."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")


def build_store(controller: Controller) -> Store:
    """Everything that the controller serves."""
    joined = [ap for ap in controller.access_points if ap.joined]
    data = {
        NATIVE: {"version": ".".join(controller.version.split(".")[:2]), "hostname": controller.hostname},
        AP: _access_points(controller, joined),
        AP_GLOBAL: _join_history(controller),
        WLAN: _wlans(controller),
        CLIENT: _clients(controller),
        RRM: {"rrm-measurement": [_load(controller, ap, radio) for ap in joined for radio in ap.radios]},
        ROGUE: _rogues(controller),
        ROGUE_CFG: {"rogue-global": {"security-level": f"rogue-security-level-{controller.rogue_level}"}},
        SITE: _sites(controller),
        HARDWARE: _hardware(controller),
        HA: {"ha-infra": _redundancy(controller)},
        STACK: {"stack-node": _chassis(controller)},
    }
    return Store(data, KEYS, controller.username, controller.password)


def _access_points(controller: Controller, joined: list[AccessPoint]) -> dict[str, Any]:
    return {
        "radio-oper-data": [_radio(controller, ap, radio) for ap in joined for radio in ap.radios],
        "capwap-data": [_capwap(ap) for ap in joined],
        "ap-name-mac-map": [{"wtp-name": ap.name, "wtp-mac": ap.radio_mac, "eth-mac": ap.mac} for ap in joined],
        "ethernet-mac-wtp-mac-map": [{"ethernet-mac": ap.mac, "wtp-mac": ap.radio_mac} for ap in joined],
        "oper-data": [_oper(ap) for ap in joined],
    }


def _capwap(ap: AccessPoint) -> dict[str, Any]:
    parts = [int(part) for part in ap.version.split(".")[:4]]
    software = dict(zip(("version", "release", "maint", "build"), parts, strict=False))
    static = {
        "board-data": {"wtp-serial-num": ap.serial, "wtp-enet-mac": ap.mac},
        "descriptor-data": {"radio-slots-in-use": len(ap.radios), "encryption-capabilities": True},
        "ap-models": {"model": ap.model},
        "num-ports": 1,
        "num-slots": len(ap.radios),
        "is-mm-opt": False,
    }
    tags = {
        "tag-source": "tag-source-static",
        "is-ap-misconfigured": False,
        "resolved-tag-info": {
            "resolved-policy-tag": ap.policy_tag,
            "resolved-site-tag": ap.site_tag,
            "resolved-rf-tag": ap.rf_tag,
        },
        "policy-tag-info": {"policy-tag-name": ap.policy_tag},
        "site-tag": {"site-tag-name": ap.site_tag, "ap-profile": JOIN_PROFILE, "flex-profile": ""},
        "rf-tag": {"rf-tag-name": ap.rf_tag},
    }
    return {
        "wtp-mac": ap.radio_mac,
        "ip-addr": ap.address,
        "name": ap.name,
        "device-detail": {
            "static-info": static,
            "dynamic-info": {"led-state-enabled": True},
            "wtp-version": {"sw-ver": software, "sw-version": ap.version},
        },
        "ap-lag-enabled": False,
        "ap-location": {"floor": 0, "location": ap.location},
        "tag-info": tags,
        "ap-state": {
            "ap-admin-state": "adminstate-enabled",
            "ap-operation-state": "registered" if ap.joined else "unregistered",
        },
        "ap-mode-data": {"clear-mode": False, "ap-sub-mode": "ap-sub-mode-none", "wtp-mode": "local-mode"},
        "ap-time-info": {
            "boot-time": stamp(ap.booted_at),
            "join-time": stamp(ap.joined_at),
            "join-time-taken": max(0, int((ap.joined_at - ap.booted_at).total_seconds())),
        },
        "country-code": ap.country,
        "num-radio-slots": len(ap.radios),
        "cdp-enable": True,
        "ap-stationing-type": "indoor-ap",
        "wtp-ip": ap.address,
    }


def _oper(ap: AccessPoint) -> dict[str, Any]:
    primed = {
        "primary-controller-name": ap.primary,
        "secondary-controller-name": ap.secondary,
        "fallback-enabled": True,
    }
    return {
        "wtp-mac": ap.radio_mac,
        "radio-id": 0,
        "link-encryption-enabled": False,
        "ap-ip-data": {"mtu": 1485, "is-static-ap-ipaddr": False, "ap-ip-addr": ap.address},
        "ap-prime-info": primed,
        "ap-mgmt": {"is-telnet-enabled": False, "is-ssh-enabled": False, "is-console-enabled": True},
        "ap-pow": {"power-type": "pwr-src-poe-plus", "power-mode": "dot11-set-high-pwr"},
    }


def _radio(controller: Controller, ap: AccessPoint, radio: Radio) -> dict[str, Any]:
    band = 0 if radio.band == "2.4" else 1 if radio.band == "5" else 2
    protocol = {7: "protocol-80211be", 6: "protocol-80211ax", 5: "protocol-80211ac"}.get(ap.wifi, "protocol-80211n")
    if protocol == "protocol-80211ac" and radio.band == "2.4":
        protocol = "protocol-80211n"
    offered = [w for w in controller.wlans if w.enabled]
    power = {"num-supp-power-levels": 8, "curr-tx-power-in-dbm": radio.power_dbm}
    return {
        "wtp-mac": ap.radio_mac,
        "radio-slot-id": radio.slot,
        "slot-id": radio.slot,
        "radio-type": _RADIO_TYPE[radio.band],
        "admin-state": "enabled",
        "oper-state": "radio-up" if radio.up else "radio-down",
        "radio-mode": "radio-mode-local",
        "radio-sub-mode": "radio-sub-mode-none",
        "current-band-id": band,
        "current-active-band": _BAND[radio.band],
        "radio-he-capable": ap.wifi >= 6,
        "phy-ht-cfg": {
            "cfg-data": {
                "ht-enable": 1,
                "phy-ht-cfg-config-type": "config-auto",
                "curr-freq": radio.channel,
                "chan-width": radio.width_mhz,
            }
        },
        "radio-band-info": [{"band-id": band, "regulatory-domain": "-E", "phy-tx-pwr-lvl-cfg": {"cfg-data": power}}],
        "vap-oper-config": [
            {
                "wlan-id": wlan.id,
                "ap-vap-id": place,
                "bssid-mac": mac_plus(ap.radio_mac, place + 15 * radio.slot),
                "wtp-mac": ap.radio_mac,
                "wlan-profile-name": wlan.profile,
                "ssid": wlan.ssid,
            }
            for place, wlan in enumerate(offered, start=1)
        ],
        "slot-antenna-type": "internal-antenna",
        "highest-throughput-proto": protocol,
    }


def _join_history(controller: Controller) -> dict[str, Any]:
    """Every access point that was ever here, also those that have left."""
    stats, history = [], []
    for ap in controller.access_points:
        reason = "none" if ap.joined else "DTLS close alert from peer"
        stats.append(
            {
                "wtp-mac": ap.radio_mac,
                "ap-join-info": {
                    "ap-ip-addr": ap.address,
                    "ap-ethernet-mac": ap.mac,
                    "ap-name": ap.name,
                    "is-joined": ap.joined,
                    "num-join-req-recvd": 1,
                    "num-config-req-recvd": 1,
                    "last-join-failure-type": "jf-none",
                    "last-config-failure-type": "cf-none" if ap.joined else "cf-dtls-close-alert",
                    "last-error-type": "ap-con-failure-unknown" if ap.joined else "ap-con-failure-run",
                    "num-succ-join-resp-sent": 1,
                    "last-succ-join-atmpt-time": stamp(ap.joined_at),
                },
                "ap-discovery-info": {"wtp-mac": ap.radio_mac, "ethernet-mac": ap.mac, "ap-ip-address": ap.address},
                "ap-disconnect-reason": reason,
            }
        )
        state = {"is-ap-joined": ap.joined, "timestamp": stamp(ap.joined_at), "disconnects": 0 if ap.joined else 1}
        if not ap.joined:
            state |= {
                "last-disconnect-timestamp": stamp(ap.joined_at + timedelta(days=3)),
                "ap-disconnect-reason-str": reason,
            }
        history.append(
            {"ap-name": ap.name, "ethernet-mac": ap.mac, "wtp-mac": ap.radio_mac, "ewlc-ap-state-ptr": [state]}
        )
    return {"ap-history": history, "ap-join-stats": stats}


def _wlans(controller: Controller) -> dict[str, Any]:
    pairs = [{"wlan-profile-name": w.profile, "policy-profile-name": w.policy_profile} for w in controller.wlans]
    tags = sorted({ap.policy_tag for ap in controller.access_points})
    return {
        "wlan-cfg-entries": {"wlan-cfg-entry": [_wlan(w) for w in controller.wlans]},
        "wlan-policies": {"wlan-policy": [_policy(w) for w in controller.wlans]},
        "policy-list-entries": {
            "policy-list-entry": [{"tag-name": tag, "wlan-policies": {"wlan-policy": pairs}} for tag in tags]
        },
    }


def _wlan(wlan: Wlan) -> dict[str, Any]:
    """One network: leaves at their default are not in the configuration, and so not in the reply."""
    secure = wlan.security != "open"
    dot1x, psk, sae = (wlan.key_management == name for name in ("dot1x", "psk", "sae"))
    wpa3 = "wpa3" in wlan.security
    values = {
        "security-wpa": secure,
        "webauth-enabled": wlan.web_auth,
        "wpa2-enabled": "wpa2" in wlan.security,
        "wpa2-aes": wlan.encryption == "aes",
        "auth-key-mgmt-dot1x": dot1x,
        "auth-key-mgmt-ft-dot1x": dot1x and wlan.fast_transition,
        "auth-key-mgmt-ft-psk": psk and wlan.fast_transition,
        "qos-wmm-status": f"apf-vap-wme-{wlan.wmm}",
        "ft-mode": "dot11r-enabled" if wlan.fast_transition else "dot11r-disabled",
        "pmf-options": "apf-vap-pmf-required"
        if wlan.security == "wpa3"
        else "apf-vap-pmf-optional"
        if wpa3
        else "apf-vap-pmf-disabled",
    }
    entry: dict[str, Any] = {"profile-name": wlan.profile, "wlan-id": wlan.id}
    entry |= {name: value for name, value in values.items() if value != WLAN_DEFAULTS[name]}
    if wlan.encryption == "tkip":
        entry |= {"wpa1-enabled": True, "wpa1-tkip": True}
    if wlan.encryption == "wep":
        entry["wep-enabled"] = True
    if psk:
        entry |= {
            "auth-key-mgmt-psk": True,
            "psk": "AAAAAAAAAAAAAAAAAAAAAF" + wlan.psk[::-1],
            "psk-type": "aes",
            "psk-key-type": "key-ascii",
        }
    if wpa3:
        entry["wpa3-enabled"] = True
    if sae:
        entry["auth-key-mgmt-sae"] = True
    if wpa3 and dot1x:
        entry["auth-key-mgmt-dot1x-sha256"] = True
    if dot1x:
        entry["authentication-list"] = "ISE-DOT1X"
    if wlan.web_auth:
        entry["web-auth-parameter-map"] = "GUEST-PORTAL"
    return entry | {"apf-vap-id-data": {"ssid": wlan.ssid, "wlan-status": wlan.enabled}}


def _policy(wlan: Wlan) -> dict[str, Any]:
    return {
        "policy-profile-name": wlan.policy_profile,
        "description": f"Clients of {wlan.ssid}",
        "status": True,
        "interface-name": wlan.vlan_name,
        "wlan-switching-policy": {"central-switching": wlan.central_switching},
        "per-ssid-qos": {"ingress-service-name": f"{wlan.qos}-up", "egress-service-name": wlan.qos},
    }


def _clients(controller: Controller) -> dict[str, Any]:
    radio_macs = {ap.name: ap.radio_mac for ap in controller.access_points}
    channels = {(ap.name, radio.slot): radio.channel for ap in controller.access_points for radio in ap.radios}
    wlans = {w.id: w for w in controller.wlans}
    clients = controller.clients
    return {
        "common-oper-data": [_common(c) for c in clients],
        "dot11-oper-data": [
            _dot11(c, wlans[c.wlan], radio_macs[c.access_point], channels[c.access_point, c.slot]) for c in clients
        ],
        "traffic-stats": [
            {
                "ms-mac-address": c.mac,
                "bytes-rx": str(4096 * (c.snr_db + 7)),
                "bytes-tx": str(16384 * (c.snr_db + 3)),
                "most-recent-rssi": c.rssi_dbm,
                "most-recent-snr": c.snr_db,
                "current-rate": "m9 ss2" if c.band == "5" else "m7",
                "spatial-stream": 2,
            }
            for c in clients
        ],
        "policy-data": [
            {"mac": c.mac, "res-vlan-id": c.vlan, "res-vlan-name": wlans[c.wlan].vlan_name} for c in clients
        ],
        "sisf-db-mac": [
            {"mac-addr": c.mac, "ipv4-binding": {"ip-key": {"zone-id": 0, "ip-addr": c.address}}} for c in clients
        ],
        "dc-info": [{"client-mac": c.mac, "device-type": c.device, "confidence-level": 40} for c in clients],
    }


def _common(client: WirelessClient) -> dict[str, Any]:
    return {
        "client-mac": client.mac,
        "ap-name": client.access_point,
        "ms-ap-slot-id": client.slot,
        "ms-radio-type": f"client-dot11ax-{'24ghz' if client.band == '2.4' else '5ghz'}-prot",
        "wlan-id": client.wlan,
        "client-type": "dot11-client-normal",
        "co-state": "client-status-run",
        "username": client.username,
        "method-id": _METHOD.get(client.authentication, "no-method-id"),
        "is-locally-administered-mac": bool(int(client.mac[:2], 16) & 2),
    }


def _dot11(client: WirelessClient, wlan: Wlan, radio_mac: str, channel: int) -> dict[str, Any]:
    secure = wlan.security != "open"
    version = "wpa-version-wpa3" if wlan.security == "wpa3" else "wpa2" if secure else "wpa-version-not-def"
    management = {"dot1x": "ft-8021x" if wlan.fast_transition else "8021x", "psk": "psk", "sae": "sae"}
    wifi = {"wpa-version": version, "auth-key-mgmt": management.get(wlan.key_management, "akm-unknown")}
    if secure:
        wifi["cipher-suite"] = "ccmp-aes"
    return {
        "ms-mac-address": client.mac,
        "dot11-state": "associated",
        "ms-bssid": mac_plus(radio_mac, client.wlan + 15 * client.slot),
        "ap-mac-address": radio_mac,
        "current-channel": channel,
        "ms-wlan-id": client.wlan,
        "vap-ssid": client.ssid,
        "policy-profile": wlan.policy_profile,
        "ms-ap-slot-id": client.slot,
        "radio-type": "dot11-radio-type-bg" if client.band == "2.4" else "dot11-radio-type-a",
        "ms-association-id": 1 + int(client.mac[-2:], 16),
        "ms-auth-alg-num": "simultaneous-authentication-of-equals" if wlan.key_management == "sae" else "open-system",
        "ms-assoc-time": stamp(client.joined_at),
        "ms-wifi": wifi,
        "ms-wme-enabled": wlan.wmm != "disabled",
        "encryption-type": "encryp-policy-aes-ccm128" if secure else "encryp-policy-none",
        "security-mode": "ewlc-assoc-mode-wpa2" if secure else "ewlc-assoc-mode-unknown",
        "wlan-profile": wlan.profile,
    }


def _load(controller: Controller, ap: AccessPoint, radio: Radio) -> dict[str, Any]:
    stations = sum(c.access_point == ap.name and c.slot == radio.slot for c in controller.clients)
    return {
        "wtp-mac": ap.radio_mac,
        "radio-slot-id": radio.slot,
        "noise": {"noise": {"noise-data": [{"chan": radio.channel, "noise": radio.noise_dbm}]}},
        "load": {
            "rx-util-percentage": radio.utilisation // 4,
            "tx-util-percentage": radio.utilisation // 3,
            "cca-util-percentage": radio.utilisation,
            "stations": stations,
            "rx-noise-channel-utilization": 0,
            "non-wifi-inter": 0,
        },
    }


def _rogues(controller: Controller) -> dict[str, Any]:
    if not controller.rogue_detection:
        return {"rogue-stats": {"total-count": 0, "rogue-enabled": False}}
    kinds = Counter(r.cls for r in controller.rogues)
    stats = {
        "on-my-network-count": sum(r.on_wire for r in controller.rogues),
        **{f"{name}-count": kinds[name] for name in sorted(_CLASS)},
        "total-count": len(controller.rogues),
        "contained-count": sum(r.state == "contained" for r in controller.rogues),
        "rogue-enabled": True,
    }
    macs = {ap.name: ap.radio_mac for ap in controller.access_points}
    return {"rogue-stats": stats, "rogue-data": [_rogue(r, macs) for r in controller.rogues]}


def _rogue(rogue: Rogue, macs: Mapping[str, str]) -> dict[str, Any]:
    contained = rogue.state == "contained"
    slot = 0 if rogue.channel <= 14 else 1
    heard = [name for name in rogue.heard_by if name in macs]
    return {
        "rogue-address": rogue.mac,
        "rogue-class-type": f"rogue-classtype-{rogue.cls}",
        "rogue-mode": f"rogue-state-{rogue.state}",
        "rogue-containment-level": 1 if contained else 0,
        "actual-containment": 1 if contained else 0,
        "manual-contained": contained,
        "contained": contained,
        "rogue-first-timestamp": stamp(rogue.first_seen_at),
        "rogue-last-timestamp": stamp(rogue.last_seen_at),
        "rogue-is-on-my-network": rogue.on_wire,
        "ad-hoc": False,
        "max-detected-rssi": rogue.rssi_dbm,
        "ssid-max-rssi": rogue.ssid,
        "ap-name-max-rssi": heard[0] if heard else "",
        "last-channel": rogue.channel,
        "n-lrads": len(heard),
        "rogue-lrad": [
            {
                "lrad-mac-addr": macs[name],
                "slot-id": slot,
                "ssid": rogue.ssid,
                "hidden-ssid": not rogue.ssid,
                "name": name,
                "channel": rogue.channel,
                "last-heard": stamp(rogue.last_seen_at),
            }
            for name in heard
        ],
        "n-clients": 0,
        "last-heard-ssid": rogue.ssid,
    }


def _sites(controller: Controller) -> dict[str, Any]:
    profile = {
        "profile-name": JOIN_PROFILE,
        "description": "Join profile of all access points",
        "backup-controllers": {"fallback-enabled": True},
        "rogue-detection": {"profile-name": JOIN_PROFILE, "ap-rogue-detection": controller.rogue_detection},
        "device-mgmt": {"ssh": False, "telnet": False},
    }
    tags = sorted({ap.site_tag for ap in controller.access_points})
    return {
        "ap-cfg-profiles": {"ap-cfg-profile": [profile]},
        "site-tag-configs": {
            "site-tag-config": [
                {"site-tag-name": t, "ap-join-profile": JOIN_PROFILE, "is-local-site": True} for t in tags
            ]
        },
    }


def _hardware(controller: Controller) -> dict[str, Any]:
    chassis = {
        "hw-type": "hw-type-chassis",
        "hw-dev-index": 0,
        "version": "V01",
        "part-number": controller.model,
        "serial-number": controller.serial,
        "hw-description": f"Cisco {controller.model} Chassis",
        "dev-name": "Chassis 1",
        "field-replaceable": True,
        "hw-class": "hw-class-physical",
    }
    inventory = [chassis]
    if controller.ha.enabled:
        other = {"hw-dev-index": 1, "serial-number": controller.ha.peer_serial, "dev-name": "Chassis 2"}
        inventory.append(chassis | other)
    version = (
        f"Cisco IOS Software [Dublin], C9800 Software (C9800_IOSXE-K9), Version {controller.version}, RELEASE SOFTWARE (fc2)\n"
        "Technical Support: http://www.cisco.com/techsupport\n"
        "Copyright (c) 1986-2024 by Cisco Systems, Inc.\nCompiled Tue 23-Jul-24 09:56 by mcpre"
    )
    system = {
        "current-time": stamp(datetime.now(controller.booted_at.tzinfo)),
        "boot-time": stamp(controller.booted_at),
        "software-version": version,
        "rommon-version": "17.12(2r)",
        "last-reboot-reason": "Reload Command",
        "unsaved-config": False,
        "mac-address": controller.mac,
    }
    return {"device-hardware": {"device-inventory": inventory, "device-system-data": system}}


def _redundancy(controller: Controller) -> dict[str, Any]:
    ha = controller.ha
    peer = "db-rf-standby-hot" if ha.peer_ok else "db-rf-disabled"
    return {
        "ha-state": "db-rf-active",
        "peer-state": peer,
        "last-switchover-time": "1970-01-01T00:00:00+00:00",
        "last-switchover-reason": "none",
        "image-version": controller.version,
        "ha-enabled": ha.enabled,
        "has-switchover-occured": False,
        "switchover-count": 0,
        "standby-failure-count": 0 if ha.peer_ok or not ha.enabled else 1,
    }


def _chassis(controller: Controller) -> list[dict[str, Any]]:
    ha = controller.ha
    common = {
        "priority": 1,
        "stack-mode": "mode-active-standby",
        "sso-ready-flag": ha.peer_ok,
        "mode": "stack-type-remote-ha",
    }
    nodes = [
        common | {"chassis-number": 1, "serial-number": controller.serial, "role": "role-active", "node-state": "state-ready",
                  "mac-address": controller.mac, "local-ip": ha.local_address, "remote-ip": ha.peer_address}
    ]  # fmt: skip
    if ha.enabled:
        state = "state-ready" if ha.peer_ok else "state-removed"
        nodes.append(
            common | {"chassis-number": 2, "serial-number": ha.peer_serial, "role": "role-standby" if ha.peer_ok else "role-unknown",
                      "node-state": state, "mac-address": mac_plus(controller.mac, 0x100), "local-ip": ha.peer_address,
                      "remote-ip": ha.local_address}
        )  # fmt: skip
    return nodes
