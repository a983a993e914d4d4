"""What people read of the bot's messages, with components or without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import discord
import simcord
from discord.http import handle_message_parameters

from bot.discord.sending import sent
from bot.presentation.discord.layouts import Page
from bot.presentation.discord.markdown import STUCK
from tests.discord_components import walk
from tests.discord_rules import broken

_TEXT, _SEPARATOR = 10, 14


def plain(make: Callable[..., list[Page]], *about: Any, **options: Any) -> list[str]:
    """The messages that a renderer makes where there are no components."""
    pages = make(*about, **options, plain=True)
    assert all(isinstance(page, str) for page in pages)
    return [_loose(str(page)) for page in pages]


def read(message: discord.Message | simcord.ResponseMessage | Mapping[str, Any]) -> str:
    """The text of a message, of its content or its components."""
    if isinstance(message, Mapping):
        return _loose(message.get("content") or "\n".join(_texts(message.get("components") or ())))
    parts = [each if isinstance(each, dict) else each.to_dict() for each in message.components]
    return _loose(message.content or "\n".join(_texts(parts)))


def words(page: Page) -> str:
    """The text of a message that shows this page."""
    return _loose(page) if isinstance(page, str) else read({"components": sent(page)["view"].to_components()})


def said(result: simcord.InteractionResult) -> str:
    """All that the bot has answered."""
    assert result.response
    return "\n".join(map(read, (result.response, *result.followups)))


def buttons(message: discord.Message | simcord.ResponseMessage, links: bool = False) -> list[dict[str, Any]]:
    """The buttons of a message: the ones that open addresses, or the others."""
    parts = [each if isinstance(each, dict) else each.to_dict() for each in message.components]
    return [each for each in map(dict, walk(parts)) if each.get("type") == 2 and bool(each.get("url")) == links]


def made_buttons(page: Page, links: bool = False) -> list[dict[str, Any]]:
    """Likewise, of a message that shows this page."""
    parts = walk(sent(page)["view"].to_components())
    return [each for each in map(dict, parts) if each.get("type") == 2 and bool(each.get("url")) == links]


def broken_page(page: Page) -> list[str]:
    """The rules of Discord that a message with this page breaks, with buttons below it."""
    view = discord.ui.View()
    for at in range(5):
        view.add_item(discord.ui.Button(label="x", custom_id=f"{at}"))
    with handle_message_parameters(**sent(page, view), flags=discord.MessageFlags(suppress_embeds=True)) as made:
        body = {**(made.payload or {}), "allowed_mentions": {"parse": []}}
    return broken(simcord.HttpLogEntry("POST", "/channels/1/messages", params={}, json=body, reason=None))


def _loose(text: str) -> str:
    """The text as it is read: a space that no line ends at is a space."""
    return text.replace(STUCK, " ")


def _texts(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for each in walk(components):
        if each.get("type") == _TEXT:
            yield each["content"]
        elif each.get("type") == _SEPARATOR:
            yield ""
