"""Recorded command-line replies and what others read of them: where they are, which platforms read them, what is doubtful.

A folder holds ``PLATFORM/COMMAND/NAME.raw`` and ``NAME.yml``, whose ``parsed_sample`` are the rows of ntc-templates' own tests.
"""

from __future__ import annotations

import tarfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

ARCHIVE = Path(__file__).resolve().parents[2] / "shared" / "recordings" / "cli.tar.xz"
DOUBTS = Path(__file__).with_name("doubts_cli.toml")

#: Folders that a platform's recordings stand in, where they are not named as the platform.
FOLDERS: Mapping[str, tuple[str, ...]] = {
    "cisco_xe": ("cisco_ios",),
    "cisco_wlc": ("cisco_wlc_ssh",),
    "ruckus_fastiron": ("ruckus_fastiron", "brocade_fastiron"),
    "dell_os10": (),
}

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Recording:
    """One recorded reply of a command, named by its folder, and its rows as others read them."""

    raw: Path
    folder: str
    command: str
    rows: tuple[Mapping[str, Any], ...]

    @property
    def name(self) -> str:
        return f"{self.folder}/{self.raw.parent.name}/{self.raw.stem}"


@contextmanager
def recordings_folder(given: Path | None) -> Iterator[Path | None]:
    """The folder of recordings: the one given, or the archive beside the checkout unpacked; None where there is neither."""
    if given is not None:
        yield given
    elif ARCHIVE.is_file():
        with TemporaryDirectory() as folder, tarfile.open(ARCHIVE) as archive:
            archive.extractall(folder, filter="data")
            yield Path(folder)
    else:
        yield None


def recordings(folder: Path, platform: str, command: str = "") -> list[Recording]:
    """A platform's recordings in order, of one command where it is given."""
    found = []
    for name in FOLDERS.get(platform, (platform,)):
        for raw in sorted((folder / name).glob("*/*.raw")):
            said = raw.parent.name.replace("_", " ")
            if command in ("", said, raw.parent.name):
                found.append(Recording(raw, name, said, _rows(raw.with_suffix(".yml"))))
    return found


def _rows(path: Path) -> tuple[Mapping[str, Any], ...]:
    if not path.is_file():
        return ()
    loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    rows = (loaded or {}).get("parsed_sample") or ()
    return tuple(row for row in rows if isinstance(row, dict))


def doubts() -> dict[str, str]:
    """Recordings whose truth is doubtful, by ``FOLDER/COMMAND/NAME``, and why."""
    if not DOUBTS.is_file():
        return {}
    with DOUBTS.open("rb") as file:
        return {entry["name"]: entry["reason"] for entry in tomllib.load(file).get("recording", ())}
