"""Delivers scheduled digests: every one once, whatever fails or stops in between, and no channel waits for another.

A delivery is claimed and its pages are stored before the first is posted; every page carries a mark. Before the first
page that is not recorded is posted, its mark is looked for in the channel.
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
from bot.mail import Mail
from bot.presentation.discord.digests import Menu
from bot.presentation.discord.layouts import Page, topped
from retrieval.errors import BriefingError

_log = logging.getLogger(__name__)

# A digest that is posted later than LATE says so; one older than MAX_AGE is not posted.
LATE = timedelta(minutes=5)
MAX_AGE = timedelta(hours=12)
# Pauses before the second and the later tries, and the refusals after which a schedule is paused.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 25, 60))
REFUSALS = 5
# The most seconds for composing a delivery, and for finding or posting one page.
PATIENCE = 90
# Deliveries composed at a time: they share the processor.
_COMPOSED = 4
# The most that this machine's clock may be ahead of Discord's.
_SKEW = timedelta(minutes=10)
# The key of the task that sends warnings, beside the tasks of the channels.
_WARNING = ""


@dataclass(frozen=True, slots=True)
class ComposedDigest:
    """The pages of a delivery, the keys of the articles in them, its mails, and the menu under the last page."""

    pages: tuple[Page, ...]
    told: tuple[str, ...] = ()
    mails: tuple[Mail, ...] = ()
    menu: Menu | None = None


class DeliveryWorker:
    """Makes the deliveries that are due. `compose` makes the digest of a schedule for the moment it was due.

    `reasons` holds the last errors of schedules, by id; a restart forgets them.
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
        """Begin the deliveries of every channel that is not busy; neither wait for them nor raise."""
        try:
            for ahead in await asyncio.to_thread(self._schedules.correct, now):
                _log.warning(
                    "schedule %d was to wait until %s: this machine's clock was ahead; it goes on now",
                    ahead.id,
                    ahead.since.strftime("%Y-%m-%d %H:%M"),
                )
            running = await asyncio.to_thread(self._schedules.running)
        except Exception as error:
            _note("the schedules cannot be read", error)
            return
        channels = defaultdict(list)
        for schedule in running:
            # A later one than any pause is of a clock that was ahead.
            if schedule.retry_at is None or not now < schedule.retry_at <= now + max(BACK_OFF) + _SKEW:
                channels[schedule.channel].append(schedule)
        for channel, theirs in channels.items():
            self._begin(channel, self._serve, theirs, now)
        self._begin(_WARNING, self._warn)

    async def finish(self, seconds: float | None = None) -> None:
        """Wait at most this many seconds for running deliveries; the next start continues the rest."""
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
        """Deliver what is due in one channel, one after the other."""
        for schedule in schedules:
            try:
                await self._catch_up(schedule, now)
            except Exception as error:
                await self._fail(schedule, error)

    async def _catch_up(self, schedule: Schedule, now: datetime) -> None:
        for due in due_between(schedule.timetable, schedule.since, now):
            delivery = await asyncio.to_thread(self._schedules.claim, schedule.id, due, self._clock())
            if delivery is None:
                continue
            whole = delivery.pages is not None and len(delivery.messages) == len(delivery.pages)
            if self._clock() - due > self._max_age and not whole:
                _log.warning("schedule %d: what was due at %s is too old", schedule.id, due)
                await asyncio.to_thread(self._schedules.settle, delivery, "given_up")
            else:
                await self._deliver(schedule, delivery)

    async def _deliver(self, schedule: Schedule, delivery: Delivery) -> None:
        pages, told, menu, begun = delivery.pages, delivery.told, delivery.menu, delivery.pages is not None
        if pages is None:
            async with self._composing, asyncio.timeout(self._patience):
                composed = await self._compose(schedule, delivery.due)
            told, menu = composed.told, composed.menu
            pages = await asyncio.to_thread(
                self._schedules.keep, delivery, composed.pages, told, composed.mails, composed.menu
            )
        if pages is None:
            # Paused or removed while it was composed.
            return
        # Without news nobody is called.
        role = schedule.role if told else None
        for number in range(len(delivery.messages), len(pages)):
            below = menu if number + 1 == len(pages) else None
            message = await self._post_page(schedule, delivery, number, pages[number], begun, role, below)
            await asyncio.to_thread(self._schedules.record, delivery, number, message)
            begun = False
        await asyncio.to_thread(self._schedules.settle, delivery, "posted")
        self.reasons.pop(schedule.id, None)

    async def _post_page(
        self,
        schedule: Schedule,
        delivery: Delivery,
        number: int,
        page: Page,
        begun: bool,
        role: str | None,
        menu: Menu | None,
    ) -> str:
        """Post a page, unless an earlier try has posted it."""
        mark = mark_of(delivery, number)
        if number == 0 and self._clock() - delivery.due > LATE:
            page = topped(page, late(schedule, delivery.due))
        async with asyncio.timeout(self._patience):
            if begun and (found := await self._post.find(schedule.channel, mark, delivery.at - _SKEW)):
                return found
            return await self._post.send(schedule.channel, marked(page, mark), mark, None if number else role, menu)

    async def _fail(self, schedule: Schedule, error: Exception) -> None:
        refused = isinstance(error, RefusedError)
        _note(f"schedule {schedule.id} could not be delivered", error)
        # Other errors may name folders and settings.
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
            _note(f"the failure of schedule {schedule.id} could not be stored, so it is tried again at once", unwritten)

    async def _warn(self) -> None:
        try:
            await self._notices.tell()
        except Exception as error:
            _note("warnings about paused schedules could not be sent", error)


def _note(what: str, error: Exception) -> None:
    known = isinstance(error, (BriefingError, RefusedError, OSError))
    _log.warning("%s: %s", what, str(error) or type(error).__name__, exc_info=None if known else error)
