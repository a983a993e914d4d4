"""Fetches feeds and the articles of their entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import quote

from retrieval.domain.articles import Metadata
from retrieval.feeds.article_writer import Shelf
from retrieval.feeds.entries import Entry, Feed
from retrieval.http.page import FetchedPage
from retrieval.ingestion.fetched_pages import read_entry, read_page
from retrieval.ingestion.metadata.fields import from_table, merge
from retrieval.ingestion.url_identity import Arrival, name_of, place_of, site_of
from retrieval.storage.subscriptions import DueFeed

# How much longer the feed's own text must be than the page's to be the fuller one, and not the same with a footer.
_FULLER = 1.25


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


class FeedSource:
    """Gives the articles of a feed's entries, and stores nothing.

    Of pages on its own site a feed may say what it likes. Those elsewhere are another outlet's: they speak for
    themselves, and what the feed says of them stands at an address of its own, under its host's name.
    """

    def __init__(self, web: Fetches, shelf: Shelf, due: DueFeed, feed: Feed) -> None:
        self._web = web
        self._shelf = shelf
        self._due = due
        self._title = feed.title
        self._sites = {site for site in (site_of(due.url), site_of(feed.link or "")) if site}

    def page(self, entry: Entry, link: str) -> Arrival:
        """The article on the entry's page, or the feed's own text where that is the fuller one.

        Raises:
            FetchError: the page cannot be fetched.
            UnreadableError: there is no article on it.
        """
        page = get_page(self._web, link)
        own = self._is_own(page.url)
        place = place_of(page.url, self._due.scope)
        known = self._told(entry, link, self._title) if own else self._known_elsewhere(entry, link, place)
        document = read_page(page.body, page.content_type, link, page.url, known, page_first=not own)
        length = sum(block.end - block.start for block in document.blocks)
        if own and len(entry.text) > _FULLER * length:
            document = read_entry(entry.text, document.metadata)
        address = document.metadata.url or page.url
        return Arrival(place_of(address, self._due.scope), name_of(address), document)

    def own_text(self, entry: Entry) -> Arrival:
        """What the feed itself says, as an article. Raises UnreadableError where that is none."""
        if entry.link and self._is_own(entry.link):
            address, known = entry.link, self._told(entry, entry.link, self._title)
        else:
            outlet = site_of(self._due.url) if entry.link else self._title
            address, known = self._address(entry), self._told(entry, None, outlet)
        return Arrival(place_of(address, self._due.scope), name_of(address), read_entry(entry.text, known))

    def _is_own(self, url: str) -> bool:
        site = site_of(url)
        return any(site == own or site.endswith(f".{own}") for own in self._sites)

    def _known_elsewhere(self, entry: Entry, link: str, place: str) -> Metadata:
        """What its own feed may have said of another outlet's page counts before what this one does."""
        stored = self._shelf.find(place)
        told = self._told(entry, link, None)
        return merge(stored.metadata, told) if stored else told

    def _told(self, entry: Entry, url: str | None, outlet: str | None) -> Metadata:
        told = {
            "title": entry.title,
            "author": entry.author,
            "outlet": outlet,
            "url": url,
            "published": entry.published,
            "tags": entry.tags,
        }
        return from_table(told, "feed")

    def _address(self, entry: Entry) -> str:
        """Something to tell an entry by that has no page of the feed's own."""
        joint = "&" if "?" in self._due.url else "?"
        return f"{self._due.url}{joint}entry={quote(entry.id, safe='')}"
