"""The time that one fetch may take, and the pauses between requests to one host."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Protocol

from retrieval.domain.phrase import Phrase
from retrieval.http.page import FetchError


class Deadline:
    """Starts when it is made; `extend` adds the time spent waiting for our other requests."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """The seconds left, above 0.

        Raises:
            FetchError: no time is left.
        """
        left = self._end - self._clock()
        if left <= 0:
            raise self.passed()
        return left

    def extend(self, seconds: float) -> None:
        self._end += seconds

    def passed(self) -> FetchError:
        return FetchError(Phrase("timed out after {seconds} s", seconds=f"{self._seconds:g}"))


class Turns(Protocol):
    """Turns at hosts among processes, as `storage.limits.HostTurns` keeps them."""

    def take(self, host: str, /) -> float:
        """Take the turn at a host; return the seconds to wait until it may be tried again, 0 where it was taken."""

    def leave(self, host: str, pause: float, /) -> None:
        """Let others have their turn after a pause of so many seconds."""


class _Host:
    def __init__(self) -> None:
        self.lock = Lock()
        self.waiting = 0
        self.free_at = float("-inf")


class HostThrottle:
    """Lets one request at a time through to a host, with a pause after it; with `turns` among all processes.

    Hosts are forgotten after their pause, so that memory does not grow.
    """

    def __init__(
        self,
        pause: float,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
        turns: Turns | None = None,
    ) -> None:
        self._turns = turns
        self._pause = pause
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._lock = Lock()

    @contextmanager
    def of(self, name: str) -> Iterator[float]:
        """A context for a request to the host; its value is the seconds spent waiting for it."""
        asked = self._clock()
        host = self._enter(name)
        try:
            with host.lock:
                if (pause := host.free_at - self._clock()) > 0:
                    self._sleep(pause)
                while self._turns and (wait := self._turns.take(name)) > 0:
                    self._sleep(wait)
                try:
                    yield self._clock() - asked
                finally:
                    host.free_at = self._clock() + self._pause
                    if self._turns:
                        self._turns.leave(name, self._pause)
        finally:
            self._leave(host)

    def _enter(self, name: str) -> _Host:
        with self._lock:
            host = self._hosts.setdefault(name, _Host())
            host.waiting += 1
            return host

    def _leave(self, host: _Host) -> None:
        with self._lock:
            host.waiting -= 1
            now = self._clock()
            self._hosts = {name: each for name, each in self._hosts.items() if each.waiting or each.free_at > now}
