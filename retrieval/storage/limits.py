"""What all processes over one catalog count together: a person's questions, and requests to a host."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, Float, Integer, String, Table, delete, insert, select, update

from retrieval.errors import BusyError
from retrieval.storage.catalog import Catalog
from retrieval.storage.schema import tables
from retrieval.storage.usage import digest

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
