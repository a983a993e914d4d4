"""Stores which briefing notes were posted where, so that the next one tells what is new since."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, select

from retrieval.domain.reports import PostedNote
from retrieval.storage.catalog import Catalog
from retrieval.storage.engine import insert_into
from retrieval.storage.schema import notes

# Notes are remembered for this long.
KEPT = timedelta(days=400)


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
            connection.execute(delete(notes).where(notes.c.day < (date.today() - KEPT).isoformat()))


def _plain(topic: str) -> str:
    return " ".join(topic.casefold().split())
