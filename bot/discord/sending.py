"""Sending pages to Discord, as text or components: again after a passing failure, but never twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

import aiohttp
import discord

from bot.discord.errors import UNSENT, is_malformed
from bot.presentation.discord.layouts import Attached, Block, Card, Page, Rule, SourceLine, Text, merged, plain_pages
from bot.presentation.words import OwnWords, phrase

_IN_A_ROW = 5
_LINK = discord.ButtonStyle.link


def sent(page: Page, buttons: discord.ui.View | None = None) -> dict[str, Any]:
    """The arguments by which a message is sent."""
    if isinstance(page, str):
        return {"content": page, "view": buttons} if buttons else {"content": page}
    return {"view": _view(page, buttons)}


def edited(page: Page, buttons: discord.ui.View | None = None) -> dict[str, Any]:
    """The arguments by which a message is edited to show nothing else."""
    return {"content": None, "view": None} | sent(page, buttons)


def as_card(page: Page) -> Card:
    """The page with components: a message that has them once cannot do without."""
    return Card((Text(page),)) if isinstance(page, str) else page


def text_of(message: discord.Message | discord.MessageSnapshot) -> str:
    """The text of a message, of its content or its components."""
    return message.content or "\n".join(_texts(message.components))


def addresses_of(message: discord.Message | discord.MessageSnapshot) -> list[str]:
    """The addresses that the buttons of a message open."""
    return [each.url for each in _walk(message.components) if isinstance(each, discord.Button) and each.url]


def _view(page: Card, buttons: discord.ui.View | None) -> discord.ui.LayoutView:
    view = discord.ui.LayoutView(timeout=None)
    if page.above:
        view.add_item(discord.ui.TextDisplay(page.above))
    frame: discord.ui.Container[Any] = discord.ui.Container(accent_colour=int(page.tone))
    for block in merged(page.blocks):
        frame.add_item(_item(block))
    for row in _rows(buttons.children if buttons else ()):
        frame.add_item(discord.ui.ActionRow(*row))
    return view.add_item(frame)


def _rows(items: Iterable[discord.ui.Item[Any]]) -> list[list[discord.ui.Item[Any]]]:
    """The items in rows: those that name the same row, or none, stand together while there is room."""
    rows: list[list[discord.ui.Item[Any]]] = []
    for item in items:
        fits = rows and item.row == rows[-1][-1].row and sum(each.width for each in rows[-1]) < _IN_A_ROW
        if fits and item.width == 1:
            rows[-1].append(item)
        else:
            rows.append([item])
    return rows


def _item(block: Block) -> discord.ui.Item[Any]:
    match block:
        case Text(text):
            return discord.ui.TextDisplay(text)
        case SourceLine():
            button: discord.ui.Button[Any] = discord.ui.Button(style=_LINK, url=block.address, label=block.label)
            return discord.ui.Section(block.text, accessory=button)
        case Attached(name, alt) if alt:
            return discord.ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{name}", description=alt))
        case Attached(name):
            return discord.ui.File(f"attachment://{name}")
        case Rule(line):
            return discord.ui.Separator(visible=line)


def _texts(components: Iterable[Any]) -> Iterator[str]:
    return (each.content for each in _walk(components) if isinstance(each, discord.TextDisplay))


def _walk(components: Iterable[Any]) -> Iterator[Any]:
    """The components at any depth, in reading order."""
    for each in components:
        yield each
        yield from _walk(getattr(each, "children", ()))
        if accessory := getattr(each, "accessory", None):
            yield accessory


_log = logging.getLogger(__name__)

Sent = TypeVar("Sent")

# Seconds before the second and the third try, for failures that discord.py does not retry by itself.
_PAUSES = (1.0, 3.0)
_FORBIDDEN = phrase("I may not write in {channel}: a server administrator can allow it. Here is your answer.")


async def persist(send: Callable[[], Awaitable[Sent]], repeatable: bool = True) -> Sent:
    """Send, and send again after a passing failure of Discord.

    `repeatable` says that Discord recognises a message it has already. Any other message is sent again only if Discord
    certainly has not got it.
    """
    for pause in _PAUSES:
        try:
            return await send()
        except UNSENT as error:
            if not (_is_unread(error) or (repeatable and _is_passing(error))):
                raise
            _log.warning("sending again in %s s: %s", pause, error)
            await asyncio.sleep(pause)
    return await send()


def _is_unread(error: BaseException) -> bool:
    # discord.py raises a TypeError for a response with status 429 that is not JSON.
    limited = isinstance(error, discord.HTTPException) and error.status == 429
    return limited or isinstance(error, (aiohttp.ClientConnectorError, TypeError))


def _is_passing(error: BaseException) -> bool:
    return isinstance(error, (discord.DiscordServerError, aiohttp.ClientConnectionError, TimeoutError))


class NoRetrySession:
    """A session that raises at once if the server fails: discord.py would send the message a second time."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @asynccontextmanager
    async def request(self, method: str, url: str, **options: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        async with self._session.request(method, url, **options) as response:
            if response.status >= 500:
                raise discord.DiscordServerError(response, await response.text())
            yield response


class PagePoster:
    """Posts every page at most once: Discord recognises a page by `question` and a count.

    The ids of the posted messages are added to `messages`.
    """

    def __init__(self, question: int, messages: list[int]) -> None:
        self._question = question
        self._messages = messages
        self._posted = 0

    async def send(
        self,
        place: discord.abc.Messageable,
        left: list[Page],
        buttons: discord.ui.View | None,
        reference: discord.MessageReference | None = None,
    ) -> discord.Message:
        """Post the pages in `left`, removing them from the list once they are posted; return the last message."""
        while True:
            options: dict[str, Any] = {"suppress_embeds": True, "nonce": f"{self._question}-{self._posted}"}
            if reference:
                options |= {"reference": reference, "mention_author": False}
            options |= sent(left[0], buttons if len(left) == 1 else None)
            try:
                posted = await persist(partial(place.send, **options))
            except discord.HTTPException as refused:
                if reference or isinstance(left[0], str) or not is_malformed(refused):
                    raise
                left[:1] = plain_pages(left[0])
                continue
            self._posted += 1
            self._messages.append(posted.id)
            reference = None
            del left[0]
            if not left:
                return posted

    async def send_privately(
        self,
        person: discord.User | discord.Member,
        where: object,
        left: list[Page],
        closed: discord.HTTPException,
        words: OwnWords,
    ) -> discord.Message:
        """Post the pages in `left` privately and say why; without buttons, since these belong to a server."""
        line = words("Discord no longer lets me answer where you asked. Here is your answer.")
        if isinstance(closed, discord.Forbidden):
            line = words(_FORBIDDEN, channel=getattr(where, "mention", words("that channel")))
        left.insert(0, line)
        return await self.send(person, left, None)
