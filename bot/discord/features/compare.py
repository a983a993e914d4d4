"""`/compare`: what two outlets, or two periods, say about one topic, side by side."""

from __future__ import annotations

from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord import choices
from bot.discord.audience import scopes
from bot.discord.client import BriefingBot, Interaction
from bot.discord.context import guild_of
from bot.discord.responders import InteractionResponder, begin
from bot.discord.sending import persist
from bot.presentation.discord import rendering
from bot.presentation.discord.comparisons import ELSE, Cell, Table, is_empty, pages, table
from bot.presentation.links import best_link
from retrieval.comparison.contrast import Side, sides
from retrieval.errors import QuestionError

_NOTHING = "Neither side says anything about this."
# The colours of rows about the same matter, and of the other rows.
_ALIKE, _APART = discord.Colour.blurple(), discord.Colour.light_grey()


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
        private="Show it to you alone",
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
            await _deliver(interaction, reply, await self._compared(topic, both))

    async def _compared(self, topic: str, both: tuple[Side, Side]) -> Table | str:
        """The comparison, or a line that says why there is none."""
        bot = self._bot
        try:
            comparison = await bot.executor.run(partial(bot.briefing.timelines.compare, topic, both))
        except QuestionError as error:
            return rendering.line(str(error))
        return _NOTHING if is_empty(comparison) else table(comparison, partial(best_link, bases=bot.settings.bases))


async def _deliver(interaction: Interaction, reply: InteractionResponder, found: Table | str) -> None:
    """Show the rows side by side, or in plain messages if the interaction has expired."""
    if isinstance(found, str):
        await reply.deliver([found])
        return
    embeds = _embeds(found)
    try:
        await persist(lambda: interaction.edit_original_response(embeds=embeds))
    except (discord.Forbidden, discord.NotFound):
        await reply.deliver(pages(found))


def _embeds(shown: Table) -> list[discord.Embed]:
    """One embed for each row: only fields of one embed are sure to stand side by side."""
    head = discord.Embed(title=shown.title, description=shown.about)
    return [head, *(_row(shown, at, cells) for at, cells in enumerate(shown.rows))]


def _row(shown: Table, at: int, cells: tuple[Cell, ...]) -> discord.Embed:
    opened = ELSE if at == shown.apart else None
    embed = discord.Embed(description=opened, colour=_ALIKE if at < shown.alike else _APART)
    for cell in cells:
        embed.add_field(name=cell.name, value=cell.value)
    return embed


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(CompareCog(bot))
