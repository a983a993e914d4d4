"""`/timeline`: statements about a topic over time, and changed positions; `/compare`: two outlets, or two periods."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord import controls
from bot.discord.client import BotCog, BriefingBot
from bot.discord.context import Context, Interaction, guild_of, scopes, words_of
from bot.discord.controls import Control, attach, pager, turn
from bot.discord.responders import begin
from bot.discord.sending import edited
from bot.presentation.digest_wording import TOPIC
from bot.presentation.discord import rendering
from bot.presentation.discord.layouts import Page
from bot.presentation.discord.markdown import small
from bot.presentation.discord.timelines import alt_text, comparison_pages, is_empty, pages
from bot.presentation.image.timeline import draw
from bot.presentation.links import best_link
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.comparison.contrast import Side, sides
from retrieval.domain.answers import Timeline
from retrieval.domain.articles import Filter
from retrieval.errors import QuestionError
from retrieval.question.calendar import parse_window

# The characters that topic, actor and outlet may have together: the id of a button has at most 100.
_WORDS = 62
BUTTON = re.compile(
    r"briefing:timeline:([0-9a-f]{0,6}):([0-9a-f]{0,6}):([0-9]{1,3}):([^|]{0,64})\|([^|]{0,64})\|([^|]{0,64})"
)


@dataclass(frozen=True, slots=True)
class TimelineRequest:
    """A topic, an actor and a filter. The words are short enough for the id of a button."""

    topic: str
    actor: str
    only: Filter

    @classmethod
    def of(cls, topic: str, actor: str, only: Filter, words: OwnWords = ENGLISH) -> TimelineRequest:
        """The request as a user typed it.

        Raises:
            QuestionError: there are too many words, or none.
        """
        topic, actor, *outlets = (" ".join(each.replace("|", " ").split()) for each in (topic, actor, *only.outlets))
        if not topic:
            raise QuestionError(words("Name a topic."))
        if (many := len(topic + actor + "".join(outlets))) > _WORDS:
            raise QuestionError(
                words(
                    "Topic, actor and outlet have {many} characters together; the limit is {most}.",
                    many=many,
                    most=_WORDS,
                )
            )
        return cls(topic, actor, replace(only, outlets=tuple(outlets)))

    def button(self, page: int) -> str:
        """The id of the button that turns to a page."""
        days = self.only.since, self.only.until
        since, until = (f"{date.fromisoformat(each).toordinal():x}" if each else "" for each in days)
        return f"briefing:timeline:{since}:{until}:{page}:{self.topic}|{self.actor}|{''.join(self.only.outlets)}"

    @classmethod
    def read(cls, button: re.Match[str]) -> TimelineRequest:
        """The request in the id of a button."""
        since, until = (date.fromordinal(int(each, 16)).isoformat() if each else None for each in button.group(1, 2))
        return cls(button[4], button[5], Filter(since, until, (button[6],) if button[6] else ()))


_PICTURE = "timeline.png"
_FORBIDDEN = phrase("There is a picture too, but I may not attach files here: a server administrator can allow it.")
_LOST = phrase("There is a picture too, but I could not post it. Please ask again to see it.")


class TimelineButton(Control, template=BUTTON):
    """Turns a timeline to a page. Its id holds the request."""

    def __init__(self, request: TimelineRequest, page: int, label: str = "…", disabled: bool = False) -> None:
        super().__init__(discord.ui.Button(label=label, custom_id=request.button(page), disabled=disabled))
        self._request, self._page = request, page

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> TimelineButton:
        """The button as it was before a restart."""
        return cls(TimelineRequest.read(match), int(match[3]))

    async def clicked(self, interaction: Interaction) -> None:
        """Replace the page by the one of this button. The picture stays: it shows all pages."""

        async def make() -> tuple[Page, discord.ui.View | None]:
            timeline = await _trace(interaction, self._request, turned=True)
            picture = _PICTURE if interaction.message and interaction.message.attachments else ""
            return _page(interaction, self._request, timeline, self._page, picture)

        await turn(interaction, make)


async def send_timeline(interaction: Interaction, asked: Callable[[], TimelineRequest], private: bool | None) -> None:
    """Send the first page, then the picture of all pages. `asked` may raise `QuestionError`."""
    if (begun := await begin(interaction, asked, private)) is None:
        return
    request, reply = begun
    try:
        timeline = await _trace(interaction, request, turned=False)
    except QuestionError as error:
        await reply.deliver([rendering.told(error, words_of(interaction))])
        return
    may = not interaction.guild_id or interaction.app_permissions.attach_files
    page, view = _page(interaction, request, timeline, 0, note="" if may else small(words_of(interaction)(_FORBIDDEN)))
    await reply.deliver([page], view)
    if timeline.entries and may:
        words = words_of(interaction)
        paint = partial(draw, timeline, interaction.client.settings.pictures, words)
        await attach(
            interaction,
            paint,
            _PICTURE,
            alt_text(timeline, words),
            lambda: edited(*_page(interaction, request, timeline, 0, _PICTURE)),
            _LOST,
        )


async def _trace(interaction: Interaction, request: TimelineRequest, turned: bool) -> Timeline:
    """The timeline as the server sees it; where a page is turned, the one computed before, unless articles changed."""
    bot: Context = interaction.client
    only = replace(request.only, scopes=scopes(guild_of(interaction)))

    def trace() -> Timeline:
        key = bot.briefing.catalog.state(), request.topic, request.actor, only
        timeline = bot.timelines.get(key) if turned else None
        if timeline is None:
            timeline = bot.briefing.timelines.trace(request.topic, only, request.actor or None)
            bot.timelines.put(key, timeline)
        return timeline

    return await bot.executor.run(trace)


def _page(
    interaction: Interaction,
    request: TimelineRequest,
    timeline: Timeline,
    number: int,
    picture: str = "",
    note: str = "",
) -> tuple[Page, discord.ui.View | None]:
    bot: Context = interaction.client
    link = partial(best_link, bases=bot.settings.bases)
    words = words_of(interaction)
    found = pages(timeline, request.actor, link, picture, note, bot.settings.plain_messages, words)
    number = min(number, len(found) - 1)
    make = partial(TimelineButton, request)
    return found[number], pager(make, (words("◀ Earlier"), words("Later ▶")), number, 1, len(found))


class TimelineCog(commands.Cog):
    """Timelines by command."""

    @app_commands.command(description="Who said what about a topic over time, and what changed.")
    @app_commands.describe(
        topic="The topic",
        actor="Only what this person or body says or does",
        since="Only articles of this day or later: 2024-12-03, 2024-12, yesterday",
        until="Only articles of this day or earlier",
        outlet="Only articles of this outlet",
        private="Show it only to you",
    )
    @app_commands.autocomplete(outlet=controls.outlets)
    async def timeline(
        self,
        interaction: Interaction,
        topic: app_commands.Range[str, 1, TOPIC],
        actor: app_commands.Range[str, 1, TOPIC] | None = None,
        since: str | None = None,
        until: str | None = None,
        outlet: str | None = None,
        private: bool | None = None,
    ) -> None:
        """Show the timeline a page at a time, with its picture."""
        await send_timeline(
            interaction, partial(_request_of, topic, actor, since, until, outlet, words_of(interaction)), private
        )


def _request_of(
    topic: str, actor: str | None, since: str | None, until: str | None, outlet: str | None, words: OwnWords
) -> TimelineRequest:
    only = replace(parse_window(since, until), outlets=(outlet,) if outlet else ())
    return TimelineRequest.of(topic, actor or "", only, words)


_NOTHING = phrase("Neither side says anything about this.")


class CompareCog(BotCog):
    """Comparisons by command."""

    @app_commands.command(description="Two outlets or two periods on one topic, side by side, in their own words.")
    @app_commands.describe(
        topic="The topic to compare them on",
        outlet_a="The outlet on the left",
        outlet_b="The outlet on the right",
        period_a="Instead, the period on the left: 2024-12, 2024, 2024-11..2025-01",
        period_b="The period on the right",
        private="Show it only to you",
    )
    @app_commands.autocomplete(outlet_a=controls.outlets, outlet_b=controls.outlets)
    async def compare(
        self,
        interaction: Interaction,
        topic: app_commands.Range[str, 1, 200],
        outlet_a: str | None = None,
        outlet_b: str | None = None,
        period_a: str | None = None,
        period_b: str | None = None,
        private: bool | None = None,
    ) -> None:
        """Show both sides."""
        outlets, periods = ([each for each in pair if each] for pair in ((outlet_a, outlet_b), (period_a, period_b)))
        request = partial(sides, outlets, periods, scopes(guild_of(interaction)))
        if begun := await begin(interaction, request, private):
            both, reply = begun
            await reply.deliver(await self._compared(topic, both, words_of(interaction)))

    async def _compared(self, topic: str, both: tuple[Side, Side], words: OwnWords) -> list[Page]:
        """The comparison, or a line that says why there is none."""
        bot = self._bot
        try:
            comparison = await bot.executor.run(partial(bot.briefing.timelines.compare, topic, both))
        except QuestionError as error:
            return [rendering.told(error, words)]
        link = partial(best_link, bases=bot.settings.bases)
        if is_empty(comparison):
            return [words(_NOTHING)]
        return comparison_pages(comparison, link, bot.settings.plain_messages, words)


async def setup(bot: BriefingBot) -> None:
    """Called when the bot starts."""
    bot.add_dynamic_items(TimelineButton)
    await bot.add_cog(TimelineCog())
    await bot.add_cog(CompareCog(bot))
