"""`/brief`: a briefing note as a message and a file, with buttons to write it again as of today or another day."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal

import discord
from discord import app_commands

from bot.discord.client import BotCog, BriefingBot
from bot.discord.context import Context, Interaction, guild_of, scope, scopes, words_of
from bot.discord.controls import Control, attach
from bot.discord.places import channel_of
from bot.discord.responders import begin
from bot.discord.sending import addresses_of, edited, text_of
from bot.presentation import brief_outline, files
from bot.presentation.brief_documents import docx
from bot.presentation.discord import rendering
from bot.presentation.discord.digests import brief_pages
from bot.presentation.discord.markdown import shorten, small
from bot.presentation.links import addresses, best_link
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.articles import Filter
from retrieval.domain.reports import Brief, Length
from retrieval.errors import NotFoundError, QuestionError
from retrieval.nlp.entities import entities
from retrieval.question.calendar import parse_day
from retrieval.services.briefing import Briefing
from retrieval.services.briefs import NoteRequest

_log = logging.getLogger(__name__)

# The id of a button has at most 100 characters.
_TOPIC = 70
# Addresses, mentions and custom emoji of a message.
_NOISE = re.compile(r"https?://\S+|<[^<>]*>")
_NO_TOPIC = phrase("There is no topic in this message that I could look up.")
_FILE = "note.docx"
_FORBIDDEN = phrase("The whole note is a file, but I may not attach files here: a server administrator can allow it.")
_LOST = phrase("The note has a file too, but I could not post it. Please ask again to get it.")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A topic as it fits into the id of a button, and what is asked of the note once."""

    topic: str
    as_of: date | None = None
    audience: str = ""
    length: Length = "page"

    @classmethod
    def of(cls, topic: str, as_of: str | None, audience: str | None, length: Length, words: OwnWords) -> _Wanted:
        """The request as a user typed it.

        Raises:
            QuestionError: there is no topic, or `as_of` is no day.
        """
        topic = " ".join(topic.split())
        if not topic:
            raise QuestionError(words("Name a topic."))
        return cls(topic, parse_day(as_of, end=True) if as_of else None, audience or "", length)


class BriefButton(Control, template=re.compile(r"briefing:brief:(again|asof):(.{1,70})", re.DOTALL)):
    """Writes a note again in a new message. Its id holds the topic."""

    def __init__(self, kind: str, topic: str, words: OwnWords = ENGLISH) -> None:
        label = words("Refresh") if kind == "again" else words("As of…")
        super().__init__(discord.ui.Button(label=label, custom_id=f"briefing:brief:{kind}:{topic}"))
        self._kind, self._topic = kind, topic

    async def clicked(self, interaction: Interaction) -> None:
        """Write the note of today, or ask for its day."""
        if self._kind == "asof":
            await interaction.response.send_modal(AsOfForm(self._topic, words_of(interaction)))
            return
        await _send(interaction, lambda: _Wanted(self._topic), private=True)


class AsOfForm(discord.ui.Modal):
    """Asks for the day after which articles are left out."""

    def __init__(self, topic: str, words: OwnWords) -> None:
        super().__init__(title=words("The note as of a day"))
        self._topic = topic
        self._day: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=words("Day"), placeholder="2024-12-31", max_length=20, custom_id="day"
        )
        self.add_item(self._day)

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Write the note of that day."""
        await _send(interaction, partial(self._wanted, words_of(interaction)), private=True)

    def _wanted(self, words: OwnWords) -> _Wanted:
        return _Wanted.of(self._topic, self._day.value, None, "page", words)


class BriefCog(BotCog):
    """Briefing notes by command."""

    async def brief_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Show the note on what a message is about, privately."""
        found = [*addresses([text_of(message)]), *addresses_of(message)]
        read = partial(_topic_of, self._bot.briefing, text_of(message), found, scopes(guild_of(interaction)))
        topic = await asyncio.to_thread(read)
        if not topic:
            await interaction.response.send_message(words_of(interaction)(_NO_TOPIC), ephemeral=True)
            return
        await _send(interaction, lambda: _Wanted(topic), private=True)

    @app_commands.command(description="A briefing note: the latest, who holds what, disputes, what is not known.")
    @app_commands.describe(
        topic="The topic",
        as_of="Leave out articles after this day: 2024-12-31, 2024-12",
        audience="Who reads it: the minister",
        length="How long the file is. One page by default",
        private="Show it only to you",
    )
    async def brief(
        self,
        interaction: Interaction,
        topic: app_commands.Range[str, 1, _TOPIC],
        as_of: app_commands.Range[str, 1, 20] | None = None,
        audience: app_commands.Range[str, 1, 60] | None = None,
        length: Literal["short", "page", "long"] = "page",
        private: bool | None = None,
    ) -> None:
        """Show the note, then attach it as a Word document."""
        await _send(interaction, partial(_Wanted.of, topic, as_of, audience, length, words_of(interaction)), private)


async def _send(interaction: Interaction, asked: Callable[[], _Wanted], private: bool | None) -> None:
    if (begun := await begin(interaction, asked, private)) is None:
        return
    wanted, reply = begun
    bot: Context = interaction.client
    try:
        note = await bot.executor.run(partial(_compose, bot, wanted, interaction))
    except QuestionError as error:
        await reply.deliver([rendering.told(error, words_of(interaction))])
        return
    link = partial(best_link, bases=bot.settings.bases)
    may = not interaction.guild_id or interaction.app_permissions.attach_files
    words = words_of(interaction)
    make = partial(brief_pages, note, link, plain=bot.settings.plain_messages, words=words)
    if note.sentence is None:
        await reply.deliver(make())
        return
    view = discord.ui.View(timeout=None)
    for kind in ("again", "asof"):
        view.add_item(BriefButton(kind, wanted.topic, words))
    below = [] if may else [small(words(_FORBIDDEN))]
    if not reply.private:
        below.append(await bot.executor.run(partial(_keep, bot, guild_of(interaction), note, words)))
    make = partial(make, below="\n".join(filter(None, below)))
    shown = make()
    await reply.deliver(shown, view)
    if not reply.private:
        await _remember(interaction, note)
    if may:

        def write() -> bytes:
            return docx(note, bot.settings.bases, brief_outline.pictures(note, words), words)

        page = partial(edited, make(file=_FILE)[0], view if len(shown) == 1 else None)
        await attach(interaction, write, _FILE, words("The whole note"), page, _LOST)


def _topic_of(briefing: Briefing, text: str, found: Sequence[str], seen: tuple[str, ...]) -> str:
    """What a message is about, short enough for a button: the article it links to, else its words or its names."""
    for address in found:
        with suppress(NotFoundError):
            return _short(briefing.articles.show(address, seen)[0].metadata.title or "")
    words = " ".join(_NOISE.sub(" ", text).split())
    if len(words) <= _TOPIC:
        return words if any(map(str.isalnum, words)) else ""
    names = dict.fromkeys(each.name for each in entities(words))
    return _short(" ".join(names) or words)


def _short(text: str) -> str:
    return shorten(" ".join(text.split()), _TOPIC).rstrip("…").rstrip()


def _keep(bot: Context, guild: int | None, note: Brief, words: OwnWords) -> str:
    """Keep the note as a page of the server; the line that leads to it."""
    title = f"{brief_outline.title(note)} · {brief_outline.subtitle(note, words)}"
    # Without the picture, which takes longer to draw than a message may wait: the file has it.
    return bot.shelf.keep(guild, "note", title, partial(files.note_page, note, bot.settings.bases, words=words), words)


def _compose(bot: Context, wanted: _Wanted, interaction: Interaction) -> Brief:
    only = Filter(scopes=scopes(guild_of(interaction)))
    person = str(interaction.user.id)
    return bot.briefing.briefs.compose(
        NoteRequest(
            topic=wanted.topic,
            only=only,
            as_of=wanted.as_of,
            channel=channel_of(interaction.channel),
            audience=wanted.audience,
            length=wanted.length,
            person=person,
        )
    )


async def _remember(interaction: Interaction, note: Brief) -> None:
    """Remember that the note was posted in the channel. A failure is only logged: the note is there."""
    bot: Context = interaction.client
    try:
        where = scope(guild_of(interaction)), channel_of(interaction.channel)
        await bot.executor.run(partial(bot.briefing.briefs.note_posted, note, *where))
    except Exception as error:
        _log.warning("the next note will not know of this one", exc_info=error)


async def setup(bot: BriefingBot) -> None:
    """Called when the bot starts."""
    bot.add_dynamic_items(BriefButton)
    notes = BriefCog(bot)
    await bot.add_cog(notes)
    # A cog cannot declare message commands.
    bot.tree.add_command(app_commands.ContextMenu(name="Brief me on this", callback=notes.brief_message))
