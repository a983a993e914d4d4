"""How an answer reaches the person who asked: into an interaction, or under a message."""

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

from bot.discord.context import Context
from bot.discord.errors import UNSENT
from bot.discord.sending import NoRetrySession, PagePoster, persist
from bot.presentation.discord import rendering
from retrieval.errors import QuestionError

Wanted = TypeVar("Wanted")

_log = logging.getLogger(__name__)

# Seconds after which Discord no longer lets a command or click be taken.
_TAKEN = 3
# Seconds after which typing is shown anew: Discord stops showing it after ten.
_TYPING = 8
# What Discord refuses where a message has got its thread already: nothing else tells that the first try did it.
_HAS_THREAD = 160004
_LOST = "Discord did not confirm the rest of this answer. Please ask again."
# What Discord refuses where a message may be sent but not as a reply: the message is gone or its history is hidden.
_NO_REPLY = frozenset({10008, 50035, 160002})


class Responder(Protocol):
    """A place for one answer. Every call may raise `discord.HTTPException`.

    `messages` are the ids of the messages that show it.
    """

    messages: list[int]

    @property
    def private(self) -> bool:
        """Whether only the person who asked sees it."""

    async def begin(self) -> None:
        """Show at once that an answer is coming."""

    async def stage(self, line: str) -> None:
        """Show what the answer is waiting for; called again and again while it does."""

    async def decline(self, line: str) -> None:
        """Say, instead of beginning, why there will be no answer."""

    async def deliver(self, pages: Sequence[str], buttons: discord.ui.View | None = None) -> discord.Message:
        """Show the answer; gives the message that carries the buttons."""

    async def open_thread(self, answer: discord.Message, name: str, welcome: str) -> int | None:
        """Open a place to follow up in, where there is room for one; gives its id."""


async def take(acknowledge: Awaitable[object]) -> None:
    """Take a command or click, within Discord's three seconds; does not raise where that fails.

    It may have been taken all the same, its receipt lost; if not, delivering the answer will tell.
    """
    try:
        async with asyncio.timeout(_TAKEN):
            await acknowledge
    except UNSENT as refused:
        _log.warning("a command or click was not taken: %s", refused)


class InteractionResponder:
    """Answers a command or click. The first message is an edit, which may be repeated; further ones follow it."""

    def __init__(self, interaction: discord.Interaction, private: bool) -> None:
        self._interaction = interaction
        self.private = private
        self.messages: list[int] = []
        self._staged = ""

    async def begin(self) -> None:
        """Take it."""
        await take(self._interaction.response.defer(ephemeral=self.private, thinking=True))

    async def stage(self, line: str) -> None:
        """Show it in the place of the answer, where it is another than before."""
        if line != self._staged:
            self._staged = line
            with suppress(*UNSENT):
                await self._interaction.edit_original_response(content=line)

    async def decline(self, line: str) -> None:
        """To the person alone, wherever they asked."""
        await self._interaction.response.send_message(line, ephemeral=True)

    async def deliver(self, pages: Sequence[str], buttons: discord.ui.View | None = None) -> discord.Message:
        """The first page in the place of the stages, the others after it."""
        first, *more = pages
        try:
            shown = await self._show(first, None if more else buttons)
        except (discord.Forbidden, discord.NotFound) as closed:
            return await self._deliver_elsewhere(pages, buttons, closed)
        return await self._follow(more, buttons) if more else shown

    async def _show(self, page: str, buttons: discord.ui.View | None = None) -> discord.Message:
        shown = await persist(lambda: self._interaction.edit_original_response(content=page, view=buttons))
        self.messages.append(shown.id)
        return shown

    async def _follow(self, pages: Sequence[str], buttons: discord.ui.View | None) -> discord.Message:
        """The pages after the first; where one is lost, a line that says so."""
        try:
            for page in pages[:-1]:
                await self._follow_up(page)
            return await self._follow_up(pages[-1], buttons)
        except UNSENT as refused:
            _log.warning("a page was lost: %s", refused)
        try:
            return await self._follow_up(_LOST, buttons)
        except UNSENT:
            return await self._show(_LOST, buttons)

    async def _follow_up(self, page: str, buttons: discord.ui.View | None = None) -> discord.Message:
        webhook, view = self._interaction.followup, buttons or discord.utils.MISSING
        if not isinstance(webhook.session, NoRetrySession):
            webhook.session = cast(aiohttp.ClientSession, NoRetrySession(webhook.session))
        options: dict[str, Any] = {"ephemeral": self.private, "view": view, "suppress_embeds": True, "wait": True}
        shown: discord.Message = await persist(lambda: webhook.send(page, **options), repeatable=False)
        self.messages.append(shown.id)
        return shown

    async def _deliver_elsewhere(
        self, pages: Sequence[str], buttons: discord.ui.View | None, closed: discord.HTTPException
    ) -> discord.Message:
        """Discord has given the interaction up, but not the channel, or not the person."""
        left, post = list(pages), PagePoster(self._interaction.id, self.messages)
        channel = self._interaction.channel
        if not self.private and isinstance(channel, discord.abc.Messageable):
            try:
                return await post.send(channel, left, buttons)
            except (discord.Forbidden, discord.NotFound) as refused:
                closed = refused
        return await post.send_privately(self._interaction.user, channel, left, closed)

    async def open_thread(self, answer: discord.Message, name: str, welcome: str) -> int | None:  # noqa: ARG002
        """None: what a command answers stays where it was given; who follows up replies to it."""
        return None


class MessageResponder:
    """Answers a message: under it where that is allowed, else after it, else in private."""

    private = False

    def __init__(self, message: discord.Message) -> None:
        self._message = message
        self.messages: list[int] = []
        self._post = PagePoster(message.id, self.messages)
        self._typed = -math.inf

    async def begin(self) -> None:
        """Show that somebody is typing."""
        self._typed = time.monotonic()
        with suppress(*UNSENT):
            async with asyncio.timeout(_TAKEN):
                await self._message.channel.typing()

    async def stage(self, line: str) -> None:  # noqa: ARG002
        """Keep typing."""
        if time.monotonic() - self._typed > _TYPING:
            await self.begin()

    async def decline(self, line: str) -> None:
        """As any answer."""
        await self.deliver([line])

    async def deliver(self, pages: Sequence[str], buttons: discord.ui.View | None = None) -> discord.Message:
        """As a reply; where none is allowed here, as a message; where not even that, to the person alone."""
        message, left, post = self._message, list(pages), self._post
        try:
            try:
                return await post.send(message.channel, left, buttons, message.to_reference(fail_if_not_exists=False))
            except discord.HTTPException as refused:
                if refused.code not in _NO_REPLY:
                    raise
                return await post.send(message.channel, left, buttons)
        except (discord.Forbidden, discord.NotFound) as closed:
            return await post.send_privately(message.author, message.channel, left, closed)

    async def open_thread(self, answer: discord.Message, name: str, welcome: str) -> int | None:
        """A thread under the answer, in a channel that can have one and lets the bot open it."""
        channel = answer.channel
        if not isinstance(channel, discord.TextChannel):
            return None
        may = channel.permissions_for(channel.guild.me)
        if not (may.create_public_threads and may.send_messages_in_threads):
            return None
        try:
            thread = await _open(answer, channel, name)
            await persist(partial(thread.send, welcome, nonce=f"{answer.id}-w"))
        except UNSENT as refused:
            _log.info("no thread under %s, or no welcome in it: %s", answer.id, refused)
            return None
        return thread.id


async def _open(answer: discord.Message, channel: discord.TextChannel, name: str) -> discord.Thread:
    try:
        return await persist(lambda: answer.create_thread(name=name, auto_archive_duration=1440))
    except discord.HTTPException as refused:
        thread = channel.get_thread(answer.id)
        if refused.code != _HAS_THREAD or thread is None:
            raise
        return thread


async def begin(
    interaction: discord.Interaction[Any], asked: Callable[[], Wanted], private: bool
) -> tuple[Wanted, InteractionResponder] | None:
    """What is asked for, and where its answer goes; None for whoever has been told why there is none.

    `asked` may raise `QuestionError`.
    """
    bot: Context = interaction.client
    try:
        wanted = asked()
        line = bot.count_question(interaction.user.id)
    except QuestionError as error:
        line = rendering.line(str(error))
    if line:
        await interaction.response.send_message(line, ephemeral=True)
        return None
    reply = InteractionResponder(interaction, private)
    await reply.begin()
    return wanted, reply
