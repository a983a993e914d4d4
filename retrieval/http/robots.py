"""Obeys the robots.txt of sites by RFC 9309 (with Protego)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from protego import Protego

from retrieval.domain.phrase import Phrase
from retrieval.http.pacing import Deadline, HostThrottle
from retrieval.http.page import FetchError
from retrieval.http.url_policy import WebAddress

# Seconds for which a robots.txt is valid, and for which a server is left alone that fails to send one.
_HOLDS = 24 * 3600.0
_HOLDS_OFF = 600.0
_MOST_SITES = 500
# The least that the RFC demands to be read.
_MOST_BYTES = 500 * 1024


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
