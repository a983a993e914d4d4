"""The background loops of the bot, and their end in good order."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from retrieval.domain.articles import Filter
from retrieval.feeds.fetching import Rounds
from retrieval.http.page import FetchedPage, FetchError
from retrieval.services.briefing import Briefing
from tests import fakes
from tests.bot.conftest import Town
from tests.bot.test_service import TOKEN, running
from tests.discord_server import DiscordServer

FEED = "https://press.example/feed"
OPML = f"<opml version='2.0'><body><outline type='rss' text='Press' xmlUrl='{FEED}'/></body></opml>".encode()


class Slow:
    """A publisher that says nothing until it is hung up on."""

    def __init__(self) -> None:
        self.asked, self.closed = Event(), Event()

    def get(self, url: str, **_options: Any) -> FetchedPage:  # noqa: ARG002
        self.asked.set()
        self.closed.wait(20)
        raise FetchError("hung up on")

    def close(self) -> None:
        self.closed.set()


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def polled(slow: Slow, tmp_path: Path) -> Iterator[Briefing]:
    """One feed, of that publisher."""
    with fakes.open_with(tmp_path, rounds=Rounds(lambda: slow)) as opened:
        opened.feeds.import_feeds(OPML)
        yield opened


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer(token=TOKEN) as opened:
        yield opened


async def test_a_poll_is_ended_with_the_bot_and_not_held_against_the_feed(
    polled: Briefing, server: DiscordServer, slow: Slow
) -> None:
    async with running(polled, server):
        await asyncio.to_thread(slow.asked.wait, 10)
        os.kill(os.getpid(), signal.SIGTERM)
    assert slow.closed.is_set()
    (feed,) = polled.feeds.subscriptions()
    assert feed.failures == 0


async def test_nothing_is_polled_where_the_settings_say_so(polled: Briefing, server: DiscordServer, slow: Slow) -> None:
    async with running(polled, server, poll_minutes=0):
        os.kill(os.getpid(), signal.SIGTERM)
    assert not slow.asked.is_set()


async def test_a_loop_goes_on_whatever_it_runs_into(
    town: Town, briefing: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []

    def fail() -> None:
        runs.append("follow")
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(briefing.corpus, "follow", fail)
    await town.env.advance_time(16)
    assert len(runs) >= 3
    assert briefing.articles.page(Filter())[1] == 5
