"""Calendar periods: those that a written date names, and those counted back from the day of asking."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from retrieval.domain.articles import Filter
from retrieval.domain.phrase import Phrase
from retrieval.errors import QuestionError
from retrieval.nlp.lexicon import load

# By first three letters, so that "Sept.", "September" and "sep" are one.
MONTHS = {name[:3]: number for number, name in enumerate(load("en")["time"]["months"], start=1)}

# The months in full, as `strftime` and the answers write them.
_NAMES = tuple(load("en")["time"]["months"])
_WRITTEN = re.compile(r"(?:([0-9]{1,2})\.?\s+)?([a-z]{3,9})\.?,?\s+([0-9]{4})")
# What answers add to a day.
_ESTIMATED = re.compile(r"\s*\(date estimated\)$")
_AGO = re.compile(r"([0-9]{1,6}) days? ago")
_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass(frozen=True, slots=True)
class Period:
    """A run of days, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Days from `since` to `until`, both included; None leaves an end open.

    It is `relative` where counted from today.
    """

    since: date | None
    until: date | None
    relative: bool = False


def spell(day: date | str) -> str:
    """A day as it is written out: "4 December 2024"."""
    when = date.fromisoformat(day[:10]) if isinstance(day, str) else day
    return f"{when.day} {when:%B %Y}"


def spell_range(since: date | str | None, until: date | str | None) -> str:
    """Days as they are written out: "from 1 March 2026 to 31 March 2026", "since 3 May 2026", "on 4 May 2026"."""
    if since and until:
        first, last = spell(since), spell(until)
        return f"on {first}" if first == last else f"from {first} to {last}"
    return f"since {spell(since)}" if since else f"until {spell(until)}" if until else ""


def parse_day(text: str, *, end: bool = False, today: date | None = None) -> date:
    """The day of an option such as `--since`, of a month or year the first, or its last with `end`.

    Days are taken in ISO form and as answers print them: "14 Dec 2025 (date estimated)"; also "30 days ago".
    """
    word = _ESTIMATED.sub("", " ".join(text.casefold().split()))
    if word in ("today", "yesterday"):
        now = today or date.today()
        return now if word == "today" else days_before(now, 1)
    if back := _AGO.fullmatch(word):
        return days_before(today or date.today(), int(back[1]))
    period = _iso(word) or _written(word)
    if period is None:
        shown = text.strip()[:40]
        raise QuestionError(
            Phrase(
                '"{text}" is not a date: write it like 2024-12-03, "3 Dec 2024", 2024-12, 2024 or "yesterday".',
                text=shown,
            )
        )
    return period.last if end else period.first


def _iso(word: str) -> Period | None:
    match = _ISO.fullmatch(word)
    return period_of(*(int(part) if part else None for part in match.groups())) if match else None


def _written(word: str) -> Period | None:
    """A day or month as "3 dec 2024", "3 december 2024" or "december 2024"."""
    match = _WRITTEN.fullmatch(word)
    if not match or not any(name.startswith(match[2]) for name in _NAMES):
        return None
    return period_of(int(match[3]), MONTHS[match[2][:3]], int(match[1]) if match[1] else None)


def parse_window(since: str | None, until: str | None) -> Filter:
    """The days of two such options, both included; `QuestionError` where the first is after the last."""
    first = parse_day(since) if since else None
    last = parse_day(until, end=True) if until else None
    if first and last and first > last:
        raise QuestionError(Phrase("{first} is after {last}: swap the two dates.", first=first, last=last))
    return Filter(first.isoformat() if first else None, last.isoformat() if last else None)


def period_of(year: int | None, month: int | None = None, day: int | None = None) -> Period | None:
    """The year, month or day; None where the calendar has no such thing."""
    try:
        if year is None:
            return None
        if month is None:
            return Period(date(year, 1, 1), date(year, 12, 31))
        if day is None:
            return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
        return Period(date(year, month, day), date(year, month, day))
    except ValueError:
        return None


def latest(month: int, day: int | None, not_after: date) -> Period | None:
    """The last such month or day that had begun by `not_after`."""
    # Eight years hold a 29 February even across a century year that has none.
    for year in range(not_after.year, not_after.year - 9, -1):
        period = period_of(year, month, day)
        if period and period.first <= not_after:
            return period
    return None


def days_before(day: date, count: int) -> date:
    """Never fails: the calendar's first day is as far back as it goes."""
    return day - timedelta(days=min(count, day.toordinal() - 1))


def months_before(day: date, count: int) -> date:
    """The same day of an earlier month, or the last one that month has."""
    index = day.year * 12 + day.month - 1 - count
    if index < 12:
        return date.min
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
