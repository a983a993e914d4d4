"""`/timeline`: the statements about a topic over time, and the positions that changed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from discord import app_commands
from discord.ext import commands

from bot.discord import choices
from bot.discord.client import BriefingBot, Interaction
from bot.discord.features.timeline_pages import TimelineButton, send_timeline
from bot.discord.features.timeline_request import TimelineRequest
from bot.presentation.digest_wording import TOPIC
from retrieval.question.calendar import parse_window


class TimelineCog(commands.Cog):
    """Timelines by command."""

    @app_commands.command(description="Who said what about a topic over time, and what changed.")
    @app_commands.describe(
        topic="The topic",
        actor="Only what this person or body says or does",
        since="Only articles of this day or later: 2024-12-03, 2024-12, yesterday",
        until="Only articles of this day or earlier",
        outlet="Only articles of this outlet",
        private="Show it to you alone",
    )
    @app_commands.autocomplete(outlet=choices.outlets)
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
        await send_timeline(interaction, partial(_request_of, topic, actor, since, until, outlet), private)


def _request_of(
    topic: str, actor: str | None, since: str | None, until: str | None, outlet: str | None
) -> TimelineRequest:
    only = replace(parse_window(since, until), outlets=(outlet,) if outlet else ())
    return TimelineRequest.of(topic, actor or "", only)


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(TimelineButton)
    await bot.add_cog(TimelineCog())
