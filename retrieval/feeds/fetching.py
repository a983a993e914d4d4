"""What is asked of the web, and how: how much of a feed and of a page, how often, with which fetcher."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from retrieval.http.page import FetchedPage


class Fetches(Protocol):
    """Fetches pages, as `web.fetch.Fetcher` does; raises FetchErrors."""

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        modified: str | None = None,
        most_bytes: int = ...,
        seconds: float = ...,
    ) -> FetchedPage: ...

    def close(self) -> None: ...


def open_fetcher(allow_loopback: bool = False) -> Fetches:
    """A fetcher for the open web."""
    # It takes most of a second to import.
    from retrieval.http.client import Fetcher

    return Fetcher(allow_loopback=allow_loopback)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Rounds:
    """How feeds are polled: with which fetcher, which is opened when it is first needed; every how long, nothing for
    at every poll; and by which clock, which tells moments with their zone."""

    fetcher: Callable[[], Fetches] = open_fetcher
    every: timedelta = timedelta(minutes=30)
    clock: Callable[[], datetime] = _now


def get_feed(web: Fetches, url: str, etag: str | None = None, modified: str | None = None) -> FetchedPage:
    """The feed at this address, or what is there in its place."""
    return web.get(url, etag=etag, modified=modified, most_bytes=5_000_000, seconds=60)


def get_page(web: Fetches, url: str) -> FetchedPage:
    """The page of an article."""
    return web.get(url, most_bytes=5_000_000, seconds=45)
