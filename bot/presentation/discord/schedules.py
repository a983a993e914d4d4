"""Schedules in words, for Discord."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.discord.delivery.schedules import Schedule
from bot.discord.delivery.timetable import due_between
from bot.presentation.discord.markdown import clean_line, code, escape

_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_GROUPS = {frozenset(range(7)): "every day", frozenset(range(5)): "Mon to Fri", frozenset({5, 6}): "Sat and Sun"}
# Any timetable is due within this time.
_SOON = timedelta(days=9)


def described(schedule: Schedule, now: datetime, reason: str | None = None) -> str:
    """A schedule in one line, with its next delivery; `reason` is its last error, if known."""
    parts = [f"**{schedule.id}** · <#{schedule.channel}>", escape(when(schedule))]
    if schedule.roundup:
        parts.append("roundup of the week")
    if schedule.topic:
        parts.append(f"on {escape(clean_line(schedule.topic))}")
    if schedule.role:
        parts.append(f"mentions <@&{schedule.role}>")
    if schedule.mail:
        parts.append(f"mail to {', '.join(code(each) for each in schedule.mail)}")
    if schedule.paused:
        parts.append("**paused**")
    else:
        parts.append(f"next <t:{int(_due_next(schedule, now).timestamp())}:F>")
    if schedule.failures:
        parts.append(_failed(schedule, now, reason))
    return " · ".join(parts)


def when(schedule: Schedule) -> str:
    """The time, zone and weekdays of a schedule."""
    timetable = schedule.timetable
    return f"{timetable.time} {timetable.zone}, {_days(timetable.weekdays)}"


def _due_next(schedule: Schedule, now: datetime) -> datetime:
    return due_between(schedule.timetable, now, now + _SOON)[0]


def _days(weekdays: Collection[int]) -> str:
    return _GROUPS.get(frozenset(weekdays)) or ", ".join(_NAMES[day] for day in sorted(weekdays))


def _failed(schedule: Schedule, now: datetime, reason: str | None) -> str:
    many = "once" if schedule.failures == 1 else f"{schedule.failures} times in a row"
    why = f": {reason}" if reason else ""
    again = schedule.retry_at
    later = f"; next try <t:{int(again.timestamp())}:R>" if again and again > now and not schedule.paused else ""
    return f"failed {many}{why}{later}"
