"""Messages of several pages, and the buttons that turn the pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.discord.context import Interaction
from bot.discord.errors import report
from bot.discord.layouts import as_card, edited
from bot.discord.places import is_served
from bot.discord.responders import take
from bot.presentation.discord.layouts import Page


async def turn(interaction: Interaction, make: Callable[[], Awaitable[tuple[Page, discord.ui.View | None]]]) -> None:
    """Replace the page that was clicked on by the one that `make` returns, or say why not."""
    try:
        if await is_served(interaction):
            await take(interaction.response.defer())
            page, view = await make()
            shown = interaction.message
            changes = edited(as_card(page) if shown and shown.flags.components_v2 else page, view)
            if shown and shown.attachments:
                changes["attachments"] = shown.attachments
            await interaction.edit_original_response(**changes)
    except Exception as error:
        await report(interaction, error)


def turners(
    make: Callable[..., discord.ui.Item[Any]], labels: tuple[str, str], number: int, total: int
) -> discord.ui.View | None:
    """The buttons to the previous and the next page of `total`. `make` takes `label`, `page` and `disabled`."""
    if total == 1:
        return None
    back, on = labels
    view = discord.ui.View(timeout=None)
    view.add_item(make(label=back, page=max(number - 1, 0), disabled=number == 0))
    # Two buttons of one message may not share an id, so on the last page the second button names a page beyond it.
    view.add_item(make(label=on, page=number + 1, disabled=number + 1 == total))
    return view
