"""Stores watched topics, and finds the passages that came in since they were last looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from retrieval.domain.citations import Citation
from retrieval.domain.reports import Watch, WatchedFor, WatchState
from retrieval.storage.catalog import Catalog
from retrieval.storage.delivery_schema import watches
from retrieval.storage.schema import articles, passages


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
