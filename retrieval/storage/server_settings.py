"""Stores what servers and their channels have set, as values by name that the front end understands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, Column, String, Table, delete, insert, select

from retrieval.storage.catalog import Catalog
from retrieval.storage.schema import tables

# What a server has set for itself (`channel` is empty) and for its channels: the values that differ from the defaults.
server_settings = Table(
    "server_settings",
    tables,
    Column("scope", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("chosen", JSON, nullable=False),
)

# A server, and one of its channels or "" for all of it.
Place = tuple[str, str]


class ChosenSettings:
    """The settings that differ from the defaults, in the catalog's file."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def all(self) -> dict[Place, dict[str, Any]]:
        """What every place has set."""
        with self._catalog.reading() as connection:
            return {(row.scope, row.channel): row.chosen for row in connection.execute(select(server_settings))}

    def keep(self, chosen: Mapping[Place, Mapping[str, Any]]) -> None:
        """Replace what these places have set, all of them or none; a place that sets nothing has no row."""
        rows = [
            {"scope": scope, "channel": channel, "chosen": dict(values)} for (scope, channel), values in chosen.items()
        ]
        own = server_settings.c
        with self._catalog.writing() as connection:
            for row in rows:
                connection.execute(
                    delete(server_settings).where(own.scope == row["scope"], own.channel == row["channel"])
                )
            if kept := [row for row in rows if row["chosen"]]:
                connection.execute(insert(server_settings), kept)
