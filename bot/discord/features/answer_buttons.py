"""The buttons under an answer, with feedback: helpful, or not helpful with an optional reason."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any

import discord

from bot.discord.context import Context, Interaction, guild_of, scope, scopes, words_of
from bot.discord.controls import Control, begin_private, values_of
from bot.discord.errors import report
from bot.discord.places import mark_solved
from bot.discord.responders import InteractionResponder, take
from bot.presentation.discord import rendering
from bot.presentation.discord.layouts import Page
from bot.presentation.discord.markdown import shorten
from bot.presentation.links import best_link
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.answers import Answer
from retrieval.domain.citations import Citation
from retrieval.storage.conversations import KeptAnswer, voter_of

FORGOTTEN = phrase("I no longer have this answer. Please ask the question again.")
_REASON_FORM = re.compile(r"briefing:reason:([0-9a-f]{16})")


class ReasonForm(discord.ui.Modal):
    """Asks why an answer was not helpful. `take_reason` handles the submitted form, also after a restart."""

    def __init__(self, key: str, words: OwnWords) -> None:
        super().__init__(title=words("Not helpful"), timeout=900, custom_id=f"briefing:reason:{key}")
        reason: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="reason",
            label=words("What was wrong? (optional)"),
            style=discord.TextStyle.paragraph,
            required=False,
            max_length=1000,
        )
        self.add_item(reason)


async def praise(interaction: Interaction, key: str) -> None:
    """Store that an answer was helpful."""
    await begin_private(interaction)
    await tell(interaction, [await _judge(interaction, key, helpful=True)])


async def blame(interaction: Interaction, key: str) -> None:
    """Store that an answer was not helpful, and ask for the reason."""
    await take(interaction.response.send_modal(ReasonForm(key, words_of(interaction))))
    await _judge(interaction, key, helpful=False)


async def take_reason(interaction: Interaction) -> None:
    """Store the reason from a submitted form; ignore other forms."""
    data: Any = interaction.data or {}
    form = _REASON_FORM.fullmatch(data.get("custom_id", ""))
    if not form:
        return
    try:
        await begin_private(interaction)
        reason = values_of(data["components"]).get("reason", "").strip() or None
        await tell(interaction, [await _judge(interaction, form[1], helpful=False, reason=reason)])
    except Exception as error:
        await report(interaction, error)


async def tell(interaction: Interaction, pages: Sequence[Page], buttons: discord.ui.View | None = None) -> None:
    """Answer the person who clicked, privately."""
    await InteractionResponder(interaction, private=True).deliver(pages, buttons)


async def _judge(interaction: Interaction, key: str, helpful: bool, reason: str | None = None) -> str:
    """Store the feedback of a person on an answer; return the line that thanks them."""
    bot: Context = interaction.client
    voter, words = voter_of(key, str(interaction.user.id)), words_of(interaction)
    keep = partial(bot.briefing.feedback.judge, key, scope(guild_of(interaction)), voter, helpful, reason)
    if not await bot.quick.run(keep):
        return words(FORGOTTEN)
    if not helpful:
        return words("Thank you, noted.")
    return f"{words('Thank you, noted.')} {await mark_solved(interaction.channel, interaction.user.id)}".rstrip()


_LABEL = phrase("Ask about this article")
_GONE = phrase("This article is no longer there.")
_FORM = re.compile(r"briefing:aboutform:([0-9a-f]{1,32})")
_MOST, _TITLE = 25, 45  # options of a select, characters of a label


class AboutItem(Control, template=r"briefing:about:([0-9a-f]{0,32})"):
    """A button for the article whose key its id holds, or a select of articles."""

    def __init__(self, item: discord.ui.Item[Any], key: str) -> None:
        super().__init__(item)
        self._key = key

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> AboutItem:
        """The item as it was before a restart."""
        return cls(item, match[1])

    async def clicked(self, interaction: Interaction) -> None:
        """Ask for the question."""
        data: Any = interaction.data or {}
        bot: Context = interaction.client
        opened = await asyncio.to_thread(bot.briefing.articles.open, self._key or data["values"][0])
        if opened is None or opened[0].scope not in scopes(guild_of(interaction)):
            await interaction.response.send_message(words_of(interaction)(_GONE), ephemeral=True)
            return
        article = opened[0]
        title = article.metadata.title or article.file
        await interaction.response.send_modal(AboutForm(article.key, title, words_of(interaction)))


class AboutForm(discord.ui.Modal):
    """Asks for a question. `AskCog` answers it, also after a restart."""

    def __init__(self, key: str, title: str, words: OwnWords) -> None:
        super().__init__(title=words(_LABEL), timeout=900, custom_id=f"briefing:aboutform:{key}")
        label = shorten(rendering.choice(title), _TITLE)
        self.add_item(discord.ui.TextInput(label=label, custom_id="question", max_length=1500))


def about_select(cited: Iterable[Citation], words: OwnWords = ENGLISH) -> discord.ui.View:
    """A select of the articles that are cited."""
    titles = {each.key: each.title or each.file for each in cited}
    options = [
        discord.SelectOption(label=rendering.choice(title), value=key) for key, title in list(titles.items())[:_MOST]
    ]
    placeholder = words("Ask about one of these articles")
    select = discord.ui.Select[Any](custom_id="briefing:about:", placeholder=placeholder, options=options)
    return discord.ui.View(timeout=None).add_item(AboutItem(select, ""))


def about_button(key: str, words: OwnWords) -> discord.ui.View:
    """A button for this article."""
    button = discord.ui.Button[Any](label=words(_LABEL), emoji="💬", custom_id=f"briefing:about:{key}")
    return discord.ui.View(timeout=None).add_item(AboutItem(button, key))


def asked_about(interaction: Interaction) -> tuple[str, str] | None:
    """The key of the article and the question of a submitted form, also of one shown before a restart."""
    data: Any = interaction.data or {}
    form = _FORM.fullmatch(data.get("custom_id", ""))
    return (form[1], values_of(data["components"]).get("question", "").strip()) if form else None


_LOOKS = {
    "sources": (phrase("Sources"), "📑"),
    "more": (phrase("More"), "➕"),
    "helpful": (phrase("Helpful"), "👍"),
    "unhelpful": (phrase("Not helpful"), "👎"),
}
_MORE = 5  # passages


class AnswerButton(Control, template=r"briefing:(sources|more|helpful|unhelpful):([0-9a-f]{16})"):
    """A button under an answer, with its action and the key of the answer."""

    def __init__(self, act: str, key: str, words: OwnWords = ENGLISH) -> None:
        label, sign = _LOOKS[act]
        super().__init__(discord.ui.Button(label=words(label), emoji=sign, custom_id=f"briefing:{act}:{key}"))
        self._act, self._key = act, key

    async def clicked(self, interaction: Interaction) -> None:
        """Do what the button says."""
        await _ACTS[self._act](interaction, self._key)


def answer_buttons(key: str, answer: Answer, words: OwnWords = ENGLISH) -> discord.ui.View:
    """The buttons of an answer; without citations there is no button for sources."""
    view = discord.ui.View(timeout=None)
    for act in _LOOKS if answer.citations else ("more", "helpful", "unhelpful"):
        view.add_item(AnswerButton(act, key, words))
    return view


async def _show_sources(interaction: Interaction, key: str) -> None:
    bot: Context = interaction.client
    stored = await _recall(interaction, key)
    if stored is None:
        return
    cited, seen, words = stored.answer.citations, scopes(guild_of(interaction)), words_of(interaction)
    shown = await bot.quick.run(lambda: [bot.briefing.articles.quote(each, seen) for each in cited])
    link, plain = partial(best_link, bases=bot.settings.bases), bot.settings.plain_messages
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
    await begin_private(interaction)
    find = partial(bot.briefing.conversations.find, key, scope(guild_of(interaction)))
    stored: KeptAnswer | None = await bot.quick.run(find)
    if stored is None:
        await tell(interaction, [words_of(interaction)(FORGOTTEN)])
    return stored


_ACTS: dict[str, Callable[[Interaction, str], Awaitable[None]]] = {
    "sources": _show_sources,
    "more": _show_more,
    "helpful": praise,
    "unhelpful": blame,
}
