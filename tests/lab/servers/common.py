"""What the lab's servers share: the hospital that reloads when its file changes, how a server starts and ends."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.lab.hospital import Hospital


class Live:
    """The hospital as its file says it now. Read ``hospital`` anew for every reply; it is reloaded when the file changed.

    ``generation`` goes up with each reload, for those who keep what they rendered. A file that is half written or broken
    leaves the last good hospital standing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = self._read_stamp()
        self._hospital = Hospital.load(path)
        self._checked = time.monotonic()
        self.generation = 0

    @property
    def hospital(self) -> Hospital:
        now = time.monotonic()
        if now - self._checked > 0.01:
            self._checked = now
            self._reload()
        return self._hospital

    def _reload(self) -> None:
        stamp = self._read_stamp()
        if stamp == self._stamp:
            return
        with contextlib.suppress(OSError, ValueError, KeyError):
            self._hospital = Hospital.load(self.path)
            self._stamp = stamp
            self.generation += 1

    def _read_stamp(self) -> tuple[int, int]:
        try:
            stat = self.path.stat()
        except OSError:
            return 0, 0
        return stat.st_mtime_ns, stat.st_ino


@dataclass(frozen=True, slots=True)
class Options:
    """What a server is told: the lab's folder, seconds a reply takes, and whom to tell that it listens."""

    folder: Path
    latency_s: float
    ready: Callable[[], None]

    def login(self, kind: str, name: str) -> None:
        """Writes down that someone logged in: a line of ``DIR/logins``, which the lab's tests count."""
        with (self.folder / "logins").open("a") as file:
            file.write(f"{kind} {name}\n")


def main() -> None:
    """``python -m tests.lab.servers KIND --dir DIR``: runs ``serve(live, options)`` of ``tests.lab.servers.KIND``."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab.servers")
    parser.add_argument("kind", choices=("ssh", "snmp", "ldap", "http"))
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--latency-ms", type=float, default=30.0)
    parser.add_argument("--stay", action="store_true", help="don't end when standard input does")
    given = parser.parse_args()
    if not given.stay:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    module = importlib.import_module(f"tests.lab.servers.{given.kind}")
    options = Options(given.dir, given.latency_ms / 1000, _say_ready)
    live = Live(given.dir / "hospital.toml")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(module.serve(live, options))


def _say_ready() -> None:
    print("ready", flush=True)


def _end_with_parent() -> None:
    """The lab holds the other end of standard input: when it closes, however that came, this process ends."""
    sys.stdin.buffer.read()
    os._exit(0)
