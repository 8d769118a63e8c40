"""Runs the steps on the connection that ``collector.store.migrate`` hands over, inside its transaction."""

from alembic import context

from collector.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
