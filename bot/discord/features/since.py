"""`/since`: the stories since a day, or since the last digest of a channel."""

from __future__ import annotations

from datetime import date
from functools import partial

from discord import app_commands
from discord.ext import commands

from bot.discord.client import BriefingBot, Interaction
from bot.discord.features.digest_pages import send_digest
from bot.presentation.digest_wording import TOPIC
from bot.presentation.wording import day
from retrieval.domain.searches import Filter
from retrieval.errors import QuestionError
from retrieval.question.calendar import parse_day


class SinceCog(commands.Cog):
    """The news since a day, by command."""

    @app_commands.command(description="What is new since a day, or since the last digest in this channel.")
    @app_commands.rename(on="date")
    @app_commands.describe(
        topic="Only stories about this",
        on="From this day on: 2024-12-03, yesterday. Default: what this channel has not received",
        private="Show it to you alone",
    )
    async def since(
        self,
        interaction: Interaction,
        topic: app_commands.Range[str, 1, TOPIC] | None = None,
        on: str | None = None,
        private: bool | None = None,
    ) -> None:
        """Show the stories, a page at a time."""
        await send_digest(interaction, partial(_window, on, date.today()), topic, private)


def _window(since: str | None, today: date) -> Filter | None:
    if not since:
        return None
    first = parse_day(since, today=today)
    if first > today:
        raise QuestionError(f"{day(first.isoformat())} is in the future.")
    return Filter(first.isoformat(), today.isoformat())


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(SinceCog())
