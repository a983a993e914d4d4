"""Shared by commands: how those begin that count as a question, choices while a user types, buttons and menus."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import cache, partial
from typing import Any
from zoneinfo import available_timezones

import discord
from discord import app_commands

from bot.discord.context import Context, Interaction, guild_of, scopes, words_of
from bot.discord.errors import report
from bot.discord.places import is_served
from bot.discord.responders import InteractionResponder, take
from bot.discord.sending import as_card, edited
from bot.presentation.digest_wording import TOPIC
from bot.presentation.discord import rendering
from bot.presentation.discord.digests import Menu, pages
from bot.presentation.discord.layouts import Page
from bot.presentation.links import best_link, short_link
from bot.presentation.words import ENGLISH, OwnWords, phrase

# Offered before anything is typed.
_USUAL = ("UTC", "Europe/London", "Europe/Brussels", "Europe/Berlin", "Europe/Kyiv", "America/New_York")


async def begin_counted(interaction: Interaction) -> InteractionResponder | None:
    """A private responder that has begun, for a command that counts as a question; None for one who asks too fast."""
    bot: Context = interaction.client
    if line := await bot.count_question(interaction.user.id, words_of(interaction)):
        await interaction.response.send_message(line, ephemeral=True)
        return None
    reply = InteractionResponder(interaction, private=True)
    await reply.begin()
    return reply


async def outlets(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
    """The outlets that the server sees and whose names contain the typed text."""
    # Not in the bot's executor: choices that come after the work that waits there come too late.
    names = await asyncio.to_thread(interaction.client.briefing.corpus.outlets, scopes(guild_of(interaction)))
    # Discord allows 100 characters for a choice; a longer name can still be typed.
    found = [name for name in names if current.casefold() in name.casefold() and len(name) <= 100]
    return [app_commands.Choice(name=rendering.choice(name), value=name) for name in found[:25]]


def zones(typed: str) -> list[str]:
    """The time zones whose names contain the typed text; first the ones whose place begins with it."""
    wanted = "_".join(typed.split()).casefold()
    if not wanted:
        return list(_USUAL)
    found = [name for name in _places() if wanted in name.casefold()]
    found.sort(key=lambda name: not name.rpartition("/")[2].casefold().startswith(wanted))
    return found


@cache
def _places() -> list[str]:
    # Without Etc, whose zones have the opposite sign of what people expect.
    named = (name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix", "right")))
    return ["UTC", *sorted(named)]


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


_STORY = re.compile(rf"briefing:story:(.{{0,{TOPIC}}})")
_GONE = phrase("The articles of this story are no longer stored.")


class StoryMenu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=_STORY):
    """Shows a story of a digest in full, to whoever chooses it alone. The options hold its articles."""

    def __init__(self, menu: Menu, words: OwnWords = ENGLISH) -> None:
        options = [
            discord.SelectOption(label=label, value=value, description=description)
            for label, value, description in menu.choices
        ]
        select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=f"briefing:story:{menu.topic}",
            placeholder=words("Read a story in full; only you see it"),
            options=options,
        )
        super().__init__(select)
        self._topic = menu.topic

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> StoryMenu:
        """The menu as it was before a restart; what was chosen comes with the interaction."""
        return cls(Menu(match[1], ()))

    async def callback(self, interaction: Interaction) -> None:
        """Show the story, or say in one line why not."""
        try:
            if await is_served(interaction):
                await _show_story(interaction, self._topic)
        except Exception as error:
            await report(interaction, error)


async def _show_story(interaction: Interaction, topic: str) -> None:
    bot: Context = interaction.client
    reply = InteractionResponder(interaction, private=True)
    await reply.begin()
    data: Any = interaction.data or {}
    starts = next(iter(data.get("values", ())), "").split(".")
    tell = partial(bot.briefing.digests.story, starts, topic or None, scopes(guild_of(interaction)))
    story = await bot.executor.run(tell)
    link, short = (partial(each, bases=bot.settings.bases) for each in (best_link, short_link))
    words, plain = words_of(interaction), bot.settings.plain_messages
    await reply.deliver(pages(story, topic, link, short=short, plain=plain, words=words) if story else [words(_GONE)])


def with_menu(view: discord.ui.View | None, menu: Menu, words: OwnWords = ENGLISH) -> discord.ui.View | None:
    """The view with a menu of the stories, if there are any."""
    if not menu.choices:
        return view
    return (view or discord.ui.View(timeout=None)).add_item(StoryMenu(menu, words))
