"""A session of PostgreSQL's driver that does not wait without end for a server that hangs."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Self

import psycopg
from psycopg.abc import PQGen

# Seconds without a word after which the server is asked for another connection, and again after as many.
PATIENCE = 30.0


class WatchedSession(psycopg.Connection[Any]):
    """A session that is cut where the server gives no other one either.

    A server whose processes or disks are frozen keeps its connections open, and its own time limits do not end. What
    only takes long is waited for: then there is another connection to be had.
    """

    _again: Callable[[], psycopg.Connection[Any]]

    @classmethod
    def connect(cls, *arguments: Any, **options: Any) -> Self:
        session = super().connect(*arguments, **options)
        session._again = partial(psycopg.connect, *arguments, **options)
        return session

    def wait(self, gen: PQGen[Any], *arguments: Any, **options: Any) -> Any:
        return super().wait(self._watched(gen), *arguments, **options)

    def _watched(self, gen: PQGen[Any]) -> PQGen[Any]:
        """The steps of a statement; the driver comes back without news ten times a second."""
        heard = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    heard = time.monotonic()
                elif time.monotonic() - heard > PATIENCE:
                    self._look()
                    heard = time.monotonic()
                wanted = gen.send(ready)
        except StopIteration as ended:
            return ended.value

    def _look(self) -> None:
        try:
            self._again().close()
        except psycopg.errors.ConnectionTimeout as error:
            self.close()
            raise psycopg.OperationalError("the server does not answer") from error
        except psycopg.Error:
            pass  # It answers, if only that it has no room.
