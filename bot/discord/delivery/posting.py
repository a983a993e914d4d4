"""Deliveries over Discord: posting a page, finding it again, and the difference between refusals and passing errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeGuard

import discord

from bot.discord.context import words_at
from bot.discord.controls import with_menu
from bot.discord.delivery.attempts import RefusedError, carries
from bot.discord.errors import UNSENT, is_malformed
from bot.discord.sending import sent, text_of
from bot.presentation.discord.digests import Menu
from bot.presentation.discord.layouts import Page, plain_pages
from bot.presentation.words import phrase
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreachableError

# The places a digest may go to.
Place = discord.TextChannel | discord.Thread

_REASONS = {
    10003: Phrase("the channel is gone"),
    50001: Phrase("I may not see it"),
    50013: Phrase("I may not write there"),
    50083: Phrase("the thread is closed"),
    160005: Phrase("the thread is locked"),
    200000: Phrase("AutoMod blocks it"),
}
_NO_HISTORY = Phrase("I may not read the message history there, so I cannot tell what I have posted already")


class DiscordPoster:
    """Posts through a connected client."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def place(self, channel: str) -> Place:
        """The channel or thread of this id.

        Raises:
            RefusedError: it is gone or hidden, or cannot hold messages.
            UnreachableError: Discord does not answer.
        """
        with _translated():
            id_ = int(channel)
            # discord.py does not know archived threads.
            place = self._client.get_channel(id_) or await self._client.fetch_channel(id_)
        if not isinstance(place, Place):
            raise RefusedError(Phrase("it is not a text channel"))
        return place

    async def send(self, channel: str, page: Page, mark: str, role: str | None, menu: Menu | None = None) -> str:
        """Post a page after the mention of a role and above a menu of stories; other mentions in it ping nobody."""
        place, allowed = await self.place(channel), discord.AllowedMentions.none()
        if role:
            page = f"<@&{role}>\n{page}" if isinstance(page, str) else replace(page, above=f"<@&{role}>")
            allowed.roles = [discord.Object(int(role))]
        options: dict[str, Any] = {"suppress_embeds": True, "allowed_mentions": allowed}
        with _translated():
            view = with_menu(None, menu, words_at(self._client, place.guild)) if menu else None
            try:
                posted = await place.send(**sent(page, view), nonce=mark, **options)
            except discord.HTTPException as refused:
                if isinstance(page, str) or not is_malformed(refused):
                    raise
                # The mark and the menu stand in the last of them.
                *before, last = map(sent, plain_pages(page))
                for number, each in enumerate([*before, last | ({"view": view} if view else {})]):
                    posted = await place.send(**each, nonce=f"{mark}{chr(ord('a') + number)}", **options)
                    options["allowed_mentions"] = discord.AllowedMentions.none()
        return str(posted.id)

    async def find(self, channel: str, mark: str, since: datetime) -> str | None:
        """The id of the bot's message since then with this mark; refuses if the bot may not read the history."""
        place = await self.place(channel)
        # Without that permission Discord shows an empty history.
        if not place.permissions_for(place.guild.me).read_message_history:
            raise RefusedError(_NO_HISTORY)
        with _translated():
            async for message in place.history(after=since, limit=None):
                if message.author == self._client.user and carries(text_of(message), mark):
                    return str(message.id)
        return None

    async def warn(self, person: str, line: str) -> None:
        """Send a private message."""
        with _translated():
            private = await self._client.create_dm(discord.Object(int(person)))
            await private.send(line, suppress_embeds=True)


def lacking(place: Place, role: discord.Role | None) -> list[str]:
    """The missing permissions, by Discord's English names, for posting a digest there and mentioning the role."""
    may = place.permissions_for(place.guild.me)
    writing = phrase("Send Messages in Threads") if isinstance(place, discord.Thread) else phrase("Send Messages")
    needed = {
        phrase("View Channel"): may.view_channel,
        writing: may.send_messages_in_threads if isinstance(place, discord.Thread) else may.send_messages,
        phrase("Read Message History"): may.read_message_history,
        phrase("Mention @everyone, @here, and All Roles"): role is None or role.mentionable or may.mention_everyone,
    }
    return [name for name, granted in needed.items() if not granted]


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except UNSENT as error:
        if _is_refusal(error):
            other = Phrase("Discord refuses it (code {code})", code=str(error.code))
            raise RefusedError(_REASONS.get(error.code, other)) from error
        raise UnreachableError(f"Discord did not answer as it should: {error or type(error).__name__}") from error


def _is_refusal(error: BaseException) -> TypeGuard[discord.HTTPException]:
    """True if Discord itself refuses: its proxy, and an invalid token, give no code."""
    return (
        isinstance(error, discord.HTTPException)
        and 400 <= error.status < 500
        and error.status != 429
        and error.code != 0
    )
