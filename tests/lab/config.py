"""The lab's hospital as a configuration of ``collector``: targets, accounts and secrets by reference."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.lab.build.network import location
from tests.lab.hospital import Hospital
from tests.lab.model import Place
from tests.lab.servers.http_arubaos import NODE
from tests.lab.toml import dumps


def write_config(hospital: Hospital, folder: Path, transports: Iterable[str]) -> Path:
    """``config.toml`` for the whole hospital and its secrets, each in a file of mode 0600."""
    on = set(transports)
    _secrets(hospital, folder / "secrets")
    targets = [t for t in _targets(hospital) if _restrict(t, on)]
    tables: dict[str, Any] = {
        "organisation": {"name": hospital.name},
        "store": {"url": "sqlite:///collector.db"},
        "credential": _credentials(hospital),
        "defaults": _defaults(hospital),
        "site": {hospital.site: {"title": "Main campus"}},
        "lists": _lists(hospital),
        "target": targets,
    }
    path = folder / "config.toml"
    path.write_text(f"# The lab's hospital. Started by `python -m tests.lab --dir {folder.name}`.\n\n" + dumps(tables))
    return path


def _secrets(hospital: Hospital, folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    logins = hospital.logins
    for name, text in (
        ("switch", logins.password), ("enable", logins.enable), ("community", logins.community),
        ("snmp-auth", logins.v3_auth_key), ("snmp-priv", logins.v3_priv_key),
        ("controller", hospital.controller.password), ("backup", hospital.backup.password),
        ("directory", hospital.directory.admin_password),
    ):  # fmt: skip
        path = folder / name
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(text + "\n")


def _credentials(hospital: Hospital) -> dict[str, Any]:
    logins = hospital.logins
    return {
        "switch": {"username": logins.username, "password": "file:secrets/switch", "enable": "file:secrets/enable"},
        "snmp": {
            "username": logins.v3_user,
            "auth_protocol": logins.v3_auth,
            "auth_key": "file:secrets/snmp-auth",
            "priv_protocol": logins.v3_priv,
            "priv_key": "file:secrets/snmp-priv",
        },
        "snmp-v2c": {"community": "file:secrets/community"},
        "controller": {"username": hospital.controller.username, "password": "file:secrets/controller"},
        "backup": {"username": hospital.backup.username, "password": "file:secrets/backup"},
        "directory": {
            "username": hospital.directory.admin_name, "password": "file:secrets/directory", "bind": "simple",
        },
    }  # fmt: skip


def _defaults(hospital: Hospital) -> dict[str, Any]:
    first = next(iter(hospital.nodes))
    return {
        "site": hospital.site,
        "ssh": {"credential": "switch", "port": hospital.ssh_place(first).port or 22, "known_hosts": "known_hosts"},
        "snmp": {"credential": "snmp", "port": hospital.snmp_place(first).port or 161, "version": "3"},
        "ldap": {"credential": "directory", "tls": "ldaps", "ca_file": "ca.pem"},
        "http": {"ca_file": "ca.pem"},
    }


def _targets(hospital: Hospital) -> list[dict[str, Any]]:
    rooms = {name: location(hospital.plan, node) for name, node in hospital.nodes.items()}
    rooms |= {d.name: d.location for d in (*hospital.upses, hospital.controller, hospital.backup, hospital.directory)}
    rooms |= {hospital.annex.name: hospital.annex.location} if hospital.annex else {}
    return [{**row, **_tags(rooms[row["name"]])} for row in _rows(hospital)]


def _tags(location: str) -> dict[str, list[str]]:
    """The server room that a device stands in, as its tag."""
    _, found, room = location.partition("server room ")
    return {"tags": [room]} if found else {}


def _rows(hospital: Hospital) -> list[dict[str, Any]]:
    rows = [_switch(hospital, name) for name in hospital.nodes]
    for ups in hospital.upses:
        room = ups.location.rpartition(" ")[2]
        rows.append(
            _row(ups.name, ups.snmp, "ups", "power", ["snmp"], family="ups", tags=[room], snmp={"port": ups.snmp.port})
        )
    controller, backup, directory = hospital.controller, hospital.backup, hospital.directory
    rows.append(
        _row(controller.name, controller.http, controller.platform, "wireless", ["http"],
             http={"credential": "controller", "port": controller.http.port, "server_name": f"{controller.name}.{hospital.domain}"})
    )  # fmt: skip
    if annex := hospital.annex:
        rows.append(
            _row(annex.name, annex.http, annex.platform, "wireless", ["http"],
                 http={"credential": "controller", "port": annex.http.port, "server_name": f"{annex.name}.{hospital.domain}",
                       "values": {"config_path": NODE}})
        )  # fmt: skip
    rows.append(
        _row(backup.name, backup.http, backup.platform, "backup", ["http"],
             http={"credential": "backup", "port": backup.http.port, "server_name": f"{backup.name}.{hospital.domain}"})
    )  # fmt: skip
    rows.append(
        _row(directory.name, directory.ldaps, directory.platform, "directory", ["ldap"],
             ldap={"port": directory.ldaps.port, "server_name": f"{directory.name}.{hospital.domain}"})
    )  # fmt: skip
    return rows


def _row(name: str, place: Place, platform: str, role: str, transports: list[str], **more: Any) -> dict[str, Any]:
    return {
        "name": name, "address": place.address, "platform": platform, "role": role, "transports": transports, **more,
    }  # fmt: skip


def _switch(hospital: Hospital, name: str) -> dict[str, Any]:
    node = hospital.nodes[name]
    ssh, snmp = hospital.ssh_place(name), hospital.snmp_place(name)
    more: dict[str, Any] = {}
    first = next(iter(hospital.nodes))
    if ssh.port != hospital.ssh_place(first).port:
        more["ssh"] = {"port": ssh.port}
        more["snmp"] = {"port": snmp.port}
    if hospital.plan.special(name).get("snmp", "v3") == "v2c":
        more["snmp"] = {**more.get("snmp", {}), "version": "2c", "credential": "snmp-v2c"}
    return _row(name, ssh, node.platform, node.role, ["ssh", "snmp"], **more)


def _restrict(target: dict[str, Any], on: set[str]) -> bool:
    """Leaves only transports whose servers run; a target without any is left out."""
    target["transports"] = [t for t in target["transports"] if t in on]
    return bool(target["transports"])


def _lists(hospital: Hospital) -> dict[str, list[str]]:
    """What only people know: taken over from the hospital file's table ``lists``."""
    return {str(k): [str(v) for v in values] for k, values in hospital.tables.get("lists", {}).items()}
