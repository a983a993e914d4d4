"""Fetches feeds and the articles of their entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from retrieval.domain.articles import Metadata
from retrieval.feeds.article_writer import ArticleWriter
from retrieval.feeds.entries import Entry, Feed
from retrieval.http.page import FetchedPage
from retrieval.ingestion.fetched_pages import read_entry, read_page
from retrieval.ingestion.metadata.fields import from_table, merge
from retrieval.ingestion.url_identity import IncomingArticle, name_of, place_of, site_of
from retrieval.storage.subscriptions import DueFeed

if TYPE_CHECKING:
    from retrieval.http.politeness import Turns

# The feed's own text is the fuller one if it is so much longer than the page's; else it may only have a footer more.
_FULLER = 1.25


class PageFetcher(Protocol):
    """Fetches pages, as `http.client.Fetcher` does; raises FetchError."""

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


def open_fetcher(allow_loopback: bool = False, turns: Turns | None = None) -> PageFetcher:
    """A fetcher for the open web, which takes turns at its hosts with other processes."""
    # It takes most of a second to import.
    from retrieval.http.client import Fetcher

    return Fetcher(allow_loopback=allow_loopback, turns=turns)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Rounds:
    """The options of polling: a function that opens the fetcher when first needed; the interval, zero for every poll; a
    clock with time zone."""

    fetcher: Callable[[], PageFetcher] = open_fetcher
    every: timedelta = timedelta(minutes=30)
    clock: Callable[[], datetime] = _now


def get_feed(web: PageFetcher, url: str, etag: str | None = None, modified: str | None = None) -> FetchedPage:
    """The page at the address of a feed. Raises FetchError."""
    return web.get(url, etag=etag, modified=modified, most_bytes=5_000_000, seconds=60)


def get_page(web: PageFetcher, url: str) -> FetchedPage:
    """The page of an article. Raises FetchError."""
    return web.get(url, most_bytes=5_000_000, seconds=45)


class FeedSource:
    """Fetches the articles of a feed's entries, and stores nothing.

    The feed's metadata win for pages of its own site. Pages elsewhere belong to other outlets: their own metadata win,
    and the feed's text about them has an address of its own, with the feed's host as outlet.
    """

    def __init__(self, web: PageFetcher, writer: ArticleWriter, due: DueFeed, feed: Feed) -> None:
        self._web = web
        self._writer = writer
        self._due = due
        self._title = feed.title
        self._sites = {site for site in (site_of(due.url), site_of(feed.link or "")) if site}

    def page(self, entry: Entry, link: str) -> IncomingArticle:
        """The article on the entry's page, or the feed's own text if that is fuller.

        Raises:
            FetchError: the page cannot be fetched.
            UnreadableError: there is no article on it.
        """
        page = get_page(self._web, link)
        own = self._is_own(page.url)
        place = place_of(page.url, self._due.scope)
        known = self._stated(entry, link, self._title) if own else self._known_elsewhere(entry, link, place)
        document = read_page(page.body, page.content_type, link, page.url, known, page_first=not own)
        length = sum(block.end - block.start for block in document.blocks)
        if own and len(entry.text) > _FULLER * length:
            document = read_entry(entry.text, document.metadata)
        address = document.metadata.url or page.url
        return IncomingArticle(place_of(address, self._due.scope), name_of(address), document)

    def own_text(self, entry: Entry) -> IncomingArticle:
        """The feed's own text as an article. Raises UnreadableError if it is only a teaser."""
        if entry.link and self._is_own(entry.link):
            address, known = entry.link, self._stated(entry, entry.link, self._title)
        else:
            outlet = site_of(self._due.url) if entry.link else self._title
            address, known = self._address(entry), self._stated(entry, None, outlet)
        return IncomingArticle(place_of(address, self._due.scope), name_of(address), read_entry(entry.text, known))

    def _is_own(self, url: str) -> bool:
        site = site_of(url)
        return any(site == own or site.endswith(f".{own}") for own in self._sites)

    def _known_elsewhere(self, entry: Entry, link: str, place: str) -> Metadata:
        """The metadata of another outlet's page; those stored before, perhaps from its own feed, win over this
        feed's."""
        stored = self._writer.find(place)
        stated = self._stated(entry, link, None)
        return merge(stored.metadata, stated) if stored else stated

    def _stated(self, entry: Entry, url: str | None, outlet: str | None) -> Metadata:
        table = {
            "title": entry.title,
            "author": entry.author,
            "outlet": outlet,
            "url": url,
            "published": entry.published,
            "tags": entry.tags,
        }
        return from_table(table, "feed")

    def _address(self, entry: Entry) -> str:
        """An address for an entry without a page on the feed's site."""
        joint = "&" if "?" in self._due.url else "?"
        return f"{self._due.url}{joint}entry={quote(entry.id, safe='')}"
