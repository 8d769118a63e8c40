"""What a command works with, made only when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from collector.cli.app import config_path
from collector.config import Config, load_config
from collector.credentials import resolve_credentials
from collector.data import model_folders, probe_folders
from collector.errors import ConfigError
from collector.inventory import Inventory, load_inventory
from collector.model import Credential, Target
from collector.probes.definition import ProbeDef, load_probes

if TYPE_CHECKING:
    from collector.assess.model import Model
    from collector.store import Store


class Context:
    """The config and everything that it leads to: probes, inventory, store, model."""

    def __init__(self, config: Path | None) -> None:
        self.path = config_path(config)

    @cached_property
    def config(self) -> Config:
        return load_config(self.path)

    @cached_property
    def probes(self) -> Mapping[str, ProbeDef]:
        return load_probes(probe_folders())

    @cached_property
    def inventory(self) -> Inventory:
        return load_inventory(self.config, self.probes)

    def credentials(self, targets: Iterable[Target]) -> Mapping[str, Credential]:
        """The credentials that these targets are read with, their secrets fetched."""
        return resolve_credentials(self.config, {e.credential for t in targets for e in t.endpoints if e.credential})

    @property
    def store_folder(self) -> Path:
        """Where the store's key and lock lie: beside an SQLite file, else beside the config."""
        url, prefix = self.config.store_url, "sqlite:///"
        return Path(url.removeprefix(prefix)).parent if url.startswith(prefix) else self.config.folder

    @cached_property
    def store(self) -> Store:
        from collector.store import Store

        return Store.open(self.config.store_url)

    @cached_property
    def model(self) -> Model:
        return load_named_model(self.config.file.model.name)


def load_named_model(name: str) -> Model:
    """A model by its folder's name, among ours and those that installed packages bring."""
    from collector.assess import load_model

    for folder in model_folders():
        if (folder / name / "model.toml").exists():
            return load_model(folder / name)
    known = sorted(p.parent.name for folder in model_folders() for p in folder.glob("*/model.toml"))
    raise ConfigError(f"no model {name!r}", "model.name in the config; there are " + ", ".join(known))
