"""What is told unasked: the tables of schedules, watches and what they have posted; and the watched topics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from retrieval.domain.citations import Citation
from retrieval.domain.reports import Watch, WatchedFor, WatchState
from retrieval.storage.catalog import Catalog
from retrieval.storage.schema import PhraseText, articles, passages, tables

# Scheduled digests, with local times. Everything due up to the moment `since` is settled; `warning` is a line that
# the creator has not received yet, `reason` why it failed last.
schedules = Table(
    "schedules",
    tables,
    # Never reused: messages in Discord contain it.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scope", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("time", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("weekdays", JSON, nullable=False),
    Column("topic", Text),
    Column("role", String),
    Column("creator", String, nullable=False),
    Column("created", String, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("since", String, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("refusals", Integer, nullable=False),
    Column("retry_at", String),
    Column("warning", PhraseText),
    Column("reason", PhraseText),
    # It is of the week; and the addresses that get it by mail too.
    Column("roundup", Boolean, nullable=False, server_default="0"),
    Column("mail", JSON, nullable=False, server_default="[]"),
    Index("schedules_by_scope", "scope"),
    sqlite_autoincrement=True,
)

# Deliveries that were due: claimed before anything is posted, then posted or given up. `pages` are kept while they are
# posted, so that every attempt posts the same; `messages` show them, in order. `at` is when it was claimed.
deliveries = Table(
    "deliveries",
    tables,
    Column("schedule", ForeignKey("schedules.id", ondelete="CASCADE"), primary_key=True),
    Column("due", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("at", String, nullable=False),
    Column("pages", JSON(none_as_null=True)),
    Column("messages", JSON, nullable=False),
    Column("told", JSON(none_as_null=True)),
    Column("menu", JSON(none_as_null=True)),
)

# Mails that are not sent yet, stored with the pages of their delivery.
mails = Table(
    "mails",
    tables,
    Column("id", Integer, primary_key=True),
    Column("schedule", ForeignKey("schedules.id", ondelete="CASCADE"), nullable=False),
    Column("address", String, nullable=False),
    Column("content", Text, nullable=False),
    Column("at", String, nullable=False),
    Column("retry_at", String),
)

# Topics that are looked at again whenever articles came in. `state` is what was seen last, None before the first look.
watches = Table(
    "watches",
    tables,
    # Never reused: messages in Discord contain it.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scope", String, nullable=False),
    Column("topic", Text, nullable=False),
    Column("only", String, nullable=False),
    Column("state", JSON(none_as_null=True)),
    Column("paused", Boolean, nullable=False),
    Column("created", String, nullable=False),
    Index("watches_by_scope", "scope"),
    sqlite_autoincrement=True,
)

# The channels in which watches are told about. `warning` is a line that the creator has not received yet.
watch_channels = Table(
    "watch_channels",
    tables,
    Column("watch", ForeignKey("watches.id", ondelete="CASCADE"), primary_key=True),
    Column("channel", String, nullable=False),
    Column("rhythm", String, nullable=False),
    Column("creator", String, nullable=False),
    Column("warning", PhraseText),
)

# Messages that tell news of watches: their `pages` are kept while they are posted, so that every attempt posts the
# same; `messages` show them, in order. Those that are `counted` are bounded a day.
notices = Table(
    "notices",
    tables,
    # Never reused: messages in Discord contain it.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scope", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("at", String, nullable=False),
    Column("state", String, nullable=False),
    Column("counted", Boolean, nullable=False),
    Column("pages", JSON(none_as_null=True)),
    Column("messages", JSON, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("refusals", Integer, nullable=False),
    Column("retry_at", String),
    Index("notices_by_scope", "scope", "at"),
    sqlite_autoincrement=True,
)

# News of watches that have not been told: they came at the moment `at`, and are in a `notice` once one is made of them.
watch_news = Table(
    "watch_news",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("watch", ForeignKey("watches.id", ondelete="CASCADE"), nullable=False),
    Column("at", String, nullable=False),
    Column("news", JSON, nullable=False),
    Column("notice", Integer),
    Index("watch_news_by_watch", "watch"),
    Index("watch_news_by_notice", "notice"),
)

# The local hours in which a server is told nothing of its watches, and the most notices it gets a day.
quiet_hours = Table(
    "quiet_hours",
    tables,
    Column("scope", String, primary_key=True),
    Column("starts", String, nullable=False),
    Column("ends", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("most", Integer, nullable=False),
)

# The articles (by key) that were posted to a destination, and when; `scope` is its server, where it is known.
seen = Table(
    "seen",
    tables,
    Column("destination", String, primary_key=True),
    Column("article", String, primary_key=True),
    Column("at", String, nullable=False),
    Column("scope", String, nullable=False, server_default=""),
)


class WatchList:
    """The watched topics, in the catalog's file."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def add(self, scope: str, topic: str, only: WatchedFor, state: WatchState) -> Watch:
        """Watch a topic from this state on."""
        with self._catalog.writing() as connection:
            return insert_watch(connection, scope, topic, only, state)

    def of(self, scope: str) -> list[Watch]:
        """The watches of a scope, in the order they were added."""
        with self._catalog.reading() as connection:
            found = connection.execute(select(watches).where(watches.c.scope == scope).order_by(watches.c.id))
            return [watch_of(row) for row in found]

    def remove(self, id_: int, scope: str) -> bool:
        """Remove a watch; return False if there is no such watch."""
        with self._catalog.writing() as connection:
            return bool(connection.execute(delete(watches).where(_named(id_, scope))).rowcount)

    def pause(self, id_: int, scope: str, paused: bool) -> bool:
        """Pause a watch or resume it; return False if there is no such watch."""
        with self._catalog.writing() as connection:
            return set_paused(connection, id_, scope, paused)

    def keep(self, id_: int, state: WatchState) -> None:
        """Keep what a look at a topic saw."""
        with self._catalog.writing() as connection:
            keep_state(connection, id_, state)


def insert_watch(connection: Connection, scope: str, topic: str, only: WatchedFor, state: WatchState) -> Watch:
    """Add a watch within a transaction."""
    row = {
        "scope": scope,
        "topic": topic,
        "only": only,
        "state": asdict(state),
        "paused": False,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return watch_of(connection.execute(insert(watches).values(row).returning(watches)).one())


def keep_state(connection: Connection, id_: int, state: WatchState) -> bool:
    """Keep the state of a watch within a transaction; return False if it was removed meanwhile, or another look has
    seen as much.
    """
    row = connection.execute(select(watches.c.state).where(watches.c.id == id_)).one_or_none()
    if row is None or (row.state and row.state["passage"] >= state.passage):
        return False
    return bool(connection.execute(update(watches).where(watches.c.id == id_).values(state=asdict(state))).rowcount)


def set_paused(connection: Connection, id_: int, scope: str, paused: bool) -> bool:
    """Pause a watch or resume it within a transaction; return False if there is no such watch."""
    return bool(connection.execute(update(watches).where(_named(id_, scope)).values(paused=paused)).rowcount)


def newest_ids(connection: Connection) -> tuple[int, int]:
    """The highest ids of the stored passages and articles; 0 where there are none."""
    row = connection.execute(select(select(func.max(passages.c.id)).scalar_subquery(), func.max(articles.c.id))).one()
    return row[0] or 0, row[1] or 0


def passages_after(connection: Connection, passage: int) -> list[int]:
    """The ids of the passages stored after this one."""
    return list(connection.execute(select(passages.c.id).where(passages.c.id > passage)).scalars())


def first_told(connection: Connection, stories: Sequence[int], scopes: Sequence[str] | None) -> dict[int, int]:
    """The first id of the first article of every story, among those of the scopes."""
    first = func.min(articles.c.born).label("first")
    query = select(articles.c.story, first).where(articles.c.story.in_(stories)).group_by(articles.c.story)
    if scopes is not None:
        query = query.where(articles.c.scope.in_(scopes))
    return {row.story: row.first for row in connection.execute(query)}


def _named(id_: int, scope: str) -> ColumnElement[bool]:
    return (watches.c.id == id_) & (watches.c.scope == scope)


def watch_of(row: Row[Any]) -> Watch:
    """The watch of a row with the columns of its table."""
    return Watch(
        id=row.id,
        scope=row.scope,
        topic=row.topic,
        only=row.only,
        state=_state(row.state) if row.state else None,
        paused=row.paused,
        created=datetime.fromisoformat(row.created),
    )


def _state(kept: dict[str, Any]) -> WatchState:
    position = Citation(**kept["position"]) if kept["position"] else None
    return WatchState(**{**kept, "position": position, "disputed": tuple(kept["disputed"])})
