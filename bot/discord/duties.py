"""What is done unasked, again and again: by the bot, or by `briefing worker`; what is kept too long is deleted."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import discord
from discord.ext import tasks

from bot.discord.delivery.attempts import Guilds
from bot.discord.delivery.composing import ScheduledDigests, WatchLooks, backlog
from bot.discord.delivery.outbox import Outbox
from bot.discord.delivery.schedules import Schedules
from bot.discord.delivery.worker import DeliveryWorker
from bot.discord.server_settings import StoredSettings
from bot.presentation.words import ENGLISH, OwnWords
from bot.settings import BotSettings
from bot.web.app import listening, until_stopped
from bot.web.metrics import Monitor, Reading
from bot.web.published import PageShelf, PublishedPages
from retrieval.errors import BriefingError, BusyError
from retrieval.executor import BoundedExecutor
from retrieval.ingestion.folder_sync import FolderWatch
from retrieval.services.briefing import Briefing
from retrieval.services.operations import Privacy

_log = logging.getLogger(__name__)

# The most that the clock may have been set meanwhile.
_STEADY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Presence:
    """The servers that an application is on, and those of which this process knows it."""

    application: str
    here: Collection[str]
    owns: Callable[[int], bool]


class Upkeep:
    """The care for what is kept, to be done again and again.

    `present` gives the servers that the bot is on, None where it is not known; with `expiring`, what is too old is
    deleted too.
    """

    def __init__(
        self,
        kept: Privacy,
        pages: PublishedPages,
        clock: Callable[[], datetime],
        present: Callable[[], Presence | None] = lambda: None,
        expiring: bool = True,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kept = kept
        self._pages = pages
        self._clock = clock
        self._present = present
        self._expiring = expiring
        self._elapsed = elapsed
        self._last: tuple[datetime, float] | None = None

    def run(self) -> None:
        """Note where the bot is, and delete what is due; nothing the first time, and after the clock was set."""
        there, steady = self._present(), self._is_steady()
        if there:
            self._kept.servers.note(there.application, there.here, self._clock(), lambda scope: there.owns(int(scope)))
        if steady and self._expiring:
            gone = {**self._kept.expire(), "pages": self._pages.expire(self._kept.days)}
            if any(gone.values()):
                _log.info("deleted what was kept long enough: %s", {kind: many for kind, many in gone.items() if many})
        if steady and there:
            for server, counts in self._kept.forget_left(lambda scope: there.owns(int(scope))).items():
                self._pages.forget(server)
                _log.info("deleted what was kept of server %s, which removed the bot: %s", server, dict(counts))

    def _is_steady(self) -> bool:
        """Tell if the clock has gone on as time has: one that is ahead for a while would have all deleted."""
        now, before = (self._clock(), self._elapsed()), self._last
        self._last = now
        return before is not None and abs(now[0] - before[0] - timedelta(seconds=now[1] - before[1])) < _STEADY


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

    guilds = Guilds(settings.serves, words=words)
    makers = ScheduledDigests(briefing, executor, settings, shelf, guilds)
    deliveries = DeliveryWorker(
        Schedules(briefing.catalog),
        makers.compose,
        None,
        discord.utils.utcnow,
        looks=WatchLooks(briefing, settings, guilds),
        guilds=guilds,
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
