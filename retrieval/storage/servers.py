"""What is kept of servers: what they and their channels have set, which the bot has left, and what was posted where."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, Connection, String, Table, case, delete, insert, select, update

from retrieval.domain.reports import PostedNote
from retrieval.storage.catalog import Catalog
from retrieval.storage.deliveries import seen
from retrieval.storage.engine import insert_into
from retrieval.storage.schema import notes, tables, written

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


# Notes are remembered for this long.
NOTES_KEPT = timedelta(days=400)


class PostedNotes:
    """The last note on every topic in every channel, in the catalog's file."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def last(self, channel: str, topic: str) -> PostedNote | None:
        """The last note on a topic in a channel; case and spaces of the topic do not matter."""
        query = select(notes.c.day, notes.c.article).where(notes.c.channel == channel, notes.c.topic == _plain(topic))
        with self._catalog.reading() as connection:
            row = connection.execute(query).one_or_none()
        return PostedNote(date.fromisoformat(row.day), row.article) if row else None

    def keep(self, scope: str, channel: str, topic: str, note: PostedNote) -> None:
        """Note that a note was posted in a channel; one as of an earlier day than the last changes nothing."""
        row = {"channel": channel, "topic": _plain(topic), "day": note.day.isoformat(), "article": note.article}
        row["scope"] = scope
        with self._catalog.writing() as connection:
            new = insert_into(connection, notes)
            later = new.on_conflict_do_update(
                index_elements=["channel", "topic"],
                set_={"day": new.excluded.day, "article": new.excluded.article},
                where=new.excluded.day >= notes.c.day,
            )
            connection.execute(later, row)
            connection.execute(delete(notes).where(notes.c.day < (date.today() - NOTES_KEPT).isoformat()))


def _plain(topic: str) -> str:
    return " ".join(topic.casefold().split())


# Entries are kept for this long.
ARTICLES_KEPT = timedelta(days=100)
# No article has this key: it stores the moment of the last digest, even one without news.
_DIGEST = ""


class PostedArticles:
    """The articles posted to destinations, in the catalog's file."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def of(self, destination: str) -> frozenset[str]:
        """The keys of the articles posted to a destination within `ARTICLES_KEPT`."""
        query = select(seen.c.article).where(seen.c.destination == destination, seen.c.article != _DIGEST)
        with self._catalog.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def last(self, destination: str) -> datetime | None:
        """The moment of the last digest posted to a destination, even one without news."""
        query = select(seen.c.at).where(seen.c.destination == destination, seen.c.article == _DIGEST)
        with self._catalog.reading() as connection:
            at = connection.execute(query).scalar()
        return datetime.fromisoformat(at) if at else None


def note_posted(connection: Connection, scope: str, destination: str, articles: Iterable[str], at: datetime) -> None:
    """Note that a digest with these articles was posted to a destination; delete entries older than `ARTICLES_KEPT`."""
    keys = {_DIGEST, *articles}
    rows = [{"scope": scope, "destination": destination, "article": key, "at": written(at)} for key in sorted(keys)]
    new = insert_into(connection, seen)
    # Two schedules of a destination may finish in another order than they started.
    latest = case((seen.c.at > new.excluded.at, seen.c.at), else_=new.excluded.at)
    connection.execute(new.on_conflict_do_update(index_elements=["destination", "article"], set_={"at": latest}), rows)
    connection.execute(delete(seen).where(seen.c.at < written(at - ARTICLES_KEPT)))
