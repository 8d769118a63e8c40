"""The targets of a config: its own and its CSV files', each with the endpoints it is reached by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collector.config.load import Config
from collector.config.schema import TargetTable, settings_of
from collector.durations import parse_duration
from collector.errors import ConfigError, NotFoundError
from collector.inventory.csv import read_csv
from collector.model import Endpoint, Target, Transport
from collector.probes.definition import ProbeDef

_PORTS = {Transport.SSH: 22, Transport.SNMP: 161, Transport.LDAP: 636, Transport.HTTP: 443}
_PATHS = ("known_hosts", "ca_file")


@dataclass(frozen=True, slots=True)
class Inventory:
    """The resolved targets, in the order that the config names them."""

    targets: tuple[Target, ...]

    def get(self, name: str) -> Target:
        found = next((t for t in self.targets if t.name == name), None)
        if found is None:
            raise NotFoundError(f"no target {name!r} in the config", "`collector targets` lists them")
        return found

    def select(
        self,
        *,
        sites: tuple[str, ...] = (),
        roles: tuple[str, ...] = (),
        tags: tuple[str, ...] = (),
        names: tuple[str, ...] = (),
        families: tuple[str, ...] = (),
    ) -> tuple[Target, ...]:
        """The targets that pass every filter that is given; a name that does not exist is an error."""
        for name in names:
            self.get(name)
        return tuple(
            t
            for t in self.targets
            if (not sites or t.site in sites)
            and (not roles or t.role in roles)
            and (not tags or set(tags) & set(t.tags))
            and (not names or t.name in names)
            and (not families or t.family in families)
        )


def load_inventory(config: Config, probes: Mapping[str, ProbeDef]) -> Inventory:
    """Every target of the config; all mistakes at once."""
    tables = list(config.file.target)
    mistakes: list[str] = []
    for name in config.file.inventory.csv:
        try:
            tables += read_csv(config.folder / name)
        except ConfigError as error:
            mistakes += error.mistakes or (str(error),)
    seen: set[str] = set()
    targets: list[Target] = []
    for table in tables:
        try:
            if table.name in seen:
                raise ConfigError(f"target {table.name!r} is there twice", "names must differ")
            seen.add(table.name)
            targets.append(_target(config, table, probes))
        except ConfigError as error:
            mistakes.append(str(error))
    if mistakes:
        raise ConfigError(f"{config.path}: {len(mistakes)} mistake(s)", "mend them; nothing was done", tuple(mistakes))
    return Inventory(tuple(targets))


#: What the config calls a platform that nobody has found out yet.
UNKNOWN = "unknown"


def _target(config: Config, table: TargetTable, probes: Mapping[str, ProbeDef]) -> Target:
    mine = [p for p in probes.values() if p.platform == table.platform]
    site = table.site or config.file.defaults.site
    if site and site not in config.file.site:
        raise ConfigError(f"target {table.name!r}: no [site.{site}] in the config", "add it, or correct the name")
    settings = {t: _settings(config, table, site, t) for t in Transport}
    wanted = _transports(config, table, mine, settings)
    if not wanted:
        known = ", ".join(sorted({p.platform for p in probes.values()} - {"*"}))
        raise ConfigError(
            f"target {table.name!r}: nothing here reads platform {table.platform!r}",
            f'platforms: {known}; or transports = ["snmp"] for anything that speaks SNMP',
        )
    return Target(
        name=table.name,
        address=table.address,
        platform=table.platform,
        family=table.family or next((p.family for p in mine), ""),
        site=site,
        role=table.role,
        tags=tuple(table.tags),
        endpoints=tuple(_endpoint(config, t, settings[t]) for t in wanted),
    )


def _transports(
    config: Config, table: TargetTable, mine: list[ProbeDef], settings: Mapping[Transport, dict[str, Any]]
) -> list[Transport]:
    """As written; else those that have a probe for the platform, and SNMP where a credential for it is set.

    A device whose platform is still ``unknown`` keeps SSH, over which it can be identified; no scan uses it.
    """
    written = table.transports if table.transports is not None else config.file.defaults.transports
    own = {p.transport for p in mine}
    if table.platform == UNKNOWN and settings[Transport.SSH].get("credential"):
        own.add(Transport.SSH)
    if written is not None:
        return [t for t in (Transport(name) for name in written) if t in own or t is Transport.SNMP]
    generic = {Transport.SNMP} if settings[Transport.SNMP].get("credential") and _speaks_snmp(mine) else set()
    return [t for t in Transport if t in own | generic]


def _speaks_snmp(mine: list[ProbeDef]) -> bool:
    """Network gear and what has no probe of its own; a directory or a backup server is not asked by SNMP unbidden."""
    return not mine or any(p.transport is Transport.SSH for p in mine)


def _settings(config: Config, table: TargetTable, site: str, transport: Transport) -> dict[str, Any]:
    """One transport's settings: the defaults, over them the site's, over them the target's own."""
    layers = [config.file.defaults, config.file.site.get(site), table]
    return {k: v for layer in layers if layer is not None for k, v in settings_of(layer, transport).items()}


def _endpoint(config: Config, transport: Transport, settings: dict[str, Any]) -> Endpoint:
    scan = config.file.scan
    options = {k: config.resolve(v) if k in _PATHS else v for k, v in settings.items() if k not in _COMMON}
    return Endpoint(
        transport=transport,
        port=settings.get("port", _PORTS[transport]),
        credential=settings.get("credential", ""),
        connect_timeout_s=parse_duration(settings.get("connect_timeout", scan.connect_timeout)).total_seconds(),
        deadline_s=parse_duration(settings.get("deadline", scan.deadline)).total_seconds(),
        options=options,
    )


_COMMON = ("credential", "port", "connect_timeout", "deadline")
