"""Alembic runs this: the migrations go through the connection the catalog already holds."""

from __future__ import annotations

from alembic import context

from retrieval.storage.schema import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables,
    transaction_per_migration=False,
)
context.run_migrations()
