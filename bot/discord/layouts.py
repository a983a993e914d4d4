"""Pages as what discord.py sends: text, or a view of components; and the text of a message, whichever it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import discord

from bot.presentation.discord.layouts import Attached, Block, Card, Page, Rule, SourceLine, Text, merged

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
