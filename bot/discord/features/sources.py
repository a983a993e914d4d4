"""`/sources`: the list of articles, and the metadata of one."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.audience import scopes
from bot.discord.client import BriefingBot
from bot.discord.context import Context, Interaction, guild_of
from bot.discord.features.answer_buttons import about_button
from bot.discord.languages import words_of
from bot.discord.paging import turn
from bot.discord.responders import InteractionResponder
from bot.presentation.discord import rendering
from bot.presentation.links import article_link
from retrieval.domain.articles import Article, Filter
from retrieval.errors import NotFoundError
from retrieval.nlp.markup import beginning

_PAGE = 10  # articles


class PageButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"briefing:page:(\d{1,6}):(.{0,60})"):
    """Turns a list of articles to the page that begins with article `first`."""

    def __init__(self, label: str, first: int, containing: str, disabled: bool = False) -> None:
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label, custom_id=f"briefing:page:{first}:{containing}", disabled=disabled
        )
        super().__init__(button)
        self._first, self._containing = first, containing

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> PageButton:
        """The button as it was before a restart."""
        return cls("…", int(match[1]), match[2])

    async def callback(self, interaction: Interaction) -> None:
        """Replace the page by the one of this button."""
        await turn(interaction, lambda: list_page(interaction, self._first, self._containing))


async def list_page(interaction: Interaction, first: int, containing: str) -> tuple[str, discord.ui.View | None]:
    """A page of the list of articles, and the buttons that turn the page."""
    bot: Context = interaction.client
    words = words_of(interaction)
    only = Filter(scopes=scopes(guild_of(interaction)))
    shown, total = await bot.executor.run(partial(bot.briefing.articles.page, only, containing, first, _PAGE))
    if first and not shown:
        # The list has grown shorter since the button was made.
        return await list_page(interaction, 0, containing)
    page = rendering.articles(shown, first + 1, total, words)
    if total <= _PAGE:
        return page, None
    view = discord.ui.View(timeout=None)
    view.add_item(PageButton(words("◀ Newer"), max(first - _PAGE, 0), containing, disabled=first == 0))
    # Two buttons of one message may not share an id, so on the last page the second button names a page beyond it.
    view.add_item(PageButton(words("Older ▶"), first + _PAGE, containing, disabled=first + _PAGE >= total))
    return page, view


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

    @app_commands.command(description="An article's metadata and its beginning.")
    @app_commands.describe(article="Start typing its title or file name")
    async def show(self, interaction: Interaction, article: app_commands.Range[str, 1, 100]) -> None:
        """Show one article."""
        bot = self._bot
        reply = InteractionResponder(interaction, private=True)
        await reply.begin()
        try:
            found, text = await bot.executor.run(partial(self._find, article, scopes(guild_of(interaction))))
        except NotFoundError as error:
            await reply.deliver([rendering.told(error, words_of(interaction))])
            return
        link = article_link(found, bot.settings.bases)
        pages = rendering.article(
            found, text[beginning(text) :], link, bot.settings.plain_messages, words_of(interaction)
        )
        await reply.deliver(pages, about_button(found.key, words_of(interaction)))

    @show.autocomplete("article")
    async def _titles(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        bot = self._bot
        only = Filter(scopes=scopes(guild_of(interaction)))
        # Not in the bot's executor: choices that come after the work that waits there come too late.
        found, _total = await asyncio.to_thread(bot.briefing.articles.page, only, current, 0, 25)
        return [
            app_commands.Choice(name=rendering.choice(each.metadata.title or each.file), value=each.key)
            for each in found
        ]

    def _find(self, named: str, scopes: tuple[str, ...]) -> tuple[Article, str]:
        """The article of this key, for a choice from the list; else of this file name."""
        opened = self._bot.briefing.articles.open(named)
        if opened and opened[0].scope in scopes:
            return opened
        return self._bot.briefing.articles.show(named, scopes)


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(PageButton)
    await bot.add_cog(SourcesCog(bot))
