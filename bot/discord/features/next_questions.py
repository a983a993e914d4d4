"""What stands under an answer to go on with: questions as buttons, and a select where a name may mean several."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import discord

from bot.discord.context import AskedQuestion, Context, Interaction, guild_of, scope, scopes, words_of
from bot.discord.errors import report
from bot.discord.features.answer_buttons import FORGOTTEN
from bot.discord.places import is_private, is_served, listed_in, settings_at
from bot.discord.responders import InteractionResponder
from bot.presentation.discord import rendering
from bot.presentation.words import ENGLISH, OwnWords
from retrieval.domain.articles import Filter
from retrieval.services.next_questions import with_full_name
from retrieval.storage.conversations import KeptAnswer

_LONGEST = 80  # characters of a label, and of a question in the id of a button


class NextButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"briefing:next:(.{{1,{_LONGEST}}})"):
    """Asks the question it shows. Its id holds the question, so it works after a restart."""

    kind, private, place = "next", False, 1

    def __init__(self, question: str) -> None:
        button: discord.ui.Button[Any] = discord.ui.Button(label=question, custom_id=f"briefing:{self.kind}:{question}")
        super().__init__(button, row=self.place)
        self._question = question

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> NextButton:
        """The button as it was before a restart."""
        return cls(match[1])

    async def callback(self, interaction: Interaction) -> None:
        """Answer the question."""
        try:
            if await is_served(interaction):
                only = Filter(scopes=scopes(guild_of(interaction)))
                await _answer(interaction, self._question, only, self.private)
        except Exception as error:
            await report(interaction, error)


class ExampleButton(NextButton, template=rf"briefing:try:(.{{1,{_LONGEST}}})"):
    """An example question of the greeting: only the one who clicks sees the answer."""

    kind, private, place = "try", True, 0


class MeantSelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"briefing:meant:([0-9a-f]{16})"):
    """Asks the question of an answer again, with the name that is chosen. Its id holds the key of the answer."""

    def __init__(self, key: str, names: Sequence[str], words: OwnWords = ENGLISH) -> None:
        options = [discord.SelectOption(label=rendering.choice(name), value=rendering.choice(name)) for name in names]
        select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=f"briefing:meant:{key}", placeholder=words("Which one do you mean?"), options=options
        )
        super().__init__(select, row=2)
        self._key = key

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> MeantSelect:
        """The select as it was before a restart."""
        return cls(match[1], [each.value for each in item.options] if isinstance(item, discord.ui.Select) else [])

    async def callback(self, interaction: Interaction) -> None:
        """Answer the question about the one that was chosen."""
        try:
            if not await is_served(interaction):
                return
            bot: Context = interaction.client
            find = partial(bot.briefing.conversations.find, self._key, scope(guild_of(interaction)))
            # Not in the bot's executor: the click is not acknowledged yet.
            stored: KeptAnswer | None = await asyncio.to_thread(find)
            if stored is None:
                await interaction.response.send_message(words_of(interaction)(FORGOTTEN), ephemeral=True)
                return
            data: Any = interaction.data or {}
            await _answer(interaction, with_full_name(stored.answer.question, data["values"][0]), stored.only)
        except Exception as error:
            await report(interaction, error)


def with_next(
    view: discord.ui.View, key: str, questions: Sequence[str], names: Sequence[str], words: OwnWords = ENGLISH
) -> discord.ui.View:
    """The buttons of the answer with this key, with questions below them and the names one of which may be meant."""
    for question in questions:
        view.add_item(NextButton(question))
    return view.add_item(MeantSelect(key, names, words)) if names else view


async def _answer(interaction: Interaction, question: str, only: Filter, private: bool = False) -> None:
    """Answer where the click was made: privately, or for the same eyes as the message that was clicked on."""
    bot, channel, here = interaction.client, interaction.channel, guild_of(interaction)
    seen_by_one = bool(interaction.message and interaction.message.flags.ephemeral)
    hidden = private or seen_by_one or is_private(interaction, None)
    asked = AskedQuestion(
        question,
        interaction.user.id,
        scope(here),
        str(channel.id) if isinstance(channel, discord.Thread) and not hidden else None,
        only=only,
        here=settings_at(bot, here, channel),
        listed=None if hidden else listed_in(channel),
        words=words_of(interaction),
    )
    await bot.questions.answer(asked, InteractionResponder(interaction, hidden))
