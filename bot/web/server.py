"""The web server of a process, and `briefing web`: the reader page, the pages of servers and the health."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from bot.settings import BotSettings
from bot.web.app import make_app
from bot.web.monitoring import Monitor
from bot.web.published import PublishedPages
from retrieval.domain.articles import OpenedArticle
from retrieval.errors import SettingsError
from retrieval.services.briefing import Briefing

_log = logging.getLogger(__name__)


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
