"""Vendors' descriptions of their APIs, where this machine has them: they are not part of the project."""

from __future__ import annotations

import tarfile
from functools import lru_cache
from pathlib import Path

import pytest

ARCHIVE = Path(__file__).resolve().parents[3] / "shared" / "recordings" / "apis.tar.xz"


@lru_cache(maxsize=1)
def _files() -> dict[str, str]:
    found: dict[str, str] = {}
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            if member.isfile() and member.name.endswith((".yang", ".openapi.json")):
                source = archive.extractfile(member)
                assert source is not None
                found[Path(member.name).name] = source.read().decode()
    return found


def descriptions(ending: str) -> dict[str, str]:
    """The texts of all files whose names end so, by name; skips the test where there are none."""
    if not ARCHIVE.is_file():
        pytest.skip(f"the vendors' API descriptions are not here ({ARCHIVE.name} in ../shared/recordings)")
    return {name: text for name, text in _files().items() if name.endswith(ending)}
