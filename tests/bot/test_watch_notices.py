"""News of watches reach their channels once: at their hour, outside of quiet hours, over crashes and refusals."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.discord.delivery.channel_watches import ChannelWatch, ChannelWatches, QuietHours, Rhythm
from bot.discord.delivery.schedules import Schedule, Schedules
from bot.discord.delivery.timetable import Timetable
from bot.discord.delivery.watch_notices import WatchNotices
from bot.discord.delivery.worker import ComposedDigest, DeliveryWorker
from bot.presentation.discord.deliveries import pages
from bot.presentation.discord.layouts import Card, Page, SourceLine, Tone
from bot.presentation.discord.markdown import length
from retrieval.domain.answers import Conflict, Side
from retrieval.domain.citations import Citation
from retrieval.domain.reports import BriefStatement, NewsKind, WatchNews, WatchState
from tests.bot.office import DAILY, AtOnce, Fate, Killed, MortalPoster, MortalSchedules, World, lose
from tests.fakes import opened
from tests.shown import broken_page, plain, words

pytestmark = pytest.mark.usefixtures("both_databases")

START = datetime(2026, 6, 1, 9, 10, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Newsroom:
    """Watches in a file and what comes in about them; every event is news of its watch."""

    world: World
    watches: ChannelWatches
    notices: WatchNotices
    schedules: Schedules
    events: defaultdict[int, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def add(self, rhythm: Rhythm = "at once", channel: str = "70", scope: str = "7") -> ChannelWatch:
        state = WatchState(passage=0, article=0)
        return self.watches.add(scope, f"topic {rhythm}", state, "anything", channel, rhythm, "ann")

    def add_digest(self, channel: str = "70", time: str = "06:30", zone: str = "UTC") -> Schedule:
        return self.schedules.add("7", channel, Timetable(time, zone, DAILY), "ann", self.world.now)

    def happen(self, *watches: ChannelWatch) -> None:
        for each in watches:
            self.events[each.watch.id].append(self.world.now)

    async def look(self, now: datetime) -> None:
        for each in self.watches.running():
            assert each.watch.state
            seen = each.watch.state.passage
            for number, at in list(enumerate(self.events[each.watch.id]))[seen:]:
                if at <= now:
                    said = BriefStatement(text=f"{each.watch.id}.{number}", citations=())
                    news = WatchNews(topic=each.watch.topic, kind="changed", statement=said)
                    state = replace(each.watch.state, passage=number + 1)
                    self.notices.keep({each.watch.id: state}, {each.watch.id: news}, now)

    def compose(self, _scope: str, news: Sequence[WatchNews], _since: datetime | None) -> list[Page]:
        told = [each.statement.text for each in news]
        return [" ".join(told[at : at + 5]) for at in range(0, len(told), 5)]

    async def digest(self, _schedule: Schedule, _due: datetime) -> ComposedDigest:
        return ComposedDigest(("digest",))

    def worker(self) -> DeliveryWorker:
        parts: dict[str, Any] = {"notices": self.notices, "looks": self}
        return DeliveryWorker(self.schedules, self.digest, self.world, lambda: self.world.now, **parts)

    async def run(self, *moments: datetime) -> None:
        worker = self.worker()
        for moment in moments:
            # It looks in one round and posts in the next.
            for step in (moment, moment + timedelta(seconds=20)):
                self.world.now = step
                await worker.round(step)
                await worker.finish()

    def said(self, channel: str = "70") -> list[str]:
        return [each.partition("\n-# ")[0] for each in self.world.texts(channel)]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    """Nothing is watched yet."""
    with opened(tmp_path) as catalog:
        yield Newsroom(World(START), ChannelWatches(catalog), WatchNotices(catalog), Schedules(catalog))


async def test_every_rhythm_tells_at_its_moment_what_came_in_together(room: Newsroom) -> None:
    now, hourly, daily = (room.add(each) for each in ("at once", "hourly", "with the digest"))
    room.add_digest(time="13:10")
    room.happen(now, hourly, daily)
    await room.run(START)
    assert room.said() == ["1.0"]
    room.happen(hourly)
    await room.run(START + 40 * MINUTE)
    assert room.said() == ["1.0"]
    await room.run(START + HOUR)
    assert room.said() == ["1.0", "2.0 2.1"]
    await room.run(START + 4 * HOUR, START + 5 * HOUR)
    assert room.said() == ["1.0", "2.0 2.1", "digest", "3.0"]


async def test_while_a_notice_is_made_others_write(room: Newsroom, tmp_path: Path) -> None:
    room.happen(room.add())
    compose = room.compose

    def slow(_scope: str, news: Sequence[WatchNews], _since: datetime | None) -> list[Page]:
        with opened(tmp_path) as other:
            other.remember("written", "meanwhile")
        return compose(_scope, news, _since)

    room.compose = slow  # type: ignore[method-assign]
    await room.run(START)
    assert room.said() == ["1.0"]


async def test_news_with_a_digest_that_nobody_scheduled_come_hourly(room: Newsroom) -> None:
    room.happen(room.add("with the digest"))
    await room.run(START, START + 10 * MINUTE)
    assert room.said() == []
    await room.run(START + HOUR)
    assert room.said() == ["1.0"]


async def test_quiet_hours_and_the_bound_of_a_day_hold_news_back_until_they_come_as_one(room: Newsroom) -> None:
    room.watches.set_hours("7", QuietHours("22:00", "07:00", "Europe/Berlin", most=3))
    here, there = room.add(), room.add("hourly", "71")
    for hours in range(6):
        room.happen(here)
        await room.run(START + hours * HOUR)
    room.happen(there)
    await room.run(START + 7 * HOUR)
    assert (room.said("70"), room.said("71")) == (["1.0", "1.1", "1.2"], [])
    # The next day begins in the quiet hours.
    morning = datetime(2026, 6, 2, 5, 0, tzinfo=UTC)
    await room.run(datetime(2026, 6, 1, 23, 0, tzinfo=UTC), morning - MINUTE)
    assert len(room.said()) == 3
    await room.run(morning)
    assert room.said()[3:] + room.said("71") == ["1.3 1.4 1.5", "2.0"]
    # What waited through the morning counts once.
    room.happen(here)
    await room.run(morning + HOUR)
    room.happen(here)
    await room.run(morning + 2 * HOUR)
    assert room.said()[4:] == ["1.6"]


async def test_without_hours_of_its_own_a_server_is_quiet_at_night_where_its_first_schedule_is(room: Newsroom) -> None:
    assert room.watches.hours("7") == QuietHours("22:00", "07:00", "UTC", 12)
    room.add_digest(channel="72", zone="Australia/Sydney")
    assert room.watches.hours("7").zone == "Australia/Sydney"
    room.happen(room.add())
    await room.run(datetime(2026, 6, 1, 12, 0, tzinfo=UTC))
    assert room.said() == []
    await room.run(datetime(2026, 6, 1, 21, 0, tzinfo=UTC))
    assert room.said() == ["1.0"]


async def test_what_failed_is_tried_again_with_the_same_news_and_later_ones_come_after_it(room: Newsroom) -> None:
    watch, other = room.add(), room.add("hourly")
    room.world.after["70"] = lose
    room.happen(watch)
    await room.run(START)
    room.world.after.clear()
    room.happen(watch, other)
    room.watches.pause(other.watch.id, "7")
    await room.run(START + 2 * MINUTE)
    assert room.said() == ["1.0", "1.1"]
    # What is removed before it is told is dropped; what is paused waits.
    room.world.before["70"] = lose
    room.happen(watch)
    await room.run(START + 3 * MINUTE)
    room.world.before.clear()
    room.watches.remove(watch.watch.id, "7")
    room.watches.resume(other.watch.id, "7")
    await room.run(START + HOUR, START + 2 * HOUR)
    assert room.said() == ["1.0", "1.1", "2.0"]


# The message


def citation(number: int, url: str | None) -> Citation:
    words = f"Quote {number} " + "of many long words " * 40
    return Citation(
        number=number,
        file="a.txt",
        title="A *title* @everyone",
        outlet="Outlet",
        author=None,
        published="2026-05-30",
        published_basis="page",
        published_estimated=False,
        quote=words,
        start=0,
        end=len(words),
        line_start=1,
        line_end=1,
        url=url,
        key=f"k{number}",
    )


def told(topic: str, kind: NewsKind = "changed", url: str | None = None) -> WatchNews:
    cited = tuple(citation(number, url) for number in range(1, 5))
    now, was = (BriefStatement(text=each.quote, citations=(each.number,), actor="The minister") for each in cited[:2])
    sides = tuple(Side(each.quote, (each.number,)) for each in cited[2:])
    conflict = Conflict(sides) if kind == "disagreement" else None
    return WatchNews(topic=topic, kind=kind, statement=now, was=was, conflict=conflict, citations=cited)


def link(each: Citation) -> str:
    return each.url or "a.txt:1"


def short(each: Citation) -> str:
    return "https://example.org/a" if each.url else "a.txt:1"


@pytest.mark.parametrize("is_plain", [False, True])
@pytest.mark.parametrize("url", [None, "https://example.org/" + "a" * 1300], ids=["no link", "long links"])
def test_news_fit_in_one_message_or_in_messages_of_whole_news(url: str | None, is_plain: bool) -> None:
    def told_in(news: Sequence[WatchNews], since: datetime | None = None) -> list[str]:
        made = pages(news, link, short, 200, since, plain=is_plain)
        assert not [fault for page in made for fault in broken_page(page)]
        shown = list(map(words, made))
        assert all(length(each) <= (1800 if is_plain else 3800) for each in shown)
        return shown

    (one,) = told_in([told("@everyone", "disagreement", url and url[:200])])
    assert "### ⚖️ @\u200beveryone: sources disagree\n> “Quote 3 of many" in one
    (few,) = told_in([told(f"Topic {number}", url=url) for number in range(3)], START)
    assert few.startswith(f"## News on 3 watched topics\n-# Held back since <t:{int(START.timestamp())}:f>.")
    many = told_in([told(f"Topic {number}", url=url) for number in range(25)])
    assert [each.count("**Before** · 30 May 2026 · The minister\n> “") for each in many] == [
        each.count("🔄") for each in many
    ]
    assert sum(each.count("🔄") for each in many) == 25


def test_a_notice_is_a_card_with_a_button_for_each_source() -> None:
    (card,) = pages([told("A", url="https://example.org/")], link, short, 200)
    assert isinstance(card, Card) and card.tone is Tone.NEWS
    sources = [each for each in card.blocks if isinstance(each, SourceLine)]
    assert [each.label for each in sources] == ["Source 1", "Source 2"]
    (disputed,) = pages([told("A", "disagreement")], link, short, 200)
    assert isinstance(disputed, Card) and disputed.tone is Tone.DISPUTED


def test_evidence_is_left_out_where_there_is_later_news_of_its_topic() -> None:
    news = [told("A", "new"), told("A", "changed"), told("B", "new"), told("A", "new"), told("A", "new")]
    (message,) = plain(pages, news, link, short, 200)
    assert re.findall(r"^### (\S+) (\w):", message, re.MULTILINE) == [("🔄", "A"), ("🆕", "B"), ("🆕", "A")]


# --- A hundred days, with the process killed at random moments ---


@dataclass
class HundredDays:
    """Days on which a bot tells the news of a dozen watches and dies now and then."""

    room: Newsroom
    chance: random.Random
    kills: Counter[str] = field(default_factory=Counter)

    def plan(self) -> list[ChannelWatch]:
        rhythms: tuple[Rhythm, ...] = ("at once", "hourly", "with the digest")
        for number in range(2):
            self.room.add_digest(f"{70 + number}", zone="Europe/Berlin")
        return [self.room.add(rhythms[number % 3], f"{70 + number // 4}") for number in range(12)]

    def live(self, moments: Sequence[datetime], odds: float, faults: float) -> None:
        """Live through these moments, in as many lives as it takes."""
        left = list(moments)
        while left:
            fate = Fate(self.chance, odds)
            asyncio.run(self._life(fate, faults, left))
            self.kills += fate.ended
            back = self.room.world.now + timedelta(seconds=self.chance.choice([2, 50, 600, 2 * 3600]))
            left = [moment for moment in left if moment > back]
            if fate.dead:
                left.insert(0, back)

    async def _life(self, fate: Fate, faults: float, left: list[datetime]) -> None:
        loop, room, world = asyncio.get_running_loop(), self.room, self.room.world
        loop.set_default_executor(AtOnce())
        # What is killed is nobody's error.
        loop.set_exception_handler(lambda *_: None)
        # The locks of a process end with it.
        room.schedules._catalog.claims.close()
        schedules, notices, watches = (
            cast(Any, MortalSchedules(cast(Schedules, each), fate))
            for each in (room.schedules, room.notices, room.watches)
        )
        looks = Newsroom(world, watches, notices, schedules, room.events)
        post = MortalPoster(world, fate, self.chance, faults)
        worker = DeliveryWorker(schedules, room.digest, post, lambda: world.now, notices=notices, looks=looks)
        while left and not fate.dead:
            world.now = left.pop(0)
            try:
                await worker.round(world.now)
            except Killed:
                return
            await worker.finish()


_EVENTS = 25  # of every watch


@pytest.mark.slow
def test_in_a_hundred_days_of_crashes_everything_is_told_exactly_once(room: Newsroom) -> None:
    chance = random.Random("a hundred days")
    quiet = QuietHours("22:00", "07:00", "Europe/Berlin", most=4)
    room.watches.set_hours("7", quiet)
    life = HundredDays(room, chance)
    planned = life.plan()
    end = START + 100 * DAY
    looks = {START + 3 * HOUR * number for number in range(8 * 100)}
    for each in planned:
        theirs = sorted(START + chance.random() * 99 * DAY for _ in range(_EVENTS))
        room.events[each.watch.id] = [at.replace(microsecond=0) for at in theirs]
        for at in room.events[each.watch.id]:
            hour = (at + HOUR).replace(minute=0, second=0)
            looks |= {at + timedelta(seconds=chance.randint(0, 20)), at + MINUTE, hour, hour + MINUTE}
    digests = {datetime(2026, 6, 1, 4, 30, tzinfo=UTC) + number * DAY for number in range(100)}
    life.live(sorted(looks | digests | {each + MINUTE for each in digests}), odds=0.02, faults=0.03)
    # What failed or was held back last is told in peace.
    life.live([end + HOUR * number for number in range(14 * 24)], odds=0, faults=0)

    assert {"before keep", "after keep", "after claim", "before send", "after send", "after record"} <= set(life.kills)
    assert life.kills.total() > 100
    channels = {each.watch.id: each for each in planned}
    found: Counter[str] = Counter()
    for channel, messages in room.world.channels.items():
        for message in messages:
            text, mark = str(message.content).splitlines()[-2:]
            for told_ in text.split() if mark.startswith("-# notice ") else ():
                watch, number = map(int, told_.split("."))
                found[told_] += 1
                assert channel == channels[watch].channel
                assert message.sent >= room.events[watch][number]
    assert found == Counter(f"{each.watch.id}.{number}" for each in planned for number in range(_EVENTS))
    # Nothing but what comes with a digest is told at night, and no more than the bound a day.
    days: Counter[datetime] = Counter()
    for channel in ("70", "71", "72"):
        firsts = (each for each in room.world.channels[channel] if re.search(r"-# notice \d+/1$", str(each.content)))
        for first in firsts:
            rhythms = {channels[int(word.split(".")[0])].rhythm for word in str(first.content).splitlines()[0].split()}
            if channel == "72" or rhythms != {"with the digest"}:
                assert not quiet.cover(first.sent)
                days[quiet.midnight(first.sent)] += 1
    # A notice that was claimed on one day and failed counts for that day.
    assert max(days.values()) <= quiet.most + 1
    assert sum(count > quiet.most for count in days.values()) <= 3
