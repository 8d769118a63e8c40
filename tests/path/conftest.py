"""One hospital, scanned whole, broken, and scanned again: what the tests of the whole path look at."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.lab.demo import break_things
from tests.lab.lab import Lab


@dataclass(frozen=True)
class Run:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Hospital:
    """A folder with config and store; ``collector`` runs the command line on it as a user would."""

    folder: Path

    def collector(self, *arguments: str, code: int | None = 0, timeout: float = 120) -> Run:
        command = [sys.executable, "-m", "collector", *arguments, "-c", str(self.folder / "config.toml")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
        assert code is None or done.returncode == code, f"{done.returncode}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
        return Run(done.returncode, done.stdout, done.stderr)

    def json(self, *arguments: str, code: int | None = 0) -> Any:
        return self.collector(*arguments, "--json", code=code).json


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hospital, Any, Any]]:
    """The hospital after two scans, the second with an uplink pulled and a backup job failing; the lab is gone by then."""
    folder = tmp_path_factory.mktemp("hospital")
    hospital = Hospital(folder)
    with Lab(folder, latency_s=0) as lab:
        first = hospital.json("scan")
        lab.change(break_things)
        second = hospital.json("scan")
    yield hospital, first, second


@pytest.fixture(scope="session")
def hospital(scanned: tuple[Hospital, Any, Any]) -> Hospital:
    return scanned[0]
