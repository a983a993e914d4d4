"""Messages of several pages, and the buttons that turn them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.discord.context import Interaction, is_served
from bot.discord.errors import report
from bot.discord.responders import take


async def turn(interaction: Interaction, make: Callable[[], Awaitable[tuple[str, discord.ui.View | None]]]) -> None:
    """Show the page that is made, with its buttons, in the place of the one clicked on; or say why not."""
    try:
        if await is_served(interaction):
            await take(interaction.response.defer())
            page, view = await make()
            await interaction.edit_original_response(content=page, view=view)
    except Exception as error:
        await report(interaction, error)


def turners(
    make: Callable[..., discord.ui.Item[Any]], labels: tuple[str, str], number: int, total: int
) -> discord.ui.View | None:
    """The buttons to the pages before and after one of so many, made of `label`, `page` and `disabled`."""
    if total == 1:
        return None
    back, on = labels
    view = discord.ui.View(timeout=None)
    view.add_item(make(label=back, page=max(number - 1, 0), disabled=number == 0))
    # Two buttons of one message may not share an id: at the end, the way on names what lies beyond it.
    view.add_item(make(label=on, page=number + 1, disabled=number + 1 == total))
    return view
