"""Calendar periods: those that a written date names, and those counted back from the day of asking."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from retrieval.domain.phrase import Phrase
from retrieval.nlp.lexicon import load

# By first three letters, so that "Sept.", "September" and "sep" are one.
MONTHS = {name[:3]: number for number, name in enumerate(load("en")["time"]["months"], start=1)}


_YEAR = 364  # days between the first and the last of one


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

    @property
    def is_of_years(self) -> bool:
        """Tell if it is a whole year or longer: what happened in it need not have been told in it."""
        return self._apart >= _YEAR

    @property
    def is_of_days(self) -> bool:
        """Tell if it is some days, neither one nor a year."""
        return 0 < self._apart < _YEAR

    @property
    def _apart(self) -> int:
        return (self.until - self.since).days if self.since and self.until else 0


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
