"""Where the data files are: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    inside = _PACKAGE / "_data" / name
    return inside if inside.exists() else _PACKAGE.parent / name


def probes_folder() -> Path:
    """The probe definitions that come with the project."""
    return _folder("probes")


def mappings_folder() -> Path:
    """The models that come with the project, a folder each."""
    return _folder("mappings")


def example_config() -> Path:
    """The commented starter configuration."""
    return _folder("config.example.toml")


def probe_folders() -> list[Path]:
    """Every folder of probe definitions: ours and those that installed packages add (`collector.probes`)."""
    return [entry.load()() for entry in sorted(entry_points(group="collector.probes"))]


def model_folders() -> list[Path]:
    """Every folder of models: ours and those that installed packages add (`collector.models`)."""
    return [entry.load()() for entry in sorted(entry_points(group="collector.models"))]
