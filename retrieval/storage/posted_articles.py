"""Stores which articles were posted to a destination, so that none is posted twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete, select

from retrieval.storage.catalog import Catalog
from retrieval.storage.delivery_schema import seen
from retrieval.storage.engine import insert_into
from retrieval.storage.schema import written

# Entries are kept for this long.
KEPT = timedelta(days=100)
# No article has this key: it stores the moment of the last digest, even one without news.
_DIGEST = ""


class PostedArticles:
    """The articles posted to destinations, in the catalog's file."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def of(self, destination: str) -> frozenset[str]:
        """The keys of the articles posted to a destination within `KEPT`."""
        query = select(seen.c.article).where(seen.c.destination == destination, seen.c.article != _DIGEST)
        with self._catalog.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def last(self, destination: str) -> datetime | None:
        """The moment of the last digest posted to a destination, even one without news."""
        query = select(seen.c.at).where(seen.c.destination == destination, seen.c.article == _DIGEST)
        with self._catalog.reading() as connection:
            at = connection.execute(query).scalar()
        return datetime.fromisoformat(at) if at else None


def note_posted(connection: Connection, destination: str, articles: Iterable[str], at: datetime) -> None:
    """Note that a digest with these articles was posted to a destination; delete entries older than `KEPT`."""
    keys = {_DIGEST, *articles}
    rows = [{"destination": destination, "article": key, "at": written(at)} for key in sorted(keys)]
    new = insert_into(connection, seen)
    # Two schedules of a destination may finish in another order than they started.
    latest = case((seen.c.at > new.excluded.at, seen.c.at), else_=new.excluded.at)
    connection.execute(new.on_conflict_do_update(index_elements=["destination", "article"], set_={"at": latest}), rows)
    connection.execute(delete(seen).where(seen.c.at < written(at - KEPT)))
