"""The work that a process does unasked, in loops, and `briefing worker`, which does it without Discord."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

import discord
from discord.ext import tasks

from bot.discord.delivery.composing import ScheduledDigests, WatchLooks, backlog
from bot.discord.delivery.outbox import Outbox
from bot.discord.delivery.schedules import Schedules
from bot.discord.delivery.worker import DeliveryWorker
from bot.discord.publishing import PageShelf
from bot.discord.server_settings import StoredSettings
from bot.discord.upkeep import Presence, Upkeep
from bot.presentation.words import ENGLISH, OwnWords
from bot.settings import BotSettings
from bot.web.metrics import Reading
from bot.web.published import PublishedPages
from bot.web.server import Monitor, listening, until_stopped
from retrieval.errors import BriefingError, BusyError
from retrieval.executor import BoundedExecutor
from retrieval.ingestion.folder_sync import FolderWatch
from retrieval.services.briefing import Briefing

_log = logging.getLogger(__name__)

# Seconds to finish what was begun when a process is asked to stop; supervisors kill after ten.
GRACE = 5


class Duties:
    """Loops that make and post deliveries, send mails, poll feeds, watch folders and keep the vector index up to date.

    `deliveries` are posted while the process is `ready`. With `posting` alone it leaves everything else to workers,
    but for an index in the data folder, which has to be kept up to date by the process that has it.
    """

    def __init__(
        self,
        briefing: Briefing,
        settings: BotSettings,
        deliveries: DeliveryWorker,
        clock: Callable[[], datetime],
        ready: Callable[[], bool] = lambda: True,
        posting: bool = False,
        present: Callable[[], Presence | None] = lambda: None,
    ) -> None:
        self.outbox = Outbox(briefing.catalog, settings.mailer, clock)
        self._briefing = briefing
        self._settings = settings
        self._deliveries = deliveries
        self._clock = clock
        self._ready = ready
        self._folders = FolderWatch(briefing.articles.ingest, settings.folders)
        self._posting = posting
        pages = PublishedPages(settings.data_dir / "pages")
        self._upkeep = Upkeep(briefing.privacy, pages, clock, present, expiring=not posting)

    def _loops(self) -> tuple[tasks.Loop[Any], ...]:
        if not self._posting:
            return self._follow, self._deliver, self._poll, self._watch, self._keep
        embedded = self._settings.chroma is None
        return (self._follow, self._deliver, self._keep) if embedded else (self._deliver, self._keep)

    def start(self) -> None:
        """Begin the loops."""
        for loop in self._loops():
            loop.start()

    def stop(self) -> None:
        """Begin nothing more."""
        for loop in self._loops():
            loop.cancel()
        self._folders.stop()

    async def finish(self, seconds: float) -> None:
        """Begin nothing more, and wait at most this many seconds for what was begun; the next start goes on."""
        self.stop()
        # A poll would go on for minutes in its thread. The next poll fetches what this one has not stored.
        await asyncio.to_thread(self._briefing.feeds.close)
        await asyncio.gather(*(each.finish(seconds) for each in (self._deliveries, self.outbox)))

    @tasks.loop(seconds=5)
    async def _follow(self) -> None:
        """Index the articles that other processes have stored."""
        await _survive(lambda: asyncio.to_thread(self._briefing.corpus.follow), "could not follow the catalog")

    @tasks.loop(seconds=20)
    async def _deliver(self) -> None:
        """Make and post the digests that are due and the news of watches, and send the mails of digests."""
        if not self._posting:
            self.outbox.round()
        if self._ready():
            await _survive(lambda: self._deliveries.round(self._clock()), "could not deliver")

    @tasks.loop(minutes=1)
    async def _poll(self) -> None:
        """Read the feeds that are due, not in the bot's executor: it may take minutes."""
        if self._settings.poll_minutes:
            await _survive(lambda: asyncio.to_thread(self._briefing.feeds.poll), "could not poll the feeds")

    @tasks.loop(seconds=1)
    async def _watch(self) -> None:
        """Read the watched folders as their files change."""
        if self._settings.folders:
            await _survive(lambda: asyncio.to_thread(self._folders.run), "could not watch the folders")
        else:
            self._watch.stop()

    @tasks.loop(minutes=20)
    async def _keep(self) -> None:
        """Delete what is kept long enough."""
        await _survive(lambda: asyncio.to_thread(self._upkeep.run), "could not delete what is kept long enough")


async def work(briefing: Briefing, settings: BotSettings) -> None:
    """Do everything but Discord until the process is asked to stop.

    Raises:
        SettingsError: the health cannot be served at its address.
    """
    executor = BoundedExecutor(settings.workers)
    shelf = PageShelf(settings, elsewhere=True)

    def words(guild: int) -> OwnWords:
        # Read each time: another process changes them. What Discord says of a server is not known here.
        return StoredSettings(briefing.catalog).words(str(guild)) or ENGLISH

    makers = ScheduledDigests(briefing, executor, settings, settings.serves, shelf, words)
    deliveries = DeliveryWorker(
        Schedules(briefing.catalog),
        makers.compose,
        None,
        discord.utils.utcnow,
        looks=WatchLooks(briefing, settings, settings.serves, words),
    )
    duties = Duties(briefing, settings, deliveries, discord.utils.utcnow)

    def readings() -> list[Reading]:
        return backlog(briefing.catalog, discord.utils.utcnow())

    async with listening(briefing, settings, Monitor(briefing, readings=readings), pages=False):
        duties.start()
        await until_stopped(asyncio.Event().wait(), partial(duties.finish, GRACE))


async def _survive(work: Callable[[], Awaitable[object]], failed: str) -> None:
    """Do the work of a loop and log its errors: a loop that raises would end for good."""
    try:
        await work()
    except BusyError as error:
        _log.debug("%s: %s", failed, error)
    except BriefingError as error:
        _log.warning("%s: %s", failed, error)
    except Exception:
        _log.exception(failed)
