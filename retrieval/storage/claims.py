"""Units of work that one process at a time does, among all processes over one catalog."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Lock

from sqlalchemy import Column, Connection, String, Table, delete, insert, select

from retrieval.storage.locks import Hold
from retrieval.storage.schema import tables

_log = logging.getLogger(__name__)

# Who does a unit of work: the name of a lock that the process has as long as it lives.
claims = Table(
    "claims",
    tables,
    Column("unit", String, primary_key=True),
    Column("holder", String, nullable=False),
)


class Claims:
    """The claims of this process, in the catalog. Thread-safe.

    A claim names a lock of its process, and is void once another process can take that lock. So what a process that is
    killed had begun is free at once, and no clock is asked. `hold` takes a lock by name, once in its life; None where
    another process has it.
    """

    def __init__(
        self, writing: Callable[[], AbstractContextManager[Connection]], hold: Callable[[str, bool], Hold | None]
    ) -> None:
        self._writing = writing
        self._hold = hold
        self._own: Hold | None = None
        self._name = ""
        self._lock = Lock()

    def take(self, unit: str) -> bool:
        """Claim a unit of work; return False where somebody is at it, this process too."""
        me = self._me()
        with self._writing() as connection:
            holder = connection.execute(select(claims.c.holder).where(claims.c.unit == unit)).scalar()
            if holder is not None and (holder == me or not self._is_gone(holder)):
                return False
            if holder is not None:
                connection.execute(delete(claims).where(claims.c.holder == holder))
            connection.execute(insert(claims).values(unit=unit, holder=me))
        return True

    def drop(self, unit: str) -> None:
        """Leave a unit of work, done or not."""
        with self._writing() as connection:
            self.done(connection, unit)

    def done(self, connection: Connection, unit: str) -> bool:
        """Leave a unit of work in the transaction that has its effect; return False where the claim was lost."""
        own = claims.c.unit == unit, claims.c.holder == self._name
        return bool(connection.execute(delete(claims).where(*own)).rowcount)

    @contextmanager
    def taking(self, unit: str) -> Iterator[bool]:
        """Claim a unit of work meanwhile; the value is False where somebody is at it."""
        taken = self.take(unit)
        try:
            yield taken
        finally:
            if taken:
                self.drop(unit)

    def close(self) -> None:
        """Let go of everything."""
        with self._lock:
            if self._own:
                self._own.release()
                self._own = None

    def _me(self) -> str:
        """The name of this process; another one after its lock was lost, as others may have taken its work."""
        with self._lock:
            if self._own is None or not self._own.is_locked:
                self._name = f"process-{uuid.uuid4().hex}"
                self._own = self._hold(self._name, True)
            return self._name

    def _is_gone(self, holder: str) -> bool:
        lock = self._hold(holder, True)
        if lock is None:
            return False
        lock.release()
        _log.info("what another process had begun is done here: it has ended")
        return True
