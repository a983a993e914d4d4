"""Polls the feeds that are due, several at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event
from typing import Literal

from retrieval.domain.articles import IngestReport, Skipped
from retrieval.domain.phrase import Phrase
from retrieval.domain.reports import FailingFeed, PollReport
from retrieval.errors import BriefingError, BusyError
from retrieval.executor import BoundedExecutor
from retrieval.feeds.entries import Feed, FeedError
from retrieval.feeds.entry_processing import EntryPass
from retrieval.feeds.fetching import ArticleWriter, FeedSource, PageFetcher, get_feed
from retrieval.feeds.parser import parse_feed
from retrieval.http.page import FetchedPage, FetchError
from retrieval.observing import Progress
from retrieval.storage.subscriptions import DueFeed, Subscriptions

# Feeds read at a time.
_THREADS = 8
# After this time a poll starts with no further feed, so that one slow server does not delay all feeds.
BEGINNING = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The result for one feed; a feed that was "left" is due at the next poll, one that is "elsewhere" another process
    polls. `waiting` articles could not be stored because another process was storing."""

    state: Literal["read", "unchanged", "failing", "left", "elsewhere"]
    trouble: FailingFeed | None = None
    report: IngestReport | None = None
    skipped: tuple[Skipped, ...] = ()
    waiting: int = 0


class Poll:
    """Reads feeds and stores their articles. Nothing is stored once `stopped` is set."""

    def __init__(
        self,
        web: PageFetcher,
        subscriptions: Subscriptions,
        writer: ArticleWriter,
        progress: Progress,
        clock: Callable[[], datetime],
    ) -> None:
        self.stopped = Event()
        self._web = web
        self._subscriptions = subscriptions
        self._writer = writer
        self._progress = progress
        self._clock = clock
        self._began = clock()

    def run(self, everything: bool) -> PollReport:
        """Poll the feeds that are due, or all of them."""
        started = time.perf_counter()
        if ahead := self._subscriptions.correct(self._began):
            self._progress.note(waited(ahead, "feed"))
        due = self._subscriptions.due(None if everything else self._began)
        outcomes: list[_Outcome] = []
        try:
            with self._progress.track("Polling", len(due), "feeds") as done:
                for outcome in BoundedExecutor(_THREADS).map_unordered(self._poll, due, self.stopped):
                    outcomes.append(outcome)
                    done(1)
        finally:
            self.stopped.set()
            with self._writer.lock:
                pass  # waits until a thread that is storing has finished
        if waiting := sum(outcome.waiting for outcome in outcomes):
            self._progress.note(f"another process is adding articles: {waiting} wait for the next poll")
        if left := sum(outcome.state == "left" for outcome in outcomes):
            self._progress.note(f"this poll has taken long enough: {left} feed{'s' * (left > 1)} wait for the next")
        return _report(outcomes, time.perf_counter() - started)

    def _poll(self, due: DueFeed) -> _Outcome:
        if self._clock() - self._began >= BEGINNING:
            return _Outcome("left")
        with self._subscriptions.polling(due) as taken:
            return self._request(due) if taken else _Outcome("elsewhere")

    def _request(self, due: DueFeed) -> _Outcome:
        try:
            page = get_feed(self._web, due.url, due.etag, due.modified)
            if page.unchanged:
                return self._unchanged(due)
            return self._read(due, page)
        except FetchError as error:
            return self._failed(due, error.line, error.permanent, error.retry_after or 0.0)
        except FeedError as error:
            return self._failed(due, error.line, lasting=True)
        except BriefingError:  # of the data folder or the model, and so the same for every feed
            raise
        except Exception as error:  # the other feeds are read in any case
            return self._failed(due, Phrase("not readable ({error})", error=type(error).__name__), lasting=True)

    def _unchanged(self, due: DueFeed) -> _Outcome:
        with self._writer.lock:
            if not self.stopped.is_set():
                self._subscriptions.unchanged(due.id, self._began)
        return _Outcome("unchanged")

    def _failed(self, due: DueFeed, reason: str, lasting: bool, wait: float = 0.0) -> _Outcome:
        with self._writer.lock:
            # A fetch that ends because the program stops is no failure of the feed.
            if not self.stopped.is_set():
                self._subscriptions.failed(due.id, self._clock(), reason, lasting, timedelta(seconds=wait))
        return _Outcome("failing", FailingFeed(due.title, due.url, reason))

    def _read(self, due: DueFeed, page: FetchedPage) -> _Outcome:
        feed = parse_feed(page.body, page.url, page.content_type, self._clock())
        source = FeedSource(self._web, self._writer, due, feed)
        entry_pass = EntryPass(
            source, feed.entries, self._writer, due.scope, self._subscriptions.looked(due.id), self.stopped
        )
        entry_pass.run()
        with self._writer.lock:
            return _Outcome("read") if self.stopped.is_set() else self._store(due, page, feed, entry_pass)

    def _store(self, due: DueFeed, page: FetchedPage, feed: Feed, entry_pass: EntryPass) -> _Outcome:
        report, waiting = self._take(due, entry_pass)
        title = feed.title if due.title == due.url and feed.title else due.title
        kept = replace(due, title=title, url=page.moved or due.url, etag=page.etag, modified=page.modified)
        if not entry_pass.complete:
            kept = replace(kept, etag=None, modified=None)
        wait = timedelta(seconds=entry_pass.wait)
        looked, gone = list(entry_pass.looked.values()), _gone(entry_pass)
        self._subscriptions.read(kept, looked, self._began, _updated(feed), wait, gone, soon=waiting > 0)
        return _Outcome("read", report=report, skipped=_skipped(entry_pass), waiting=waiting)

    def _take(self, due: DueFeed, entry_pass: EntryPass) -> tuple[IngestReport | None, int]:
        """Store the fetched articles, and update `entry_pass.looked`. Returns the report, and the number of articles
        that wait."""
        fresh = list(entry_pass.fresh().values())
        if not fresh:
            return None, 0
        try:
            report = self._writer.take(fresh, due.scope)
        except BusyError:
            entry_pass.put_off()
            return None, len(fresh)
        entry_pass.refuse({each.file: each.reason for each in report.skipped})
        return report, 0


def waited(count: int, what: str) -> str:
    """One line on what a clock that was ahead had made to wait."""
    many = f"{count} {what}{'s' * (count > 1)}"
    return f"{many} waited for a day far ahead: this machine's clock was wrong; they go on now"


def _gone(entry_pass: EntryPass) -> list[str]:
    """The old ids of entries that have new ids."""
    return [old for old, new in entry_pass.renamed.items() if new in entry_pass.looked]


def _updated(feed: Feed) -> str | None:
    """The day of the feed's last change, else of its newest entry."""
    newest = feed.updated or (feed.entries[0].published if feed.entries else None)
    return newest[:10] if newest else None


def _skipped(entry_pass: EntryPass) -> tuple[Skipped, ...]:
    """The entries without an article, with the reasons."""
    found = ((entry, entry_pass.looked.get(id_)) for id_, entry in entry_pass.new.items())
    return tuple(
        Skipped(entry.link or entry.title or entry.id, looked.reason)
        for entry, looked in found
        if looked and looked.reason and looked.place is None
    )


def _report(outcomes: Sequence[_Outcome], seconds: float) -> PollReport:
    reports = [outcome.report for outcome in outcomes if outcome.report]
    return PollReport(
        polled=sum(outcome.state not in ("left", "elsewhere") for outcome in outcomes),
        read=sum(outcome.state == "read" for outcome in outcomes),
        unchanged=sum(outcome.state == "unchanged" for outcome in outcomes),
        failing=tuple(outcome.trouble for outcome in outcomes if outcome.trouble),
        added=sum(report.added for report in reports),
        updated=sum(report.updated for report in reports),
        duplicates=tuple(duplicate for report in reports for duplicate in report.duplicates),
        skipped=tuple(each for outcome in outcomes for each in outcome.skipped),
        seconds=round(seconds, 3),
    )
