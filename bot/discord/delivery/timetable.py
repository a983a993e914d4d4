"""Timetables: a time of day on some weekdays, read from text, and the moments when it is due."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from retrieval.domain.phrase import Phrase, either
from retrieval.errors import QuestionError

_DAY = timedelta(days=1)
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_GROUPS = {
    "daily": range(7),
    "every day": range(7),
    "all": range(7),
    "weekdays": range(5),
    "workdays": range(5),
    "weekend": range(5, 7),
    "weekends": range(5, 7),
}
_TIME = re.compile(r"(?P<hour>[0-9]{1,2})(?:[:.h](?P<minute>[0-9]{2}))?\s*(?:(?P<half>[ap])\.?m\.?)?")
_TO = re.compile(r"\s*(?:[-–—]|\bto\b)\s*")
_APART = re.compile(r"[,;/&+\s]+")
# Offered before anything is typed.
_USUAL = ["UTC", "Europe/London", "Europe/Brussels", "Europe/Berlin", "Europe/Kyiv", "America/New_York"]
# Zone files that are not time zones of places.
_NO_ZONES = frozenset({"Factory", "localtime", "posixrules"})


@dataclass(frozen=True, slots=True)
class Timetable:
    """A local time ("07:30") in an IANA time zone, on weekdays from 0 for Monday to 6."""

    time: str
    zone: str
    weekdays: frozenset[int]


def due_between(timetable: Timetable, after: datetime, until: datetime) -> list[datetime]:
    """The moments (in UTC) later than `after` and no later than `until` at which a timetable is due, in order.

    A local time that the clocks skip is due after the skip; one that comes twice is due the first time.
    """
    zone, at = ZoneInfo(timetable.zone), time.fromisoformat(timetable.time)
    # A day more on both sides, for zones that skip a day and for clocks that go back over midnight.
    first, last = after.astimezone(zone).date() - _DAY, until.astimezone(zone).date() + _DAY
    days = (day for day in _days(first, last) if day.weekday() in timetable.weekdays)
    moments = {_moment(datetime.combine(day, at), zone) for day in days}
    return sorted(moment for moment in moments if after < moment <= until)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _DAY


def _moment(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment when local clocks first show a time, or the end of the gap that skips it."""
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment
    # The offset after the gap gives a moment before it, and the other way round: the end of the gap is between.
    before, after = local.replace(tzinfo=zone, fold=1).astimezone(UTC), moment
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before).total_seconds() // 2)
        if middle.astimezone(zone).replace(tzinfo=None) < local:
            before = middle
        else:
            after = middle
    return after


def parse_time(text: str) -> str:
    """A time of day as people write it ("7:30", "7.30", "19h05", "7 am"), as "07:30".

    Raises:
        QuestionError: it is not a time of day.
    """
    found = _TIME.fullmatch(text.strip().lower())
    hour, minute = (int(found["hour"]), int(found["minute"] or 0)) if found else (24, 0)
    if found and found["half"]:
        # Noon is 12 pm, midnight 12 am.
        hour = hour % 12 + 12 * (found["half"] == "p") if 1 <= hour <= 12 else 24
    elif found and not found["minute"]:
        hour = 24
    if hour > 23 or minute > 59:
        raise QuestionError(Phrase('"{text}" is not a time of day: write it like 07:30.', text=_short(text)))
    return f"{hour:02}:{minute:02}"


def parse_weekdays(text: str) -> frozenset[int]:
    """Weekdays as people write them ("mon-fri", "Mo, We", "daily"), from 0 for Monday to 6.

    Raises:
        QuestionError: a part of it is not a weekday.
    """
    written = " ".join(text.lower().split())
    if written in _GROUPS:
        return frozenset(_GROUPS[written])
    days: set[int] = set()
    for part in _APART.split(_TO.sub("-", written)):
        if part and part != "and":
            first, *last = (_weekday(name, text) for name in part.split("-"))
            if len(last) > 1:
                raise _no_weekdays(text)
            # A range may run over the end of the week: sat-mon.
            days |= {(first + step) % 7 for step in range((last[0] - first) % 7 + 1)} if last else {first}
    if not days:
        raise _no_weekdays(text)
    return frozenset(days)


def _weekday(name: str, text: str) -> int:
    # "Weds.", "Mondays", "th": two letters are enough.
    name = name.removesuffix(".").removesuffix("s")
    found = [day for day, full in enumerate(_NAMES) if len(name) > 1 and full.startswith(name)]
    if not found:
        raise _no_weekdays(text)
    return found[0]


def _no_weekdays(text: str) -> QuestionError:
    return QuestionError(
        Phrase(
            '"{text}" does not name weekdays: write them like mon-fri, or Mo, We, or daily.',
            text=_short(text),
        )
    )


def parse_zone(text: str) -> str:
    """The IANA name of a time zone, whatever the case of its letters and the spaces.

    Raises:
        QuestionError: there is no such time zone; the message names similar ones.
    """
    wanted = "_".join(text.split()).lower()
    if zone := _zones().get(wanted):
        return zone
    places = _places()
    near = [lower for lower in places if lower.rpartition("/")[2] == wanted]
    near = near or get_close_matches(wanted, places, 2) or ["america/new_york", "europe/london"]
    meant = either([places[lower] for lower in near[:2]])
    raise QuestionError(
        Phrase('"{text}" is not a time zone I know: write its name, like {names}.', text=_short(text), names=meant)
    )


def zones(typed: str) -> list[str]:
    """The time zones whose names contain the typed text; first the ones whose place begins with it."""
    wanted = "_".join(typed.split()).lower()
    if not wanted:
        return _USUAL
    found = [lower for lower in ("utc", *_places()) if wanted in lower]
    found.sort(key=lambda lower: not lower.rpartition("/")[2].startswith(wanted))
    return [_zones()[lower] for lower in found]


@cache
def _zones() -> dict[str, str]:
    return {zone.lower(): zone for zone in sorted(available_timezones() - _NO_ZONES)}


@cache
def _places() -> dict[str, str]:
    # Without Etc, whose zones have the opposite sign of what people expect.
    return {lower: zone for lower, zone in _zones().items() if "/" in lower and not lower.startswith("etc/")}


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"
