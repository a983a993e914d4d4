"""The real bot over the seeds, on a simulated Discord."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot.discord.client import BriefingBot
from bot.discord.delivery.schedules import Schedules
from bot.settings import BotSettings
from retrieval.bootstrap import open_briefing
from retrieval.services.briefing import Briefing
from retrieval.settings import Settings
from tests import discord_rules
from tests.bot.office import Office, World
from tests.fakes import opened
from tests.shown import read


@pytest.fixture(scope="module")
def stocked(seeded: Path) -> Path:
    """The data folder that is copied for every test: the seeds; a module may have its own, with more in it."""
    return seeded


@pytest.fixture
def briefing(stocked: Path, tmp_path: Path) -> Iterator[Briefing]:
    """The articles, and nothing asked yet."""
    data_dir = tmp_path / "data"
    shutil.copytree(stocked, data_dir, symlinks=True)
    with open_briefing(Settings(data_dir=data_dir)) as opened:
        yield opened


@dataclass
class Clock:
    """Discord's clock in the simulation, with days put in that need not be lived through."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return discord.utils.utcnow() + self.ahead


@dataclass
class Town:
    """A server with a channel and a person in it, and the bot."""

    env: simcord.Env
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    ann: simcord.MemberActor

    @property
    def bot(self) -> BriefingBot:
        """The bot that runs now."""
        bot = self.env.bot
        assert isinstance(bot, BriefingBot)
        return bot

    async def restart(self, **settings: Any) -> None:
        """End the bot, and start another over the same articles."""
        await self.env.restart_bot(make_bot(self.bot.briefing, **settings))

    async def mention(self, text: str, **options: Any) -> discord.Message:
        """Ann mentions the bot in the channel."""
        return await self.ann.send(self.channel, f"<@{self.user.id}> {text}", **options)

    @property
    def user(self) -> discord.ClientUser:
        """The bot as others see it."""
        assert self.env.bot.user
        return self.env.bot.user

    def said(self, channel: simcord.ChannelHandle | None = None) -> list[discord.Message]:
        """The public messages of the bot, oldest first."""
        history = (channel or self.channel).history()
        return [message for message in history if message.author.id == self.user.id and read(message)]


def make_bot(briefing: Briefing, sync: bool = False, **settings: Any) -> BriefingBot:
    """The bot, without a reader page and, unless settings say so, without what it does unasked."""
    quiet = {"reader_port": 0, "poll_minutes": 0, "welcome": False, "follow_ups": False}
    return BriefingBot(briefing, BotSettings(**{**quiet, **settings}), sync)


@pytest.fixture
async def env(briefing: Briefing, request: pytest.FixtureRequest) -> AsyncIterator[simcord.Env]:
    """A simulated Discord with the bot on it.

    Every request that the bot makes in a test is held against Discord's own rules at its end. Settings are given by
    `@pytest.mark.parametrize("env", [{...}], indirect=True)`.
    """
    env = simcord.Env(make_bot(briefing, **getattr(request, "param", {})), settle_timeout=30)
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()
    env.raise_errors()
    discord_rules.check(env.http_requests)


@pytest.fixture
def town(env: simcord.Env) -> Town:
    """A server with one channel, and Ann in it."""
    guild = env.create_guild("Policy team")
    channel = guild.create_text_channel("briefing")
    return Town(env, guild, channel, guild.add_member(env.create_user("ann")))


@pytest.fixture
def world() -> World:
    """Five in the morning, and nothing posted yet."""
    return World()


@pytest.fixture
def office(tmp_path: Path, world: World) -> Iterator[Office]:
    """Nothing scheduled yet."""
    with opened(tmp_path) as catalog:
        yield Office(world, Schedules(catalog))
