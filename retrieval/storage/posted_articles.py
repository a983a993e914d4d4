"""What each destination was told of, so that it is not told again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from retrieval.storage.catalog import Catalog
from retrieval.storage.schema import seen

# How long it is remembered.
KEPT = timedelta(days=100)
# Goes by the name of no article: what keeps the moment of a digest that had nothing new to tell.
_DIGEST = ""


class PostedArticles:
    """The articles that destinations were told of, in the catalog's own file."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def of(self, destination: str) -> frozenset[str]:
        """The keys of the articles that a destination was told of in the last `KEPT`."""
        query = select(seen.c.article).where(seen.c.destination == destination, seen.c.article != _DIGEST)
        with self._catalog.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def last(self, destination: str) -> datetime | None:
        """When a destination was last told what is new, or that nothing is."""
        query = select(seen.c.at).where(seen.c.destination == destination, seen.c.article == _DIGEST)
        with self._catalog.reading() as connection:
            at = connection.execute(query).scalar()
        return datetime.fromisoformat(at) if at else None


def note_posted(connection: Connection, destination: str, articles: Iterable[str], at: datetime) -> None:
    """Note that a destination got a digest that told of these articles; forget what any was told long before."""
    keys = {_DIGEST, *articles}
    rows = [{"destination": destination, "article": key, "at": _written(at)} for key in sorted(keys)]
    new = insert(seen)
    # Two schedules of a destination may end in another order than they began.
    latest = func.max(seen.c.at, new.excluded.at)
    connection.execute(new.on_conflict_do_update(index_elements=["destination", "article"], set_={"at": latest}), rows)
    connection.execute(delete(seen).where(seen.c.at < _written(at - KEPT)))


def _written(moment: datetime) -> str:
    # All in UTC and of one length, so that they sort as text.
    return moment.astimezone(UTC).isoformat(timespec="seconds")
