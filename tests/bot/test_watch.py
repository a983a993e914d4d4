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
from tests.bot.conftest import Clock, Town
from tests.shown import read, said

TOPIC = "Ukraine NATO membership"
RETURNED = "Ukraine will seek NATO membership again, President Volodymyr Zelenskyy announced on Saturday in Kyiv."
WARNED = "Ukraine cannot expect NATO membership this decade, Chancellor Friedrich Merz said on Sunday in Berlin."


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
        await asyncio.to_thread(ingest, [self.folder / name], **dict[str, Any]({"scope": scope} if scope else {}))


def _text(result: Any) -> str:
    assert result.ephemeral
    assert result.response
    return said(result)


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


# Told


async def test_a_topic_is_watched_and_told_once_with_both_quotes_and_their_sources(office: Office) -> None:
    told = await office.run("add", topic=f" {TOPIC} @everyone? ")
    assert told.splitlines() == [
        f"Watch **1** · {TOPIC} @\u200beveryone? · <#{office.channel.id}> · anything new · at once.",
        "What the articles already say of it is no news.",
        "-# Quiet from 22:00 to 07:00 UTC, at most 12 notices a day.",
    ]
    await office.later(minutes=1)
    assert office.said() == []
    await office.publish(RETURNED)
    await office.later(minutes=1)
    await office.restart()
    await office.publish(RETURNED)
    await office.later(minutes=1)
    (message,) = office.said()
    head, now, new, source, was, old, earlier, mark = read(message).splitlines()
    assert head == f"### 🆕 {TOPIC} @\u200beveryone?: new evidence"
    assert (now, new) == ("**Now** · 3 Jan 2026 · Zelenskyy", f"> “{RETURNED}”")
    assert was == "**Before** · 14 Dec 2025 (date estimated)"
    assert old.startswith("> “Zelenskyy’s choice to give up on NATO membership is")
    assert (source, mark) == ("-# [1] Note 0.md · `0.md:6`", "-# notice 1/1")
    assert earlier.endswith("`001_82df3489a97b2c5e.txt:25`")
    (post,) = [each for each in office.env.http_requests if each.method == "POST" and each.path.endswith("/messages")]
    assert post.json
    assert post.json["allowed_mentions"]["parse"] == []
    assert (post.json["nonce"], post.json["enforce_nonce"]) == ("notice 1/1", True)


async def test_after_an_end_between_posting_and_noting_it_nothing_is_posted_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    # By Discord's own clock, at midnight: what was posted is looked for since it was claimed.
    office.clock.ahead = timedelta()
    await office.run("quiet", hours="none")
    await office.run("add", topic=TOPIC)
    send = discord.TextChannel.send

    async def lose_receipt(channel: discord.TextChannel, *args: Any, **options: Any) -> discord.Message:
        await send(channel, *args, **options)
        raise ConnectionResetError

    monkeypatch.setattr(discord.TextChannel, "send", lose_receipt)
    await office.publish(RETURNED)
    await office.later(minutes=1)
    assert "could not be posted: an internal error, see the log" in await office.run("list")
    monkeypatch.undo()
    await office.restart()
    await office.later(minutes=2)
    assert len(office.said()) == 1
    assert "could not be posted" not in await office.run("list")


async def test_what_comes_at_night_is_told_in_one_message_in_the_morning(office: Office) -> None:
    await office.run("add", topic=TOPIC)
    await office.run("add", topic="Merz on Ukraine")
    assert await office.run("quiet", hours="10 pm to 6", zone="europe/berlin", most=1) == (
        "-# Quiet from 22:00 to 06:00 Europe/Berlin, at most 1 notice a day."
    )
    await office.later(hours=13)
    await office.publish(RETURNED)
    await office.later(hours=1)
    await office.publish(WARNED)
    await office.later(hours=1)
    assert office.said() == []
    await office.later(hours=5)
    (message,) = office.said()
    first, held, *_ = read(message).splitlines()
    assert first == "## News on 2 watched topics"
    assert held.startswith("-# Held back since <t:")
    assert "Merz on Ukraine: " in read(message)
    assert WARNED in read(message)
    # The next is more than one a day.
    await office.publish("Ukraine may join NATO by 2035, Secretary-General Mark Rutte said on Monday about membership.")
    await office.later(hours=1)
    assert len(office.said()) == 1
    await office.later(days=1)
    assert len(office.said()) == 2


async def test_news_with_the_digest_come_after_it(office: Office) -> None:
    told = await office.run("add", topic=TOPIC, when="with the digest", only="anything new")
    assert "hourly, until a digest is scheduled there" in told
    table = Timetable("06:00", "UTC", frozenset(range(7)))
    office.bot.schedules.add(str(office.guild.id), str(office.channel.id), table, "1", office.clock())
    assert "· with the digest" in await office.run("list")
    await office.publish(RETURNED)
    await office.later(hours=6)
    assert office.said() == []
    await office.later(hours=15)
    digest, news = map(read, office.said())
    assert "-# digest 1-2601020600/1" in digest
    assert RETURNED in news


async def test_a_server_is_told_what_it_may_see(office: Office) -> None:
    await office.run("add", topic=TOPIC)
    await office.publish(RETURNED, scope="7")
    await office.later(minutes=1)
    assert office.said() == []
    await office.publish(WARNED, scope=str(office.guild.id))
    await office.later(minutes=1)
    (message,) = office.said()
    assert WARNED in read(message)
    await office.restart(guilds=frozenset({7}))
    await office.publish(RETURNED)
    await office.later(minutes=1)
    assert len(office.said()) == 1


async def test_a_channel_that_is_lost_stops_its_watches_and_their_creator_is_told(office: Office) -> None:
    doomed = office.guild.create_text_channel("doomed")
    for topic in (TOPIC, "Zelenskyy on NATO"):
        await office.run("add", topic=topic, channel=doomed)
    office.env.backend.delete_channel(doomed.id)
    await office.publish(RETURNED)
    for minutes in (0, 1, 5, 25, 60):
        await office.later(minutes=minutes)
    await office.later(minutes=1)
    (line,) = [each.content for each in office.ann.user.dm_channel.history()]
    assert line == (
        f"I could not post the news of your watches in <#{doomed.id}>, 5 times in a row: the channel is gone. "
        "I have paused watches 1 and 2; resume them once the problem is solved."
    )
    assert (await office.run("list")).count("**paused** · could not be posted: the channel is gone") == 2


# Managed


async def test_a_paused_watch_tells_what_came_meanwhile_once_it_is_resumed(office: Office) -> None:
    await office.run("add", topic=TOPIC)
    assert await office.run("pause", watch=1) == "Watch 1 is paused: `/watch resume` starts it again."
    await office.restart()
    assert "· **paused**" in await office.run("list")
    await office.publish(RETURNED)
    await office.later(minutes=1)
    assert office.said() == []
    chosen = await office.ann.autocomplete(office.channel, "watch resume", "watch", "ukr")
    assert chosen == [{"name": f"1 · {TOPIC} · paused", "value": 1}]
    assert await office.run("resume", watch=1) == "Watch 1 runs again."
    await office.later(minutes=1)
    assert len(office.said()) == 1


async def test_a_watch_is_removed_once_that_is_confirmed_after_a_restart_too(office: Office) -> None:
    await office.run("add", topic=TOPIC)
    asked = await office.ann.slash(office.channel, "watch remove", watch=1)
    assert _text(asked) == f"Remove watch 1 on **{TOPIC}**? What it has not told yet is lost."
    await office.restart()
    assert len(office.bot.watches.of(str(office.guild.id))) == 1
    assert asked.response
    await office.ann.click(asked.response, label="Remove")
    assert office.bot.watches.of(str(office.guild.id)) == []
    assert asked.response.content == "Watch 1 is removed."
    await office.publish(RETURNED)
    await office.later(minutes=1)
    assert office.said() == []
    assert "No watches yet" in await office.run("list")


async def test_a_test_shows_a_notice_to_who_asks_and_counts_for_nothing(office: Office) -> None:
    await office.run("add", topic=TOPIC, only="changes")
    await office.run("add", topic="Herring festival in the harbour of Oslo")
    shown = await office.run("test", watch=1)
    assert shown.startswith("-# Test of watch 1: only you see this, and nothing counts as told.\n### 🔄 ")
    assert "\n**Before** · 3 Dec 2024" in shown
    assert "Nothing to show" in await office.run("test", watch=2)
    assert office.said() == []


async def test_what_cannot_be_is_said_in_one_line(office: Office) -> None:
    deaf = discord.PermissionOverwrite(read_message_history=False, send_messages=False)
    closed = office.guild.create_text_channel("closed", overwrites={office.guild.default_role: deaf})
    assert await office.run("add", topic=TOPIC, channel=closed) == (
        f"I could not post in <#{closed.id}>: I need the permission Send Messages, Read Message History there."
    )
    assert "Name a topic" in await office.run("add", topic="  ")
    for topic in (TOPIC, TOPIC.upper()):
        told = await office.run("add", topic=topic)
    assert told == "Watch 1 tells this channel about that topic already."
    for name in ("pause", "resume", "remove", "test"):
        assert "This server has no watch 7: see `/watch list`." in await office.run(name, watch=7)
    for options, line in (
        ({"hours": "noonish"}, '"noonish" is not a span of hours'),
        ({"hours": "22-45"}, "is not a time of day"),
        ({"zone": "Berlin"}, "like Europe/Berlin"),
    ):
        assert line in await office.run("quiet", **options)
    assert await office.run("quiet", hours="none") == "-# No quiet hours, at most 12 notices a day (UTC)."
    offered = await office.ann.autocomplete(office.channel, "watch quiet", "zone", "new york")
    assert offered[0]["value"] == "America/New_York"


async def test_another_servers_watch_is_none_of_this_one(office: Office) -> None:
    kept = office.bot.watches
    topic, state = await asyncio.to_thread(office.bot.briefing.watches.begin, "7", TOPIC)
    kept.add("7", topic, state, "anything", "70", "at once", "1")
    for name in ("pause", "resume", "remove", "test"):
        assert "This server has no watch 1" in await office.run(name, watch=1)
    assert await office.ann.autocomplete(office.channel, "watch test", "watch", "") == []
    for number in range(25):
        kept.add(str(office.guild.id), f"Topic {number}", state, "anything", "70", "at once", "1")
    assert "This server already has 25 watches" in await office.run("add", topic=TOPIC)
