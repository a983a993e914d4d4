"""Stores replies of language models, so that the same question over the same passages costs nothing again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from retrieval.storage.catalog import Catalog
from retrieval.storage.model_tables import replies
from retrieval.storage.schema import digest, written

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

    def keep(self, key: str, reply: Mapping[str, Any], person: str = "") -> None:
        """Store a reply that JSON can represent, of a call for a person, who is stored as a hash; the oldest replies
        beyond the limit are deleted.
        """
        row = {"key": key, "reply": dict(reply), "at": written(datetime.now(UTC)), "person": digest(person)}
        with self._catalog.writing() as connection:
            # Not updated, since it is the newest now.
            connection.execute(delete(replies).where(replies.c.key == key))
            connection.execute(insert(replies).values(row))
            newest = select(func.max(replies.c.id)).scalar_subquery()
            connection.execute(delete(replies).where(replies.c.id <= newest - KEPT))
