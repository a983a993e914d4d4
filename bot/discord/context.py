"""The parts of the running bot that its views and commands use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import discord

from bot.discord.delivery.schedules import Schedules
from bot.discord.publishing import PageShelf
from bot.discord.recent_results import RecentResults
from bot.settings import BotSettings
from retrieval.domain.stories import Digest
from retrieval.domain.timelines import Timeline
from retrieval.executor import BoundedExecutor
from retrieval.services.briefing import Briefing

Interaction = discord.Interaction[Any]


class Context(Protocol):
    """The bot as its views see it, in `interaction.client`."""

    briefing: Briefing
    settings: BotSettings
    executor: BoundedExecutor
    timelines: RecentResults[Timeline]
    digests: RecentResults[Digest]
    schedules: Schedules
    shelf: PageShelf
    clock: Callable[[], datetime]

    def serves(self, guild: int | None) -> bool:
        """True if the bot works on a server, or (None) in private messages."""

    def count_question(self, person: int) -> str | None:
        """Count a question of a person; return a line that asks them to wait, if they ask too fast."""


async def is_served(interaction: Interaction) -> bool:
    """True if the bot works where this interaction was made; otherwise tell the user that it does not."""
    bot: Context = interaction.client
    if bot.serves(interaction.guild_id):
        return True
    if interaction.type is not discord.InteractionType.autocomplete:
        await interaction.response.send_message("I am not set up for this server.", ephemeral=True)
    return False
