"""“Check against sources”: the verdict of the articles on the claims of a message."""

from __future__ import annotations

from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.audience import scopes
from bot.discord.chat_claims import claims
from bot.discord.client import BriefingBot, Interaction
from bot.discord.context import guild_of
from bot.discord.languages import words_of
from bot.discord.layouts import text_of
from bot.discord.responders import InteractionResponder
from bot.presentation.discord import rendering
from bot.presentation.links import best_link
from retrieval.domain.answers import Verdict
from retrieval.domain.searches import Filter

MAX_CLAIMS = 10


class CheckCog(commands.Cog):
    """Checking a message. A cog cannot declare message commands, so it adds and removes its own."""

    def __init__(self, bot: BriefingBot) -> None:
        self._bot = bot
        self._menu = app_commands.ContextMenu(name="Check against sources", callback=self._check)

    async def cog_load(self) -> None:
        """Add the command."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Remove it."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    async def _check(self, interaction: Interaction, message: discord.Message) -> None:
        bot = self._bot
        if line := await bot.count_question(interaction.user.id, words_of(interaction)):
            await interaction.response.send_message(line, ephemeral=True)
            return
        reply = InteractionResponder(interaction, private=True)
        await reply.begin()
        stated = claims(text_of(message))
        found = await bot.executor.run(
            partial(self._judge, stated[:MAX_CLAIMS], scopes(guild_of(interaction)), str(interaction.user.id))
        )
        link = partial(best_link, bases=bot.settings.bases)
        plain, words = bot.settings.plain_messages, words_of(interaction)
        await reply.deliver(rendering.verdicts(found, link, len(stated), plain, words))

    def _judge(self, stated: list[str], scopes: tuple[str, ...], person: str) -> list[Verdict]:
        return [self._bot.briefing.verification.verify(claim, Filter(scopes=scopes), person=person) for claim in stated]


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(CheckCog(bot))
