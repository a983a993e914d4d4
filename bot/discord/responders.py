"""Ways for an answer to reach the person who asked: as the response to an interaction, or as a reply to a message."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Protocol, TypeVar, cast

import aiohttp
import discord

from bot.discord.context import Context, words_of
from bot.discord.errors import UNSENT, is_malformed
from bot.discord.places import is_private
from bot.discord.sending import NoRetrySession, PagePoster, as_card, edited, persist, sent
from bot.discord.server_settings import Threads
from bot.presentation.discord import rendering
from bot.presentation.discord.layouts import Card, Page, plain_pages
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.errors import QuestionError

Wanted = TypeVar("Wanted")

_log = logging.getLogger(__name__)

# Seconds in which Discord wants a command or click to be acknowledged.
_TAKEN = 3
# Seconds after which typing is shown again: Discord stops showing it after ten.
_TYPING = 8
# The code of Discord for a message that has a thread already: only it tells that an earlier try succeeded.
_HAS_THREAD = 160004
# The reaction for whoever goes on asking too fast.
_WAIT = "⏳"
_LOST = phrase("Discord did not confirm the rest of this answer. Please ask again.")
# The codes of Discord for a message that may be sent, but not as a reply: the original is gone or hidden.
_NO_REPLY = frozenset({10008, 50035, 160002})


class Responder(Protocol):
    """A place for one answer; `messages` are the ids of the messages that show it.

    Every call may raise `discord.HTTPException`.
    """

    messages: list[int]

    @property
    def private(self) -> bool:
        """True if only the person who asked sees the answer."""

    async def begin(self) -> None:
        """Show at once that an answer is coming."""

    async def stage(self, line: str) -> None:
        """Show the stage of the work; called repeatedly while the answer is made."""

    async def decline(self, line: str, again: bool = False) -> None:
        """Say why there will be no answer, `again` to one who was told so a moment ago. Called in place of `begin`."""

    async def deliver(self, pages: Sequence[Page], buttons: discord.ui.View | None = None) -> discord.Message:
        """Show the answer, and return the message that has the buttons."""

    async def open_thread(self, answer: discord.Message, name: str, welcome: str) -> int | None:
        """Open a thread for follow-ups where possible, and return its id."""


async def take(acknowledge: Awaitable[object]) -> None:
    """Acknowledge a command or click within three seconds, without raising.

    Discord may have got a request that seems to have failed; if it has not, delivering the answer fails.
    """
    try:
        async with asyncio.timeout(_TAKEN):
            await acknowledge
    except UNSENT as refused:
        _log.warning("a command or click was not acknowledged: %s", refused)


class InteractionResponder:
    """Answers a command or click. The first message is an edit, so it may be repeated; the others follow it."""

    def __init__(self, interaction: discord.Interaction, private: bool) -> None:
        self._interaction = interaction
        self.private = private
        self.messages: list[int] = []
        self._staged = ""

    async def begin(self) -> None:
        """Acknowledge the interaction."""
        await take(self._interaction.response.defer(ephemeral=self.private, thinking=True))

    async def stage(self, line: str) -> None:
        """Show the line in the place of the answer, if it has changed."""
        if line != self._staged:
            self._staged = line
            with suppress(*UNSENT):
                await self._interaction.edit_original_response(content=line)

    async def decline(self, line: str, again: bool = False) -> None:  # noqa: ARG002
        """Tell the person privately."""
        await self._interaction.response.send_message(line, ephemeral=True)

    async def deliver(self, pages: Sequence[Page], buttons: discord.ui.View | None = None) -> discord.Message:
        """Show the first page in the place of the stages, the others after it."""
        first, *more = pages
        try:
            shown = await self._show(first, None if more else buttons)
        except (discord.Forbidden, discord.NotFound) as closed:
            return await self._deliver_elsewhere(pages, buttons, closed)
        except discord.HTTPException as refused:
            if isinstance(first, str) or not is_malformed(refused):
                raise
            return await self.deliver([text for page in pages for text in plain_pages(page)], buttons)
        return await self._follow(more, buttons, as_card if isinstance(first, Card) else str) if more else shown

    async def _show(self, page: Page, buttons: discord.ui.View | None = None) -> discord.Message:
        shown = await persist(lambda: self._interaction.edit_original_response(**edited(page, buttons)))
        self.messages.append(shown.id)
        return shown

    async def _follow(
        self, pages: Sequence[Page], buttons: discord.ui.View | None, lost: Callable[[str], Page]
    ) -> discord.Message:
        """Send the pages after the first; if one is lost, send a line that says so, `lost` in place of the first."""
        try:
            for page in pages[:-1]:
                await self._follow_up(page)
            return await self._follow_up(pages[-1], buttons)
        except UNSENT as refused:
            _log.warning("a page was lost: %s", refused)
        line = words_of(self._interaction)(_LOST)
        try:
            return await self._follow_up(line, buttons)
        except UNSENT:
            return await self._show(lost(line), buttons)

    async def _follow_up(self, page: Page, buttons: discord.ui.View | None = None) -> discord.Message:
        webhook = self._interaction.followup
        if not isinstance(webhook.session, NoRetrySession):
            webhook.session = cast(aiohttp.ClientSession, NoRetrySession(webhook.session))
        options: dict[str, Any] = {"ephemeral": self.private, "suppress_embeds": True, "wait": True}
        shown: discord.Message = await persist(lambda: webhook.send(**options, **sent(page, buttons)), repeatable=False)
        self.messages.append(shown.id)
        return shown

    async def _deliver_elsewhere(
        self, pages: Sequence[Page], buttons: discord.ui.View | None, closed: discord.HTTPException
    ) -> discord.Message:
        """Send the pages to the channel or to the person, since the interaction has expired."""
        left, post = list(pages), PagePoster(self._interaction.id, self.messages)
        channel = self._interaction.channel
        if not self.private and isinstance(channel, discord.abc.Messageable):
            try:
                return await post.send(channel, left, buttons)
            except (discord.Forbidden, discord.NotFound) as refused:
                closed = refused
        return await post.send_privately(self._interaction.user, channel, left, closed, words_of(self._interaction))

    async def open_thread(self, answer: discord.Message, name: str, welcome: str) -> int | None:  # noqa: ARG002
        """None: people follow up on the answer to a command by replying to it."""
        return None


class MessageResponder:
    """Answers a message: as a reply if allowed, else as a message in the channel, else privately.

    Where threads are opened by a reply, an answer to a reply goes into a thread under the message replied to.
    """

    private = False

    def __init__(self, message: discord.Message, threads: Threads = Threads.ON, words: OwnWords = ENGLISH) -> None:
        self._message = message
        self._threads = threads
        self._words = words
        self.messages: list[int] = []
        self._post = PagePoster(message.id, self.messages)
        self._typed = -math.inf

    async def begin(self) -> None:
        """Show that the bot is typing, without waiting until it is shown."""
        self._typed = time.monotonic()
        self._typing = asyncio.create_task(self._type())

    async def _type(self) -> None:
        with suppress(*UNSENT):
            async with asyncio.timeout(_TAKEN):
                await self._message.channel.typing()

    async def stage(self, line: str) -> None:  # noqa: ARG002
        """Keep typing."""
        if time.monotonic() - self._typed > _TYPING:
            await self.begin()

    async def decline(self, line: str, again: bool = False) -> None:
        """Send the line like an answer; to one who was told it before, show an hourglass under the message."""
        if not again:
            await self.deliver([line])
            return
        with suppress(*UNSENT):
            await self._message.add_reaction(_WAIT)

    async def deliver(self, pages: Sequence[Page], buttons: discord.ui.View | None = None) -> discord.Message:
        """Send the pages as a reply, else as messages in the channel, else privately."""
        message, left, post = self._message, list(pages), self._post
        original = message.reference.resolved if message.reference else None
        if buttons and self._threads is Threads.REPLY and isinstance(original, discord.Message):
            thread = await self._thread(original, rendering.thread_name(message.content, self._words))
            if thread:
                with suppress(discord.Forbidden, discord.NotFound):
                    return await post.send(thread, left, buttons)
        try:
            try:
                return await post.send(message.channel, left, buttons, message.to_reference(fail_if_not_exists=False))
            except discord.HTTPException as refused:
                if refused.code not in _NO_REPLY:
                    raise
                return await post.send(message.channel, left, buttons)
        except (discord.Forbidden, discord.NotFound) as closed:
            return await post.send_privately(message.author, message.channel, left, closed, self._words)

    async def open_thread(self, answer: discord.Message, name: str, welcome: str) -> int | None:
        """Open a thread under the answer, if the settings, the channel and the permissions allow it."""
        thread = await self._thread(answer, name) if self._threads is Threads.ON else None
        if thread is None:
            return None
        try:
            await persist(partial(thread.send, welcome, nonce=f"{answer.id}-w"))
        except UNSENT as refused:
            _log.info("no welcome in the thread under %s: %s", answer.id, refused)
        return thread.id

    async def _thread(self, under: discord.Message, name: str) -> discord.Thread | None:
        channel = under.channel
        if not isinstance(channel, discord.TextChannel):
            return None
        may = channel.permissions_for(channel.guild.me)
        if not (may.create_public_threads and may.send_messages_in_threads):
            return None
        try:
            return await _open(under, channel, name)
        except UNSENT as refused:
            _log.info("no thread under %s: %s", under.id, refused)
            return None


async def _open(answer: discord.Message, channel: discord.TextChannel, name: str) -> discord.Thread:
    try:
        return await persist(lambda: answer.create_thread(name=name, auto_archive_duration=1440))
    except discord.HTTPException as refused:
        thread = channel.get_thread(answer.id)
        if refused.code != _HAS_THREAD or thread is None:
            raise
        return thread


async def begin(
    interaction: discord.Interaction[Any], asked: Callable[[], Wanted], private: bool | None
) -> tuple[Wanted, InteractionResponder] | None:
    """Read the request with `asked` and acknowledge it; return the request and the responder.

    With `private` None the server's settings say who sees the answer.

    Return None after telling the person why there will be no answer. `asked` may raise `QuestionError`.
    """
    bot: Context = interaction.client
    private = is_private(interaction, private)
    try:
        wanted = asked()
        line = await bot.count_question(interaction.user.id, words_of(interaction))
    except QuestionError as error:
        line = rendering.told(error, words_of(interaction))
    if line:
        await interaction.response.send_message(line, ephemeral=True)
        return None
    reply = InteractionResponder(interaction, private)
    await reply.begin()
    return wanted, reply
