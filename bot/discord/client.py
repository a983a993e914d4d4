"""The bot: its permissions, commands and background loops, and the error handler of all commands."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from importlib import import_module
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.asking import Questions
from bot.discord.context import CatalogTranslator, words_on
from bot.discord.delivery.attempts import Guilds
from bot.discord.delivery.channel_watches import ChannelWatches
from bot.discord.delivery.composing import ScheduledDigests, WatchLooks
from bot.discord.delivery.posting import DiscordPoster
from bot.discord.delivery.schedules import Schedules
from bot.discord.delivery.watch_notices import WatchNotices
from bot.discord.delivery.worker import DeliveryWorker
from bot.discord.duties import Duties, Presence
from bot.discord.errors import report
from bot.discord.places import ALL, Shards, is_served
from bot.discord.server_settings import StoredSettings
from bot.observing import DiscordAnswer, EndedCommand, hide
from bot.presentation.words import ENGLISH, OwnWords, catalogs_digest
from bot.settings import BotSettings
from bot.web.published import PageShelf
from retrieval import observing
from retrieval.domain.answers import Timeline
from retrieval.domain.reports import Digest
from retrieval.executor import BoundedExecutor
from retrieval.services.briefing import Briefing
from retrieval.services.corpus import RecentResults

_log = logging.getLogger(__name__)

Interaction = discord.Interaction["BriefingBot"]

# Questions that may wait for each thread: more would wait longer than a person does.
_WAITING = 25
# Threads for what takes milliseconds.
_QUICK = 2
# The fact in the catalog that holds a hash of the commands registered with Discord.
_SYNCED = "discord commands"
# Likewise, the ids that Discord gave the commands, by their names.
_IDS = "discord command ids"
# The permissions that the bot asks a server for.
PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    read_message_history=True,
    attach_files=True,
    add_reactions=True,
)
_COGS = ("ask", "digest", "brief", "timeline", "articles", "feeds", "schedule", "watch", "check", "settings", "help")


class Tree(app_commands.CommandTree["BriefingBot"]):
    """The commands, with the check and the error handler that they share."""

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Allow commands only on the servers that the settings name."""
        observing.identify()
        hide(*_words(interaction.data))
        interaction.extras["begun"] = time.monotonic()
        return await is_served(interaction)

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError, /) -> None:
        """Show one line to the person who gave the command."""
        if interaction.type is discord.InteractionType.autocomplete:
            _log.warning("no choices: %s", error)
            return
        _tell_end(interaction, False)
        await report(interaction, error)


class BriefingBot(commands.Bot):
    """A discord.py bot over an open briefing.

    `command_ids` are the ids by which messages link to commands. `sync` registers the commands with Discord even if
    they have not changed. Schedules use the time of `clock`. With `only_discord` digests are made, feeds polled and
    folders watched by workers. It posts only what is for servers of its `shards`.
    """

    def __init__(
        self,
        briefing: Briefing,
        settings: BotSettings,
        sync: bool = False,
        clock: Callable[[], datetime] = discord.utils.utcnow,
        *,
        only_discord: bool = False,
        shards: Shards = ALL,
        **options: Any,
    ) -> None:
        # Without voice the bot does not need the packages whose absence discord.py warns of.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        intents = discord.Intents(guilds=True, messages=True, reactions=True)
        intents.message_content = settings.message_content
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents,
            tree_cls=Tree,
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            http_trace=_trace(),
            **options,
        )
        self.briefing = briefing
        self.settings = settings
        self.executor = BoundedExecutor(settings.workers, _WAITING)
        # For what takes milliseconds, so that it never waits for answers: votes, counts, what is stored.
        self.quick = BoundedExecutor(_QUICK)
        self.questions = Questions(briefing, self.executor, self.quick, settings)
        self.timelines = RecentResults[Timeline]()
        self.digests = RecentResults[Digest]()
        self.clock = clock
        self.poster = DiscordPoster(self)
        self.shelf = PageShelf(settings, elsewhere=only_discord)
        guilds = Guilds(self.serves, shards.owns, partial(words_on, self))
        self.scheduled_digests = ScheduledDigests(briefing, self.executor, settings, self.shelf, guilds)
        self.schedules = Schedules(briefing.catalog)
        self.server_settings = StoredSettings(briefing.catalog)
        self.watches = ChannelWatches(briefing.catalog)
        self.watch_looks = WatchLooks(briefing, settings, guilds)
        self.delivery_worker = DeliveryWorker(
            self.schedules,
            None if only_discord else self.scheduled_digests.compose,
            self.poster,
            clock,
            notices=WatchNotices(briefing.catalog),
            looks=self.watch_looks,
            looking=not only_discord,
            guilds=guilds,
        )
        self._shards = shards
        self.duties = Duties(
            briefing,
            settings,
            self.delivery_worker,
            clock,
            self.is_ready,
            posting=only_discord,
            present=self.present,
        )
        self.command_ids: dict[str, int] = {}
        self._sync = sync

    def serves(self, guild: int | None) -> bool:
        """True if the bot works on a server, or (None) in private messages: there only if it works on every server."""
        return self.settings.serves(guild)

    def present(self) -> Presence | None:
        """The servers that the bot is on; None while Discord has not told them."""
        if not self.is_ready() or self.application_id is None:
            return None
        return Presence(str(self.application_id), [str(guild.id) for guild in self.guilds], self._shards.owns)

    async def count_question(self, person: int, words: OwnWords = ENGLISH) -> str | None:
        """Count a question of a person; return a line that asks them to wait, if they ask too fast."""
        return await self.questions.count_question(person, words)

    async def setup_hook(self) -> None:
        """Load the commands with their buttons, and register them with Discord if they changed."""
        await self.tree.set_translator(CatalogTranslator())
        for name in _COGS:
            # Not `load_extension`, which runs a module anew for every bot of a process.
            await import_module(f"bot.discord.features.{name}").setup(self)
        await self._sync_commands()
        self.duties.start()

    async def _sync_commands(self) -> None:
        # As they are in English, with the catalogs: Discord has 34 languages, and translating for all takes a while.
        registered = [each.to_dict(self.tree) for each in self.tree.get_commands()]
        # Another application has commands of its own, even if they are the same.
        known = json.dumps([self.application_id, catalogs_digest(), registered], sort_keys=True, default=str)
        digest = hashlib.sha256(known.encode()).hexdigest()
        if self._sync or await asyncio.to_thread(self.briefing.catalog.fact, _SYNCED) != digest:
            synced = {each.name: each.id for each in await self.tree.sync()}
            await asyncio.to_thread(self.briefing.catalog.remember, _IDS, json.dumps(synced))
            await asyncio.to_thread(self.briefing.catalog.remember, _SYNCED, digest)
            _log.info("registered %d commands with Discord", len(registered))
        ids = await asyncio.to_thread(self.briefing.catalog.fact, _IDS)
        self.command_ids = json.loads(ids) if ids else {}

    async def on_app_command_completion(self, interaction: discord.Interaction, _command: object) -> None:
        """Count a command that has done its work."""
        _tell_end(interaction, True)

    async def process_commands(self, message: discord.Message, /) -> None:
        """Do nothing: messages hold questions, not commands."""

    async def finish(self, seconds: float) -> None:
        """Begin nothing more, and wait at most this many seconds for the work that was begun."""
        await asyncio.gather(self.duties.finish(seconds), self.questions.finish(seconds))

    async def close(self) -> None:
        """Leave Discord. The next start continues the deliveries that are cut off."""
        self.duties.stop()
        await self.delivery_worker.finish(0)
        await self.duties.outbox.finish(0)
        await super().close()
        for executor in (self.executor, self.quick):
            await asyncio.to_thread(executor.shutdown, cancel_futures=True)


def _tell_end(interaction: discord.Interaction, well: bool) -> None:
    if interaction.command and "begun" in interaction.extras:
        seconds = time.monotonic() - interaction.extras["begun"]
        observing.tell(EndedCommand(interaction.command.qualified_name, well, seconds))


def _trace() -> aiohttp.TraceConfig:
    """Have Discord's answers to requests counted, those too that discord.py tries again by itself."""

    async def count(_session: object, _context: object, ended: aiohttp.TraceRequestEndParams) -> None:
        scope = ended.response.headers.get("X-RateLimit-Scope", "")
        observing.tell(DiscordAnswer(ended.response.status, scope))

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(count)
    return trace


def _words(data: Any) -> Iterator[str]:
    """The texts that a person typed into a command, at whatever depth of its options."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            if name == "value" and isinstance(value, str):
                yield value
            elif name == "options":
                yield from (word for each in value for word in _words(each))


class ShardedBot(BriefingBot, commands.AutoShardedBot):
    """The bot with some of the shards of its servers."""

    def __init__(self, *about: Any, shards: Shards, **options: Any) -> None:
        super().__init__(*about, shards=shards, shard_count=shards.count, shard_ids=list(shards.ids), **options)


class BotCog(commands.Cog):
    """Commands and events that need the bot."""

    def __init__(self, bot: BriefingBot) -> None:
        self._bot = bot
