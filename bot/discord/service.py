"""The bot as a process: starts and stops it with the reader page, and turns errors into one line."""

from __future__ import annotations

import asyncio
import logging
import math
import signal
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any

import aiohttp
import discord
from aiohttp import web

from bot.discord.client import BriefingBot
from bot.discord.delivery.backlog import backlog
from bot.settings import PORTAL, BotSettings
from bot.web.app import make_app
from bot.web.metrics import Reading
from bot.web.monitoring import Monitor
from retrieval.domain.articles import OpenedArticle
from retrieval.errors import SettingsError, UnreachableError
from retrieval.services.briefing import Briefing
from retrieval.services.health import PartState

_log = logging.getLogger(__name__)

# Seconds to finish answers and deliveries when the process is asked to stop; supervisors kill after ten.
_GRACE = 5
# The close code of the gateway for a token that became invalid after the login.
_BAD_TOKEN = 4004
_REFUSED_TOKEN = f"Discord refuses the token in DISCORD_TOKEN: copy it again from {PORTAL}"


async def serve(briefing: Briefing, settings: BotSettings, sync: bool = False) -> None:
    """Run the bot until it is asked to stop.

    Raises:
        SettingsError: the token is missing or refused, or an intent is.
        UnreachableError: Discord cannot be reached.
    """
    token = settings.discord_token.get_secret_value().strip()
    if not token:
        raise SettingsError(f"DISCORD_TOKEN is not set: copy the bot's token from {PORTAL} into .env")
    if not (token.isascii() and token.isprintable()):
        # A token is never like that, and the error of aiohttp would show it.
        raise SettingsError(_REFUSED_TOKEN)
    bot = BriefingBot(briefing, settings, sync)
    with _translated_errors():
        async with bot, _reading(bot, settings):
            # discord.py reconnects after a first connection; if that fails, a supervisor restarts the process.
            await _until_stopped(bot.start(token), partial(bot.finish, _GRACE))


async def _until_stopped(work: Coroutine[Any, Any, None], finish: Callable[[], Awaitable[None]]) -> None:
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


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Turn errors of discord.py into errors with one clear line."""
    try:
        yield
    except discord.LoginFailure as error:
        raise SettingsError(_REFUSED_TOKEN) from error
    except discord.PrivilegedIntentsRequired as error:
        raise SettingsError(
            "Discord refuses the message content intent: switch it on under Bot at "
            f"{PORTAL}, or set BRIEFING_MESSAGE_CONTENT=false"
        ) from error
    except discord.HTTPException as error:
        raise UnreachableError(f"Discord answers with an error ({error.status}): try again in a while") from error
    except (aiohttp.ClientError, discord.GatewayNotFound, discord.ConnectionClosed, OSError) as error:
        if isinstance(error, discord.ConnectionClosed) and error.code == _BAD_TOKEN:
            raise SettingsError(_REFUSED_TOKEN) from error
        raise UnreachableError(f"cannot reach Discord ({error}): check the network and try again") from error
    except AttributeError as error:
        # discord.py raises this if the first connection to the gateway fails.
        if not _is_in_discord(error):
            raise
        raise UnreachableError("cannot reach Discord's gateway: check the network and try again") from error


def _is_in_discord(error: BaseException) -> bool:
    *_, last = traceback.walk_tb(error.__traceback__)
    return str(last[0].f_globals["__name__"]).startswith("discord.")


@asynccontextmanager
async def _reading(bot: BriefingBot, settings: BotSettings) -> AsyncIterator[None]:
    """Serve the reader page and the health check; a port of 0 turns both off."""
    if not settings.reader_port:
        yield
        return

    async def open_article(key: str) -> OpenedArticle | None:
        return await asyncio.to_thread(bot.briefing.articles.open_whole, key)

    monitor = Monitor(bot.briefing, partial(_parts, bot), partial(_readings, bot))
    # Without an access log: anyone with the address of an article may read it.
    app = make_app(open_article, monitor.readiness, bot.shelf.pages, monitor.metrics)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.reader_host, settings.reader_port).start()
    except OSError as error:
        await runner.cleanup()
        where = f"{settings.reader_host}:{settings.reader_port}"
        line = f"the reader page cannot listen at {where} ({error.strerror}): set BRIEFING_READER_PORT"
        raise SettingsError(line) from error
    _log.info("reader page and /healthz at http://%s:%d", settings.reader_host, settings.reader_port)
    try:
        async with monitor.watching():
            yield
    finally:
        await runner.cleanup()


def _parts(bot: BriefingBot) -> dict[str, PartState]:
    """Ready while it is connected to Discord."""
    ready = bot.is_ready() and not bot.is_closed()
    return {"discord": PartState(ready, "connected" if ready else "not connected")}


def _readings(bot: BriefingBot) -> list[Reading]:
    latency = {"": bot.latency} if math.isfinite(bot.latency) else {}
    return [
        Reading("briefing_waiting", "What waits for its turn.", {"questions": bot.executor.busy}, "queue"),
        Reading("briefing_discord_servers", "Servers that the bot is on.", {"": len(bot.guilds)}),
        Reading("briefing_discord_latency_seconds", "From a heartbeat to Discord's answer.", latency),
        *backlog(bot.briefing.catalog, bot.clock()),
    ]
