"""The bot: its permissions, commands and background loops, and the error handler of all commands."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any, cast

import discord
from discord import app_commands
from discord.ext import commands, tasks

from bot.discord.asking import Questions
from bot.discord.context import RecentResults, is_served
from bot.discord.delivery.channel_watches import ChannelWatches
from bot.discord.delivery.outbox import Outbox
from bot.discord.delivery.posting import DiscordPoster
from bot.discord.delivery.scheduled_digests import ScheduledDigests
from bot.discord.delivery.schedules import Schedules
from bot.discord.delivery.watch_looks import WatchLooks
from bot.discord.delivery.watch_notices import WatchNotices
from bot.discord.delivery.worker import DeliveryWorker
from bot.discord.errors import report
from bot.discord.languages import CatalogTranslator, words_on
from bot.discord.publishing import PageShelf
from bot.discord.server_settings import StoredSettings
from bot.presentation.words import ENGLISH, OwnWords
from bot.settings import BotSettings
from retrieval.domain.stories import Digest
from retrieval.domain.timelines import Timeline
from retrieval.errors import BriefingError, BusyError
from retrieval.executor import BoundedExecutor
from retrieval.ingestion.folder_sync import FolderWatch
from retrieval.services.briefing import Briefing

_log = logging.getLogger(__name__)

Interaction = discord.Interaction["BriefingBot"]

# Questions that may wait for each thread: more would wait longer than a person does.
_WAITING = 25
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
_COGS = (
    "ask",
    "mentions",
    "digest",
    "brief",
    "timeline",
    "compare",
    "sources",
    "feeds",
    "articles",
    "schedule",
    "watch",
    "check",
    "reactions",
    "settings",
    "status",
    "help",
)


class Tree(app_commands.CommandTree["BriefingBot"]):
    """The commands, with the check and the error handler that they share."""

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Allow commands only on the servers that the settings name."""
        return await is_served(interaction)

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError, /) -> None:
        """Show one line to the person who gave the command."""
        if interaction.type is discord.InteractionType.autocomplete:
            _log.warning("no choices: %s", error)
            return
        await report(interaction, error)


class BriefingBot(commands.Bot):
    """A discord.py bot over an open briefing.

    `command_ids` are the ids by which messages link to commands. `sync` registers the commands with Discord even if
    they have not changed. Schedules use the time of `clock`.
    """

    def __init__(
        self,
        briefing: Briefing,
        settings: BotSettings,
        sync: bool = False,
        clock: Callable[[], datetime] = discord.utils.utcnow,
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
        )
        self.briefing = briefing
        self.settings = settings
        self.executor = BoundedExecutor(settings.workers, _WAITING)
        self.questions = Questions(briefing, self.executor, settings)
        self.timelines = RecentResults[Timeline]()
        self.digests = RecentResults[Digest]()
        self.clock = clock
        self.poster = DiscordPoster(self)
        self.shelf = PageShelf(settings)
        words = partial(words_on, self)
        self.scheduled_digests = ScheduledDigests(briefing, self.executor, settings, self.serves, self.shelf, words)
        self.schedules = Schedules(briefing.catalog)
        self.server_settings = StoredSettings(briefing.catalog)
        self.watches = ChannelWatches(briefing.catalog)
        self.watch_looks = WatchLooks(briefing, settings, self.serves, words)
        self.delivery_worker = DeliveryWorker(
            self.schedules,
            self.scheduled_digests.compose,
            self.poster,
            clock,
            notices=WatchNotices(briefing.catalog),
            looks=self.watch_looks,
        )
        self.outbox = Outbox(briefing.catalog, settings.mailer, clock)
        self.command_ids: dict[str, int] = {}
        self._sync = sync
        self._folders = FolderWatch(briefing.articles.ingest, settings.folders)

    def serves(self, guild: int | None) -> bool:
        """True if the bot works on a server, or (None) in private messages: there only if it works on every server."""
        return not self.settings.guilds or guild in self.settings.guilds

    def count_question(self, person: int, words: OwnWords = ENGLISH) -> str | None:
        """Count a question of a person; return a line that asks them to wait, if they ask too fast."""
        return self.questions.count_question(person, words)

    async def setup_hook(self) -> None:
        """Load the commands with their buttons, and register them with Discord if they changed."""
        await self.tree.set_translator(CatalogTranslator())
        for name in _COGS:
            await self.load_extension(f"bot.discord.features.{name}")
        await self._sync_commands()
        for loop in self._loops():
            loop.start()

    def _loops(self) -> tuple[tasks.Loop[Any], ...]:
        return self._follow, self._deliver, self._poll, self._watch

    async def _sync_commands(self) -> None:
        translator = cast(CatalogTranslator, self.tree.translator)
        payload = [await each.get_translated_payload(self.tree, translator) for each in self.tree.get_commands()]
        # Another application has commands of its own, even if they are the same.
        known = json.dumps([self.application_id, payload], sort_keys=True, default=str)
        digest = hashlib.sha256(known.encode()).hexdigest()
        if self._sync or await asyncio.to_thread(self.briefing.catalog.fact, _SYNCED) != digest:
            synced = {each.name: each.id for each in await self.tree.sync()}
            await asyncio.to_thread(self.briefing.catalog.remember, _IDS, json.dumps(synced))
            await asyncio.to_thread(self.briefing.catalog.remember, _SYNCED, digest)
            _log.info("registered %d commands with Discord", len(payload))
        ids = await asyncio.to_thread(self.briefing.catalog.fact, _IDS)
        self.command_ids = json.loads(ids) if ids else {}

    async def process_commands(self, message: discord.Message, /) -> None:
        """Do nothing: messages hold questions, not commands."""

    @tasks.loop(seconds=5)
    async def _follow(self) -> None:
        """Index the articles that other processes have stored."""
        await _survive(lambda: asyncio.to_thread(self.briefing.corpus.follow), "could not follow the catalog")

    @tasks.loop(seconds=20)
    async def _deliver(self) -> None:
        """Post the digests that are due and the news of watches, and send the mails of digests."""
        self.outbox.round()
        if self.is_ready():
            await _survive(lambda: self.delivery_worker.round(self.clock()), "could not deliver")

    @tasks.loop(minutes=1)
    async def _poll(self) -> None:
        """Read the feeds that are due, not in the bot's executor: it may take minutes."""
        if self.settings.poll_minutes:
            await _survive(lambda: asyncio.to_thread(self.briefing.feeds.poll), "could not poll the feeds")

    @tasks.loop(seconds=1)
    async def _watch(self) -> None:
        """Read the watched folders as their files change."""
        if self.settings.folders:
            await _survive(lambda: asyncio.to_thread(self._folders.run), "could not watch the folders")
        else:
            self._watch.stop()

    async def finish(self, seconds: float) -> None:
        """Begin nothing more, and wait at most this many seconds for the work that was begun."""
        for loop in self._loops():
            loop.cancel()
        self._folders.stop()
        # A poll would go on for minutes in its thread. The next poll fetches what this one has not stored.
        await asyncio.to_thread(self.briefing.feeds.close)
        work = self.questions, self.delivery_worker, self.outbox
        await asyncio.gather(*(each.finish(seconds) for each in work))

    async def close(self) -> None:
        """Leave Discord. The next start continues the deliveries that are cut off."""
        for loop in self._loops():
            loop.cancel()
        self._folders.stop()
        await self.delivery_worker.finish(0)
        await self.outbox.finish(0)
        await super().close()
        await asyncio.to_thread(self.executor.shutdown, cancel_futures=True)


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
