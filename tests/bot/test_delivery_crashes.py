"""Deliveries reach their channels once, whenever the bot is killed."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from bot.discord.delivery.schedules import Schedule, Schedules
from bot.discord.delivery.timetable import Timetable
from bot.discord.delivery.worker import LATE, ComposedDigest, DeliveryWorker
from tests.bot.office import DAILY, MINUTE, AtOnce, Fate, Killed, MortalPoster, MortalSchedules, Office, World
from tests.shown import words

pytestmark = pytest.mark.usefixtures("both_databases")


ZONES = ("America/New_York", "Europe/Berlin", "Australia/Sydney")
TIMES = ("01:30", "02:30", "07:30", "23:55")
WEEKDAYS = (DAILY, frozenset(range(5)), frozenset({6, 0}))


@dataclass
class Month:
    """Days on which a bot delivers to a dozen channels and dies now and then."""

    schedules: Schedules
    world: World
    chance: random.Random
    kills: Counter[str] = field(default_factory=Counter)

    def plan(self) -> list[Schedule]:
        planned = []
        for number in range(12):
            zone, time = ZONES[number % 3], TIMES[number // 3]
            timetable = Timetable(time, zone, WEEKDAYS[0 if time < "03" else number % 2 + 1])
            # Two of them share a channel.
            planned.append(self.schedules.add("7", str(70 + number % 11), timetable, "ann", self.world.now))
        return planned

    def pass_until(self, moments: Sequence[datetime], odds: float, faults: float) -> None:
        """Live through these moments, in as many lives as it takes."""
        left = list(moments)
        while left:
            fate = Fate(self.chance, odds)
            asyncio.run(self._live(fate, faults, left))
            self.kills += fate.ended
            downtime = timedelta(seconds=self.chance.choice([2, 50, 600, 2 * 3600]))
            back = self.world.now + downtime
            left = [moment for moment in left if moment > back]
            if fate.dead:
                left.insert(0, back)

    async def _live(self, fate: Fate, faults: float, left: list[datetime]) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(AtOnce())
        # What is killed is nobody's error.
        loop.set_exception_handler(lambda *_: None)
        # The locks of a process end with it.
        self.schedules._catalog.claims.close()
        poster = MortalPoster(self.world, fate, self.chance, faults)
        mortal = cast(Schedules, MortalSchedules(self.schedules, fate))
        worker = DeliveryWorker(mortal, self._compose, poster, lambda: self.world.now)
        while left and not fate.dead:
            self.world.now = left.pop(0)
            try:
                await worker.round(self.world.now)
            except Killed:
                return
            await worker.finish()

    async def _compose(self, _schedule: Schedule, _due: datetime) -> ComposedDigest:
        # ComposedDigest again it would be another one, of another length.
        count, tag = self.chance.randint(1, 3), f"{self.chance.random():.9f}"
        return ComposedDigest(tuple(f"{tag} {number} of {count}" for number in range(1, count + 1)), (tag,))


def dues_by_the_clock(timetable: Timetable, start: datetime, end: datetime) -> Iterator[datetime]:
    """When a wall clock of the place, looked at every five minutes, first shows the time or has gone past it."""
    zone, done, moment = ZoneInfo(timetable.zone), set(), start
    hour, minute = map(int, timetable.time.split(":"))
    while moment <= end:
        local = moment.astimezone(zone)
        if (local.hour, local.minute) >= (hour, minute) and local.date() not in done:
            done.add(local.date())
            # On the first day the time may have been over already.
            if moment > start and local.weekday() in timetable.weekdays:
                yield moment
        moment += 5 * MINUTE


@pytest.mark.slow
@pytest.mark.parametrize(
    "start",
    [
        # Forward in New York on 8 March and in Berlin on the 29th, back in Sydney on 5 April.
        datetime(2026, 3, 7, 12, tzinfo=UTC),
        # Forward in Sydney on 4 October, back in Berlin on the 25th and in New York on 1 November.
        datetime(2026, 10, 3, 12, tzinfo=UTC),
    ],
)
def test_in_a_month_of_crashes_everything_due_is_posted_exactly_once(office: Office, start: datetime) -> None:
    chance = random.Random(str(start))
    month = Month(office.schedules, World(start), chance)
    planned = month.plan()
    # A bot looks every 20 s; here it does when something is due, soon after for what failed, and every six hours.
    end = start + timedelta(days=30)
    looks = {start + timedelta(hours=6 * number) for number in range(4 * 30 + 1)}
    dues = {each.id: list(dues_by_the_clock(each.timetable, start, end + timedelta(days=1))) for each in planned}
    for moment in {moment for each in dues.values() for moment in each if moment <= end}:
        first = moment + timedelta(seconds=chance.randint(0, 20))
        looks |= {first, first + 2 * MINUTE}
    month.pass_until(sorted(looks), odds=0.025, faults=0.03)
    # What failed last is tried again in peace.
    month.pass_until([month.world.now + 61 * MINUTE * number for number in (1, 2)], odds=0, faults=0)
    assert {"before send", "after send", "after record"} <= set(month.kills)
    assert month.kills.total() > 50
    assert month.world.now - start >= timedelta(days=30)
    assert month.world.now < end + timedelta(days=1)
    due = {id_: {moment for moment in moments if moment <= month.world.now} for id_, moments in dues.items()}
    assert due and all(due.values())
    assert posted_once(month.world, planned) == due


def posted_once(world: World, planned: Sequence[Schedule]) -> dict[int, set[datetime]]:
    """What stands in the channels, having made sure that each is there in whole and once, and late where it says so."""
    found = defaultdict(list)
    for channel, messages in world.channels.items():
        for message in messages:
            *late, text, mark = words(message.content).splitlines()
            parts = re.fullmatch(r"-# digest (\d+)-(\d{10})/(\d+)", mark)
            assert parts
            due = datetime.strptime(parts[2], "%y%m%d%H%M").replace(tzinfo=UTC)
            assert bool(late) == (parts[3] == "1" and message.sent - due > LATE)
            assert channel == planned[int(parts[1]) - 1].channel
            found[int(parts[1]), due].append((int(parts[3]), text))
    for pages in found.values():
        tag, _, _, count = pages[0][1].split()
        assert pages == [(number, f"{tag} {number} of {count}") for number in range(1, int(count) + 1)]
    return {each.id: {due for id_, due in found if id_ == each.id} for each in planned}
