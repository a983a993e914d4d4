"""Delivers what is scheduled: each once, whatever fails or ends in between, and no channel held up by another.

A delivery is claimed and its pages are kept before the first is posted; every page carries a mark. Whoever comes back
to a delivery that was begun looks for the mark of the first page not recorded before posting it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.discord.delivery.notices import Notices
from bot.discord.delivery.poster import Poster, RefusedError, late, mark_of, marked
from bot.discord.delivery.schedules import Delivery, Schedule, Schedules
from bot.discord.delivery.timetable import due_between
from retrieval.errors import BriefingError

_log = logging.getLogger(__name__)

# What is posted longer than this after it was due says so; what is this old is not posted any more.
LATE = timedelta(minutes=5)
MAX_AGE = timedelta(hours=12)
# Pauses before the second try and those after it, and how often a channel may refuse before it is left alone.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 25, 60))
REFUSALS = 5
# Seconds that composing a delivery, and looking for or posting one page of it, may take.
PATIENCE = 90
# Deliveries composed at a time: they work on the same processor.
_COMPOSED = 4
# How far the clock of this machine may be ahead of Discord's.
_SKEW = timedelta(minutes=10)
# Beside the channels, what keeps the worker busy: telling people.
_WARNING = ""


@dataclass(frozen=True, slots=True)
class ComposedDigest:
    """The pages of a delivery, and the keys of the articles that they tell of."""

    pages: tuple[str, ...]
    told: tuple[str, ...] = ()


class DeliveryWorker:
    """Makes the deliveries that are due; `compose` makes one of a schedule that was due at a moment.

    `reasons` says of schedules (by id) why they failed when they were last tried; it does not outlive the process.
    """

    def __init__(
        self,
        schedules: Schedules,
        compose: Callable[[Schedule, datetime], Awaitable[ComposedDigest]],
        post: Poster,
        clock: Callable[[], datetime],
        max_age: timedelta = MAX_AGE,
        patience: float = PATIENCE,
    ) -> None:
        self._schedules = schedules
        self._compose = compose
        self._post = post
        self._clock = clock
        self._max_age = max_age
        self._patience = patience
        self._composing = asyncio.Semaphore(_COMPOSED)
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._notices = Notices(schedules, post, patience)
        self.reasons: dict[int, str] = {}

    async def round(self, now: datetime) -> None:
        """Begin what is due at every channel that is not busy yet; does not wait for it, and does not raise."""
        try:
            running = await asyncio.to_thread(self._schedules.running)
        except Exception as error:
            _note("the schedules cannot be read", error)
            return
        channels = defaultdict(list)
        for schedule in running:
            if schedule.retry_at is None or schedule.retry_at <= now:
                channels[schedule.channel].append(schedule)
        for channel, theirs in channels.items():
            self._begin(channel, self._serve, theirs, now)
        self._begin(_WARNING, self._warn)

    async def finish(self, seconds: float | None = None) -> None:
        """Wait so long, at most, for what is being delivered; the next start takes up what is left."""
        if busy := set(self._busy.values()):
            _, left = await asyncio.wait(busy, timeout=seconds)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    def _begin(self, key: str, work: Callable[..., Coroutine[Any, Any, None]], *about: Any) -> None:
        if key not in self._busy:
            self._busy[key] = task = asyncio.create_task(work(*about))
            task.add_done_callback(lambda _: self._busy.pop(key))

    async def _serve(self, schedules: Sequence[Schedule], now: datetime) -> None:
        """What is due at one channel, one after the other."""
        for schedule in schedules:
            try:
                await self._catch_up(schedule, now)
            except Exception as error:
                await self._fail(schedule, error)

    async def _catch_up(self, schedule: Schedule, now: datetime) -> None:
        for due in due_between(schedule.timetable, schedule.since, now):
            delivery = await asyncio.to_thread(self._schedules.claim, schedule.id, due, self._clock())
            if delivery is None:
                return
            whole = delivery.pages is not None and len(delivery.messages) == len(delivery.pages)
            if self._clock() - due > self._max_age and not whole:
                _log.warning("schedule %d: what was due at %s is too old", schedule.id, due)
                await asyncio.to_thread(self._schedules.settle, delivery, "given_up")
            else:
                await self._deliver(schedule, delivery)

    async def _deliver(self, schedule: Schedule, delivery: Delivery) -> None:
        pages, begun = delivery.pages, delivery.pages is not None
        if pages is None:
            async with self._composing, asyncio.timeout(self._patience):
                composed = await self._compose(schedule, delivery.due)
            pages = await asyncio.to_thread(self._schedules.keep, delivery, composed.pages, composed.told)
        if pages is None:
            # Paused or removed while it was composed.
            return
        for number in range(len(delivery.messages), len(pages)):
            message = await self._post_page(schedule, delivery, number, pages[number], begun)
            await asyncio.to_thread(self._schedules.record, delivery, number, message)
            begun = False
        await asyncio.to_thread(self._schedules.settle, delivery, "posted")
        self.reasons.pop(schedule.id, None)

    async def _post_page(self, schedule: Schedule, delivery: Delivery, number: int, page: str, begun: bool) -> str:
        """Post a page, unless it was begun before and is there."""
        mark = mark_of(delivery, number)
        if number == 0 and self._clock() - delivery.due > LATE:
            page = f"{late(schedule, delivery.due)}\n{page}"
        async with asyncio.timeout(self._patience):
            if begun and (found := await self._post.find(schedule.channel, mark, delivery.at - _SKEW)):
                return found
            role = schedule.role if number == 0 else None
            return await self._post.send(schedule.channel, marked(page, mark), mark, role)

    async def _fail(self, schedule: Schedule, error: Exception) -> None:
        refused = isinstance(error, RefusedError)
        _note(f"schedule {schedule.id} could not be delivered", error)
        # Other errors name what lies behind the bot.
        self.reasons[schedule.id] = str(error) if refused else "an internal error, see the log"
        try:
            count = await asyncio.to_thread(self._schedules.fail, schedule.id, self._clock(), BACK_OFF, refused)
            if refused and count >= REFUSALS:
                line = (
                    f"I could not post the digest in <#{schedule.channel}>, {count} times in a row: {error}. "
                    f"I have paused schedule {schedule.id}; resume it once the problem is solved."
                )
                await asyncio.to_thread(self._schedules.stop, schedule.id, line)
        except Exception as unwritten:
            _note(f"schedule {schedule.id} is tried again at once", unwritten)

    async def _warn(self) -> None:
        try:
            await self._notices.tell()
        except Exception as error:
            _note("who is to be told of paused schedules is not known", error)


def _note(what: str, error: Exception) -> None:
    known = isinstance(error, (BriefingError, RefusedError, OSError))
    _log.warning("%s: %s", what, str(error) or type(error).__name__, exc_info=None if known else error)
