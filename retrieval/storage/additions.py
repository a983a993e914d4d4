"""How many articles and characters the members of servers add a day, and the most that they may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Column, Index, Integer, String, Table, delete, func, insert, select

from retrieval.domain.phrase import Phrase
from retrieval.errors import QuotaError
from retrieval.storage.catalog import Catalog
from retrieval.storage.schema import digest, tables

# Articles that members of a server added today, one row each. `day` is in UTC, `person` a hash.
additions = Table(
    "additions",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("day", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("person", String, nullable=False),
    Column("characters", Integer, nullable=False),
    Index("additions_by_day", "day", "scope", "person"),
)


# What is said where there are as many articles, or as many characters, as may be.
_PERSON = (
    Phrase("You have added {articles} articles today, which is the most; go on tomorrow (UTC)"),
    Phrase("You have no room for it today: {most} characters are the most; go on tomorrow (UTC)"),
)
_SERVER = (
    Phrase("This server has added {articles} articles today, which is the most; go on tomorrow (UTC)"),
    Phrase("This server has no room for it today: {most} characters are the most; go on tomorrow (UTC)"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """The most articles and characters that one person, and all members of one server, may add a day; 0: any number."""

    person_articles: int = 50
    person_characters: int = 2_000_000
    server_articles: int = 500
    server_characters: int = 20_000_000


class Additions:
    """What members added today, in the catalog's file. Days are in UTC; people are stored as hashes, for the day."""

    def __init__(
        self, catalog: Catalog, quotas: Quotas, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._catalog = catalog
        self._quotas = quotas
        self._clock = clock

    def check(self, scope: str, person: str, characters: int = 0) -> None:
        """Raise QuotaError if this person or server may not add another article of so many characters today.

        Whoever runs the program, with no `person`, may add any number.
        """
        if not person:
            return
        quotas = self._quotas
        sums = select(func.count(), func.coalesce(func.sum(additions.c.characters), 0))
        today = additions.c.day == self._today(), additions.c.scope == scope
        with self._catalog.reading() as connection:
            own = connection.execute(sums.where(*today, additions.c.person == digest(person))).one()
            all_ = connection.execute(sums.where(*today)).one()
        for (many, long), (articles, so_far), most, room in (
            (_PERSON, own, quotas.person_articles, quotas.person_characters),
            (_SERVER, all_, quotas.server_articles, quotas.server_characters),
        ):
            if most and articles >= most:
                raise QuotaError(many.filled(articles=int(articles)))
            if room and so_far + characters > room:
                raise QuotaError(long.filled(most=room))

    def note(self, scope: str, person: str, characters: int) -> None:
        """Count an article that was added now."""
        if person:
            row = {"day": self._today(), "scope": scope, "person": digest(person), "characters": characters}
            with self._catalog.writing() as connection:
                connection.execute(delete(additions).where(additions.c.day < row["day"]))
                connection.execute(insert(additions).values(row))

    def _today(self) -> str:
        return self._clock().astimezone(UTC).date().isoformat()
