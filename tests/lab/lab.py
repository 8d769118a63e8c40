"""The lab: a hospital's servers started on loopback, and a configuration of ``collector`` for them."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import select
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.lab.certificates import write_certificates
from tests.lab.config import write_config
from tests.lab.hospital import DEMO, Hospital, Tables, read_tables
from tests.lab.hostkeys import host_key, known_hosts_line
from tests.lab.toml import dumps

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("ssh", "snmp", "ldap", "http")
_START_S = 20.0


class Lab:
    """A running hospital. Use it as a context manager; leaving it stops every server.

    ``config`` is the written ``config.toml``. ``sizes`` are those of the hospital file (``access_switches=3``), ``tables``
    is laid over the file, table by table; ``kinds`` says which servers to start.
    """

    def __init__(
        self,
        folder: Path,
        *,
        latency_s: float = 0.03,
        kinds: tuple[str, ...] = KINDS,
        tables: Mapping[str, Any] | None = None,
        hospital: Path = DEMO,
        **sizes: int,
    ) -> None:
        self.folder = Path(folder)
        self.config = self.folder / "config.toml"
        self.latency_s = latency_s
        self.kinds = tuple(k for k in kinds if importlib.util.find_spec(f"tests.lab.servers.{k}") is not None)
        self._base, self._over, self._sizes = hospital, tables or {}, sizes
        self._servers: dict[str, subprocess.Popen[bytes]] = {}
        self._claim: socket.socket | None = None

    def __enter__(self) -> Lab:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def hospital(self) -> Hospital:
        """The hospital as the servers know it now."""
        return Hospital.load(self.folder / "hospital.toml")

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        tables = _laid_over(read_tables(self._base), self._over)
        tables.setdefault("sizes", {}).update(self._sizes)
        hospital = Hospital(tables)
        tables["now"] = hospital.now
        self._claim = _claim_addresses(tables["addresses"])
        _write_atomically(self.folder / "hospital.toml", dumps(tables))
        hospital = self.hospital
        self._write_identities(hospital)
        write_config(hospital, self.folder, self.kinds)
        try:
            self._start_servers()
        except BaseException:
            self.stop()
            raise

    def change(self, change: Callable[[Tables], None]) -> Hospital:
        """Changes the running hospital: ``change`` alters the file's tables in place, and every server follows."""
        path = self.folder / "hospital.toml"
        tables = read_tables(path)
        change(tables)
        hospital = Hospital(tables).check()  # one that can't be made is the caller's error, and changes nothing
        _write_atomically(path, dumps(tables))
        time.sleep(0.02)  # servers look at the file again after 10 ms
        return hospital

    def stop(self) -> None:
        for server in self._servers.values():
            if server.stdin:
                server.stdin.close()
        for server in self._servers.values():
            try:
                server.wait(timeout=3)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            if server.stdout:
                server.stdout.close()
        self._servers.clear()
        if self._claim:
            self._claim.close()
            self._claim = None

    def alive(self) -> bool:
        return all(server.poll() is None for server in self._servers.values())

    def _write_identities(self, hospital: Hospital) -> None:
        domain = hospital.domain
        tls = {
            d.name: (f"{d.name}.{domain}", d.name, p.address)
            for d, p in (
                (hospital.controller, hospital.controller.http),
                (hospital.backup, hospital.backup.http),
                (hospital.directory, hospital.directory.ldaps),
                *([(hospital.annex, hospital.annex.http)] if hospital.annex else []),
            )
        }
        shutil.copyfile(write_certificates(self.folder / "tls", tls), self.folder / "ca.pem")
        seed = os.urandom(32)
        secret = self.folder / "keys.seed"
        secret.touch(mode=0o600)
        secret.write_bytes(seed)
        lines = (known_hosts_line(hospital.ssh_place(n), host_key(seed, n)) for n in hospital.nodes)
        (self.folder / "known_hosts").write_text("".join(lines))

    def _start_servers(self) -> None:
        for kind in self.kinds:
            with (self.folder / f"{kind}.log").open("wb") as log:
                self._servers[kind] = subprocess.Popen(
                    [sys.executable, "-m", "tests.lab.servers", kind, "--dir", str(self.folder),
                     "--latency-ms", str(self.latency_s * 1000)],
                    cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                )  # fmt: skip
        deadline = time.monotonic() + _START_S
        for kind, server in self._servers.items():
            self._await(kind, server, deadline)

    def _await(self, kind: str, server: subprocess.Popen[bytes], deadline: float) -> None:
        assert server.stdout is not None
        seen = b""
        while b"ready" not in seen:
            left = deadline - time.monotonic()
            readable, _, _ = select.select([server.stdout], [], [], max(0.0, left))
            chunk = os.read(server.stdout.fileno(), 1024) if readable else b""
            if not chunk:
                log = (self.folder / f"{kind}.log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"the lab's {kind} server did not start:\n{log}")
            seen += chunk


def _laid_over(tables: Tables, over: Mapping[str, Any]) -> Tables:
    for key, value in over.items():
        if isinstance(value, Mapping) and isinstance(tables.get(key), dict):
            _laid_over(tables[key], value)
        else:
            tables[key] = value
    return tables


def _write_atomically(path: Path, text: str) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(text)
    draft.replace(path)


def _claim_addresses(addresses: Tables) -> socket.socket:
    """A part of loopback that no other lab on this machine uses, held by a socket; ports of 127.0.0.1 where it has no more."""
    start = int(addresses.get("net", 40))
    if addresses.get("mode", "loopback") == "loopback":
        for net in [*range(start, 250), *range(10, start)]:
            held = _held(f"127.{net}.255.254", 20999)
            if held:
                addresses["net"] = net
                return held
    addresses["mode"] = "ports"
    for base in range(int(addresses.get("base_port", 22000)), 30000, 1000):
        held = _held("127.0.0.1", base)
        if held:
            addresses["base_port"] = base
            return held
    raise RuntimeError("no free addresses on loopback for a lab")


def _held(address: str, port: int) -> socket.socket | None:
    held = socket.socket()
    with contextlib.suppress(OSError):
        held.bind((address, port))
        held.listen(1)
        return held
    held.close()
    return None
