"""The buttons under answers. Their ids hold all they need, so they work after a restart."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import discord

from bot.discord.audience import scope, scopes
from bot.discord.context import Context, Interaction, guild_of, is_served
from bot.discord.errors import report
from bot.discord.features.about_article import about_select
from bot.discord.features.feedback import FORGOTTEN, blame, praise, tell
from bot.discord.languages import words_of
from bot.discord.responders import InteractionResponder
from bot.presentation.discord import rendering
from bot.presentation.links import best_link
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.answers import Answer
from retrieval.storage.conversations import KeptAnswer

_LABELS = {
    "sources": phrase("Sources"),
    "more": phrase("More"),
    "helpful": phrase("Helpful"),
    "unhelpful": phrase("Not helpful"),
}
_SIGNS = {"sources": "📑", "more": "➕", "helpful": "👍", "unhelpful": "👎"}
_MORE = 5  # passages


class AnswerButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"briefing:(sources|more|helpful|unhelpful):([0-9a-f]{16})"
):
    """A button under an answer, with its action and the key of the answer."""

    def __init__(self, act: str, key: str, words: OwnWords = ENGLISH) -> None:
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=words(_LABELS[act]), emoji=_SIGNS[act], custom_id=f"briefing:{act}:{key}"
        )
        super().__init__(button)
        self._act, self._key = act, key

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> AnswerButton:
        """The button as it was before a restart."""
        return cls(match[1], match[2])

    async def callback(self, interaction: Interaction) -> None:
        """Do what the button says, or say in one line why not: discord.py only logs errors here."""
        try:
            if await is_served(interaction):
                await _ACTS[self._act](interaction, self._key)
        except Exception as error:
            await report(interaction, error)


def answer_buttons(key: str, answer: Answer, words: OwnWords = ENGLISH) -> discord.ui.View:
    """The buttons of an answer; without citations there is no button for sources."""
    view = discord.ui.View(timeout=None)
    for act in _LABELS if answer.citations else ("more", "helpful", "unhelpful"):
        view.add_item(AnswerButton(act, key, words))
    return view


async def _show_sources(interaction: Interaction, key: str) -> None:
    bot: Context = interaction.client
    stored = await _recall(interaction, key)
    if stored is None:
        return

    def read() -> list[Any]:
        seen = scopes(guild_of(interaction))
        return [bot.briefing.articles.quote(citation, seen) for citation in stored.answer.citations]

    shown = await bot.quick.run(read)
    link, plain = partial(best_link, bases=bot.settings.bases), bot.settings.plain_messages
    cited = stored.answer.citations
    words = words_of(interaction)
    pages = rendering.excerpts(stored.answer, shown, link, plain, words)
    await tell(interaction, pages, about_select(cited, words) if cited else None)


async def _show_more(interaction: Interaction, key: str) -> None:
    bot: Context = interaction.client
    stored = await _recall(interaction, key)
    if stored is None:
        return
    found = await bot.executor.run(partial(bot.briefing.asking.more, stored.answer, stored.only, _MORE))
    link, plain = partial(best_link, bases=bot.settings.bases), bot.settings.plain_messages
    await tell(interaction, rendering.passages(found, link, plain, words_of(interaction)))


async def _recall(interaction: Interaction, key: str) -> KeptAnswer | None:
    """Acknowledge the click, then load the answer; tell the user if it is no longer stored."""
    bot: Context = interaction.client
    await InteractionResponder(interaction, private=True).begin()
    stored: KeptAnswer | None = await bot.quick.run(
        partial(bot.briefing.conversations.find, key, scope(guild_of(interaction)))
    )
    if stored is None:
        await tell(interaction, [words_of(interaction)(FORGOTTEN)])
    return stored


_ACTS: dict[str, Callable[[Interaction, str], Awaitable[None]]] = {
    "sources": _show_sources,
    "more": _show_more,
    "helpful": praise,
    "unhelpful": blame,
}
