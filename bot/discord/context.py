"""The parts of the running bot that its views and commands use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import discord

from bot.discord.delivery.channel_watches import ChannelWatches
from bot.discord.delivery.schedules import Schedules
from bot.discord.publishing import PageShelf
from bot.discord.server_settings import StoredSettings
from bot.presentation.words import ENGLISH, OwnWords
from bot.settings import BotSettings
from retrieval.domain.answers import Timeline
from retrieval.domain.reports import Digest
from retrieval.executor import BoundedExecutor
from retrieval.services.briefing import Briefing
from retrieval.services.corpus import RecentResults

Interaction = discord.Interaction[Any]


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
