"""What stands under an answer to go on with: questions as buttons, and a select where a name may mean several."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import discord

from bot.discord.context import AskedQuestion, Context, Interaction, guild_of, scope, scopes, words_of
from bot.discord.controls import Control
from bot.discord.features.answer_buttons import FORGOTTEN
from bot.discord.places import is_private, listed_in, settings_at
from bot.discord.responders import InteractionResponder
from bot.presentation.discord import rendering
from bot.presentation.words import ENGLISH, OwnWords
from retrieval.domain.articles import Filter
from retrieval.services.next_questions import with_full_name
from retrieval.storage.conversations import KeptAnswer

_LONGEST = 80  # characters of a label, and of a question in the id of a button


class NextButton(Control, template=rf"briefing:next:(.{{1,{_LONGEST}}})"):
    """Asks the question it shows. Its id holds the question."""

    kind, private, place = "next", False, 1

    def __init__(self, question: str) -> None:
        super().__init__(
            discord.ui.Button(label=question, custom_id=f"briefing:{self.kind}:{question}"), row=self.place
        )
        self._question = question

    async def clicked(self, interaction: Interaction) -> None:
        """Answer the question."""
        await _answer(interaction, self._question, Filter(scopes=scopes(guild_of(interaction))), self.private)


class ExampleButton(NextButton, template=rf"briefing:try:(.{{1,{_LONGEST}}})"):
    """An example question of the greeting: only the one who clicks sees the answer."""

    kind, private, place = "try", True, 0


class MeantSelect(Control, template=r"briefing:meant:([0-9a-f]{16})"):
    """Asks the question of an answer again, with the name that is chosen. Its id holds the key of the answer."""

    def __init__(self, key: str, names: Sequence[str] = (), words: OwnWords = ENGLISH) -> None:
        options = [discord.SelectOption(label=rendering.choice(name), value=rendering.choice(name)) for name in names]
        id_, placeholder = f"briefing:meant:{key}", words("Which one do you mean?")
        super().__init__(discord.ui.Select(custom_id=id_, placeholder=placeholder, options=options), row=2)
        self._key = key

    async def clicked(self, interaction: Interaction) -> None:
        """Answer the question about the one that was chosen."""
        bot: Context = interaction.client
        find = partial(bot.briefing.conversations.find, self._key, scope(guild_of(interaction)))
        # Not in the bot's executor: the click is not acknowledged yet.
        stored: KeptAnswer | None = await asyncio.to_thread(find)
        if stored is None:
            await interaction.response.send_message(words_of(interaction)(FORGOTTEN), ephemeral=True)
            return
        data: Any = interaction.data or {}
        await _answer(interaction, with_full_name(stored.answer.question, data["values"][0]), stored.only)


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
