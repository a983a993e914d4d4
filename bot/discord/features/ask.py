"""`/ask`: a question, with an optional window of dates and an outlet."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord import choices
from bot.discord.asking import AskedQuestion
from bot.discord.audience import scope, scopes
from bot.discord.client import BriefingBot, Interaction
from bot.discord.context import is_served
from bot.discord.features.answer_buttons import AnswerButton
from bot.discord.features.feedback import take_reason
from bot.discord.places import listed_in
from bot.discord.responders import InteractionResponder
from bot.presentation.discord import rendering
from retrieval.errors import QuestionError
from retrieval.question.calendar import parse_window


class AskCog(commands.Cog):
    """Questions by command."""

    def __init__(self, bot: BriefingBot) -> None:
        self._bot = bot

    @app_commands.command(description="Ask the articles a question. The answer cites the sentences it comes from.")
    @app_commands.describe(
        question="What you want to know",
        since="Only articles of this day or later: 2024-12-03, 2024-12, yesterday",
        until="Only articles of this day or earlier",
        outlet="Only articles of this outlet",
        private="Show the answer to you alone",
    )
    @app_commands.autocomplete(outlet=choices.outlets)
    async def ask(
        self,
        interaction: Interaction,
        question: app_commands.Range[str, 1, 1500],
        since: str | None = None,
        until: str | None = None,
        outlet: str | None = None,
        private: bool = False,
    ) -> None:
        """Answer a question from the articles."""
        bot, channel = self._bot, interaction.channel
        try:
            only = replace(
                parse_window(since, until), outlets=(outlet,) if outlet else (), scopes=scopes(interaction.guild_id)
            )
        except QuestionError as error:
            await interaction.response.send_message(rendering.line(str(error)), ephemeral=True)
            return
        # A command in a thread continues the conversation there; elsewhere it begins a new one.
        conversation = str(channel.id) if isinstance(channel, discord.Thread) and not private else None
        asked = AskedQuestion(
            question,
            interaction.user.id,
            scope(interaction.guild_id),
            conversation,
            only=only,
            listed=None if private else listed_in(channel),
        )
        await bot.questions.answer(asked, InteractionResponder(interaction, private))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Handle submitted forms, also the ones shown before a restart, which discord.py does not know."""
        if interaction.type is discord.InteractionType.modal_submit and await is_served(interaction):
            await take_reason(interaction)


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(AnswerButton)
    await bot.add_cog(AskCog(bot))
