"""Stores which articles and notes were posted where, so that none is told twice and a note tells what is new."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, case, delete, select

from retrieval.domain.reports import PostedNote
from retrieval.storage.catalog import Catalog
from retrieval.storage.deliveries import seen
from retrieval.storage.engine import insert_into
from retrieval.storage.schema import notes, written

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
