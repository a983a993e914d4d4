"""The parts of the running bot that its views and commands use."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

import discord

from bot.discord.delivery.channel_watches import ChannelWatches
from bot.discord.delivery.schedules import Schedules
from bot.discord.publishing import PageShelf
from bot.discord.server_settings import StoredSettings
from bot.presentation.words import ENGLISH, OwnWords
from bot.settings import BotSettings
from retrieval.domain.stories import Digest
from retrieval.domain.timelines import Timeline
from retrieval.executor import BoundedExecutor
from retrieval.services.briefing import Briefing

Interaction = discord.Interaction[Any]

Result = TypeVar("Result")

# A digest takes some 100 KB.
_MOST_RESULTS = 50


class RecentResults(Generic[Result]):
    """The results used last, in memory alone. The key must name everything that a result depends on."""

    def __init__(self, most: int = _MOST_RESULTS) -> None:
        self._most = most
        self._results: OrderedDict[Hashable, Result] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Result | None:
        """The result of this key, where it is still there."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def put(self, key: Hashable, result: Result) -> None:
        """Keep a result, in the place of the one that was used longest ago."""
        with self._lock:
            self._results[key] = result
            self._results.move_to_end(key)
            if len(self._results) > self._most:
                self._results.popitem(last=False)


class Context(Protocol):
    """The bot as its views see it, in `interaction.client`."""

    briefing: Briefing
    settings: BotSettings
    executor: BoundedExecutor
    quick: BoundedExecutor
    timelines: RecentResults[Timeline]
    digests: RecentResults[Digest]
    schedules: Schedules
    shelf: PageShelf
    server_settings: StoredSettings
    watches: ChannelWatches
    clock: Callable[[], datetime]

    def serves(self, guild: int | None) -> bool:
        """True if the bot works on a server, or (None) in private messages."""

    async def count_question(self, person: int, words: OwnWords = ENGLISH) -> str | None:
        """Count a question of a person; return a line that asks them to wait, if they ask too fast."""


def guild_of(interaction: Interaction) -> int | None:
    """The server whose articles a person sees.

    None in private messages, and on a server that has not added the bot, where people bring it by installing it for
    themselves.
    """
    here: int | None = interaction.guild_id
    member = here and (interaction.client.get_guild(here) or interaction.is_guild_integration())
    return here if member else None


def is_visiting(interaction: Interaction) -> bool:
    """True where a person alone brings the bot: on servers of others, and in private messages to others."""
    if interaction.guild_id:
        return guild_of(interaction) is None
    return bool(interaction.context.private_channel)


async def is_served(interaction: Interaction) -> bool:
    """True if the bot works where this interaction was made; otherwise tell the user that it does not."""
    bot: Context = interaction.client
    if bot.serves(guild_of(interaction)):
        return True
    if interaction.type is not discord.InteractionType.autocomplete:
        await interaction.response.send_message("I am not set up for this server.", ephemeral=True)
    return False
