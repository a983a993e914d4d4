"""“Check against sources”: whether the articles support what a message says."""

from __future__ import annotations

from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from bot import render
from bot.client import BriefingBot, Interaction
from bot.links import best_link
from bot.replies import InteractionReply
from bot.scopes import scopes
from retrieval.answer.claims import claims
from retrieval.models import Filter, Verdict


class Check(commands.Cog):
    """Checks by right-click. Message commands cannot be declared in a cog, so it adds and removes its own."""

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
        reply = InteractionReply(interaction, private=True)
        await reply.begin()
        found = await bot.desk.run(partial(self._judge, message.content, scopes(interaction.guild_id)))
        await reply.deliver(render.verdicts(found, partial(best_link, bases=bot.settings.bases)))

    def _judge(self, text: str, scopes: tuple[str, ...]) -> list[Verdict]:
        return [self._bot.briefing.verify(claim, Filter(scopes=scopes)) for claim in claims(text)]


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Check(bot))
