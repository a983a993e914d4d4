"""The menu under a digest: a story in full, for whoever chooses it alone."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import discord

from bot.discord.audience import scopes
from bot.discord.context import Context, Interaction, guild_of
from bot.discord.errors import report
from bot.discord.languages import words_of
from bot.discord.places import is_served
from bot.discord.responders import InteractionResponder
from bot.presentation.digest_wording import TOPIC
from bot.presentation.discord.digests import Menu, pages
from bot.presentation.links import best_link, short_link
from bot.presentation.words import ENGLISH, OwnWords, phrase

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
