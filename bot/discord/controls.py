"""Shared by commands: how those begin, choices while a user types, buttons and menus."""

from __future__ import annotations

import asyncio
import io
import logging
import re
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Self

import discord
from discord import app_commands

from bot.discord.context import Context, Interaction, guild_of, scope, scopes, words_of
from bot.discord.delivery.timetable import zones
from bot.discord.errors import UNSENT, report
from bot.discord.places import is_served
from bot.discord.responders import InteractionResponder, take
from bot.discord.sending import as_card, edited, persist
from bot.presentation.digest_wording import TOPIC
from bot.presentation.discord import rendering
from bot.presentation.discord.digests import Menu, pages
from bot.presentation.discord.layouts import Page
from bot.presentation.discord.markdown import small
from bot.presentation.links import best_link, short_link
from bot.presentation.words import ENGLISH, OwnWords, phrase

_log = logging.getLogger(__name__)


async def begin_private(interaction: Interaction) -> InteractionResponder:
    """A responder that has begun, for a command whose answer only the person sees."""
    reply = InteractionResponder(interaction, private=True)
    await reply.begin()
    return reply


async def begin_counted(interaction: Interaction) -> InteractionResponder | None:
    """A private responder that has begun, for a command that counts as a question; None for one who asks too fast."""
    bot: Context = interaction.client
    if line := await bot.count_question(interaction.user.id, words_of(interaction)):
        await interaction.response.send_message(line, ephemeral=True)
        return None
    return await begin_private(interaction)


async def outlets(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
    """The outlets that the server sees and whose names contain the typed text."""
    # Not in the bot's executor: choices that come after the work that waits there come too late.
    names = await asyncio.to_thread(interaction.client.briefing.corpus.outlets, scopes(guild_of(interaction)))
    # Discord allows 100 characters for a choice; a longer name can still be typed.
    found = [name for name in names if current.casefold() in name.casefold() and len(name) <= 100]
    return [app_commands.Choice(name=rendering.choice(name), value=name) for name in found[:25]]


async def zone_choices(_interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The time zones whose names contain the typed text."""
    return [app_commands.Choice(name=name, value=name) for name in zones(current)[:25]]


def numbered(labels: Mapping[int, str], current: int | str) -> list[app_commands.Choice[int]]:
    """The numbers of what has a label that contains the typed text."""
    chosen = ((rendering.choice(label), number) for number, label in labels.items())
    wanted = str(current).casefold()
    return [app_commands.Choice(name=name, value=number) for name, number in chosen if wanted in name.casefold()][:25]


async def change(
    interaction: Interaction, make: Callable[[int, str], bool], number: int, done: str, unknown: str
) -> None:
    """Change what has a number on the server, and say that it is done; or `unknown`, where nothing has it."""
    reply = await begin_private(interaction)
    bot: Context = interaction.client
    changed = await bot.executor.run(partial(make, number, scope(interaction.guild_id)))
    await reply.deliver([words_of(interaction)(done if changed else unknown, number=number)])


async def attach(
    interaction: Interaction,
    make: Callable[[], bytes],
    name: str,
    description: str,
    page: Callable[[], dict[str, Any]],
    lost: str,
) -> None:
    """Attach a file to the first page of an answer, which `page` tells how to edit. If that fails, say so privately."""
    bot: Context = interaction.client
    try:
        content = await bot.executor.run(make)
        await persist(
            lambda: interaction.edit_original_response(
                **page(), attachments=[discord.File(io.BytesIO(content), name, description=description)]
            )
        )
    except Exception as error:
        _log.warning("no file %s", name, exc_info=error)
        with suppress(*UNSENT):
            await interaction.followup.send(small(words_of(interaction)(lost)), ephemeral=True)


def values_of(components: Sequence[Any]) -> dict[str, str]:
    """The values of the fields of a form by their ids, at any depth."""
    values: dict[str, str] = {}
    for each in components:
        if "value" in each:
            values[each["custom_id"]] = str(each["value"] or "")
        values |= values_of([*each.get("components", ()), *([each["component"]] if "component" in each else ())])
    return values


class Control(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"(?!)"):
    """A button or select that works after a restart too, for its id says all it needs.

    What the groups of its template match are the arguments that it is made with.
    """

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The control as it was before a restart."""
        make: Callable[..., Self] = cls
        return make(*match.groups())

    async def callback(self, interaction: Interaction) -> None:
        """Do what was clicked on, or say in one line why not: discord.py only logs errors here."""
        try:
            if await is_served(interaction):
                await self.clicked(interaction)
        except Exception as error:
            await report(interaction, error)

    @abstractmethod
    async def clicked(self, interaction: Interaction) -> None:
        """Do what the control is for."""


async def turn(interaction: Interaction, make: Callable[[], Awaitable[tuple[Page, discord.ui.View | None]]]) -> None:
    """Replace the page that was clicked on by the one that `make` returns."""
    await take(interaction.response.defer())
    page, view = await make()
    shown = interaction.message
    changes = edited(as_card(page) if shown and shown.flags.components_v2 else page, view)
    if shown and shown.attachments:
        changes["attachments"] = shown.attachments
    await interaction.edit_original_response(**changes)


def pager(
    make: Callable[..., discord.ui.Item[Any]], labels: tuple[str, str], first: int, size: int, total: int
) -> discord.ui.View | None:
    """The buttons that turn to the page before and after the one of `size` that begins with `first`; None for one page.

    `make` takes the first of the page, `label` and `disabled`.
    """
    if total <= size:
        return None
    back, on = labels
    view = discord.ui.View(timeout=None)
    view.add_item(make(max(first - size, 0), label=back, disabled=first == 0))
    # Two buttons of one message may not share an id, so on the last page the second button names a page beyond it.
    view.add_item(make(first + size, label=on, disabled=first + size >= total))
    return view


_GONE = phrase("The articles of this story are no longer stored.")


class StoryMenu(Control, template=rf"briefing:story:(.{{0,{TOPIC}}})"):
    """Shows a story of a digest in full, to whoever chooses it alone. The options hold its articles."""

    def __init__(self, topic: str, choices: Sequence[tuple[str, str, str]] = (), words: OwnWords = ENGLISH) -> None:
        options = [
            discord.SelectOption(label=label, value=value, description=description)
            for label, value, description in choices
        ]
        placeholder = words("Read a story in full; only you see it")
        super().__init__(
            discord.ui.Select(custom_id=f"briefing:story:{topic}", placeholder=placeholder, options=options)
        )
        self._topic = topic

    async def clicked(self, interaction: Interaction) -> None:
        """Show the story."""
        bot: Context = interaction.client
        reply = await begin_private(interaction)
        data: Any = interaction.data or {}
        starts = next(iter(data.get("values", ())), "").split(".")
        tell = partial(bot.briefing.digests.story, starts, self._topic or None, scopes(guild_of(interaction)))
        story = await bot.executor.run(tell)
        link, short = (partial(each, bases=bot.settings.bases) for each in (best_link, short_link))
        words, plain = words_of(interaction), bot.settings.plain_messages
        shown = pages(story, self._topic, link, short=short, plain=plain, words=words) if story else [words(_GONE)]
        await reply.deliver(shown)


def with_menu(view: discord.ui.View | None, menu: Menu, words: OwnWords = ENGLISH) -> discord.ui.View | None:
    """The view with a menu of the stories, if there are any."""
    if not menu.choices:
        return view
    return (view or discord.ui.View(timeout=None)).add_item(StoryMenu(menu.topic, menu.choices, words))
