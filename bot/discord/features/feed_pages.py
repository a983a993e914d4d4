"""The list of feeds, a page at a time, and the buttons that turn the pages."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import discord

from bot.discord.audience import scopes
from bot.discord.context import Context, Interaction
from bot.discord.paging import turn
from bot.presentation.discord import feed_list

_PAGE = 8  # feeds


class FeedsButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"briefing:feeds:(\d{1,6})"):
    """Turns the list of feeds to the page that begins with feed `first`."""

    def __init__(self, label: str, first: int, disabled: bool = False) -> None:
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label, custom_id=f"briefing:feeds:{first}", disabled=disabled
        )
        super().__init__(button)
        self._first = first

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> FeedsButton:
        """The button as it was before a restart."""
        return cls("…", int(match[1]))

    async def callback(self, interaction: Interaction) -> None:
        """Replace the page by the one of this button."""
        await turn(interaction, lambda: feeds_page(interaction, self._first))


async def feeds_page(interaction: Interaction, first: int) -> tuple[str, discord.ui.View | None]:
    """A page of the feeds of this server, and the buttons that turn the page."""
    bot: Context = interaction.client
    feeds = await bot.executor.run(partial(bot.briefing.feeds.subscriptions, scopes(interaction.guild_id)))
    # The list may have grown shorter since the button was made.
    first = first if first < len(feeds) else 0
    page = feed_list.page(feeds[first : first + _PAGE], first + 1, len(feeds))
    if len(feeds) <= _PAGE:
        return page, None
    view = discord.ui.View(timeout=None)
    view.add_item(FeedsButton("◀ Back", max(first - _PAGE, 0), disabled=first == 0))
    # Two buttons of one message may not share an id, so on the last page the second button names a page beyond it.
    view.add_item(FeedsButton("More ▶", first + _PAGE, disabled=first + _PAGE >= len(feeds)))
    return page, view
