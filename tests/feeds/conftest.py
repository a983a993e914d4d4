"""Shared by the tests of feeds: a publisher with feeds and articles, and a briefing that polls them."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import pytest

from retrieval.domain.reports import Subscription
from retrieval.feeds.fetching import Rounds
from retrieval.http.client import Fetcher
from retrieval.http.page import FetchedPage
from retrieval.observing import SILENT, Progress
from retrieval.services.briefing import Briefing
from retrieval.storage.locks import try_lock
from tests.fakes import WordVectors, open_with, opened
from tests.press import town
from tests.publisher import Publisher, Says

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
EVERY = timedelta(minutes=30)
RSS = {"Content-Type": "application/rss+xml; charset=utf-8"}
HTML = {"Content-Type": "text/html; charset=utf-8"}


class Clock:
    """A time that stands still until somebody moves it on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **time: float) -> None:
        self.now += timedelta(**time)


class HastyFetcher(Fetcher):
    """A fetcher for this machine that never pauses, and has no patience with whoever lets it wait."""

    def __init__(self) -> None:
        super().__init__(allow_loopback=True, sleep=lambda _seconds: None)

    @property
    def _trust(self) -> ssl.SSLContext:
        # Reading the certificates of the whole world takes longer than most tests.
        return _nobody()

    def get(self, url: str, **options: Any) -> FetchedPage:
        return super().get(url, **options | {"seconds": 0.2 if "/slow" in url else 20})


@cache
def _nobody() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Newsroom:
    """A publisher, and a briefing over a data folder that starts empty."""

    def __init__(self, publisher: Publisher, data_dir: Path) -> None:
        self.publisher = publisher
        self.data_dir = data_dir
        self.clock = Clock()
        self.model = WordVectors()
        lock = try_lock(data_dir / "chroma.lock")
        assert lock
        self.bot = lock

    def open(self, model: WordVectors | None = None, progress: Progress = SILENT) -> AbstractContextManager[Briefing]:
        rounds = Rounds(HastyFetcher, EVERY, self.clock)
        return open_with(self.data_dir, model or self.model, progress, rounds=rounds)

    def publish(self, numbers: Sequence[int], feed: str = "/feed", **options: Any) -> str:
        """Put articles up, and a feed of them; its address."""
        for number in numbers:
            self.publisher.says(f"/news/{number}", Says(page(number), headers=HTML))
        self.publisher.says(
            feed, Says(rss([item(self.publisher, number) for number in numbers], **options), headers=RSS)
        )
        return self.publisher.url(feed)

    def state(self, briefing: Briefing, url: str) -> Subscription:
        return next(each for each in briefing.feeds.subscriptions() if each.url == url)


def body(number: int) -> list[str]:
    """The paragraphs of an article like no other."""
    name = town(number)
    return [
        f"The council of {name} voted on Monday to close the harbour of {name} to tankers from the north, after weeks "
        f"of argument between the fishing families of {name} and the owners of the refinery above the town.",
        f"Mayor Ilse {name}sen said the harbour had {number + 3} berths left that were safe. “We were promised a new "
        f"quay in {name} for {number + 11} years,” she told reporters, “and we were given a report about it.”",
        f"The refinery employs {number + 400} people in {name} and the villages around it. Its owners said they would "
        f"appeal to the regional court, which has ruled twice against {name} in matters of the port.",
    ]


def page(number: int, title: str | None = None, paragraphs: Sequence[str] | None = None, head: str = "") -> bytes:
    """An article's page, with the usual things around it."""
    told = "".join(f"<p>{escape(each)}</p>" for each in paragraphs or body(number))
    title = title or headline(number)
    return (
        f"<!doctype html><html lang=en><head><title>{title} | The Harbour Post</title>{head}"
        f'<meta property="og:site_name" content="The Harbour Post"></head><body><nav><a href="/">Home</a></nav>'
        f"<main><article><h1>{title}</h1>{told}</article></main><footer>© The Harbour Post</footer></body></html>"
    ).encode()


def headline(number: int) -> str:
    return f"{town(number)} closes its harbour to tankers"


def item(publisher: Publisher, number: int, **other: str) -> str:
    """An entry of a feed; what is given by name replaces its elements."""
    told = {
        "title": headline(number),
        "link": publisher.url(f"/news/{number}"),
        "guid": f"post-{number}",
        "pubDate": f"Sun, 01 Mar 2026 {number % 24:02}:00:00 GMT",
        "description": f"The harbour of {town(number)} is closed.",
    } | other
    return "<item>" + "".join(f"<{name}>{escape(value)}</{name}>" for name, value in told.items() if value) + "</item>"


def rss(items: Sequence[str], title: str = "Harbour Post") -> bytes:
    channel = f"<title>{title}</title>{''.join(items)}"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{channel}</channel></rss>'.encode()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as server:
        yield server


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with nothing in it but a new catalog: making one takes a while, copying it does not."""
    data_dir = tmp_path_factory.mktemp("empty")
    with opened(data_dir):
        return data_dir


@pytest.fixture
def newsroom(publisher: Publisher, empty: Path, tmp_path: Path) -> Iterator[Newsroom]:
    """As beside a bot: that has the vector index, and answers come from the stored vectors."""
    shutil.copytree(empty, tmp_path / "data")
    made = Newsroom(publisher, tmp_path / "data")
    yield made
    made.bot.release()


@pytest.fixture
def briefing(newsroom: Newsroom) -> Iterator[Briefing]:
    with newsroom.open() as found:
        yield found
