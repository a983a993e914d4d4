"""The bot as a process: starts and stops it with the reader page, and turns errors into one line."""

from __future__ import annotations

import math
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from hashlib import sha256

import aiohttp
import discord

from bot.discord.client import BriefingBot, ShardedBot
from bot.discord.delivery.backlog import backlog
from bot.discord.duties import GRACE
from bot.discord.shards import ALL, Shards
from bot.settings import PORTAL, BotSettings
from bot.web.metrics import Reading
from bot.web.server import Monitor, listening, until_stopped
from retrieval.errors import BusyError, SettingsError, UnreachableError
from retrieval.services.briefing import Briefing
from retrieval.services.health import PartState
from retrieval.storage.locks import hold_on_machine, try_lock

# The close code of the gateway for a token that became invalid after the login.
_BAD_TOKEN = 4004
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
    with _alone(briefing, token, shards or ALL), _translated_errors():
        async with bot, listening(briefing, settings, monitor, pages=not only_discord):
            # discord.py reconnects after a first connection; if that fails, a supervisor restarts the process.
            await until_stopped(bot.start(token), partial(bot.finish, GRACE))


@contextmanager
def _alone(briefing: Briefing, token: str, shards: Shards) -> Iterator[None]:
    """Be the only process that runs these shards in the data folder, and with this token as far as can be told.

    Raises:
        BusyError: another process is.
    """
    folder, named = briefing.corpus.data_dir, sha256(token.encode()).hexdigest()[:16]
    with ExitStack() as held:
        for shard in shards.ids:
            of = f" for shard {shard} of {shards.count}" if shards.count > 1 else ""
            for lock, where in (
                (try_lock(folder / f"bot-{shard}.lock"), f"in {folder}"),
                (briefing.catalog.hold(f"bot-{named}-{shard}", once=True), "with this token"),
                (hold_on_machine(f"briefing-bot-{named}-{shard}.lock"), "with this token on this machine"),
            ):
                if lock is None:
                    raise BusyError(f"another process runs the bot {where}{of}: stop that one first")
                held.callback(lock.release)
        yield


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
