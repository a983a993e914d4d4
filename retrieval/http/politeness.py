"""Politeness to hosts: pauses between requests, a time limit for a fetch, and robots.txt by RFC 9309 (with Protego)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from threading import Lock
from typing import Protocol

from protego import Protego

from retrieval.domain.phrase import Phrase
from retrieval.http.page import FetchError
from retrieval.http.url_policy import WebAddress

# Seconds for which a robots.txt is valid, and for which a server is left alone that fails to send one.
_HOLDS = 24 * 3600.0
_HOLDS_OFF = 600.0
_MOST_SITES = 500
# The least that the RFC demands to be read.
_MOST_BYTES = 500 * 1024


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


class Robots:
    """The robots.txt of recent sites, read once a day."""

    def __init__(
        self,
        agent: str,
        read: Callable[[WebAddress, Deadline], bytes],
        clock: Callable[[], float],
        sleep: Callable[[float], object],
    ) -> None:
        self._agent = agent
        self._read = read
        self._clock = clock
        # One thread reads a site's file, the others wait for it.
        self._throttle = HostThrottle(0, clock, sleep)
        self._sites: dict[str, tuple[float, Protego | FetchError]] = {}

    def check(self, address: WebAddress, deadline: Deadline) -> None:
        """Raise a FetchError if the address may not be fetched."""
        with self._throttle.of(address.origin) as waited:
            deadline.extend(waited)
            until, found = self._sites.get(address.origin, (float("-inf"), None))
            if found is None or until <= self._clock():
                found = self._fresh(address, deadline, found)
        if isinstance(found, FetchError):
            raise FetchError(found.line, status=found.status, retry_after=found.retry_after)
        if not found.can_fetch(f"{address.origin}{address.target}", self._agent):
            raise FetchError(Phrase("robots.txt forbids it"), permanent=True)

    def _fresh(self, address: WebAddress, deadline: Deadline, old: Protego | FetchError | None) -> Protego | FetchError:
        """The current file, or the error. An unreachable server is not remembered; its error is raised."""
        holds = _HOLDS
        found: Protego | FetchError
        try:
            body = self._read(WebAddress(address.scheme, address.host, address.port, "/robots.txt"), deadline)
            found = Protego.parse(body[:_MOST_BYTES].decode("utf-8-sig", "replace"))
        except FetchError as error:
            if error.status is None and not isinstance(old, Protego):
                raise
            if error.status is not None and 300 <= error.status < 500 and error.status != 429:
                found = Protego.parse("")
            else:
                holds = max(_HOLDS_OFF, error.retry_after or 0)
                found = old if isinstance(old, Protego) else _unreadable(error, holds)
        self._keep(address.origin, self._clock() + holds, found)
        return found

    def _keep(self, origin: str, until: float, found: Protego | FetchError) -> None:
        sites = self._sites | {origin: (until, found)}
        # Replaced as a whole, since threads that read other sites do so without a lock.
        self._sites = dict(islice(sites.items(), max(0, len(sites) - _MOST_SITES), None))


def _unreadable(error: FetchError, holds: float) -> FetchError:
    return FetchError(
        Phrase("robots.txt cannot be read: {reason}", reason=error.line), status=error.status, retry_after=holds
    )
