"""The digest of a schedule: its days and its pages."""

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
from bot.discord.publishing import LINE, PageShelf
from bot.presentation import digest_wording
from bot.presentation.digest_files import page
from bot.presentation.discord.digests import pages
from bot.presentation.discord.server_settings import with_line
from bot.presentation.links import best_link, short_link
from bot.settings import BotSettings
from retrieval.domain.searches import Filter
from retrieval.executor import BoundedExecutor
from retrieval.nlp.markup import visible
from retrieval.services.briefing import Briefing

_DAY = timedelta(days=1)
# A timetable is due at least once in these days, even if the clocks skip a day.
_ROUND = 9 * _DAY
# The longest window of a digest, however long ago the last one was.
_LONGEST = 31 * _DAY


class ScheduledDigests:
    """Composes the digests of schedules, as their servers see them. `serves` is True for a server the bot works on."""

    def __init__(
        self,
        briefing: Briefing,
        executor: BoundedExecutor,
        settings: BotSettings,
        serves: Callable[[int], bool],
        shelf: PageShelf | None = None,
    ) -> None:
        self._briefing = briefing
        self._executor = executor
        self._settings = settings
        self._serves = serves
        self._shelf = shelf

    async def compose(self, schedule: Schedule, due: datetime) -> ComposedDigest:
        """The news that the channel has not received, for a digest that was due at `due`.

        Raises:
            RefusedError: the bot no longer works on that server.
        """
        if not self._serves(int(schedule.scope)):
            raise RefusedError("I no longer work on that server")
        return await self._executor.run(partial(self._compose, schedule, due))

    def _compose(self, schedule: Schedule, due: datetime) -> ComposedDigest:
        channel, topic = schedule.channel, schedule.topic
        days = window(schedule.timetable, due, self._briefing.digests.last(channel))
        only = replace(days, scopes=scopes(int(schedule.scope)))
        digest = self._briefing.digests.compose(only, topic, destination=channel, channel=channel)
        link, short = (partial(each, bases=self._settings.bases) for each in (best_link, short_link))
        plain = self._settings.plain_messages
        room = ROOM + LINE if self._shelf and self._shelf.is_open else ROOM
        found = pages(digest, topic or "", link, room=room, short=short, plain=plain)
        if self._shelf and digest.stories:
            title = digest_wording.days(digest, topic, visible)
            line = self._shelf.keep(int(schedule.scope), "digest", title, page(digest, topic, self._settings.bases))
            found = with_line(found, line)
        return ComposedDigest(tuple(found), digest.told)


def window(timetable: Timetable, due: datetime, last: datetime | None) -> Filter:
    """The days of publication, in the timetable's zone, of the articles for a digest that is due then.

    They begin a day before the channel's last digest, for articles that came in late, and never after the timetable's
    previous moment: the last digest may be of another schedule, on another topic. Articles that the channel has
    received are left out later.
    """
    zone = ZoneInfo(timetable.zone)
    before = due_between(timetable, due - _ROUND, due - timedelta(seconds=1))[-1]
    first = max(min(last - _DAY if last else before, before, due - _DAY), due - _LONGEST)
    # Feeds date their articles in UTC, where it is already tomorrow in the evening of America.
    until = max(due.astimezone(zone).date(), due.astimezone(UTC).date())
    return Filter(first.astimezone(zone).date().isoformat(), until.isoformat())
