"""`/digest`: the stories of one day or several."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot.discord.client import BriefingBot, Interaction
from bot.discord.features.digest_pages import DigestButton, send_digest
from bot.discord.features.story_menu import StoryMenu
from bot.presentation.digest_wording import TOPIC
from retrieval.domain.searches import Filter
from retrieval.errors import QuestionError
from retrieval.question.calendar import parse_window

Days = Literal["today", "yesterday", "the last week"]


class DigestCog(commands.Cog):
    """Digests by command."""

    @app_commands.command(description="The stories of one day or several, with their sources.")
    @app_commands.rename(on="date")
    @app_commands.describe(
        days="Which days. Default: the day of the newest article",
        on="One day, or a month: 2024-12-03, 2024-12",
        since="From this day on: 2024-12-03, 2024-12, yesterday",
        until="Up to this day",
        topic="Only stories about this",
        private="Show it to you alone",
    )
    async def digest(
        self,
        interaction: Interaction,
        days: Days | None = None,
        on: str | None = None,
        since: str | None = None,
        until: str | None = None,
        topic: app_commands.Range[str, 1, TOPIC] | None = None,
        private: bool | None = None,
    ) -> None:
        """Show the stories, a page at a time."""
        await send_digest(interaction, partial(_window, days, on, since, until), topic, private)


def _window(days: Days | None, on: str | None, since: str | None, until: str | None) -> Filter:
    if sum(map(bool, (days, on, since or until))) > 1:
        raise QuestionError("Name the days in one way only: days, date, or since and until.")
    return _named(days, date.today()) if days else parse_window(on or since, on or until)


def _named(days: Days, today: date) -> Filter:
    back = {"today": (0, 0), "yesterday": (1, 1), "the last week": (6, 0)}[days]
    first, last = (today - timedelta(each) for each in back)
    return Filter(first.isoformat(), last.isoformat())


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(DigestButton, StoryMenu)
    await bot.add_cog(DigestCog())
