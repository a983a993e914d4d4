"""`/ask`: a question, with an optional window of dates and an outlet."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord import choices
from bot.discord.asked_question import AskedQuestion
from bot.discord.audience import scope, scopes
from bot.discord.client import BriefingBot, Interaction
from bot.discord.context import guild_of
from bot.discord.features.answer_buttons import AboutItem, AnswerButton, asked_about
from bot.discord.features.feedback import take_reason
from bot.discord.features.next_questions import MeantSelect, NextButton
from bot.discord.languages import words_of
from bot.discord.places import is_private, is_served, listed_in, settings_at
from bot.discord.responders import InteractionResponder
from bot.presentation.discord import rendering
from retrieval.domain.articles import Filter
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
        private="Show the answer only to you",
    )
    @app_commands.autocomplete(outlet=choices.outlets)
    async def ask(
        self,
        interaction: Interaction,
        question: app_commands.Range[str, 1, 1500],
        since: str | None = None,
        until: str | None = None,
        outlet: str | None = None,
        private: bool | None = None,
    ) -> None:
        """Answer a question from the articles."""
        bot, channel = self._bot, interaction.channel
        try:
            only = replace(
                parse_window(since, until), outlets=(outlet,) if outlet else (), scopes=scopes(guild_of(interaction))
            )
        except QuestionError as error:
            await interaction.response.send_message(rendering.told(error, words_of(interaction)), ephemeral=True)
            return
        # A command in a thread continues the conversation there; elsewhere it begins a new one.
        hidden = is_private(interaction, private)
        conversation = str(channel.id) if isinstance(channel, discord.Thread) and not hidden else None
        asked = AskedQuestion(
            question,
            interaction.user.id,
            scope(guild_of(interaction)),
            conversation,
            only=only,
            listed=None if hidden else listed_in(channel),
            here=settings_at(bot, guild_of(interaction), channel),
            words=words_of(interaction),
        )
        await bot.questions.answer(asked, InteractionResponder(interaction, hidden))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Handle submitted forms, also the ones shown before a restart, which discord.py does not know."""
        if interaction.type is discord.InteractionType.modal_submit and await is_served(interaction):
            if about := asked_about(interaction):
                await self._ask_about(interaction, *about)
            else:
                await take_reason(interaction)

    async def _ask_about(self, interaction: Interaction, key: str, question: str) -> None:
        """Answer a question from one article alone."""
        here = guild_of(interaction)
        only = Filter(scopes=scopes(here), keys=(key,))
        asked = AskedQuestion(question, interaction.user.id, scope(here), only=only, words=words_of(interaction))
        await self._bot.questions.answer(asked, InteractionResponder(interaction, private=True))


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(AnswerButton, AboutItem, NextButton, MeantSelect)
    await bot.add_cog(AskCog(bot))
