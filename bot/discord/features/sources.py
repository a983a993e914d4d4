"""`/sources`: which articles there are, and what is known of each."""

from __future__ import annotations

import asyncio
from functools import partial

from discord import app_commands
from discord.ext import commands

from bot.discord.audience import scopes
from bot.discord.client import BriefingBot, Interaction
from bot.discord.features.answer_buttons import list_page
from bot.discord.responders import InteractionResponder
from bot.presentation.discord import rendering
from bot.presentation.links import article_link
from retrieval.domain.articles import Article
from retrieval.domain.searches import Filter
from retrieval.errors import NotFoundError
from retrieval.nlp.readable import beginning


class SourcesCog(commands.GroupCog, group_name="sources", group_description="The articles that answers come from"):
    """Articles by command."""

    def __init__(self, bot: BriefingBot) -> None:
        self._bot = bot

    @app_commands.command(name="list", description="All articles, newest first.")
    async def list_(self, interaction: Interaction) -> None:
        """Page through the articles."""
        await self._list(interaction, "")

    @app_commands.command(description="Articles whose title, outlet or file name holds these words.")
    @app_commands.describe(words="Words of the title, the outlet or the file name")
    async def search(self, interaction: Interaction, words: app_commands.Range[str, 1, 60]) -> None:
        """Page through the articles that hold these words."""
        await self._list(interaction, " ".join(words.split()))

    async def _list(self, interaction: Interaction, containing: str) -> None:
        reply = InteractionResponder(interaction, private=True)
        await reply.begin()
        page, view = await list_page(interaction, 0, containing)
        await reply.deliver([page], view)

    @app_commands.command(description="What is known of an article, and how it begins.")
    @app_commands.describe(article="Begin to type its title or file name")
    async def show(self, interaction: Interaction, article: app_commands.Range[str, 1, 100]) -> None:
        """Show one article."""
        bot = self._bot
        reply = InteractionResponder(interaction, private=True)
        await reply.begin()
        try:
            found, text = await bot.desk.run(partial(self._find, article, scopes(interaction.guild_id)))
        except NotFoundError as error:
            await reply.deliver([rendering.line(str(error))])
            return
        await reply.deliver(rendering.article(found, text[beginning(text) :], article_link(found, bot.settings.bases)))

    @show.autocomplete("article")
    async def _titles(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        bot = self._bot
        only = Filter(scopes=scopes(interaction.guild_id))
        # Not at the desk: choices that come after what waits there are shown to nobody.
        found, _total = await asyncio.to_thread(bot.briefing.articles.page, only, current, 0, 25)
        return [
            app_commands.Choice(name=rendering.choice(each.metadata.title or each.file), value=each.key)
            for each in found
        ]

    def _find(self, named: str, scopes: tuple[str, ...]) -> tuple[Article, str]:
        """By its key where it was chosen from the list, by its file name where that was typed."""
        opened = self._bot.briefing.articles.open(named)
        if opened and opened[0].scope in scopes:
            return opened
        return self._bot.briefing.articles.show(named, scopes)


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(SourcesCog(bot))
