"""The digest of a schedule: of which days it is, and its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.discord.audience import scopes
from bot.discord.delivery.poster import ROOM, RefusedError
from bot.discord.delivery.schedules import Schedule
from bot.discord.delivery.timetable import Timetable, due_between
from bot.discord.delivery.worker import ComposedDigest
from bot.presentation.discord.digests import pages
from bot.presentation.links import Bases, best_link
from retrieval.domain.searches import Filter
from retrieval.executor import BoundedExecutor
from retrieval.services.briefing import Briefing

_DAY = timedelta(days=1)
# Days that a timetable is due in at least once, also where clocks skip one.
_ROUND = 9 * _DAY
# However long a channel had no digest, nobody reads more of what has been missed.
_LONGEST = 31 * _DAY


class ScheduledDigests:
    """Composes what schedules deliver, as the server of each sees it; `serves` says which the bot works on."""

    def __init__(
        self, briefing: Briefing, executor: BoundedExecutor, bases: Bases, serves: Callable[[int], bool]
    ) -> None:
        self._briefing = briefing
        self._executor = executor
        self._link = partial(best_link, bases=bases)
        self._serves = serves

    async def compose(self, schedule: Schedule, due: datetime) -> ComposedDigest:
        """What the channel has not been told yet, at the moment `due`.

        Raises:
            RefusedError: the bot does not work on that server any longer.
        """
        if not self._serves(int(schedule.scope)):
            raise RefusedError("I no longer work on that server")
        return await self._executor.run(partial(self._compose, schedule, due))

    def _compose(self, schedule: Schedule, due: datetime) -> ComposedDigest:
        channel, topic = schedule.channel, schedule.topic
        days = window(schedule.timetable, due, self._briefing.digests.last(channel))
        only = replace(days, scopes=scopes(int(schedule.scope)))
        made = self._briefing.digests.compose(only, topic, destination=channel)
        return ComposedDigest(tuple(pages(made, topic or "", self._link, room=ROOM)), made.told)


def window(timetable: Timetable, due: datetime, last: datetime | None) -> Filter:
    """The days of publication, by the clocks of its zone, that a digest due then is of.

    They begin a day before the channel's last digest, for articles that came in late, and never after the timetable's
    previous moment: the last digest may have been another schedule's, on another topic. What was told is left out.
    """
    zone = ZoneInfo(timetable.zone)
    before = due_between(timetable, due - _ROUND, due - timedelta(seconds=1))[-1]
    first = max(min(last - _DAY if last else before, before, due - _DAY), due - _LONGEST)
    # Feeds date their articles in UTC, where an evening in America is tomorrow.
    until = max(due.astimezone(zone).date(), due.astimezone(UTC).date())
    return Filter(first.astimezone(zone).date().isoformat(), until.isoformat())
