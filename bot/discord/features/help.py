"""`/help` and `/about`: the commands by task, and what the bot is."""

from __future__ import annotations

import asyncio
from functools import partial
from importlib.metadata import version

from discord import app_commands
from discord.ext import commands

from bot.discord.audience import scopes
from bot.discord.client import BriefingBot, Interaction
from bot.discord.context import guild_of
from bot.discord.languages import words_of
from bot.discord.responders import InteractionResponder
from bot.presentation.discord import help as wordings
from retrieval.domain.searches import Filter, Searched


class HelpCog(commands.Cog):
    """Help at hand, seen by the one who asks."""

    def __init__(self, bot: BriefingBot) -> None:
        self._bot = bot

    @app_commands.command(name="help", description="All commands, by what you want to do.")
    async def help_(self, interaction: Interaction) -> None:
        """List the commands as links that open them."""
        tree = self._bot.tree
        leaves = [each for each in tree.walk_commands() if isinstance(each, app_commands.Command)]
        words = words_of(interaction)
        named = [wordings.Command(each.qualified_name, words(each.description)) for each in leaves]
        menus = [
            words.named("command", each.name)
            for each in tree.get_commands()
            if isinstance(each, app_commands.ContextMenu)
        ]
        reply = InteractionResponder(interaction, private=True)
        await reply.begin()
        await reply.deliver(wordings.overview(named, menus, self._bot.command_ids, words))

    @app_commands.command(description="What I am, what I know, and who sees what.")
    async def about(self, interaction: Interaction) -> None:
        """Describe the bot."""
        bot, seen = self._bot, Filter(scopes=scopes(guild_of(interaction)))
        reply = InteractionResponder(interaction, private=True)
        await reply.begin()
        newest, count = await asyncio.to_thread(bot.briefing.articles.page, seen, "", 0, 1)
        known = Searched(count, newest[0].metadata.day or None if newest else None)
        mention = partial(wordings.mention, ids=bot.command_ids)
        await reply.deliver(
            [wordings.about(version("briefing"), known, bot.settings.chat_model, mention, words_of(interaction))]
        )


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(HelpCog(bot))
