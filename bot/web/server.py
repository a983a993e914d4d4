"""The web server of a process, and what supervisors and Prometheus learn of the process."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from bot.settings import BotSettings
from bot.web.app import Readiness, make_app
from bot.web.metrics import Metrics, Reading
from bot.web.published import PublishedPages
from retrieval.domain.articles import OpenedArticle
from retrieval.errors import BriefingError, SettingsError
from retrieval.observing import watched_by
from retrieval.services.briefing import Briefing
from retrieval.services.operations import PartState

_log = logging.getLogger(__name__)

# Seconds until the embedding model is tried again that could not be loaded.
_PAUSE = 30


class Monitor:
    """The readiness and the metrics of a process; `parts` and `readings` are its own beside those of the corpus.

    A process that never `answers` anything needs the catalog alone. `readings` run in a thread.
    """

    def __init__(
        self,
        briefing: Briefing,
        parts: Callable[[], Mapping[str, PartState]] = dict,
        readings: Callable[[], Sequence[Reading]] = tuple,
        answers: bool = True,
    ) -> None:
        self._briefing = briefing
        self._parts = parts
        self._readings = readings
        self._answers = answers
        self.metrics = Metrics(self._read)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Count what happens meanwhile, and load what questions need."""
        with watched_by(self.metrics):
            warming = asyncio.create_task(self._warm()) if self._answers else None
            try:
                yield
            finally:
                if warming:
                    warming.cancel()

    async def readiness(self) -> Readiness:
        """The states of the parts now."""
        return Readiness({**await asyncio.to_thread(self._corpus_parts), **self._parts()})

    def _corpus_parts(self) -> dict[str, PartState]:
        parts = self._briefing.health.parts()
        return parts if self._answers else {"catalog": parts["catalog"]}

    async def _warm(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._briefing.health.warm)
                # What is loaded stays: looking through it for garbage would hold up the event loop for 0.2 s.
                return gc.freeze()
            except BriefingError as error:
                _log.warning("not ready for questions: %s", error)
                await asyncio.sleep(_PAUSE)

    def _read(self) -> list[Reading]:
        parts = {**self._corpus_parts(), **self._parts()}
        ready = {name: float(part.ready) for name, part in parts.items()}
        read = [Reading("briefing_ready", "If a part is ready.", ready, "part")]
        try:
            return [*read, *_read_corpus(self._briefing), *self._readings()]
        except BriefingError as error:
            _log.warning("metrics of the catalog are missing: %s", error)
            return read


def _read_corpus(briefing: Briefing) -> list[Reading]:
    counts, coverage = briefing.health.counts(), briefing.feeds.coverage()
    failing = len(coverage.failing)
    return [
        Reading("briefing_articles", "Stored articles.", {"": counts.articles}),
        Reading("briefing_passages", "Stored passages.", {"": counts.passages}),
        Reading("briefing_vectors_pending", "Passages whose change the vector index lacks.", {"": counts.pending}),
        Reading("briefing_vectors_lag_seconds", "How long the vector index has been behind.", {"": counts.behind}),
        Reading(
            "briefing_feeds",
            "Feeds, by their last poll.",
            {"working": coverage.feeds - failing, "failing": failing},
            "state",
        ),
    ]


async def serve_pages(briefing: Briefing, settings: BotSettings) -> None:
    """Serve the pages until the process is asked to stop.

    Raises:
        SettingsError: the address cannot be listened at.
    """
    if not settings.reader_port:
        raise SettingsError(
            "BRIEFING_READER_PORT is 0: set the port at which `briefing web` shall listen, such as 8080"
        )

    async with listening(briefing, settings, Monitor(briefing, answers=False)):
        await until_stopped(asyncio.Event().wait(), _nothing)


@asynccontextmanager
async def listening(
    briefing: Briefing, settings: BotSettings, monitor: Monitor, pages: bool = True
) -> AsyncIterator[None]:
    """Serve what the monitor tells, and the `pages` too, meanwhile; with the port 0 nothing.

    Raises:
        SettingsError: the address cannot be listened at.
    """
    if not settings.reader_port:
        async with monitor.watching():
            yield
        return

    async def open_article(key: str) -> OpenedArticle | None:
        return await asyncio.to_thread(briefing.articles.open_whole, key) if pages else None

    published = PublishedPages(settings.data_dir / "pages") if pages else None
    # Without an access log: anyone with the address of an article may read it.
    app = make_app(open_article, monitor.readiness, published, monitor.metrics)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.reader_host, settings.reader_port).start()
    except OSError as error:
        await runner.cleanup()
        where = f"{settings.reader_host}:{settings.reader_port}"
        what = "reader page" if pages else "health"
        line = f"the {what} cannot listen at {where} ({error.strerror}): set BRIEFING_READER_PORT"
        raise SettingsError(line) from error
    what = "reader page and /healthz" if pages else "/healthz"
    _log.info("%s at http://%s:%d", what, settings.reader_host, settings.reader_port)
    try:
        async with monitor.watching():
            yield
    finally:
        await runner.cleanup()


async def until_stopped(work: Coroutine[Any, Any, Any], finish: Callable[[], Awaitable[None]]) -> None:
    """Run `work` until it ends, or until a signal to stop; after a signal run `finish` first."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    running, asked = asyncio.create_task(work), asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({running, asked}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        await finish()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        for task in (running, asked):
            task.cancel()
        # Waited for, not awaited: awaiting would change the traceback of an error.
        await asyncio.wait({running, asked})


async def _nothing() -> None:
    """There is nothing to finish."""
