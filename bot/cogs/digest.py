"""`/digest`: the stories of a day, or of some days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot import render
from bot.client import BriefingBot, Interaction
from bot.digests import TOPIC, digest_page
from bot.replies import InteractionReply
from retrieval.errors import QuestionError
from retrieval.models import Filter
from retrieval.search.dates import parse_window

Days = Literal["today", "yesterday", "the last week"]


class Digest(commands.Cog):
    """Digests by command."""

    def __init__(self, bot: BriefingBot) -> None:
        self._bot = bot

    @app_commands.command(description="The stories of a day or of some days, with their sources.")
    @app_commands.describe(
        days="Which days; the newest day there is, if nothing is said",
        since="From this day on: 2024-12-03, 2024-12, yesterday",
        until="Up to this day",
        topic="Only stories about this",
        private="Show it to you alone",
    )
    async def digest(
        self,
        interaction: Interaction,
        days: Days | None = None,
        since: str | None = None,
        until: str | None = None,
        topic: app_commands.Range[str, 1, TOPIC] | None = None,
        private: bool = False,
    ) -> None:
        """Tell the stories, a page at a time."""
        try:
            only = _named(days, date.today()) if days else parse_window(since, until)
        except QuestionError as error:
            await interaction.response.send_message(render.line(str(error)), ephemeral=True)
            return
        if line := self._bot.questions.hold(interaction.user.id):
            await interaction.response.send_message(line, ephemeral=True)
            return
        reply = InteractionReply(interaction, private)
        await reply.begin()
        page, view = await digest_page(interaction, only, " ".join((topic or "").split()))
        await reply.deliver([page], view)


def _named(days: Days, today: date) -> Filter:
    back = {"today": (0, 0), "yesterday": (1, 1), "the last week": (6, 0)}[days]
    first, last = (today - timedelta(each) for each in back)
    return Filter(first.isoformat(), last.isoformat())


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Digest(bot))
