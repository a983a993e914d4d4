"""Delivers scheduled digests and the news of watches, everything once, whatever fails; no channel waits for another.

A delivery is claimed and its pages are stored before the first is posted; every page carries a mark. Before the first
page that is not recorded is posted, its mark is looked for in the channel.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, Protocol

from bot.discord.delivery import attempts
from bot.discord.delivery.attempts import Delivery, Guilds, Outgoing, Poster, RefusedError
from bot.discord.delivery.schedules import Schedule, Schedules
from bot.discord.delivery.timetable import due_between
from bot.discord.delivery.watch_notices import WatchNotice, WatchNotices
from bot.mail import Mail
from bot.observing import EndedDelivery
from bot.presentation.discord.digests import Menu
from bot.presentation.discord.layouts import Page, topped
from retrieval import observing
from retrieval.domain.reports import WatchNews
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
# The keys of the tasks that send warnings and look at watches, beside the tasks of the channels.
_WARNING, _LOOKING = "", "watches"


@dataclass(frozen=True, slots=True)
class ComposedDigest:
    """The pages of a delivery, the keys of the articles in them, its mails, and the menu under the last page."""

    pages: tuple[Page, ...]
    told: tuple[str, ...] = ()
    mails: tuple[Mail, ...] = ()
    menu: Menu | None = None


class Looks(Protocol):
    """The looks at watches, as `WatchLooks` does them."""

    async def look(self, now: datetime) -> None:
        """Keep the news of the watches."""

    def compose(self, scope: str, news: Sequence[WatchNews], since: datetime | None) -> Sequence[Page]:
        """The pages of a notice for the server of this scope."""


class DeliveryWorker:
    """Makes the deliveries that are due, and posts those of the `guilds` that it owns.

    `compose` makes the digest of a schedule for the moment it was due; where it is None, another process does, and what
    is made is posted. Where `post` is None, another process posts what is made here. While `looking`, `looks` find the
    news of watches, which go to the `notices`.

    `reasons` holds the last errors of notices, by channel; a restart forgets them.
    """

    def __init__(
        self,
        schedules: Schedules,
        compose: Callable[[Schedule, datetime], Awaitable[ComposedDigest]] | None,
        post: Poster | None,
        clock: Callable[[], datetime],
        patience: float = PATIENCE,
        notices: WatchNotices | None = None,
        looks: Looks | None = None,
        looking: bool = True,
        guilds: Guilds = Guilds(),  # noqa: B008 - it cannot change
    ) -> None:
        self._schedules = schedules
        self._compose = compose
        self._post = post
        self._clock = clock
        self._patience = patience
        self._composing = asyncio.Semaphore(_COMPOSED)
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._notices = notices
        self._looks = looks
        self._looking = looking
        self._guilds = guilds
        stopped = (schedules, notices) if notices else (schedules,)
        # Private messages come from the process that has the first shard, which "server 0" belongs to.
        self._warnings = attempts.Notices(stopped, post, patience, guilds) if post and guilds.owns(0) else None
        self.reasons: dict[str, str] = {}

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
            told = await asyncio.to_thread(self._notices.waiting, now) if self._notices else {}
        except Exception as error:
            _note("the schedules cannot be read", error)
            return
        channels: defaultdict[str, list[Schedule]] = defaultdict(list)
        for schedule in filter(lambda each: self._guilds.owns(int(each.scope)), running):
            # A later one than any pause is of a clock that was ahead.
            if schedule.retry_at is None or not now < schedule.retry_at <= now + max(BACK_OFF) + _SKEW:
                channels[schedule.channel].append(schedule)
        told = {channel: scope for channel, scope in told.items() if self._guilds.owns(int(scope))}
        for channel in {**channels, **told}:
            self._begin(channel, self._serve, channels.get(channel, ()), told.get(channel), channel, now)
        if self._looks and self._looking:
            self._begin(_LOOKING, _noting, "the watches could not be looked at", self._looks.look, now)
        if self._warnings:
            self._begin(_WARNING, _noting, "warnings about what is paused could not be sent", self._warnings.tell)

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

    async def _serve(self, schedules: Sequence[Schedule], scope: str | None, channel: str, now: datetime) -> None:
        """Deliver what is due in one channel, one after the other; the news of watches, of this scope, last."""
        for schedule in schedules:
            try:
                await self._catch_up(schedule, now)
            except Exception as error:
                await self._fail(schedule, error)
        if scope is not None and self._post and self._notices and self._looks:
            try:
                await self._tell(self._post, self._notices, self._looks, scope, channel)
            except Exception as error:
                _note(f"news of watches for channel {channel} could not be read or stored", error)

    async def _catch_up(self, schedule: Schedule, now: datetime) -> None:
        for due in due_between(schedule.timetable, schedule.since, now):
            delivery = await asyncio.to_thread(self._schedules.claim, schedule.id, due, self._clock())
            if delivery is None:
                continue
            whole = delivery.pages is not None and len(delivery.messages) == len(delivery.pages)
            if self._clock() - due > MAX_AGE and not whole:
                _log.warning("schedule %d: what was due at %s is too old", schedule.id, due)
                await asyncio.to_thread(self._schedules.settle, delivery, "given_up")
                self._end("digest", "given_up", due)
                continue
            with observing.step("delivery"):
                made = delivery if delivery.pages is not None else await self._make(schedule, delivery)
                if made is None or self._post is None:
                    # What is due later leaves out what this one tells.
                    return
                await self._deliver(self._post, schedule, made, fresh=delivery.pages is None)

    async def _make(self, schedule: Schedule, delivery: Delivery) -> Delivery | None:
        """The delivery with its pages; None where another process makes them, or nobody any longer."""
        if self._compose is None or not await asyncio.to_thread(self._schedules.take, delivery):
            return None
        try:
            async with self._composing, asyncio.timeout(self._patience):
                composed = await self._compose(schedule, delivery.due)
            kept = (composed.pages, composed.told, composed.mails, composed.menu)
            pages = await asyncio.to_thread(self._schedules.keep, delivery, *kept)
        finally:
            await asyncio.to_thread(self._schedules.leave, delivery)
        # None where it was paused or removed while it was composed.
        return None if pages is None else replace(delivery, pages=pages, told=composed.told, menu=composed.menu)

    async def _deliver(self, post: Poster, schedule: Schedule, delivery: Delivery, fresh: bool) -> None:
        zone, words = schedule.timetable.zone, self._guilds.words(int(schedule.scope))
        await self._post_pages(
            post,
            Outgoing(
                channel=schedule.channel,
                pages=delivery.pages or (),
                posted=len(delivery.messages),
                at=delivery.at,
                begun=not fresh,
                mark=partial(attempts.mark_of, delivery),
                record=partial(self._schedules.record, delivery),
                head=attempts.late(zone, delivery.due, words) if self._clock() - delivery.due > LATE else "",
                # Without news nobody is called.
                role=schedule.role if delivery.told else None,
                menu=delivery.menu,
            ),
        )
        await asyncio.to_thread(self._schedules.settle, delivery, "posted")
        self._end("digest", "delivered", delivery.due)

    def _end(self, kind: Literal["digest", "news"], state: Literal["delivered", "given_up"], due: datetime) -> None:
        observing.tell(EndedDelivery(kind, state, (self._clock() - due).total_seconds()))

    async def _tell(self, post: Poster, notices: WatchNotices, looks: Looks, scope: str, channel: str) -> None:
        """Post the notice that is due in a channel, if any."""
        notice = await asyncio.to_thread(notices.claim, scope, channel, self._clock(), looks.compose)
        if notice is None:
            return
        try:
            if not self._guilds.serves(int(scope)):
                raise RefusedError(attempts.GONE)
            out = Outgoing(
                channel=channel,
                pages=notice.pages,
                posted=len(notice.messages),
                at=notice.at,
                begun=not notice.fresh,
                mark=partial(attempts.notice_mark, notice.id),
                record=partial(notices.record, notice),
            )
            with observing.step("delivery"):
                await self._post_pages(post, out)
            await asyncio.to_thread(notices.settle, notice)
            self._end("news", "delivered", notice.at)
            self.reasons.pop(channel, None)
        except Exception as error:
            await self._fail_notice(notices, notice, error)

    async def _post_pages(self, post: Poster, out: Outgoing) -> None:
        begun = out.begun
        for number in range(out.posted, len(out.pages)):
            message = await self._post_page(post, out, number, begun)
            await asyncio.to_thread(out.record, number, message)
            begun = False

    async def _post_page(self, post: Poster, out: Outgoing, number: int, begun: bool) -> str:
        """Post a page, unless an earlier try has posted it."""
        mark, page = out.mark(number), out.pages[number]
        if number == 0 and out.head:
            page = topped(page, out.head)
        async with asyncio.timeout(self._patience):
            if begun and (found := await post.find(out.channel, mark, out.at - _SKEW)):
                return found
            below = out.menu if number + 1 == len(out.pages) else None
            return await post.send(out.channel, attempts.marked(page, mark), mark, None if number else out.role, below)

    async def _fail_notice(self, notices: WatchNotices, notice: WatchNotice, error: Exception) -> None:
        refused = isinstance(error, RefusedError)
        _note(f"notice {notice.id} could not be posted", error)
        self.reasons[notice.channel] = reason = attempts.reason_of(error)
        count = await asyncio.to_thread(notices.fail, notice.id, self._clock(), BACK_OFF, refused)
        if refused and count >= REFUSALS:
            warning = partial(attempts.stopped_watches, notice.channel, count, reason)
            await asyncio.to_thread(notices.stop, notice, warning)
            self._end("news", "given_up", notice.at)

    async def _fail(self, schedule: Schedule, error: Exception) -> None:
        refused = isinstance(error, RefusedError)
        _note(f"schedule {schedule.id} could not be delivered", error)
        reason = attempts.reason_of(error)
        try:
            count = await asyncio.to_thread(self._schedules.fail, schedule.id, self._clock(), BACK_OFF, refused, reason)
            if refused and count >= REFUSALS:
                line = attempts.stopped_schedule(schedule.id, schedule.channel, count, reason)
                await asyncio.to_thread(self._schedules.stop, schedule.id, line)
        except Exception as unwritten:
            _note(f"the failure of schedule {schedule.id} could not be stored, so it is tried again at once", unwritten)


async def _noting(failure: str, work: Callable[..., Awaitable[None]], *about: Any) -> None:
    try:
        await work(*about)
    except Exception as error:
        _note(failure, error)


def _note(what: str, error: Exception) -> None:
    known = isinstance(error, (BriefingError, OSError))
    _log.warning("%s: %s", what, str(error) or type(error).__name__, exc_info=None if known else error)
