"""`/sources`: the list of articles, and the metadata of one; `/status` for the people who manage a server."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.client import BriefingBot
from bot.discord.context import Context, Interaction, guild_of, scope, scopes, words_of
from bot.discord.controls import turn
from bot.discord.features.answer_buttons import about_button
from bot.discord.places import on_servers
from bot.discord.responders import InteractionResponder
from bot.presentation import wording
from bot.presentation.discord import rendering, servers
from bot.presentation.discord.markdown import split
from bot.presentation.discord.servers import summary
from bot.presentation.links import article_link
from bot.presentation.wording import articles
from bot.presentation.words import OwnWords
from retrieval.domain.articles import Article, Filter, Searched
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


class StatusCog(commands.Cog):
    """The state of the bot, by command."""

    def __init__(self, bot: BriefingBot) -> None:
        self._bot = bot

    @app_commands.command(description="The stored articles and feeds, and how busy I am.")
    @app_commands.default_permissions(manage_guild=True)
    @on_servers
    async def status(self, interaction: Interaction) -> None:
        """Show the articles and feeds that this server's answers come from."""
        bot = self._bot
        reply = InteractionResponder(interaction, private=True)
        await reply.begin()
        words, audiences = words_of(interaction), scopes(interaction.guild_id)
        shared, own = await bot.executor.run(lambda: [self._stored((each,), words) for each in audiences])
        lines = [
            words("For every server: {stored}.", stored=shared),
            words("For this server alone: {stored}.", stored=own),
            words(
                "Waiting for an answer: {number}. Discord answers in {milliseconds} ms.",
                number=bot.executor.busy,
                milliseconds=round(bot.latency * 1000),
            ),
        ]
        if interaction.guild_id:
            here = scope(interaction.guild_id)
            kept = bot.server_settings
            lines += [f"**{words('Settings')}**", *summary(kept.server(here), kept.channels(here), words)]
        lines += filter(None, [await bot.executor.run(lambda: bot.shelf.index(interaction.guild_id, words))])
        await reply.deliver(split("\n".join(lines)))

    def _stored(self, scopes: tuple[str, ...], words: OwnWords) -> str:
        newest, count = self._bot.briefing.articles.page(Filter(scopes=scopes), count=1)
        feeds = servers.count(self._bot.briefing.feeds.coverage(scopes), words)
        if not count:
            return f"{words('no articles')}; {feeds}"
        stored = Searched(count, newest[0].metadata.day or None)
        return f"{articles(count, words)}{wording.newest(stored, words)}; {feeds}"


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(PageButton)
    await bot.add_cog(SourcesCog(bot))
    await bot.add_cog(StatusCog(bot))
