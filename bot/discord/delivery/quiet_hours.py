"""The hours in which a server is told nothing of its watches, and the most notices it gets a day."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select

from bot.discord.delivery.timetable import parse_time
from retrieval.domain.phrase import Phrase
from retrieval.errors import QuestionError
from retrieval.storage.deliveries import quiet_hours, schedules

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
