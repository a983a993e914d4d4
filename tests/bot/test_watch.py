"""`/watch`, as those who manage a server see it, and the notices that its channels get."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot.discord.client import BriefingBot
from bot.discord.delivery.timetable import Timetable
from bot.settings import BotSettings
from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town

TOPIC = "Ukraine NATO membership"
RETURNED = "Ukraine will seek NATO membership again, President Volodymyr Zelenskyy announced on Saturday in Kyiv."
WARNED = "Ukraine cannot expect NATO membership this decade, Chancellor Friedrich Merz said on Sunday in Berlin."


@dataclass
class Clock:
    """Discord's clock in the simulation, with days put in that need not be lived through."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return discord.utils.utcnow() + self.ahead


@dataclass
class Office(Town):
    """A town whose Ann manages the server; it is nine in the morning in UTC, on 1 January 2026."""

    folder: Path = Path()
    clock: Clock = field(default_factory=lambda: Clock(timedelta(hours=9)))

    async def run(self, name: str, **options: Any) -> str:
        """What she is told, privately."""
        return _text(await self.ann.slash(self.channel, f"watch {name}", **options))

    async def later(self, **time: float) -> None:
        """So much time goes by; the worker looks at the watches, then posts what it saw."""
        self.clock.ahead += timedelta(**time)
        await self.env.advance_time(20)
        await self.env.advance_time(20)

    async def restart(self, **settings: Any) -> None:
        """End the bot, and start another."""
        await self.env.restart_bot(make_bot(self.bot.briefing, self.clock, **settings))

    async def publish(self, text: str, scope: str | None = None) -> None:
        """An article comes in, for everybody or for one server."""
        name = f"{len(list(self.folder.iterdir()))}.md"
        (self.folder / name).write_text(f"---\ntitle: Note {name}\npublished: 2026-01-03\n---\n\n{text}\n")
        ingest = self.bot.briefing.articles.ingest
        await asyncio.to_thread(ingest, [self.folder / name], **({"scope": scope} if scope else {}))


def _text(result: Any) -> str:
    assert result.ephemeral
    assert result.response
    return "\n".join([result.response.content, *(each.content for each in result.followups)])


def make_bot(briefing: Briefing, clock: Callable[[], datetime], **settings: Any) -> BriefingBot:
    return BriefingBot(briefing, BotSettings(reader_port=0, poll_minutes=0, welcome=False, **settings), clock=clock)


@pytest.fixture
async def office(env: simcord.Env, briefing: Briefing, tmp_path: Path) -> Office:
    """Nothing is watched yet."""
    guild = env.create_guild("Policy team")
    managers = guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
    ann = guild.add_member(env.create_user("ann"), roles=[managers])
    (tmp_path / "inbox").mkdir()
    office = Office(env, guild, guild.create_text_channel("briefing"), ann, tmp_path / "inbox")
    await env.restart_bot(make_bot(briefing, office.clock))
    return office


async def test_a_topic_is_watched_and_told_once_with_the_quote_and_its_source(office: Office) -> None:
    told = await office.run("add", topic=TOPIC)
    print(told)
    await office.publish(RETURNED)
    await office.later(minutes=1)
    for each in office.said():
        print(each.content)
    print(await office.run("list"))
    print(await office.run("test", watch=1))
    assert 0
