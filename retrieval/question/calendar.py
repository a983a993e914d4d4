"""Calendar periods: those that a written date names, and those counted back from the day of asking."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from retrieval.domain.phrase import Phrase
from retrieval.domain.searches import Filter
from retrieval.errors import QuestionError
from retrieval.nlp.lexicon import any_of, load

# By first three letters, so that "Sept.", "September" and "sep" are one.
MONTHS = {name[:3]: number for number, name in enumerate(load("en")["time"]["months"], start=1)}

# In full or by three letters.
_MONTHS = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in load("en")["time"]["months"])
_MONTH = rf"(?:sept|{_MONTHS})\b\.?"
WEEKDAY = rf"(?:{any_of(load('en')['time']['weekdays'])})"
_DAY = r"[0-9]{1,2}(?:st|nd|rd|th|\.(?=\s))?(?![0-9])"
_YEAR = r"[0-9]{4}(?![0-9])"
# A part of a year or month is taken for all of it: where a time only prefers, wide is safe.
_PART = (
    r"(?:(?:early|mid(?:dle)?|late|(?:the\s+)?(?:beginning|start|middle|end)\s+of)(?:\s*-\s*|\s+)(?:in\s+|the\s+)?)?"
)

_NAMED = rf"""
    {_PART}
    (?:(?P<iso_year>[0-9]{{4}})-(?P<iso_month>[0-9]{{2}})(?:-(?P<iso_day>[0-9]{{2}}))?(?![0-9])
    |(?:{WEEKDAY},?\s+)?(?:the\s+)?(?P<day_first>{_DAY})\s+(?:of\s+)?(?P<month_last>{_MONTH})
        (?:,?\s+(?:of\s+)?(?P<year_last>{_YEAR}))?
    |(?:{WEEKDAY},?\s+)?(?P<month>{_MONTH})(?:\s+(?:the\s+)?(?P<day>{_DAY}))?(?:,?\s+(?:of\s+)?(?P<month_year>{_YEAR}))?
    |(?P<year>{_YEAR}))
"""
_WRITTEN = re.compile(_NAMED, re.IGNORECASE | re.VERBOSE)
# The same without names, on one line, to be built into longer patterns.
WRITTEN = "(?:" + re.sub(r"\n\s*", "", re.sub(r"\?P<\w+>", "?:", _NAMED)) + ")"

# What answers add to a day.
_ESTIMATED = re.compile(r"\s*\(date estimated\)$")
_AGO = re.compile(r"([0-9]{1,6}) days? ago")


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
    first, last = (date.fromisoformat(each[:10]) if isinstance(each, str) else each for each in (since, until))
    if first and last:
        one_day = Phrase("on {day}", day=first)
        return one_day if first == last else Phrase("from {first} to {last}", first=first, last=last)
    return Phrase("since {day}", day=first) if first else Phrase("until {day}", day=last) if last else ""


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
    period = written_period(word, date.max) if re.search("[0-9]{4}", word) else None
    if period is None:
        shown = text.strip()[:40]
        raise QuestionError(
            Phrase(
                '"{text}" is not a date: write it like 2024-12-03, "3 Dec 2024", 2024-12, 2024 or "yesterday".',
                text=shown,
            )
        )
    return period.last if end else period.first


def parse_window(since: str | None, until: str | None) -> Filter:
    """The days of two such options, both included; `QuestionError` where the first is after the last."""
    first = parse_day(since) if since else None
    last = parse_day(until, end=True) if until else None
    if first and last and first > last:
        raise QuestionError(Phrase("{first} is after {last}: swap the two dates.", first=first, last=last))
    return Filter(first.isoformat() if first else None, last.isoformat() if last else None)


def written_period(text: str, as_of: date) -> Period | None:
    """The period of a match of `WRITTEN`; without a year it is the latest that had begun by `as_of`."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    if match["iso_year"]:
        return period_of(*(int(part) if part else None for part in match.group("iso_year", "iso_month", "iso_day")))
    named = match["year_last"] or match["month_year"] or match["year"]
    year = int(named) if named else None
    name, digits = match["month"] or match["month_last"], re.match("[0-9]+", match["day"] or match["day_first"] or "")
    if name is None:
        return period_of(year)
    month, day = MONTHS[name[:3].casefold()], int(digits[0]) if digits else None
    return latest(month, day, as_of) if year is None else period_of(year, month, day)


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
