"""Finds and fetches feeds and the articles of their entries, and stores single articles, one writer at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import quote

from retrieval.domain.articles import SHARED, AddedArticle, Article, IngestReport, Metadata
from retrieval.domain.phrase import Phrase
from retrieval.domain.reports import FailingFeed, Subscription
from retrieval.embedding.base import Embedder
from retrieval.errors import BriefingError, NotFoundError, UnreadableError
from retrieval.feeds.entries import Entry, Feed, FeedError
from retrieval.feeds.parser import find_feeds, parse_feed, read_opml
from retrieval.http.page import FetchedPage, FetchError, refused
from retrieval.http.url_policy import read_address
from retrieval.ingestion.metadata.fields import from_table, merge
from retrieval.ingestion.pipeline import Pipeline
from retrieval.ingestion.web_articles import IncomingArticle, alike, name_of, place_of, read_entry, read_page, site_of
from retrieval.observing import SILENT, Progress
from retrieval.storage.articles import article_by_path
from retrieval.storage.catalog import Catalog
from retrieval.storage.locks import writing_articles
from retrieval.storage.subscriptions import DueFeed

if TYPE_CHECKING:
    from retrieval.http.politeness import Turns

# The feed's own text is the fuller one if it is so much longer than the page's; else it may only have a footer more.
_FULLER = 1.25
# Feeds linked from a web page that are tried.
_MOST_NAMED = 3


class ArticleWriter:
    """Stores articles from feeds, pages and uploads, and finds stored ones. Thread-safe.

    The holder of `lock` writes. Other threads wait for the lock, and get no BusyError.
    """

    def __init__(self, catalog: Catalog, embedder: Callable[[], Embedder], data_dir: Path, progress: Progress) -> None:
        self._catalog = catalog
        # Without progress bars, since polling has its own.
        self._pipeline = Pipeline(catalog, embedder, Progress(SILENT.track, progress.note))
        self._data_dir = data_dir
        self.lock = RLock()

    def take(self, articles: Sequence[IncomingArticle], scope: str) -> IngestReport:
        """Store articles.

        Raises:
            BusyError: another process is adding articles.
        """
        with self.lock, writing_articles(self._catalog.hold, self._data_dir):
            return self._pipeline.take(articles, scope)

    def add(self, incoming: IncomingArticle, scope: str) -> AddedArticle:
        """Store an article.

        Raises:
            BusyError: another process is adding articles.
            UnreadableError: it has no text.
        """
        report = self.take([incoming], scope)
        article = self.find(incoming.place)
        if report.skipped or article is None:
            raise UnreadableError(report.skipped[0].reason if report.skipped else Phrase("no text"))
        state: Literal["added", "updated", "unchanged"]
        state = "added" if report.added else "updated" if report.updated else "unchanged"
        return AddedArticle(article, state, report.duplicates[0] if report.duplicates else None)

    def find(self, place: str) -> Article | None:
        """The stored article of this place."""
        with self._catalog.reading() as connection:
            return article_by_path(connection, place)

    def settled(self, place: str) -> str:
        """The place of the stored article of this page, under any of its addresses; else the place itself."""
        there = self.stored(alike(place))
        return next((each for each in alike(place) if each in there), place)

    def stored(self, places: Collection[str]) -> set[str]:
        """The places that have a stored article."""
        return set(self._catalog.known(list(places))) if places else set()

    def is_feeds_text(self, place: str) -> bool:
        """Tell if the stored article is a feed's own text, in place of the page."""
        article = self.find(place)
        return article is not None and article.metadata.basis.get("text") == "feed"


def places_of(url: str, scope: str) -> tuple[str, ...]:
    """The possible places of the article at this address for an audience, its own first."""
    return places_alike(place_of(url, scope), scope)


def places_alike(place: str, scope: str) -> tuple[str, ...]:
    """The places of an article for an audience and for everybody, under all addresses of its page."""
    shared = place.removeprefix(f"{scope} ") if scope != SHARED else place
    return tuple(dict.fromkeys((*alike(place), *alike(shared))))


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


def canonical(url: str) -> str:
    """The canonical form of an address. Raises FetchError if it may not be fetched."""
    if "://" not in url:
        raise refused(Phrase("write it with https://"))
    return read_address(url).url


def find_feed(web: PageFetcher, url: str, now: datetime) -> tuple[str, str]:
    """The address and the title of the feed at `url`, or of one that the page there links to.

    Raises:
        FetchError: the address cannot be fetched.
        FeedError: it is no feed, and links to none.
    """
    page = get_feed(web, url)
    try:
        return page.moved or url, parse_feed(page.body, page.url, page.content_type, now).title
    except FeedError as error:
        failed: BriefingError = error
        named = find_feeds(page.body, page.url)[:_MOST_NAMED]
    for each in named:
        try:
            page = get_feed(web, each)
            return page.moved or read_address(each).url, parse_feed(page.body, page.url, page.content_type, now).title
        except (FetchError, FeedError) as error:
            failed = FeedError(Phrase("the page links to a feed that cannot be read: {reason}", reason=error.line))
    raise failed


def read_list(opml: bytes) -> tuple[dict[str, str], list[FailingFeed]]:
    """The titles of the feeds in an OPML list by their addresses, and the feeds that may not be fetched.

    Raises FeedError if it is no OPML.
    """
    found: dict[str, str] = {}
    refused: list[FailingFeed] = []
    for title, url in read_opml(opml):
        try:
            address = canonical(url)
            found.setdefault(address, title if title != url else address)
        except FetchError as error:
            refused.append(FailingFeed(title, url, error.line))
    return found, refused


def named(name: str, feeds: Sequence[Subscription]) -> Subscription:
    """The feed with this number, address or title. Raises NotFoundError for none, or more than one."""
    name = name.strip()
    found = (
        [feed for feed in feeds if str(feed.id) == name]
        or [feed for feed in feeds if name in (feed.url, feed.url.rstrip("/"))]
        or [feed for feed in feeds if feed.title.casefold() == name.casefold()]
    )
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFoundError(Phrase("no feed goes by the name {name}", name=name))
    numbers = ", ".join(str(each.id) for each in found[:5])
    raise NotFoundError(
        Phrase(
            "{count} feeds go by the name {name}: use a number ({numbers})",
            count=len(found),
            name=name,
            numbers=numbers,
        )
    )


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
