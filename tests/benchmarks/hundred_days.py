"""Lives through a hundred days of polling feeds and posting digests by a virtual clock, and prints what that leaves in
memory and in the catalog.

    python -m tests.benchmarks.hundred_days          --days 100

The feeds are of a publisher of ours that answers in memory, the channel is one that only counts; embeddings are hashed
words. Articles stay, and the feed entries they came by; all else is to stop growing.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import sqlite3
import tempfile
import time
import tracemalloc
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.discord.delivery.composing import ScheduledDigests
from bot.discord.delivery.schedules import Schedules
from bot.discord.delivery.timetable import Timetable
from bot.discord.delivery.worker import DeliveryWorker
from bot.presentation.discord.layouts import Page
from bot.settings import BotSettings
from bot.web.published import PageShelf
from retrieval.executor import BoundedExecutor
from retrieval.feeds.fetching import Rounds
from retrieval.http.page import FetchedPage, FetchError
from retrieval.services.briefing import Briefing
from tests.fakes import open_with

START = datetime(2026, 1, 1, tzinfo=UTC)
FEEDS, ARTICLES = 3, 4  # feeds, and the articles that each brings a day
SHOWN = 10  # entries that a feed has at a time
_WORDS = 3_000
_STEP = timedelta(hours=3)
# Beside those of articles.
_TABLES = ("feeds", "entries", "seen", "schedules", "deliveries", "changes", "facts")


@dataclass
class Press:
    """Feeds and pages as they are at the moment `now`; the last feed fails every third day."""

    now: datetime = START

    def get(self, url: str, *, etag: str | None = None, **_options: Any) -> FetchedPage:
        """A feed with its newest entries, unchanged where nothing came, or the page of an article."""
        place, _, name = url.removeprefix("https://press").partition(".example/")
        count = int((self.now - START) / timedelta(days=1) * ARTICLES) + 1
        if name != "feed":
            return FetchedPage(url, "text/html; charset=utf-8", _article(place, int(name)), None, None)
        if int(place) == FEEDS - 1 and (self.now - START).days % 3 == 2:
            raise FetchError("status 503", status=503)
        mark = f'"{count}"'
        if mark == etag:
            return FetchedPage(url, "", b"", mark, None, unchanged=True)
        return FetchedPage(url, "application/rss+xml", _feed(place, count), mark, None)

    def close(self) -> None:
        """Nothing is open."""


def _feed(place: str, count: int) -> bytes:
    items = "".join(
        f"<item><title>{_title(place, number)}</title><link>https://press{place}.example/{number}</link>"
        f"<guid>{place}-{number}</guid><pubDate>{_day(number):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for number in range(count - 1, max(count - 1 - SHOWN, -1), -1)
    )
    return f"<rss version='2.0'><channel><title>Press {place}</title>{items}</channel></rss>".encode()


def _article(place: str, number: int) -> bytes:
    # Of a language's words, which are so many and no more.
    words = [f"word{each}" for each in random.Random(f"{place} {number}").choices(range(_WORDS), k=60)]
    said = "".join(f"<p>{_title(place, number)} on {' '.join(words[at : at + 12])}.</p>" for at in range(0, 60, 12))
    return (
        f"<html><head><title>{_title(place, number)}</title></head><body><article>"
        f"<h1>{_title(place, number)}</h1>{said}</article></body></html>"
    ).encode()


def _title(place: str, number: int) -> str:
    return f"Minister {number} of country {place} decides"


def _day(number: int) -> datetime:
    return START + timedelta(days=number / ARTICLES)


@dataclass
class Counter:
    """A channel that counts what is posted."""

    posted: int = 0

    async def send(self, _channel: str, _page: Page, mark: str, _role: str | None, _menu: object = None) -> str:
        self.posted += 1
        return mark

    async def find(self, _channel: str, _mark: str, _since: datetime) -> str | None:
        return None

    async def warn(self, _person: str, _line: str) -> None:
        raise AssertionError


@dataclass(frozen=True)
class State:
    """What there is after so many days: bytes that Python holds and that the process has, and rows by table."""

    day: int
    held: int
    resident: int
    posted: int
    articles: int
    rows: dict[str, int]


@dataclass
class Life:
    """A briefing, a worker and the clock they go by."""

    folder: Path
    press: Press = field(default_factory=Press)
    channel: Counter = field(default_factory=Counter)
    hours: tuple[int, ...] = (6, 18)

    def states(self, days: int, every: int) -> Generator[State, None, None]:
        """Live so many days, and look around every few."""
        rounds = Rounds(lambda: self.press, clock=lambda: self.press.now)
        with open_with(self.folder, rounds=rounds) as briefing:
            briefing.feeds.import_feeds(_opml())
            for hour in self.hours:
                table = Timetable(f"{hour:02}:30", "Europe/Berlin", frozenset(range(7)))
                Schedules(briefing.catalog).add("7", "70", table, "1", START)
            executor, settings = BoundedExecutor(1), BotSettings()
            post = ScheduledDigests(briefing, executor, settings, PageShelf(settings))
            with asyncio.Runner() as runner:
                for day in range(1, days + 1):
                    runner.run(self._live(briefing, post))
                    if day % every == 0:
                        yield self._look(day)
            executor.shutdown()

    async def _live(self, briefing: Briefing, post: ScheduledDigests) -> None:
        """A day."""
        worker = DeliveryWorker(Schedules(briefing.catalog), post.compose, self.channel, lambda: self.press.now)
        for _ in range(timedelta(days=1) // _STEP):
            self.press.now += _STEP
            await asyncio.to_thread(briefing.feeds.poll)
            await worker.round(self.press.now)
            await worker.finish()

    def _look(self, day: int) -> State:
        gc.collect()
        with closing(sqlite3.connect(self.folder / "catalog.sqlite3")) as connection:
            rows = {name: _count(connection, name) for name in _TABLES}
            articles = _count(connection, "articles")
        held = tracemalloc.get_traced_memory()[0] if tracemalloc.is_tracing() else 0
        return State(day, held, _resident(), self.channel.posted, articles, rows)


def _count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _resident() -> int:
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS")), 0)


def _opml() -> bytes:
    feeds = "".join(
        f"<outline type='rss' text='Press {each}' xmlUrl='https://press{each}.example/feed'/>" for each in range(FEEDS)
    )
    return f"<opml version='2.0'><body>{feeds}</body></opml>".encode()


def main() -> None:
    """Print a line after each tenth of the days."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--days", type=int, default=100)
    days = parser.parse_args().days
    tracemalloc.start()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for state in Life(Path(folder)).states(days, max(days // 10, 1)):
            rows = ", ".join(f"{name} {count}" for name, count in state.rows.items())
            print(
                f"day {state.day}: {state.held / 1e6:.1f} MB held, {state.resident / 1e6:.0f} MB resident, "
                f"{state.posted} messages, {state.articles} articles; rows: {rows}"
            )
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
