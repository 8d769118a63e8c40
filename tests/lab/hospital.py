"""The hospital: one TOML file made into values that every server of the lab renders its replies from."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.lab.build.annex import build_annex
from tests.lab.build.backup import build_backup
from tests.lab.build.directory import build_directory
from tests.lab.build.network import build_switch
from tests.lab.build.plan import Node, Plan
from tests.lab.build.power import build_ups
from tests.lab.build.wireless import build_controller
from tests.lab.model import BackupSystem, Controller, Directory, Logins, Place, Switch, Ups

DEMO = Path(__file__).with_name("hospital.toml")

Tables = dict[str, Any]


class Hospital:
    """A hospital as values. Parts are worked out when first asked for, and are the same however often they are loaded.

    A switch is expanded alone, so that thousands of them cost nothing until they are asked.
    """

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self.tables = copy.deepcopy(dict(tables))
        self.now = _moment(self.tables.get("now"))
        self.plan = Plan(self.tables, self.now)
        self._switches: dict[str, Switch] = {}

    @classmethod
    def load(cls, path: Path = DEMO) -> Hospital:
        return cls(read_tables(path))

    @classmethod
    def generate(cls, change: Callable[[Tables], None] | None = None, **sizes: int) -> Hospital:
        """The demo hospital with other sizes (``access_switches=2000``) and whatever ``change`` does to its tables."""
        tables = read_tables(DEMO)
        tables["sizes"].update(sizes)
        if change:
            change(tables)
        return cls(tables)

    @property
    def name(self) -> str:
        return str(self.tables.get("name", ""))

    @property
    def site(self) -> str:
        return self.plan.site

    @property
    def domain(self) -> str:
        return self.plan.domain

    @property
    def logins(self) -> Logins:
        return self.plan.logins

    def check(self) -> Hospital:
        """Works out every part but most of the switches, so that tables which make no hospital are noticed now."""
        for part in ("logins", "upses", "controller", "annex", "backup", "directory"):
            getattr(self, part)
        for name in {node.role: node.name for node in self.nodes.values()}.values():
            self.switch(name)
        for name in self.tables.get("switch", {}):
            if name in self.nodes:
                self.switch(name)
        return self

    # -- switches

    @property
    def nodes(self) -> Mapping[str, Node]:
        """Every switch as planned: cheap, for those that need names, roles and platforms only."""
        return self.plan.nodes

    def ssh_place(self, name: str) -> Place:
        node = self.nodes[name]
        return self.plan.place(node.role, node.number, "ssh")

    def snmp_place(self, name: str) -> Place:
        node = self.nodes[name]
        return self.plan.place(node.role, node.number, "snmp")

    def switch(self, name: str) -> Switch:
        if name not in self._switches:
            self._switches[name] = build_switch(self.plan, self.nodes[name])
        return self._switches[name]

    @property
    def switches(self) -> Iterator[Switch]:
        """All switches, whole."""
        return (self.switch(name) for name in self.nodes)

    # -- the rest

    @cached_property
    def upses(self) -> tuple[Ups, ...]:
        return build_ups(self.plan)

    @cached_property
    def controller(self) -> Controller:
        return build_controller(self.plan)

    @cached_property
    def annex(self) -> Controller | None:
        """The other maker's wireless controller, where the hospital has one."""
        return build_annex(self.plan)

    @cached_property
    def backup(self) -> BackupSystem:
        return build_backup(self.plan)

    @cached_property
    def directory(self) -> Directory:
        return build_directory(self.plan)


def read_tables(path: Path) -> Tables:
    with path.open("rb") as file:
        return tomllib.load(file)


def _moment(value: object) -> datetime:
    if value is None:
        return datetime.now(UTC).replace(microsecond=0)
    if isinstance(value, str):
        value = datetime.fromisoformat(value.replace("Z", "+00:00"))
    assert isinstance(value, datetime)
    return value.astimezone(UTC)
