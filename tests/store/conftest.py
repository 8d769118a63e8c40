"""Stores to test with: SQLite always, PostgreSQL where its server is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.store import Store

_DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL of our own on a socket in a temporary folder; gives the URL up to the database's name."""
    found = [folder for folder in _DEBIAN if (folder / "initdb").exists()]
    if not found:
        pytest.skip("needs Debian's package postgresql")
    pytest.importorskip("psycopg", reason="needs the extra postgresql")
    socket = Path(os.environ.get("TMPDIR", "/tmp")) / f"collector-pg-{os.getpid()}"
    socket.mkdir(mode=0o755)
    user = "postgres" if os.geteuid() == 0 else None
    data = socket / "data"
    if user:
        shutil.chown(socket, user)

    def run(*command: str) -> None:
        subprocess.run(command, user=user, check=True, capture_output=True, timeout=60, cwd="/")

    run(str(found[0] / "initdb"), "-D", str(data), "-U", "collector", "-A", "trust", "-N", "-E", "UTF8", "--locale=C")
    options = f"-c listen_addresses='' -c unix_socket_directories='{socket}' -c fsync=off"
    control = str(found[0] / "pg_ctl")
    run(control, "-D", str(data), "-l", str(socket / "log"), "-o", options, "-w", "start")
    try:
        yield f"postgresql://collector@/%s?host={socket}"
    finally:
        run(control, "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(socket, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a new, empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    server: str = request.getfixturevalue("postgresql")
    import psycopg

    name = f"t{abs(hash(str(tmp_path)))}"
    with psycopg.connect(server % "postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server % name


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as opened:
        yield opened
