"""The schema comes from migrations, and a store of another program's version is told apart."""

from __future__ import annotations

import multiprocessing
import sqlite3
import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from collector.errors import NotFoundError, StoreError
from collector.store import Store, migrate, schema
from tests.store.samples import NOW


def test_migrations_give_the_schema_that_the_code_uses(store: Store) -> None:
    with store.connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []


def test_head_is_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", "collector.store:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]


def test_a_store_of_a_newer_program_is_refused(store: Store, url: str) -> None:
    with store._write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version"):
        Store.open(url)


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (a)")
    with pytest.raises(StoreError, match="no store"):
        Store.open(path)
    path.write_text("not a database at all, but long enough to be looked at as one" * 20)
    with pytest.raises(StoreError, match="damaged"):
        Store.open(path)


def test_a_store_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no store at"):
        Store.open(tmp_path / "none.db", read_only=True)
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreError, match="empty"):
        Store.open(tmp_path / "empty.db", read_only=True)
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot write"):
        Store.open(tmp_path / "file" / "store.db")


@pytest.mark.parametrize(
    "url",
    ["mysql://me:hunter2@h/x", "nonsense://:hunter2", "sqlite://", "sqlite:///:memory:", "postgresql://a:hunter2@[x"],
)
def test_a_wrong_url_is_said_without_its_password(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    assert "hunter2" not in str(caught.value)


def test_the_file_is_ours_alone_and_in_wal_mode(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "st?re.db"
    with Store.open(f"sqlite:///{path}") as store:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with store.connection() as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def open_and_begin(url: str, barrier: object) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    with Store.open(url) as store:
        store.begin_scan("scan", NOW, "", [])


def test_several_programs_make_the_store_at_once(url: str) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(3)
    programs = [context.Process(target=open_and_begin, args=(url, barrier)) for _ in range(3)]
    for program in programs:
        program.start()
    for program in programs:
        program.join(60)
    assert [p.exitcode for p in programs] == [0, 0, 0]
    with Store.open(url) as store:
        assert len(store.scans()) == 3
