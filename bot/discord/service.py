"""The bot as a process: starts and stops it with the reader page, and turns errors into one line."""

from __future__ import annotations

import asyncio
import math
import traceback
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from hashlib import sha256
from typing import Any

import aiohttp
import discord

from bot.discord.client import BriefingBot, ShardedBot
from bot.discord.delivery.composing import backlog
from bot.discord.duties import GRACE
from bot.discord.places import ALL, Shards
from bot.settings import PORTAL, BotSettings
from bot.web.app import listening, until_stopped
from bot.web.metrics import Monitor, Reading
from retrieval.errors import BusyError, SettingsError, StoreError, UnreachableError
from retrieval.services.briefing import Briefing
from retrieval.services.operations import PartState
from retrieval.storage.locks import KeptLock, hold_on_machine, try_lock

# The close code of the gateway for a token that became invalid after the login.
_BAD_TOKEN = 4004
# Seconds after which a bot looks again whether it is the only one.
_LOOK_AGAIN = 5.0
_REFUSED_TOKEN = f"Discord refuses the token in DISCORD_TOKEN: copy it again from {PORTAL}"


async def serve(
    briefing: Briefing,
    settings: BotSettings,
    sync: bool = False,
    only_discord: bool = False,
    shards: Shards | None = None,
) -> None:
    """Run the bot, or some `shards` of it, until it is asked to stop; with `only_discord` workers do the rest.

    Raises:
        SettingsError: the token is missing or refused, or an intent is.
        UnreachableError: Discord cannot be reached.
        BusyError: another process runs this bot.
    """
    token = settings.discord_token.get_secret_value().strip()
    if not token:
        raise SettingsError(f"DISCORD_TOKEN is not set: copy the bot's token from {PORTAL} into .env")
    if not (token.isascii() and token.isprintable()):
        # A token is never like that, and the error of aiohttp would show it.
        raise SettingsError(_REFUSED_TOKEN)
    if shards:
        bot: BriefingBot = ShardedBot(briefing, settings, sync, only_discord=only_discord, shards=shards)
    else:
        bot = BriefingBot(briefing, settings, sync, only_discord=only_discord)
    monitor = Monitor(briefing, partial(_parts, bot), partial(_readings, bot))
    with _alone(briefing, token, shards or ALL) as still_alone, _translated_errors():
        async with bot, listening(briefing, settings, monitor, pages=not only_discord):
            # discord.py reconnects after a first connection; if that fails, a supervisor restarts the process.
            running = _while_alone(bot.start(token), still_alone)
            await until_stopped(running, partial(bot.finish, GRACE))


@contextmanager
def _alone(briefing: Briefing, token: str, shards: Shards) -> Iterator[Callable[[], BusyError | None]]:
    """Be the only process that runs these shards in the data folder, and with this token as far as can be told.

    The value checks it again: a database's lock ends when its server is restarted, and has to be taken anew.

    Raises:
        BusyError: another process is.
    """
    folder, named = briefing.corpus.data_dir, sha256(token.encode()).hexdigest()[:16]
    kept: list[tuple[KeptLock, str]] = []

    def check() -> BusyError | None:
        lost = next((where for lock, where in kept if not lock.keep()), None)
        return BusyError(f"another process runs the bot {lost}: stop that one first") if lost else None

    with ExitStack() as held:
        for shard in shards.ids:
            of = f" for shard {shard} of {shards.count}" if shards.count > 1 else ""
            for take, where in (
                (partial(try_lock, folder / f"bot-{shard}.lock"), f"in {folder}"),
                (partial(briefing.catalog.hold, f"bot-{named}-{shard}", once=True), "with this token"),
                (partial(hold_on_machine, f"briefing-bot-{named}-{shard}.lock"), "with this token on this machine"),
            ):
                kept.append((KeptLock(take), where + of))
                if busy := check():
                    raise busy
                held.callback(kept[-1][0].release)
        yield check


async def _while_alone(work: Coroutine[Any, Any, None], check: Callable[[], BusyError | None]) -> None:
    """Run the bot until it ends, or until another process runs it.

    Raises:
        BusyError: another process does.
    """
    running = asyncio.create_task(work)
    busy: BusyError | None = None
    try:
        while not busy and not (await asyncio.wait({running}, timeout=_LOOK_AGAIN))[0]:
            with suppress(StoreError, BusyError):  # the server is not back yet: it is asked again
                busy = await asyncio.to_thread(check)
        if busy:
            raise busy
        running.result()
    finally:
        running.cancel()
        await asyncio.wait({running})


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


def _parts(bot: BriefingBot) -> dict[str, PartState]:
    """Ready while it is connected to Discord."""
    ready = bot.is_ready() and not bot.is_closed()
    return {"discord": PartState(ready, "connected" if ready else "not connected")}


def _readings(bot: BriefingBot) -> list[Reading]:
    latency = {"": bot.latency} if math.isfinite(bot.latency) else {}
    waiting = max(bot.executor.busy - bot.settings.workers, 0)
    return [
        Reading("briefing_waiting", "What waits for its turn.", {"questions": waiting}, "queue"),
        Reading("briefing_discord_servers", "Servers that the bot is on.", {"": len(bot.guilds)}),
        Reading("briefing_discord_latency_seconds", "From a heartbeat to Discord's answer.", latency),
        *backlog(bot.briefing.catalog, bot.clock()),
    ]
