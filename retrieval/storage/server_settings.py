"""Stores what servers and their channels have set, as values by name that the front end understands, and which servers
the bot has left.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, String, Table, delete, insert, select, update

from retrieval.storage.catalog import Catalog
from retrieval.storage.schema import tables, written

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


# The servers that an application (a bot by its id) was seen on; `gone` is when it was first seen to have left.
servers = Table(
    "servers",
    tables,
    Column("scope", String, primary_key=True),
    Column("application", String, nullable=False),
    Column("gone", String),
)


class KnownServers:
    """The servers that the bot is on or has left, in the catalog's file."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def note(self, application: str, here: Collection[str], now: datetime, serves: Callable[[str], bool]) -> None:
        """Note the servers that an application is on, among those it `serves`; the others that it was on are gone.

        A server that was never seen is not gone: its articles may have been brought in before the bot came.
        """
        with self._catalog.reading() as connection:
            rows = connection.execute(select(servers)).all()
        known = {row.scope: (row.application, row.gone is None) for row in rows}
        came = [scope for scope in here if known.get(scope) != (application, True)]
        left = [row.scope for row in rows if row.application == application and row.gone is None]
        left = [scope for scope in left if scope not in here and serves(scope)]
        if not came and not left:
            return
        with self._catalog.writing() as connection:
            connection.execute(delete(servers).where(servers.c.scope.in_(came)))
            if came:
                connection.execute(insert(servers), [{"scope": scope, "application": application} for scope in came])
            connection.execute(update(servers).where(servers.c.scope.in_(left)).values(gone=written(now)))

    def gone(self, before: datetime) -> list[str]:
        """The servers that were left before a moment."""
        with self._catalog.reading() as connection:
            query = select(servers.c.scope).where(servers.c.gone < written(before)).order_by(servers.c.scope)
            return list(connection.execute(query).scalars())
