"""SQLAlchemy engines for the store's URL: SQLite in WAL mode by default, PostgreSQL with psycopg."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from collector.errors import NotFoundError, StoreError

_BUSY_MS = 30_000
_HINT = "write sqlite:///PATH or postgresql://USER@HOST/NAME"


def open_engine(url: str | Path, read_only: bool) -> Engine:
    """An engine for ``sqlite:///PATH``, a plain path, or ``postgresql://...``; a new SQLite file is ours alone (0600)."""
    text = str(url)
    if isinstance(url, Path) or "://" not in text or text.startswith("sqlite:///"):
        return _sqlite(Path(text.removeprefix("sqlite:///")), read_only)
    try:
        parsed = make_url(text)
    except (ArgumentError, ValueError) as error:  # its message would repeat a password
        raise StoreError("the store's URL cannot be read", _HINT) from error
    if parsed.get_backend_name() != "postgresql":
        raise StoreError(f"no store in {parsed.get_backend_name()}", _HINT)
    return _postgresql(parsed, read_only)


def _sqlite(path: Path, read_only: bool) -> Engine:
    if str(path) in (".", ":memory:"):
        raise StoreError("the store's URL names no file", _HINT)
    if read_only and not path.exists():
        raise NotFoundError(f"no store at {path}", "`collector scan` or `collector import` makes one")
    if not read_only:
        _touch(path)
    engine = create_engine("sqlite://", creator=_connector(path, read_only), poolclass=QueuePool)
    event.listen(engine, "begin", _begin)
    return engine


def _touch(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}", "check the folder and its permissions") from error


def _connector(path: Path, read_only: bool) -> Callable[[], sqlite3.Connection]:
    address = f"file:{quote(str(path.absolute()))}?mode={'ro' if read_only else 'rw'}"

    def connect() -> sqlite3.Connection:
        # isolation_level None: transactions begin where we say so, also around changes of the schema
        connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        connection.execute("PRAGMA foreign_keys = ON")
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        else:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    return connect


def _begin(connection: Connection) -> None:
    """A writer takes its lock at once: two that read first and write later would block each other."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL, read_only: bool) -> Engine:
    arguments: dict[str, Any] = {"options": "-c default_transaction_read_only=on"} if read_only else {}
    try:
        return create_engine(url.set(drivername="postgresql+psycopg"), connect_args=arguments, pool_pre_ping=True)
    except ImportError as error:
        raise StoreError("PostgreSQL needs psycopg", "pip install 'infra-evidence-collector[postgresql]'") from error
