"""Brings a database to the schema of this program. A store of a newer program is refused."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from collector.errors import StoreError

#: The schema's version that this program reads and writes: the last step in ``migrations/versions``.
HEAD = "0001"

#: Any number, but always this one: PostgreSQL's lock against two programs that upgrade at once.
_LOCK = 4_711_230_019


def version(connection: Connection) -> str:
    """The schema's version, empty for a new database. Raises StoreError for what is no store of ours or too new."""
    names = inspect(connection).get_table_names()  # in one look: between two, another program may have made the store
    if "alembic_version" not in names:
        if names:
            raise StoreError("the database holds other tables and no store", "give the store a database of its own")
        return ""
    found = str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
    if found > HEAD:
        raise StoreError(
            f"the store was written by a newer version of this program (schema {found}, this one knows {HEAD})",
            "install that version or a later one",
        )
    return found


def upgrade(connection: Connection) -> None:
    """Runs the missing steps inside the connection's transaction."""
    from alembic import command  # a slow import that is needed once in a store's life
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if version(connection) == HEAD:  # somebody else did it while this program waited
        return
    config = Config()
    config.set_main_option("script_location", "collector.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
