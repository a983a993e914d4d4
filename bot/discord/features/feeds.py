"""`/feeds`, for the people who manage a server: its feeds, listed a page at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.client import BotCog, BriefingBot
from bot.discord.context import Context, Interaction, scope, scopes, words_of
from bot.discord.controls import Control, begin_private, pager, turn
from bot.discord.errors import UNSENT
from bot.discord.places import on_servers
from bot.discord.responders import InteractionResponder
from bot.presentation.discord import rendering, servers
from bot.presentation.words import OwnWords, phrase
from retrieval.domain.articles import SHARED
from retrieval.errors import NotFoundError
from retrieval.executor import BoundedExecutor
from retrieval.feeds.entries import FeedError
from retrieval.http.page import FetchError
from retrieval.services.feeds import FullError, KnownFeedError

_PAGE = 8  # feeds
_MOST_BYTES = 1_000_000  # of an OPML file
# Commands that fetch at once, and commands that may wait for each of them.
_FETCHING, _WAITING = 2, 10
_SHARED = phrase("This feed serves every server: only the operator of this bot can remove it.")


class FeedsButton(Control, template=r"briefing:feeds:(\d{1,6})"):
    """Turns the list of feeds to the page that begins with feed `first`."""

    def __init__(self, first: str, label: str = "…", disabled: bool = False) -> None:
        super().__init__(discord.ui.Button(label=label, custom_id=f"briefing:feeds:{first}", disabled=disabled))
        self._first = int(first)

    async def clicked(self, interaction: Interaction) -> None:
        """Replace the page by the one of this button."""
        await turn(interaction, lambda: feeds_page(interaction, self._first))


async def feeds_page(interaction: Interaction, first: int) -> tuple[str, discord.ui.View | None]:
    """A page of the feeds of this server, and the buttons that turn the page."""
    bot: Context = interaction.client
    feeds = await bot.executor.run(partial(bot.briefing.feeds.subscriptions, scopes(interaction.guild_id)))
    # The list may have grown shorter since the button was made.
    first = first if first < len(feeds) else 0
    words = words_of(interaction)
    page = servers.page(feeds[first : first + _PAGE], first + 1, len(feeds), words)
    return page, pager(FeedsButton, (words("◀ Back"), words("More ▶")), first, _PAGE, len(feeds))


@app_commands.default_permissions(manage_guild=True)
@on_servers
class FeedsCog(
    BotCog, commands.GroupCog, group_name="feeds", group_description="Feeds that bring in articles automatically"
):
    """The feeds of a server."""

    def __init__(self, bot: BriefingBot) -> None:
        super().__init__(bot)
        self._executor = BoundedExecutor(_FETCHING, _WAITING)

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Allow servers only: in a private message it would change the feeds of everybody."""
        return interaction.guild_id is not None

    @app_commands.command(description="Add a feed whose articles are for this server alone.")
    @app_commands.describe(url="The address of the feed, or of a page that names one")
    async def add(self, interaction: Interaction, url: app_commands.Range[str, 1, 2000]) -> None:
        """Subscribe to a feed."""
        address = url.strip().removeprefix("<").removesuffix(">")
        await self._tell(interaction, await begin_private(interaction), partial(self._added, address))

    @app_commands.command(name="list", description="The feeds of this server, and their state.")
    async def list_(self, interaction: Interaction) -> None:
        """Page through the feeds."""
        reply = await begin_private(interaction)
        page, view = await feeds_page(interaction, 0)
        await reply.deliver([page], view)

    @app_commands.command(description="Stop reading a feed; its articles stay.")
    @app_commands.describe(feed="Start typing its title or address")
    async def remove(self, interaction: Interaction, feed: app_commands.Range[str, 1, 2000]) -> None:
        """Unsubscribe from a feed of this server's own."""
        await self._tell(interaction, await begin_private(interaction), partial(self._removed, feed.strip()))

    @remove.autocomplete("feed")
    async def _own(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        # Not in the bot's executor: choices that come after the work that waits there come too late.
        own = await asyncio.to_thread(self._bot.briefing.feeds.subscriptions, (scope(interaction.guild_id),))
        typed = current.casefold()
        found = [each for each in own if typed in each.title.casefold() or typed in each.url.casefold()]
        return [app_commands.Choice(name=rendering.choice(each.title), value=str(each.id)) for each in found[:25]]

    @app_commands.command(name="import", description="Add all feeds of an OPML file, as other feed readers export it.")
    @app_commands.describe(file="The OPML file")
    async def import_(self, interaction: Interaction, file: discord.Attachment) -> None:
        """Subscribe to all feeds of an OPML file."""
        words = words_of(interaction)
        if file.size > _MOST_BYTES:
            await interaction.response.send_message(words("This file is too large (over 1 MB)."), ephemeral=True)
            return
        reply = await begin_private(interaction)
        try:
            data = await file.read()
        except UNSENT:
            await reply.deliver([words("I could not download this file from Discord. Please try again.")])
            return
        await self._tell(interaction, reply, partial(self._imported, data))

    async def _tell(
        self, interaction: Interaction, reply: InteractionResponder, work: Callable[[str, OwnWords], str]
    ) -> None:
        """Do the work for this server in a thread, and show its outcome or its error."""
        words = words_of(interaction)
        try:
            line = await self._executor.run(partial(work, scope(interaction.guild_id), words))
        except (FetchError, FeedError, FullError) as error:
            line = words("Nothing added: {reason}", reason=rendering.told(error, words))
        except NotFoundError as error:
            line = rendering.told(error, words)
        await reply.deliver([line])

    def _added(self, address: str, audience: str, words: OwnWords) -> str:
        try:
            feed = self._bot.briefing.feeds.subscribe(address, audience)
        except KnownFeedError as error:
            return servers.known(error.subscription, words)
        return servers.added(feed, self._bot.settings.poll_minutes, words)

    def _imported(self, data: bytes, audience: str, words: OwnWords) -> str:
        came = self._bot.briefing.feeds.import_feeds(data, audience)
        return servers.imported(came, self._bot.settings.poll_minutes, words)

    def _removed(self, name: str, audience: str, words: OwnWords) -> str:
        intake = self._bot.briefing.feeds
        try:
            return servers.removed(intake.unsubscribe(name, (audience,)), words)
        except NotFoundError:
            shared = intake.subscriptions((SHARED,))
            if any(name.casefold() in (str(each.id), each.url.casefold(), each.title.casefold()) for each in shared):
                return words(_SHARED)
            raise


async def setup(bot: BriefingBot) -> None:
    """Called when the bot starts."""
    bot.add_dynamic_items(FeedsButton)
    await bot.add_cog(FeedsCog(bot))
