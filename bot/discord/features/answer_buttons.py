"""The buttons under answers and lists. Each names in its id all it needs, so that it works after a restart."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import discord

from bot.discord.audience import scope, scopes
from bot.discord.errors import report
from bot.discord.features.feedback import FORGOTTEN, blame, praise, tell
from bot.discord.responders import InteractionResponder, take
from bot.presentation.discord import rendering
from bot.presentation.links import best_link
from retrieval.domain.answers import Answer
from retrieval.domain.searches import Filter
from retrieval.storage.conversations import Given

if TYPE_CHECKING:
    from bot.discord.client import BriefingBot

Interaction = discord.Interaction[Any]

_LABELS = {"sources": "Sources", "more": "More", "helpful": "Helpful", "unhelpful": "Not helpful"}
_SIGNS = {"sources": "📑", "more": "➕", "helpful": "👍", "unhelpful": "👎"}
# Passages that "More" shows, and articles on a page.
_MORE, PAGE = 5, 10


class AnswerButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"briefing:(sources|more|helpful|unhelpful):([0-9a-f]{16})"
):
    """A button under an answer: what it does, and the key of the answer."""

    def __init__(self, act: str, key: str) -> None:
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=_LABELS[act], emoji=_SIGNS[act], custom_id=f"briefing:{act}:{key}"
        )
        super().__init__(button)
        self._act, self._key = act, key

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> AnswerButton:
        """The button as it was before a restart."""
        return cls(match[1], match[2])

    async def callback(self, interaction: Interaction) -> None:
        """Do what the button says, or tell in one line why not: discord.py only logs what fails here."""
        try:
            if await is_served(interaction):
                await _ACTS[self._act](interaction, self._key)
        except Exception as error:
            await report(interaction, error)


class PageButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"briefing:page:(\d{1,6}):(.{0,60})"):
    """Turns a list of articles to the page that begins with article `first`."""

    def __init__(self, label: str, first: int, containing: str, disabled: bool = False) -> None:
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label, custom_id=f"briefing:page:{first}:{containing}", disabled=disabled
        )
        super().__init__(button)
        self._first, self._containing = first, containing

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> PageButton:
        """The button as it was before a restart."""
        return cls("…", int(match[1]), match[2])

    async def callback(self, interaction: Interaction) -> None:
        """Show the page in the place of the one that is shown."""
        await turn(interaction, lambda: list_page(interaction, self._first, self._containing))


async def turn(interaction: Interaction, make: Callable[[], Awaitable[tuple[str, discord.ui.View | None]]]) -> None:
    """Show the page that is made, with its buttons, in the place of the one clicked on; or say why not."""
    try:
        if await is_served(interaction):
            await take(interaction.response.defer())
            page, view = await make()
            await interaction.edit_original_response(content=page, view=view)
    except Exception as error:
        await report(interaction, error)


async def is_served(interaction: Interaction) -> bool:
    """Whether the bot works where somebody clicked or commanded; tells them where it does not."""
    bot: BriefingBot = interaction.client
    if bot.serves(interaction.guild_id):
        return True
    if interaction.type is not discord.InteractionType.autocomplete:
        await interaction.response.send_message("I am not set up for this server.", ephemeral=True)
    return False


async def list_page(interaction: Interaction, first: int, containing: str) -> tuple[str, discord.ui.View | None]:
    """A page of the list of articles, and the buttons that turn it."""
    bot: BriefingBot = interaction.client
    only = Filter(scopes=scopes(interaction.guild_id))
    shown, total = await bot.desk.run(partial(bot.briefing.articles.page, only, containing, first, PAGE))
    if first and not shown:
        # The list has grown shorter since the button was made.
        return await list_page(interaction, 0, containing)
    page = rendering.articles(shown, first + 1, total)
    if total <= PAGE:
        return page, None
    view = discord.ui.View(timeout=None)
    view.add_item(PageButton("◀ Newer", max(first - PAGE, 0), containing, disabled=first == 0))
    # Two buttons of one message may not share an id: at the end, the way on names what lies beyond it.
    view.add_item(PageButton("Older ▶", first + PAGE, containing, disabled=first + PAGE >= total))
    return page, view


def answer_buttons(key: str, given: Answer) -> discord.ui.View:
    """What can be done with an answer; where nothing was found there are no sources to show."""
    view = discord.ui.View(timeout=None)
    for act in _LABELS if given.citations else ("more", "helpful", "unhelpful"):
        view.add_item(AnswerButton(act, key))
    return view


async def _show_sources(interaction: Interaction, key: str) -> None:
    bot: BriefingBot = interaction.client
    given = await _recall(interaction, key)
    if given is None:
        return

    def read() -> list[Any]:
        seen = scopes(interaction.guild_id)
        return [bot.briefing.articles.quote(citation, seen) for citation in given.answer.citations]

    shown = await bot.desk.run(read)
    await tell(interaction, rendering.excerpts(given.answer, shown, partial(best_link, bases=bot.settings.bases)))


async def _show_more(interaction: Interaction, key: str) -> None:
    bot: BriefingBot = interaction.client
    given = await _recall(interaction, key)
    if given is None:
        return
    found = await bot.desk.run(partial(bot.briefing.asking.more, given.answer, given.only, _MORE))
    await tell(interaction, rendering.passages(found, partial(best_link, bases=bot.settings.bases)))


async def _recall(interaction: Interaction, key: str) -> Given | None:
    """Take the click at once, then look for the answer; says so itself where it is forgotten."""
    bot: BriefingBot = interaction.client
    await InteractionResponder(interaction, private=True).begin()
    given: Given | None = await bot.desk.run(partial(bot.briefing.conversations.find, key, scope(interaction.guild_id)))
    if given is None:
        await tell(interaction, [FORGOTTEN])
    return given


_ACTS: dict[str, Callable[[Interaction, str], Awaitable[None]]] = {
    "sources": _show_sources,
    "more": _show_more,
    "helpful": praise,
    "unhelpful": blame,
}


def turners(
    make: Callable[..., discord.ui.Item[Any]], labels: tuple[str, str], number: int, total: int
) -> discord.ui.View | None:
    """The buttons to the pages before and after one of so many, made of `label`, `page` and `disabled`."""
    if total == 1:
        return None
    back, on = labels
    view = discord.ui.View(timeout=None)
    view.add_item(make(label=back, page=max(number - 1, 0), disabled=number == 0))
    # Two buttons of one message may not share an id: at the end, the way on names what lies beyond it.
    view.add_item(make(label=on, page=number + 1, disabled=number + 1 == total))
    return view
