"""`/compare`: what two outlets, or two periods, say about one topic, side by side."""

from __future__ import annotations

from functools import partial

from discord import app_commands
from discord.ext import commands

from bot.discord import choices
from bot.discord.audience import scopes
from bot.discord.client import BriefingBot, Interaction
from bot.discord.context import guild_of
from bot.discord.languages import words_of
from bot.discord.responders import begin
from bot.presentation.discord import rendering
from bot.presentation.discord.layouts import Page
from bot.presentation.discord.timelines import comparison_pages, is_empty
from bot.presentation.links import best_link
from bot.presentation.words import OwnWords, phrase
from retrieval.comparison.contrast import Side, sides
from retrieval.errors import QuestionError

_NOTHING = phrase("Neither side says anything about this.")


class CompareCog(commands.Cog):
    """Comparisons by command."""

    def __init__(self, bot: BriefingBot) -> None:
        self._bot = bot

    @app_commands.command(description="Two outlets or two periods on one topic, side by side, in their own words.")
    @app_commands.describe(
        topic="The topic to compare them on",
        outlet_a="The outlet on the left",
        outlet_b="The outlet on the right",
        period_a="Instead, the period on the left: 2024-12, 2024, 2024-11..2025-01",
        period_b="The period on the right",
        private="Show it only to you",
    )
    @app_commands.autocomplete(outlet_a=choices.outlets, outlet_b=choices.outlets)
    async def compare(
        self,
        interaction: Interaction,
        topic: app_commands.Range[str, 1, 200],
        outlet_a: str | None = None,
        outlet_b: str | None = None,
        period_a: str | None = None,
        period_b: str | None = None,
        private: bool | None = None,
    ) -> None:
        """Show both sides."""
        outlets, periods = ([each for each in pair if each] for pair in ((outlet_a, outlet_b), (period_a, period_b)))
        request = partial(sides, outlets, periods, scopes(guild_of(interaction)))
        if begun := await begin(interaction, request, private):
            both, reply = begun
            await reply.deliver(await self._compared(topic, both, words_of(interaction)))

    async def _compared(self, topic: str, both: tuple[Side, Side], words: OwnWords) -> list[Page]:
        """The comparison, or a line that says why there is none."""
        bot = self._bot
        try:
            comparison = await bot.executor.run(partial(bot.briefing.timelines.compare, topic, both))
        except QuestionError as error:
            return [rendering.told(error, words)]
        link = partial(best_link, bases=bot.settings.bases)
        if is_empty(comparison):
            return [words(_NOTHING)]
        return comparison_pages(comparison, link, bot.settings.plain_messages, words)


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(CompareCog(bot))
