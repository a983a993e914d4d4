"""What stands under an answer: its buttons, feedback on it, the next questions, and the names that may be meant."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any

import discord

from bot.discord.context import AskedQuestion, Context, Interaction, guild_of, scope, scopes, words_of
from bot.discord.controls import Control, begin_private, values_of
from bot.discord.errors import report
from bot.discord.places import is_private, listed_in, mark_solved, settings_at
from bot.discord.responders import InteractionResponder, take
from bot.presentation.discord import rendering
from bot.presentation.discord.layouts import Page
from bot.presentation.discord.markdown import shorten
from bot.presentation.links import best_link
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.answers import Answer
from retrieval.domain.articles import Filter
from retrieval.domain.citations import Citation
from retrieval.services.next_questions import with_full_name
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
