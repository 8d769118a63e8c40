"""What `collector doctor` looks at: config, secrets, probes, model, store, clock, and the reach of every target."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from collector.config import Config, load_config
from collector.credentials import fetch, secret_references
from collector.data import model_folders, probe_folders
from collector.errors import CollectorError, ConfigError
from collector.inventory import Inventory, load_inventory
from collector.model import Endpoint, Target, Transport
from collector.probes.definition import load_probes

#: A check as INTERFACE has it: name, ok, detail, hint.
Check = dict[str, Any]


def check(name: str, ok: bool, detail: str, hint: str = "") -> Check:
    return {"name": name, "ok": ok, "detail": detail, "hint": hint}


def examine(path: Path) -> list[Check]:
    """All checks in order; a config that cannot be read ends them, as nothing else can be known then."""
    try:
        config = load_config(path)
    except ConfigError as error:
        return [check("config", False, m, error.hint) for m in error.mistakes or (error.message,)]
    found = [check("config", True, str(config.path))]
    try:
        probes = load_probes(probe_folders())
        inventory = load_inventory(config, probes)
    except CollectorError as error:
        mistakes = getattr(error, "mistakes", ()) or (error.message,)
        return found + [check("config: targets", False, m, error.hint) for m in mistakes]
    found.append(check("probes", True, f"{len(probes)} probes"))
    found += _secrets(config, inventory)
    found += _model(config)
    found += _store(config)
    found.append(_clock())
    found += _reach(inventory)
    return found


def _secrets(config: Config, inventory: Inventory) -> Iterator[Check]:
    used = {e.credential for t in inventory.targets for e in t.endpoints if e.credential}
    for name in sorted(used):
        table = config.file.credential[name]
        for key, reference in secret_references(table):
            where = f"credential.{name}.{key}"
            try:
                fetch(reference, config.folder, where)
                yield check(f"secret {where}", True, "can be fetched")
            except CollectorError as error:
                yield check(f"secret {where}", False, error.message, error.hint)
    for target in inventory.targets:
        for endpoint in target.endpoints:
            if not endpoint.credential:
                where = f"{target.name} over {endpoint.transport}"
                hint = f"set {endpoint.transport}.credential in [defaults], the site or the target"
                yield check(f"secret {where}", False, "no credential is set", hint)


def _model(config: Config) -> Iterator[Check]:
    from collector.assess import load_model

    name = config.file.model.name
    folder = next((f / name for f in model_folders() if (f / name / "model.toml").exists()), None)
    if folder is None:
        yield check("model", False, f"no model {name!r}", "set model.name in the config")
        return
    try:
        model = load_model(folder)
        yield check("model", True, f"{name}: {len(model.criteria)} criteria")
    except CollectorError as error:
        yield check("model", False, error.message, error.hint or "`collector rules check` says more")


def _store(config: Config) -> Iterator[Check]:
    from collector.store import Store

    try:
        store = Store.open(config.store_url)
        yield check("store", True, f"{len(store.scans())} scans stored")
    except CollectorError as error:
        yield check("store", False, error.message, error.hint)


def _clock() -> Check:
    """A clock that is far off makes every freshness wrong; the oldest possible time is this release's."""
    year = time.gmtime().tm_year
    ok = 2026 <= year < 2100
    return check("clock", ok, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "set the clock of this machine (NTP)")


def _reach(inventory: Inventory) -> list[Check]:
    pairs = [(t, e) for t in inventory.targets for e in t.endpoints]
    with ThreadPoolExecutor(50) as pool:
        return list(pool.map(lambda pair: _reachable(*pair), pairs))


def _reachable(target: Target, endpoint: Endpoint) -> Check:
    """Whether a TCP port opens. SNMP is UDP: without a login only the name can be looked up."""
    name = f"reach {target.name} {endpoint.transport}:{endpoint.port}"
    try:
        if endpoint.transport is Transport.SNMP:
            socket.getaddrinfo(target.address, endpoint.port, type=socket.SOCK_DGRAM)
            return check(name, True, "address is known (UDP: whether it answers shows in a scan)")
        with socket.create_connection((target.address, endpoint.port), timeout=min(endpoint.connect_timeout_s, 5)):
            return check(name, True, "port opens")
    except socket.gaierror:
        return check(name, False, f"{target.address} has no address", "correct the name, or write the IP address")
    except TimeoutError:
        return check(name, False, "no answer", "a firewall between, a wrong address, or the device is off")
    except OSError as error:
        return check(name, False, str(error.strerror or error), "is the service on, and the port right?")
