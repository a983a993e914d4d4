"""`/schedule`, as those who manage a server and those who read its channels see it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from simcord import HttpLogEntry

from bot.discord.client import BriefingBot
from bot.discord.context import scope
from bot.discord.delivery.timetable import Timetable
from bot.discord.server_settings import Language
from bot.settings import BotSettings
from retrieval.services.briefing import Briefing
from tests import shown
from tests.bot.conftest import Clock, Town
from tests.discord_components import walk
from tests.shown import read

DAILY = frozenset(range(7))
HEAD = "## 31 Dec 2025 to 1 Jan 2026"


@dataclass
class Office(Town):
    """A town whose Ann manages the server; it is midnight in UTC, on 1 January 2026."""

    clock: Clock = field(default_factory=Clock)

    async def run(self, name: str, **options: Any) -> str:
        """What she is told, privately."""
        result = await self.ann.slash(self.channel, f"schedule {name}", **options)
        assert result.ephemeral
        assert result.response
        return shown.said(result)

    async def add(self, **options: Any) -> str:
        """A schedule for five past midnight, here, if nothing else is said."""
        return await self.run("add", **{"channel": self.channel, "time": "00:05", **options})

    async def later(self, **time: float) -> None:
        """So much time goes by, and whoever looks every 20 s looks once."""
        self.clock.ahead += timedelta(**time)
        await self.env.advance_time(20)

    async def restart(self, **settings: Any) -> None:
        """End the bot, and start another."""
        await self.env.restart_bot(make_bot(self.bot.briefing, self.clock, **settings))

    def pages(self, channel: simcord.ChannelHandle | None = None) -> list[str]:
        """The posted pages without their marks."""
        return [read(each).rpartition("\n-# digest ")[0] for each in self.said(channel)]

    def posts(self) -> list[HttpLogEntry]:
        """The requests that posted something."""
        asked = self.env.http_requests
        return [each for each in asked if each.method == "POST" and each.path.endswith("/messages")]

    def private(self) -> list[str]:
        """The private messages that Ann got."""
        return [read(each) for each in self.ann.user.dm_channel.history()]


def make_bot(briefing: Briefing, clock: Callable[[], datetime], **settings: Any) -> BriefingBot:
    return BriefingBot(briefing, BotSettings(reader_port=0, poll_minutes=0, follow_ups=False, **settings), clock=clock)


@pytest.fixture
async def office(env: simcord.Env, briefing: Briefing) -> Office:
    """Nothing is scheduled yet."""
    guild = env.create_guild("Policy team")
    managers = guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
    ann = guild.add_member(env.create_user("ann"), roles=[managers])
    office = Office(env, guild, guild.create_text_channel("briefing"), ann)
    await env.restart_bot(make_bot(briefing, office.clock))
    return office


def bring_in(briefing: Briefing, folder: Path, *titles: str, day: str = "2026-01-01") -> None:
    """Articles of a day, each a story of its own."""
    for number, title in enumerate(titles):
        name = "".join(letter for letter in title if letter.isalnum())
        words = " ".join(f"{name}{each}" for each in range(20))
        front = f"title: '{title}'\npublished: {day}\noutlet: Outlet {number}"
        (folder / f"{name}.md").write_text(f"---\n{front}\n---\n{title} was decided: {words}.\n")
    briefing.articles.ingest([folder])


# What is understood, and what is missing


async def test_what_was_understood_is_said_and_when_it_is_due_next(office: Office) -> None:
    role = office.guild.create_role("analysts", mentionable=True)
    told = await office.add(time="8 am", zone="europe/berlin", weekdays="mon, we-fri", topic="trade *wars*", role=role)
    assert told == (
        f"Schedule **1** · <#{office.channel.id}> · 08:00 Europe/Berlin, Mon, Wed, Thu, Fri · on trade \\*wars\\* · "
        f"mentions <@&{role.id}> · next <t:{int(datetime.fromisoformat('2026-01-01T07:00:00Z').timestamp())}:F>."
    )


async def test_without_a_zone_it_says_that_it_goes_by_utc(office: Office) -> None:
    told = await office.add()
    assert "00:05 UTC, every day" in told
    assert "You named no time zone, so this is UTC" in told


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"time": "noonish"}, '"noonish" is not a time of day'),
        ({"zone": "Berlin"}, "like Europe/Berlin"),
        ({"weekdays": "someday"}, "does not name weekdays"),
    ],
)
async def test_what_is_not_understood_is_said_in_one_line(office: Office, options: dict[str, str], line: str) -> None:
    told = await office.add(**options)
    assert line in told
    assert "\n" not in told
    assert office.bot.schedules.of(str(office.guild.id)) == []


async def test_what_the_bot_lacks_is_named_before_anything_is_scheduled(office: Office) -> None:
    deaf = discord.PermissionOverwrite(read_message_history=False, send_messages=False)
    closed = office.guild.create_text_channel("closed", overwrites={office.guild.default_role: deaf})
    hidden, shown = (discord.PermissionOverwrite(view_channel=each) for each in (False, True))
    secret = office.guild.create_text_channel(
        "secret", overwrites={office.guild.default_role: hidden, office.ann: shown}
    )
    role = office.guild.create_role("analysts")
    needed = f"I could not post in <#{closed.id}>: I need the permission Send Messages, Read Message History there."
    assert await office.add(channel=closed) == needed
    office.bot.server_settings.change_server(scope(office.guild.id), language=Language.FRENCH)
    told = await office.add(channel=closed)
    assert "il me manque là l’autorisation Envoyer des messages, Voir les anciens messages" in told
    office.bot.server_settings.change_server(scope(office.guild.id), language=Language.CLIENT)
    assert "View Channel" in await office.add(channel=secret)
    quiet = discord.PermissionOverwrite(mention_everyone=False)
    soft = office.guild.create_text_channel("soft", overwrites={office.guild.default_role: quiet})
    told = await office.add(channel=soft, role=role)
    assert "Mention @everyone, @here, and All Roles" in told
    assert f"or let anyone mention <@&{role.id}>" in told
    assert "I do not mention everyone" in await office.add(role=office.guild.default_role)
    assert "No schedules yet" in await office.run("list")


async def test_a_server_has_twenty_schedules_at_most(office: Office) -> None:
    kept, here = office.bot.schedules, str(office.guild.id)
    for minute in range(20):
        kept.add(here, str(office.channel.id), Timetable(f"08:{minute:02}", "UTC", DAILY), "1", office.clock())
    assert "This server already has 20 schedules" in await office.add()
    shown = await office.run("list")
    assert shown.count("next <t:") == 20
    chosen = await office.ann.autocomplete(office.channel, "schedule pause", "schedule", "08:07")
    assert chosen == [{"name": "8 · #briefing · 08:07 UTC, every day", "value": 8}]


@pytest.mark.parametrize(
    ("typed", "first"), [("", "UTC"), ("new york", "America/New_York"), ("EUROPE", "Europe/Amsterdam"), ("utc", "UTC")]
)
async def test_zones_are_offered_by_what_is_typed(office: Office, typed: str, first: str) -> None:
    offered = await office.ann.autocomplete(office.channel, "schedule add", "zone", typed)
    assert offered[0]["value"] == first
    assert len(offered) <= 25


async def test_what_matches_no_zone_is_offered_none(office: Office) -> None:
    assert await office.ann.autocomplete(office.channel, "schedule add", "zone", "@everyone") == []


# Delivered


async def test_a_digest_is_posted_once_when_it_is_due_and_pings_its_role_alone(
    office: Office, briefing: Briefing, tmp_path: Path
) -> None:
    await asyncio.to_thread(bring_in, briefing, tmp_path, "@everyone Tariffs rise <@&7>")
    role = office.guild.create_role("analysts", mentionable=True)
    await office.add(role=role)
    await office.env.advance_time(4 * 60)
    assert office.said() == []
    await office.env.advance_time(3 * 60)
    (message,) = office.said()
    assert read(message).startswith(f"<@&{role.id}>\n{HEAD}\n1 article, 1 story")
    assert read(message).endswith("\n-# digest 1-2601010005/1")
    assert "@everyone" not in read(message)
    assert "<@&7>" not in read(message)
    (post,) = office.posts()
    assert post.json
    assert post.json["allowed_mentions"]["parse"] == []
    assert [str(each) for each in post.json["allowed_mentions"]["roles"]] == [str(role.id)]
    assert (post.json["nonce"], post.json["enforce_nonce"]) == ("1-2601010005/1", True)


async def test_the_next_digest_tells_what_is_new_and_says_so_where_nothing_is(
    office: Office, briefing: Briefing, tmp_path: Path
) -> None:
    await asyncio.to_thread(bring_in, briefing, tmp_path, "Tariffs rise")
    await office.add()
    await office.later(minutes=5)
    await asyncio.to_thread(bring_in, briefing, tmp_path, "Ceasefire holds")
    await office.later(days=1)
    await office.later(days=1)
    first, second, third = office.pages()
    assert "Tariffs rise" in first
    assert "Ceasefire holds" in second
    assert "Tariffs" not in second
    assert "Nothing new since the digest of" in third
    assert "Newest article 1 Jan 2026" in third


async def test_after_an_end_between_two_pages_the_rest_is_posted_and_nothing_twice(
    office: Office, briefing: Briefing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles = ("Oslo votes", "Rome waits", "Bonn builds", "Kyiv rests", "Lima sells", "Cairo prays", "Seoul sails")
    more = ("Turin sings", "Perth swims", "Quito climbs", "Dakar dances", "Minsk mourns", "Tunis trades")
    await asyncio.to_thread(bring_in, briefing, tmp_path, *titles, *more)
    await office.add()
    send = discord.TextChannel.send

    async def lose_receipt(channel: discord.TextChannel, *args: Any, **options: Any) -> discord.Message:
        await send(channel, *args, **options)
        raise ConnectionResetError

    monkeypatch.setattr(discord.TextChannel, "send", lose_receipt)
    await office.env.advance_time(5 * 60 + 20)
    assert len(office.said()) == 1
    monkeypatch.undo()
    await office.restart()
    await office.env.advance_time(2 * 60)
    pages = office.said()
    assert len(pages) > 1
    assert [read(each).rpartition("/")[2] for each in pages] == [str(number + 1) for number in range(len(pages))]


async def test_a_start_after_the_moment_posts_late_and_says_so(office: Office) -> None:
    await office.add()
    await office.later(hours=3)
    (page,) = office.pages()
    assert page.startswith(f"-# Late: this was due at 00:05 on 1 Jan 2026 (UTC).\n{HEAD}")


async def test_a_channel_that_is_lost_is_tried_again_then_paused_and_holds_up_no_other(office: Office) -> None:
    doomed = office.guild.create_text_channel("doomed")
    await office.add(channel=doomed)
    await office.add()
    office.env.backend.delete_channel(doomed.id)
    await office.later(minutes=5)
    assert len(office.said()) == 1
    shown = await office.run("list")
    assert f"**1** · <#{doomed.id}>" in shown
    assert "failed once: the channel is gone; next try <t:" in shown
    for minutes in (1, 5, 25):
        await office.later(minutes=minutes)
    assert office.private() == []
    await office.later(minutes=60)
    await office.later(seconds=20)
    assert office.private() == [
        f"I could not post the digest in <#{doomed.id}>, 5 times in a row: the channel is gone. "
        "I have paused schedule 1; resume it once the problem is solved."
    ]
    assert "**paused** · failed 5 times in a row: the channel is gone" in await office.run("list")
    assert len(office.said()) == 1


async def test_a_permission_that_is_lost_and_given_back_delays_a_digest(office: Office) -> None:
    await office.add()
    path = f"/channels/{office.channel.id}/messages"
    office.env.inject_error("POST", path, status=403, code=50013)
    await office.later(minutes=5)
    assert "I may not write there" in await office.run("list")
    await office.later(minutes=2)
    assert len(office.said()) == 1
    assert "failed" not in await office.run("list")


# Managed


async def test_a_paused_schedule_posts_nothing_until_it_is_resumed(office: Office) -> None:
    await office.add()
    assert await office.run("pause", schedule=1) == "Schedule 1 is paused: `/schedule resume` starts it again."
    assert "**paused**" in await office.run("list")
    await office.later(minutes=5)
    assert office.said() == []
    assert await office.run("resume", schedule=1) == "Schedule 1 runs again."
    await office.later(hours=1)
    assert office.said() == []
    await office.later(days=1)
    assert len(office.said()) == 1


async def test_a_removed_schedule_is_gone(office: Office) -> None:
    await office.add()
    assert await office.run("remove", schedule=1) == "Schedule 1 is removed."
    await office.later(minutes=5)
    assert office.said() == []
    assert "No schedules yet" in await office.run("list")


async def test_another_servers_schedule_is_none_of_this_one(office: Office) -> None:
    kept = office.bot.schedules
    kept.add("7", "70", Timetable("08:00", "UTC", DAILY), "1", office.clock())
    for name in ("pause", "resume", "remove", "test"):
        assert "This server has no schedule 1" in await office.run(name, schedule=1)
    assert await office.ann.autocomplete(office.channel, "schedule test", "schedule", "") == []
    assert not kept.of("7")[0].paused


async def test_a_test_is_posted_at_once_and_counts_for_nothing(
    office: Office, briefing: Briefing, tmp_path: Path
) -> None:
    await asyncio.to_thread(bring_in, briefing, tmp_path, "Tariffs rise")
    role = office.guild.create_role("analysts", mentionable=True)
    await office.add(role=role)
    told = await office.run("test", schedule=1)
    (tested,) = office.said()
    assert told == f"Posted: <https://discord.com/channels/{office.guild.id}/{office.channel.id}/{tested.id}>"
    assert read(tested).startswith(
        "-# Test of schedule 1: nobody is mentioned, and the next digest repeats these stories.\n"
        f"{HEAD}\n1 article, 1 story"
    )
    assert f"<@&{role.id}>" not in read(tested)
    await office.later(minutes=5)
    assert "Tariffs rise" in read(office.said()[1])


async def test_a_test_that_cannot_be_posted_says_why(office: Office) -> None:
    await office.add()
    path = f"/channels/{office.channel.id}/messages"
    office.env.inject_error("POST", path, status=403, code=50013)
    told = await office.run("test", schedule=1)
    assert told == f"I could not post in <#{office.channel.id}>: I may not write there."
    office.env.inject_error("POST", path, status=503)
    assert "Please try again" in await office.run("test", schedule=1)


async def test_a_server_that_is_no_longer_served_gets_nothing_more(office: Office) -> None:
    await office.add()
    await office.restart(guilds=frozenset({7}))
    await office.later(minutes=5)
    assert office.said() == []
    assert [each.reason for each in office.bot.schedules.running()] == ["I no longer work on that server"]


async def test_since_knows_the_digest_of_a_schedule_in_its_channel(office: Office) -> None:
    await office.add()
    due = int(datetime.fromisoformat("2026-01-01T00:05:00Z").timestamp())
    assert f"yet: these are the last seven days. The first is due <t:{due}:F>." in await since(office)
    await office.later(minutes=10)
    assert office.pages()
    assert "Nothing new since the digest of <t:" in await since(office)


async def since(office: Office) -> str:
    result = await office.ann.slash(office.channel, "since")
    assert result.response
    return shown.said(result)


async def test_a_roundup_tells_the_week_again_on_fridays_each_story_once(
    office: Office, briefing: Briefing, tmp_path: Path
) -> None:
    await asyncio.to_thread(bring_in, briefing, tmp_path, "Tariffs rise")
    await office.add()
    said = await office.add(roundup=True, time="00:10")
    assert "00:10 UTC, Fri · roundup of the week · next" in said
    # It is Thursday.
    await office.later(minutes=5)
    reports = {
        "2026-01-01": (
            "Ministers to delay the harbour toll of Kelmar",
            "Ministers in Kelmar will delay the harbour toll of nine "
            "euros until May, the port office said. Shippers had called it a ransom.",
        ),
        "2026-01-02": (
            "Ministers cancel the harbour toll of Kelmar",
            "The harbour toll of Kelmar is dead: ministers cancelled "
            "it after a night of talks with shippers, Premier Anna Berg said.",
        ),
    }
    for day, (title, text) in reports.items():
        (tmp_path / f"{day}.md").write_text(f"---\ntitle: {title}\npublished: {day}\n---\n{text}\n")
    await asyncio.to_thread(briefing.articles.ingest, [tmp_path])
    await office.later(days=1)
    await office.later(minutes=5)
    daily, second, week = office.pages()
    assert "Tariffs rise" in daily
    assert "Tariffs rise" not in second
    assert week.startswith("## The week, 26 Dec 2025 to 2 Jan 2026\n3 articles, 2 stories")
    assert "Tariffs rise" in week
    assert week.count("Ministers cancel the harbour toll") == 1
    assert "Ministers to delay" not in week
    first, *_ = re.findall(r"^- (.*) \[\d\]$", week, re.MULTILINE)
    assert first.endswith("ministers cancelled it after a night of talks with shippers, Premier Anna Berg said.")
    # What the week told again is not new to the channel, nor was it taken from the next digest.
    await office.later(days=1)
    assert "Nothing new since" in office.pages()[-1]


async def test_a_scheduled_digest_has_a_menu_of_its_stories_under_its_last_page(
    office: Office, briefing: Briefing, tmp_path: Path
) -> None:
    await asyncio.to_thread(bring_in, briefing, tmp_path, "Tariffs rise", "Ceasefire holds")
    await office.add()
    await office.later(minutes=5)
    await office.restart()
    (message,) = office.said()
    parts = map(dict, walk([each.to_dict() for each in message.components]))
    stories = [option for each in parts for option in each.get("options", ())]
    assert [each["label"] for each in stories] == ["1. Ceasefire holds", "2. Tariffs rise"]
    full = await office.ann.select(message, [stories[0]["value"]])
    assert full.ephemeral
    assert "Ceasefire holds was decided" in shown.said(full)
