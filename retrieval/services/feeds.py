"""Articles from the web: feeds are subscribed to and polled, pages and attachments added by hand."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from threading import RLock

from retrieval import observing
from retrieval.domain.articles import SHARED, AddedArticle, Filter, IngestReport, Metadata, Skipped
from retrieval.domain.phrase import Phrase
from retrieval.domain.reports import Coverage, FailingFeed, PollReport, Subscription
from retrieval.embedding.base import Embedder
from retrieval.errors import BriefingError, BusyError, UnreadableError
from retrieval.feeds.entry_processing import GONE
from retrieval.feeds.fetching import (
    ArticleWriter,
    PageFetcher,
    Rounds,
    canonical,
    find_feed,
    get_page,
    named,
    read_list,
)
from retrieval.feeds.polling import Poll
from retrieval.http.page import FetchError
from retrieval.ingestion.metadata.fields import tidy
from retrieval.ingestion.reading import read
from retrieval.ingestion.web_articles import IncomingArticle, name_of, notice, place_of, place_of_file, read_page
from retrieval.observing import Progress
from retrieval.storage.articles import count_articles, count_matching
from retrieval.storage.catalog import Catalog
from retrieval.storage.limits import Additions, Quotas
from retrieval.storage.locks import try_lock
from retrieval.storage.passages import count_passages
from retrieval.storage.subscriptions import Subscriptions

# Feeds that one server may have: all are polled in one round, those of everybody among them.
MOST_FEEDS = 200
_FULL = Phrase("a server may have {most} feeds", most=MOST_FEEDS)


class KnownFeedError(BriefingError):
    """The feed is subscribed to already: `subscription` is that."""

    def __init__(self, subscription: Subscription) -> None:
        super().__init__(f"already there: {subscription.title}")
        self.subscription = subscription


class FullError(BriefingError):
    """This server has as many feeds as one may have."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of importing a list: the number of new feeds and of known ones, and those left out with reasons."""

    added: int
    known: int
    left_out: tuple[FailingFeed, ...]


class Intake:
    """Brings in what is on the web. `follow` is called when something was stored. Safe to use from several threads."""

    def __init__(
        self,
        catalog: Catalog,
        embedder: Callable[[], Embedder],
        data_dir: Path,
        progress: Progress,
        follow: Callable[[], object],
        rounds: Rounds,
        quotas: Quotas = Quotas(),  # noqa: B008 - it cannot change
    ) -> None:
        self._catalog = catalog
        self._data_dir = data_dir
        self._progress = progress
        self._follow = follow
        self._rounds = rounds
        self._subscriptions = Subscriptions(catalog, rounds.every)
        self._writer = ArticleWriter(catalog, embedder, data_dir, progress)
        self._additions = Additions(catalog, quotas, rounds.clock)
        self._opening = RLock()
        self._web: PageFetcher | None = None
        self._polling: Poll | None = None

    def close(self) -> None:
        """End a poll and start no further request; what is being stored is."""
        with self._opening:
            if self._polling:
                # First, so that what ends now is not held against the feeds.
                self._polling.stopped.set()
            if self._web:
                self._web.close()
                self._web = None

    def subscribe(self, url: str, scope: str = SHARED) -> Subscription:
        """Subscribe to a feed, or to the first that a web page names; its articles come with the next poll.

        Raises:
            FetchError: it cannot be fetched.
            FeedError: it is no feed, and names none.
            KnownFeedError: it is subscribed to, for these or for all.
            FullError: there are as many feeds as one server may have.
        """
        self._check_new(url := canonical(url), scope)
        found, title = find_feed(self._fetcher(), url, self._rounds.clock())
        self._check_new(found, scope)
        if not self._subscriptions.add([(title or found, found)], scope, self._rounds.clock(), _room(scope)):
            self._check_new(found, scope)  # somebody else was faster
        return named(found, self._subscriptions.of((scope,)))

    def _check_new(self, url: str, scope: str) -> None:
        known = [each for each in self._subscriptions.of((SHARED, scope)) if each.url == url]
        if known:
            raise KnownFeedError(known[0])
        room = _room(scope)
        if room is not None and len(self._subscriptions.of((scope,))) >= room:
            raise FullError(_FULL)

    def correct(self) -> int:
        """Make feeds due that a clock which was ahead had made to wait; returns their number."""
        return self._subscriptions.correct(self._rounds.clock())

    def subscriptions(self, scopes: Sequence[str] | None = None) -> list[Subscription]:
        """The feeds of these scopes, in the order they were added; None is all."""
        return self._subscriptions.of(scopes)

    def unsubscribe(self, name: str, scopes: Sequence[str] | None = None) -> Subscription:
        """Poll a feed of these scopes no longer; its articles stay. `name` is its number, its address or its title.

        Raises:
            NotFoundError: no feed goes by that name, or more than one.
        """
        found = named(name, self._subscriptions.of(scopes))
        self._subscriptions.remove(found.id)
        return found

    def import_feeds(self, opml: bytes, scope: str = SHARED) -> Imported:
        """Subscribe to the feeds of a list; the next poll reads them. Raises FeedError where it is no OPML."""
        found, left_out = read_list(opml)
        known = {each.url for each in self._subscriptions.of((SHARED, scope))}
        new = [(title, url) for url, title in found.items() if url not in known]
        added = self._subscriptions.add(new, scope, self._rounds.clock(), _room(scope))
        if added < len(new):
            there = {each.url for each in self._subscriptions.of((SHARED, scope))}
            left_out += [FailingFeed(title, url, _FULL) for title, url in new if url not in there]
        return Imported(added, len(found.keys() & known), tuple(left_out))

    def poll(self, everything: bool = False) -> PollReport:
        """Read the feeds that are due, or all, and take their new articles in. One that fails holds up no other.

        What is left undone when it is stopped anywhere comes with the next poll.

        Raises:
            BusyError: another process is polling, or this one in another thread.
            EmbeddingError: there is no model to take articles in with.
        """
        lock = try_lock(self._data_dir / "poll.lock")
        if lock is None:
            raise BusyError("another process is polling the feeds: try again when it is done")
        try:
            with self._opening:
                poll = Poll(self._fetcher(), self._subscriptions, self._writer, self._progress, self._rounds.clock)
                self._polling = poll
            with observing.step("feeds"):
                report = poll.run(everything)
        finally:
            self._polling = None
            lock.release()
        if report.added or report.updated:
            self._follow()
        return report

    def add_page(self, url: str, scope: str = SHARED, person: str = "") -> AddedArticle:
        """Take in the article of a web page; a `person` who is a member of the server `scope` has a daily quota.

        Raises:
            QuotaError: this person or server has added as much today as it may.
            FetchError: the page cannot be fetched.
            UnreadableError: there is no article on it.
            BusyError: another process is adding articles.
        """
        address = canonical(url)
        if seen := self._seen_by_all(place_of(address), scope):
            return seen
        self._additions.check(scope, person)
        try:
            page = get_page(self._fetcher(), address)
        except FetchError as error:
            self._note_gone(address, scope, error)
            raise
        # What a feed had said of it, say, and the page does not, stays.
        before = self._writer.find(self._writer.settled(place_of(page.url, scope)))
        known = before.metadata if before else Metadata()
        document = read_page(page.body, page.content_type, address, page.url, known, page_first=True)
        own = document.metadata.url or page.url
        place = self._writer.settled(place_of(own, scope))
        return self._seen_by_all(place_of(own), scope) or self._add(
            IncomingArticle(place, name_of(own), document), scope, person
        )

    def _note_gone(self, address: str, scope: str, error: FetchError) -> None:
        """Put a notice in the place of an article whose page is gone."""
        place = self._writer.settled(place_of(address, scope))
        before = self._writer.find(place) if error.status in GONE else None
        if before:
            self._add(IncomingArticle(place, before.file, notice(before.metadata, str(error))), scope)

    def add_pages(self, urls: Sequence[str], scope: str = SHARED) -> IngestReport:
        """Take in the articles of web pages, as the report of an ingest; those not to be had are among the skipped.

        Raises:
            BusyError: another process is adding articles.
        """
        started = time.perf_counter()
        came: list[AddedArticle] = []
        skipped: list[Skipped] = []
        for url in urls:
            try:
                came.append(self.add_page(url, scope))
            except (FetchError, UnreadableError) as error:
                skipped.append(Skipped(url, error.line))
        states = Counter(each.state for each in came)
        with self._catalog.reading() as connection:
            articles, passages = count_articles(connection), count_passages(connection)
        return IngestReport(
            added=states["added"],
            updated=states["updated"],
            unchanged=states["unchanged"],
            removed=0,
            duplicates=tuple(each.duplicate for each in came if each.duplicate),
            skipped=tuple(skipped),
            articles=articles,
            passages=passages,
            seconds=round(time.perf_counter() - started, 3),
        )

    def add_file(self, name: str, data: bytes, scope: str = SHARED, person: str = "") -> AddedArticle:
        """Take in an article that came as a file; `name` tells its format. The quotas are those of `add_page`.

        Raises:
            QuotaError: this person or server has added as much today as it may.
            UnreadableError: it cannot be read.
            BusyError: another process is adding articles.
        """
        self._additions.check(scope, person)
        name = tidy(PurePosixPath(name.replace("\\", "/")).name)
        incoming = IncomingArticle(place_of_file(data, scope), name, read(data, name))
        return self._seen_by_all(place_of_file(data), scope) or self._add(incoming, scope, person)

    def _seen_by_all(self, place: str, scope: str) -> AddedArticle | None:
        """The article that an audience does not need, since everybody has it."""
        article = self._writer.find(self._writer.settled(place)) if scope != SHARED else None
        return AddedArticle(article, "unchanged") if article else None

    def _add(self, incoming: IncomingArticle, scope: str, person: str = "") -> AddedArticle:
        length = len(incoming.document.text)
        with self._writer.lock:  # nobody adds between the look and the note
            self._additions.check(scope, person, length)
            came = self._writer.add(incoming, scope)
            if came.state != "unchanged":
                self._additions.note(scope, person, length)
        if came.state != "unchanged":
            self._follow()
        return came

    def coverage(self, scopes: Sequence[str] | None = None) -> Coverage:
        """The number of polled feeds of these scopes, which fail, and the day of the newest article."""
        count, failing, unread = self._subscriptions.troubles(scopes, self._rounds.clock())
        with self._catalog.reading() as connection:
            newest = count_matching(connection, Filter(scopes=None if scopes is None else tuple(scopes))).newest
        return Coverage(count, failing, newest, unread)

    def _fetcher(self) -> PageFetcher:
        with self._opening:
            if self._web is None:
                self._web = self._rounds.fetcher()
            return self._web


def _room(scope: str) -> int | None:
    """The number of feeds that an audience may have; those who run the bot may have any number for all."""
    return None if scope == SHARED else MOST_FEEDS
