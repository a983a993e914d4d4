"""Limits that hold for all processes: a person's questions, requests to a host, what members of servers add a day."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Float, Index, Integer, String, Table, delete, func, insert, select, update

from retrieval.domain.phrase import Phrase
from retrieval.errors import BusyError, QuotaError
from retrieval.storage.catalog import Catalog
from retrieval.storage.schema import digest, tables

_log = logging.getLogger(__name__)

# The questions of a person (a hash) since a moment, in seconds since 1970.
askings = Table(
    "askings",
    tables,
    Column("person", String, primary_key=True),
    Column("since", Float, nullable=False),
    Column("questions", Integer, nullable=False),
)

# The moment at which a host may be asked again, in seconds since 1970.
hosts = Table(
    "hosts",
    tables,
    Column("name", String, primary_key=True),
    Column("free_at", Float, nullable=False),
)

# Seconds that a request may keep a host from others, where the process that makes it is killed.
_LEASE = 30.0


class QuestionLimit:
    """Allows every person `questions` questions in `seconds`."""

    def __init__(self, catalog: Catalog, questions: int, seconds: int, clock: Callable[[], float] = time.time) -> None:
        self._catalog = catalog
        self._questions, self._seconds = questions, seconds
        self._clock = clock

    def wait(self, person: str) -> int:
        """The seconds a person has to wait; if 0, the question is allowed and counted.

        Raises:
            BusyError: the catalog is being written.
        """
        now, which = self._clock(), askings.c.person == digest(person)
        with self._catalog.writing(patient=False) as connection:
            row: Any = connection.execute(select(askings).where(which)).one_or_none()
            # A window that begins later than now is of a clock that was ahead.
            if row is not None and 0 <= now - row.since < self._seconds:
                if row.questions >= self._questions:
                    return math.ceil(float(row.since) + self._seconds - now)
                connection.execute(update(askings).where(which).values(questions=row.questions + 1))
                return 0
            over = (askings.c.since <= now - self._seconds) | (askings.c.since > now)
            connection.execute(delete(askings).where(over | which))
            connection.execute(insert(askings).values(person=digest(person), since=now, questions=1))
        return 0


class HostTurns:
    """Turns at hosts: one request at a time, whatever process makes it. Where the catalog is busy, turns are free."""

    def __init__(self, catalog: Catalog, clock: Callable[[], float] = time.time) -> None:
        self._catalog = catalog
        self._clock = clock

    def take(self, host: str) -> float:
        """Take the turn at a host; return the seconds to wait until it may be tried again, 0 where it was taken."""
        try:
            with self._catalog.writing(patient=False) as connection:
                now, which = self._clock(), hosts.c.name == host
                free_at: float | None = connection.execute(select(hosts.c.free_at).where(which)).scalar()
                # What is further ahead than any turn is of a clock that was ahead.
                if free_at is not None and now < free_at <= now + _LEASE:
                    return min(free_at - now, 1.0)
                over = (hosts.c.free_at <= now) | (hosts.c.free_at > now + _LEASE)
                connection.execute(delete(hosts).where(over | which))
                connection.execute(insert(hosts).values(name=host, free_at=now + _LEASE))
        except BusyError as error:
            _log.debug("a host is asked without a turn: %s", error)
        return 0.0

    def leave(self, host: str, pause: float) -> None:
        """Let others have their turn after a pause of so many seconds."""
        try:
            with self._catalog.writing(patient=False) as connection:
                left = {"free_at": self._clock() + pause}
                connection.execute(update(hosts).where(hosts.c.name == host).values(left))
        except BusyError as error:
            _log.debug("a turn at a host is left to end by itself: %s", error)


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
