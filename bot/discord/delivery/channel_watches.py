"""The watches of channels: what is told where, when, and for whom, outside of a server's quiet hours."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from bot.discord.delivery.timetable import parse_time
from retrieval.domain.phrase import Phrase
from retrieval.domain.reports import Watch, WatchedFor, WatchState
from retrieval.errors import QuestionError
from retrieval.storage.catalog import Catalog
from retrieval.storage.deliveries import (
    WatchList,
    insert_watch,
    notices,
    quiet_hours,
    schedules,
    set_paused,
    watch_channels,
    watch_of,
    watches,
)

_NONE = frozenset({"none", "off", "never", "no"})
_TO = re.compile(r"\s*(?:[-–—]|\bto\b|\buntil\b)\s*")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local times ("22:00") between which nothing is told, over midnight too; none if both are the same.

    At most `most` notices are told a day; those that come with a digest are neither held back nor counted.
    """

    starts: str = "22:00"
    ends: str = "07:00"
    zone: str = "UTC"
    most: int = 12

    def cover(self, moment: datetime) -> bool:
        """True if nothing is told at this moment."""
        local = moment.astimezone(ZoneInfo(self.zone)).strftime("%H:%M")
        if self.starts <= self.ends:
            return self.starts <= local < self.ends
        return local >= self.starts or local < self.ends

    def midnight(self, moment: datetime) -> datetime:
        """The beginning of the local day, in UTC."""
        zone = ZoneInfo(self.zone)
        return datetime.combine(moment.astimezone(zone).date(), time(), zone).astimezone(UTC)


def parse_hours(text: str) -> tuple[str, str]:
    """Quiet hours as people write them ("22:00-07:00", "10 pm to 7", "none"): when they start and end.

    Raises:
        QuestionError: they are not hours of a day.
    """
    if text.strip().lower() in _NONE:
        return "00:00", "00:00"
    parts = _TO.split(text.strip())
    if len(parts) != 2:
        raise QuestionError(
            Phrase(
                '"{text}" is not a span of hours: write it like 22:00-07:00, or none.', text=" ".join(text.split())[:60]
            )
        )
    starts, ends = (parse_time(f"{part}:00" if part.strip().isdigit() else part) for part in parts)
    return starts, ends


def hours_of(connection: Connection, scope: str) -> QuietHours:
    """The quiet hours of a server: by default at night, in the time zone of its first schedule."""
    row = connection.execute(select(quiet_hours).where(quiet_hours.c.scope == scope)).one_or_none()
    if row is not None:
        return QuietHours(row.starts, row.ends, row.zone, row.most)
    zones = select(schedules.c.zone).where(schedules.c.scope == scope).order_by(schedules.c.id).limit(1)
    zone = connection.execute(zones).scalar()
    return replace(QuietHours(), zone=zone) if zone else QuietHours()


def keep_hours(connection: Connection, scope: str, hours: QuietHours) -> None:
    """Keep the quiet hours of a server; those it would have anyway have no row."""
    connection.execute(delete(quiet_hours).where(quiet_hours.c.scope == scope))
    if hours != hours_of(connection, scope):  # which are now the default
        connection.execute(insert(quiet_hours).values(scope=scope, **asdict(hours)))


Rhythm = Literal["at once", "hourly", "with the digest"]

# The watches with their channels.
STORED = select(watches, watch_channels.c.channel, watch_channels.c.rhythm, watch_channels.c.creator).join(
    watch_channels, watch_channels.c.watch == watches.c.id
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelWatch:
    """A watch that is told about in a channel."""

    watch: Watch
    channel: str
    rhythm: Rhythm
    creator: str


class ChannelWatches:
    """The watches of channels and their notices, in the catalog's own file."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._kept = WatchList(catalog)

    def add(
        self,
        scope: str,
        topic: str,
        state: WatchState,
        only: WatchedFor,
        channel: str,
        rhythm: Rhythm,
        creator: str,
    ) -> ChannelWatch:
        """Watch a topic from this state on, for a channel."""
        with self._catalog.writing() as connection:
            watch = insert_watch(connection, scope, topic, only, state)
            row = {"watch": watch.id, "channel": channel, "rhythm": rhythm, "creator": creator}
            connection.execute(insert(watch_channels).values(row))
        return ChannelWatch(watch=watch, channel=channel, rhythm=rhythm, creator=creator)

    def of(self, scope: str) -> list[ChannelWatch]:
        """The watches of a scope, in the order they were added."""
        return self._find(STORED.where(watches.c.scope == scope))

    def running(self) -> list[ChannelWatch]:
        """The watches of every scope that are not paused."""
        return self._find(STORED.where(watches.c.paused.is_(False)))

    def _find(self, query: Select[Any]) -> list[ChannelWatch]:
        with self._catalog.reading() as connection:
            return [_channel_watch(row) for row in connection.execute(query.order_by(watches.c.id))]

    def pause(self, id_: int, scope: str) -> bool:
        """Pause a watch; return False if there is no such watch. News that are not told yet wait."""
        return self._kept.pause(id_, scope, True)

    def resume(self, id_: int, scope: str) -> bool:
        """Tell a watch's news again, those of the pause too; return False if there is no such watch."""
        with self._catalog.writing() as connection:
            theirs = watch_channels.c.watch == id_
            channel = select(watch_channels.c.channel).where(theirs).scalar_subquery()
            if not set_paused(connection, id_, scope, False):
                return False
            connection.execute(update(watch_channels).where(theirs).values(warning=None))
            open_ = update(notices).where(notices.c.channel == channel, notices.c.state == "claimed")
            connection.execute(open_.values(failures=0, refusals=0, retry_at=None))
            return True

    def remove(self, id_: int, scope: str) -> bool:
        """Remove a watch and its news; return False if there is no such watch."""
        return self._kept.remove(id_, scope)

    def hours(self, scope: str) -> QuietHours:
        """The quiet hours of a server."""
        with self._catalog.reading() as connection:
            return hours_of(connection, scope)

    def set_hours(self, scope: str, hours: QuietHours) -> None:
        """Set the quiet hours of a server."""
        with self._catalog.writing() as connection:
            keep_hours(connection, scope, hours)


def _channel_watch(row: Row[Any]) -> ChannelWatch:
    return ChannelWatch(watch=watch_of(row), channel=row.channel, rhythm=row.rhythm, creator=row.creator)
