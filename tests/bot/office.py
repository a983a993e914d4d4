"""Schedules with a worker over them, and a world of channels and people that outlives both."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.discord.delivery.attempts import RefusedError, carries
from bot.discord.delivery.schedules import Schedule, Schedules
from bot.discord.delivery.timetable import Timetable
from bot.discord.delivery.worker import ComposedDigest, DeliveryWorker
from bot.presentation.discord.layouts import Page
from retrieval.domain.phrase import Phrase
from tests.shown import words

DAILY = frozenset(range(7))
START = datetime(2026, 6, 1, 5, 0, tzinfo=UTC)
DUE = START.replace(minute=30)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass
class Message:
    """A message as it stands in a channel, with the role that was mentioned."""

    id: str
    content: Page
    sent: datetime
    role: str | None


@dataclass
class World:
    """What outlives the bot: the clock, and what stands in the channels and was told in private."""

    now: datetime = START
    channels: defaultdict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    told: list[tuple[str, str]] = field(default_factory=list)
    # What a channel or person does before and after it takes something; either may raise or hang.
    before: dict[str, Callable[[], Any]] = field(default_factory=dict)
    after: dict[str, Callable[[], Any]] = field(default_factory=dict)
    tries: defaultdict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    async def send(self, channel: str, page: Page, mark: str, role: str | None, _menu: Any = None) -> str:
        assert len(mark) <= 25
        self.tries[channel].append(self.now)
        await self._do(self.before, channel)
        id_ = f"{channel}.{len(self.channels[channel])}"
        self.channels[channel].append(Message(id_, page, self.now, role))
        await self._do(self.after, channel)
        return id_

    async def find(self, channel: str, mark: str, since: datetime) -> str | None:
        there = self.channels[channel]
        return next((each.id for each in there if each.sent >= since and carries(words(each.content), mark)), None)

    async def warn(self, person: str, line: str) -> None:
        self.tries[person].append(self.now)
        await self._do(self.before, person)
        self.told.append((person, line))

    async def _do(self, faults: dict[str, Callable[[], Any]], place: str) -> None:
        if fault := faults.get(place):
            outcome = fault()
            if asyncio.iscoroutine(outcome):
                await outcome

    def texts(self, channel: str) -> list[str]:
        return [words(message.content) for message in self.channels[channel]]


@dataclass
class Office:
    """Schedules in a file, and a worker over them that can be replaced as a restart does."""

    world: World
    schedules: Schedules
    composed: list[tuple[int, datetime]] = field(default_factory=list)
    pages: tuple[str, ...] = ("News.",)
    told: tuple[str, ...] = ("article",)

    def worker(self, **options: Any) -> DeliveryWorker:
        return DeliveryWorker(self.schedules, self.compose, self.world, lambda: self.world.now, **options)

    async def compose(self, schedule: Schedule, due: datetime) -> ComposedDigest:
        self.composed.append((schedule.id, due))
        return ComposedDigest(self.pages, self.told)

    def add(self, channel: str = "70", time: str = "05:30", **other: Any) -> Schedule:
        return self.schedules.add("7", channel, Timetable(time, "UTC", DAILY), "ann", self.world.now, **other)

    async def run(self, worker: DeliveryWorker, *moments: datetime) -> None:
        for moment in moments:
            self.world.now = moment
            await worker.round(moment)
            await worker.finish()


def refuse() -> None:
    raise RefusedError(Phrase("I may not write there"))


def lose() -> None:
    raise ConnectionError("broken off")


async def hang() -> None:
    await asyncio.Event().wait()


class Killed(BaseException):
    """The process ends here; nothing in it can catch that."""


@dataclass
class Fate:
    """Ends the life of a process at a random call, before or after it has worked; from then on nothing does."""

    chance: random.Random
    odds: float
    dead: bool = False
    ended: Counter[str] = field(default_factory=Counter)

    def meet(self, moment: str) -> None:
        # Most of the time the bot only looks whether there is anything to do.
        odds = self.odds / 10 if moment.endswith(("running", "warnings")) else self.odds
        if not self.dead and self.chance.random() < odds:
            self.dead = True
            self.ended[moment] += 1
        if self.dead:
            raise Killed


class MortalSchedules:
    """The real schedules, used by a process that may end at every call."""

    def __init__(self, schedules: Schedules, fate: Fate) -> None:
        self._schedules, self._fate = schedules, fate

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._schedules, name)

        def mortal(*args: Any) -> Any:
            self._fate.meet(f"before {name}")
            result = call(*args)
            self._fate.meet(f"after {name}")
            return result

        return mortal


class MortalPoster:
    """Discord, as a process sees it that may end at every call; now and then a call fails as well."""

    def __init__(self, world: World, fate: Fate, chance: random.Random, faults: float) -> None:
        self._world, self._fate, self._chance, self._faults = world, fate, chance, faults

    async def send(self, channel: str, page: Page, mark: str, role: str | None, _menu: Any = None) -> str:
        self._fate.meet("before send")
        self._fail(RefusedError("not now"), ConnectionError("not got through"))
        id_ = await self._world.send(channel, page, mark, role)
        self._fate.meet("after send")
        self._fail(ConnectionError("got through"))
        return id_

    async def find(self, channel: str, mark: str, since: datetime) -> str | None:
        self._fate.meet("before find")
        self._fail(ConnectionError("not looked up"))
        return await self._world.find(channel, mark, since)

    async def warn(self, person: str, line: str) -> None:
        await self._world.warn(person, line)

    def _fail(self, *errors: Exception) -> None:
        if self._chance.random() < self._faults:
            raise self._chance.choice(errors)


class AtOnce(ThreadPoolExecutor):
    """Does at once what it is given, so that the same seed gives the same month."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*args, **options))
        except BaseException as error:
            done.set_exception(error)
        return done
