"""Stores replies of language models, so that the same question over the same passages costs nothing again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, insert, select

from retrieval.storage.catalog import Catalog
from retrieval.storage.model_tables import replies

# The number of replies kept, the newest.
KEPT = 2_000


class Replies:
    """Replies in the catalog's file, by a hash of the whole request."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def find(self, key: str) -> Mapping[str, Any] | None:
        """The reply stored under this key."""
        with self._catalog.reading() as connection:
            kept: Mapping[str, Any] | None = connection.execute(
                select(replies.c.reply).where(replies.c.key == key)
            ).scalar()
            return kept

    def keep(self, key: str, reply: Mapping[str, Any]) -> None:
        """Store a reply that JSON can represent; the oldest replies beyond the limit are deleted."""
        with self._catalog.writing() as connection:
            # Not updated, since it is the newest now.
            connection.execute(delete(replies).where(replies.c.key == key))
            connection.execute(insert(replies).values(key=key, reply=dict(reply)))
            newest = select(func.max(replies.c.id)).scalar_subquery()
            connection.execute(delete(replies).where(replies.c.id <= newest - KEPT))
