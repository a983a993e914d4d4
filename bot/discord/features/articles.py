"""`/sources`: all articles and one of them; `/article add` and “Add to articles”: more, by address, file or message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.client import BotCog, BriefingBot
from bot.discord.context import Context, Interaction, guild_of, scope, scopes, words_of
from bot.discord.controls import Control, begin_counted, begin_private, pager, turn
from bot.discord.errors import UNSENT, explain
from bot.discord.features.answer_buttons import about_button
from bot.discord.places import may_add, on_servers
from bot.discord.sending import addresses_of, text_of
from bot.presentation.discord import rendering
from bot.presentation.discord.markdown import small, split
from bot.presentation.discord.servers import adding_line
from bot.presentation.links import addresses, article_link, is_upload
from bot.presentation.words import OwnWords, phrase
from retrieval.domain.articles import AddedArticle, Article, Filter
from retrieval.errors import NotFoundError, QuotaError, UnreadableError
from retrieval.executor import BoundedExecutor
from retrieval.http.page import FetchError
from retrieval.ingestion.readers.decoding import too_large
from retrieval.ingestion.reading import MAX_BYTES, readable
from retrieval.nlp.markup import beginning

# Commands that fetch at once, and commands that may wait for each of them. They have threads of their own, so that a
# slow publisher holds up no questions.
_FETCHING, _WAITING = 2, 10
_MOST = 5
_NOTHING = phrase("This message has no link and no file that I can read.")

Source = str | discord.Attachment
_PAGE = 10  # articles in a list


class PageButton(Control, template=r"briefing:page:(\d{1,6}):(.{0,60})"):
    """Turns a list of articles to the page that begins with article `first`."""

    def __init__(self, first: str, containing: str, label: str = "…", disabled: bool = False) -> None:
        id_ = f"briefing:page:{first}:{containing}"
        super().__init__(discord.ui.Button(label=label, custom_id=id_, disabled=disabled))
        self._first, self._containing = int(first), containing

    async def clicked(self, interaction: Interaction) -> None:
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
    make = partial(PageButton, containing=containing)
    return page, pager(make, (words("◀ Newer"), words("Older ▶")), first, _PAGE, total)


class SourcesCog(
    BotCog, commands.GroupCog, group_name="sources", group_description="The articles that answers come from"
):
    """Articles by command."""

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
        reply = await begin_private(interaction)
        page, view = await list_page(interaction, 0, containing)
        await reply.deliver([page], view)

    @app_commands.command(description="An article's metadata and its beginning.")
    @app_commands.describe(article="Start typing its title or file name")
    async def show(self, interaction: Interaction, article: app_commands.Range[str, 1, 100]) -> None:
        """Show one article."""
        bot = self._bot
        reply = await begin_private(interaction)
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


@on_servers
class ArticleCog(BotCog, commands.GroupCog, group_name="article", group_description="Articles for this server"):
    """Adding articles by hand."""

    def __init__(self, bot: BriefingBot) -> None:
        super().__init__(bot)
        self._executor = BoundedExecutor(_FETCHING, _WAITING)

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Allow servers only: in a private message the article would be for everybody."""
        return interaction.guild_id is not None

    @app_commands.command(description="Add an article for this server, by its address or as a file.")
    @app_commands.describe(url="The address of its page", file="A text, Markdown, HTML or PDF file")
    async def add(
        self,
        interaction: Interaction,
        url: app_commands.Range[str, 1, 2000] | None = None,
        file: discord.Attachment | None = None,
    ) -> None:
        """Add one article."""
        source: Source | None = file if url is None else url.strip().removeprefix("<").removesuffix(">")
        if source is None or (url and file):
            words = words_of(interaction)
            await interaction.response.send_message(words("Give me either an address or a file."), ephemeral=True)
            return
        await self._add(interaction, [source])

    async def add_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Add the links and files of a message."""
        sources = _sources(message)
        if not sources:
            await interaction.response.send_message(words_of(interaction)(_NOTHING), ephemeral=True)
            return
        await self._add(interaction, sources)

    async def _add(self, interaction: Interaction, sources: Sequence[Source]) -> None:
        if not may_add(interaction):
            who = adding_line(self._bot.server_settings.server(scope(interaction.guild_id)), words_of(interaction))
            await interaction.response.send_message(f"{who}.", ephemeral=True)
            return
        reply = await begin_counted(interaction)
        if reply is None:
            return
        lines = [await self._take(interaction, source) for source in sources[:_MOST]]
        if len(sources) > _MOST:
            words = words_of(interaction)
            lines.append(small(words("These are the first {number} of {total}.", number=_MOST, total=len(sources))))
        await reply.deliver(split("\n".join(lines)))

    async def _take(self, interaction: Interaction, source: Source) -> str:
        """Add one article; return a line with the outcome."""
        words, person = words_of(interaction), str(interaction.user.id)
        name = source if isinstance(source, str) else source.filename
        try:
            came = await self._executor.run(await self._open(source, scope(interaction.guild_id), person, words))
        except (FetchError, QuotaError, UnreadableError) as error:
            return rendering.not_added(name, rendering.why(error, words))
        except Exception as error:  # the other sources of the message are still to come
            return rendering.not_added(name, explain(error, words))
        return rendering.added(came, article_link(came.article, self._bot.settings.bases), words)

    async def _open(self, source: Source, audience: str, person: str, words: OwnWords) -> Callable[[], AddedArticle]:
        """Download an attachment; return the work that is left for a thread."""
        intake = self._bot.briefing.feeds
        if isinstance(source, str):
            if is_upload(source):
                raise UnreadableError(words("links to files on Discord expire after a day: attach the file instead"))
            return partial(intake.add_page, source, audience, person)
        if source.size > MAX_BYTES:
            raise too_large(MAX_BYTES)
        try:
            data = await source.read()
        except UNSENT as error:
            raise UnreadableError(words("I could not download it from Discord")) from error
        return partial(intake.add_file, source.filename, data, audience, person)


def _sources(message: discord.Message) -> list[Source]:
    """The links and files of a message and of the messages it forwards."""
    parts: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    texts = [line for part in parts for line in (text_of(part), *addresses_of(part))]
    # Embeds that bots wrote; Discord's own are previews of links.
    written = [embed for part in parts for embed in part.embeds if embed.type == "rich"]
    texts += [f"{embed.url or ''} {embed.description or ''}" for embed in written]
    files = [file for part in parts for file in part.attachments if readable(Path(file.filename))]
    return [*addresses(texts), *files]


async def setup(bot: BriefingBot) -> None:
    """Called when the bot starts."""
    bot.add_dynamic_items(PageButton)
    await bot.add_cog(SourcesCog(bot))
    adding = ArticleCog(bot)
    await bot.add_cog(adding)
    # A cog cannot declare message commands.
    menu = app_commands.ContextMenu(name="Add to articles", callback=adding.add_message)
    menu.add_check(adding.interaction_check)
    bot.tree.add_command(on_servers(menu))
