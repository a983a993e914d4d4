"""A digest as Discord shows it: pages of whole stories, and the buttons that turn them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import discord

from bot.buttons import is_served
from bot.cutting import LIMIT, shorten, split
from bot.failures import report
from bot.links import best_link
from bot.markdown import can_link, clean_line, escape, length, marker
from bot.render import Link
from bot.replies import take
from bot.scopes import scopes
from bot.terminal import day
from retrieval.models import Citation, Digest, Filter, Story

if TYPE_CHECKING:
    from bot.client import BriefingBot

Interaction = discord.Interaction[Any]

TOPIC = 50  # characters of a topic: the id of a button must hold it
_TITLE = 150
_TURN = re.compile(r"briefing:digest:([0-9-]{10}):([0-9-]{10}):([0-9]{1,3}):(.{0,50})")


class DigestButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=_TURN):
    """Turns a digest to page `page`; names the days and the topic, so that it works after a restart."""

    def __init__(self, label: str, only: Filter, page: int, topic: str, disabled: bool = False) -> None:
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label, custom_id=f"briefing:digest:{only.since}:{only.until}:{page}:{topic}", disabled=disabled
        )
        super().__init__(button)
        self._only, self._page, self._topic = only, page, topic

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> DigestButton:
        """The button as it was before a restart."""
        return cls("…", Filter(match[1], match[2]), int(match[3]), match[4])

    async def callback(self, interaction: Interaction) -> None:
        """Show the page in the place of the one that is shown."""
        try:
            if not await is_served(interaction):
                return
            await take(interaction.response.defer())
            page, view = await digest_page(interaction, self._only, self._topic, self._page)
            await interaction.edit_original_response(content=page, view=view)
        except Exception as error:
            await report(interaction, error)


async def digest_page(
    interaction: Interaction, only: Filter, topic: str, number: int = 0
) -> tuple[str, discord.ui.View | None]:
    """A page of the digest of these days, as the server sees it, and the buttons that turn it."""
    bot: BriefingBot = interaction.client
    only = replace(only, scopes=scopes(interaction.guild_id))
    made = await bot.desk.run(partial(bot.briefing.digest, only, topic or None))
    found = pages(made, topic, partial(best_link, bases=bot.settings.bases))
    number = min(number, len(found) - 1)
    if len(found) == 1:
        return found[0], None
    view, days = discord.ui.View(timeout=None), Filter(made.since, made.until)
    view.add_item(DigestButton("◀ Weightier", days, max(number - 1, 0), topic, disabled=number == 0))
    # Two buttons of one message may not share an id: at the end, the way on names what lies beyond it.
    view.add_item(DigestButton("More ▶", days, number + 1, topic, disabled=number + 1 == len(found)))
    return found[number], view


def pages(made: Digest, topic: str, link: Link) -> list[str]:
    """The digest in messages of whole stories; one that fits none is cut."""
    sources = {each.number: each for each in made.citations}
    told = [_story(number, story, sources, link) for number, story in enumerate(made.stories, 1)]
    head = _head(made, topic)
    found = [head]
    for part in (piece for text in told for piece in split(text, LIMIT - length(head) - 2)):
        if length(found[-1]) + 2 + length(part) > LIMIT:
            found.append(head)
        found[-1] += f"\n\n{part}"
    return found


def _head(made: Digest, topic: str) -> str:
    days = day(made.since) if made.since == made.until else f"{day(made.since)} to {day(made.until)}"
    about = f" on {escape(clean_line(topic))}" if topic else ""
    if not made.stories:
        return f"**{days}**{about}: no stories."
    many = f"{made.articles:,} article{'' if made.articles == 1 else 's'}"
    return f"**{days}**{about}: {many}, {made.found:,} stor{'y' if made.found == 1 else 'ies'}"


def _story(number: int, story: Story, sources: dict[int, Citation], link: Link) -> str:
    lines = [f"**{number}\\. {escape(shorten(clean_line(story.title), _TITLE))}**"]
    for point in story.points:
        marks = "".join(_mark(sources[each], link) for each in point.citations)
        lines.append(f"- {escape(clean_line(point.text))} {marks}")
    return "\n".join([*lines, f"-# {' · '.join(_about(story))}"])


def _mark(citation: Citation, link: Link) -> str:
    where = link(citation)
    return marker(citation.number, where) if can_link(where) else f"[{citation.number}]"


def _about(story: Story) -> Iterator[str]:
    many = len(story.files)
    yield f"{many} article{'' if many == 1 else 's'}"
    outlets: Sequence[str] = [escape(shorten(clean_line(each), 40)) for each in story.outlets[:6]]
    if outlets:
        yield ", ".join(outlets)
    if story.origin:
        yield f"copies or rewrites of one {escape(story.origin)} piece among them"
