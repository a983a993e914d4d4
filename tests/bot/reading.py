"""What people read of the bot's messages, in their content or their components."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import discord
import simcord


def text(message: Any) -> str:
    """What a message says."""
    parts = message.components
    if isinstance(message, discord.Message):
        parts = [each.to_dict() for each in parts]
    return "\n".join([message.content, *(each["content"] for each in walk(parts) if "content" in each)])


def said(result: simcord.InteractionResult) -> str:
    """All that the bot has answered."""
    assert result.response
    return "\n".join(map(text, [result.response, *result.followups]))


def labels(message: Any) -> list[str]:
    """The labels of the buttons that do something here."""
    parts = message.components
    if isinstance(message, discord.Message):
        parts = [each.to_dict() for each in parts]
    return [each["label"] for each in walk(parts) if each.get("type") == 2 and "custom_id" in each]


def walk(parts: Iterable[Any]) -> Iterator[Any]:
    """The components at any depth."""
    for each in parts:
        yield each
        yield from walk([*each.get("components", ()), *([each["accessory"]] if "accessory" in each else ())])
