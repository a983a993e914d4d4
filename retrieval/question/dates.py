"""Written moments ("3 December 2024", "late 2023", "last week"), as patterns and as the periods they name."""

from __future__ import annotations

import re
from datetime import date, timedelta

from retrieval.nlp.lexicon import load
from retrieval.question.calendar import (
    MONTHS,
    SEASONS,
    Period,
    days_before,
    latest,
    months_before,
    months_of,
    part_of,
    period_of,
    weekday_before,
)

_TIME = load("en")["time"]
# In full or by three letters; "Mar-a-Lago" is no March.
_SHORT_MONTHS = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _TIME["months"])
MONTH = rf"(?:sept|{_SHORT_MONTHS})\b(?!-a-)\.?"
WEEKDAY = rf"(?:{'|'.join(_TIME['weekdays'])})"
DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
DAY = r"[0-9]{1,2}(?:st|nd|rd|th|\.(?=\s))?(?![0-9])"
YEAR = r"(?:[0-9]{4}(?![0-9])|(?:last|this)\s+year)"
_PART = r"(?:early|mid(?:dle)?|late|(?:the\s+)?(?:beginning|start|middle|end)\s+of)"

_NAMED = rf"""
    (?:(?P<part>{_PART})(?:\s*-\s*|\s+)(?:in\s+|the\s+)?)?
    (?:(?P<iso_year>[0-9]{{4}})-(?P<iso_month>[0-9]{{2}})(?:-(?P<iso_day>[0-9]{{2}}))?(?![0-9])
    |(?:the\s+)?(?P<season>spring|summer|autumn|fall|winter)(?:\s+of)?,?\s+(?P<season_year>{YEAR})
    |(?:the\s+)?(?P<nth>first|second|third|fourth|last|final)\s+(?P<unit>quarter|half)\s+(?:of\s+)?(?P<nth_year>{YEAR})
    |q(?P<quarter>[1-4])(?:\s+of)?\s+(?P<quarter_year>{YEAR})
    |(?:{WEEKDAY},?\s+)?(?:the\s+)?(?P<day_first>{DAY})\s+(?:of\s+)?(?P<month_last>{MONTH})
        (?:,?\s+(?:of\s+)?(?P<year_last>{YEAR}))?
    |(?:{WEEKDAY},?\s+)?(?P<month>{MONTH})(?:\s+(?:the\s+)?(?P<day>{DAY}))?
        (?:,?\s+(?:of\s+)?(?P<month_year>{YEAR}))?
    |(?P<year>[0-9]{{4}})(?![0-9]))
"""
_WRITTEN = re.compile(_NAMED, re.IGNORECASE | re.VERBOSE)
# The same without names, on one line, to be built into longer patterns.
WRITTEN = "(?:" + re.sub(r"\n\s*", "", re.sub(r"\?P<\w+>", "?:", _NAMED)) + ")"

_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_NUMBERS = {"a": 1, "couple": 2, "few": 3, "several": 4} | {
    word: number for number, word in enumerate(_TIME["numbers"], start=1)
}
NUMBER = rf"(?:[0-9]{{1,3}}|{'|'.join(_NUMBERS)})"
_RELATIVE = re.compile(
    rf"(?:the\s+)?(?:(?P<which>this|last|past|previous)\s+)?(?:past\s+)?"
    rf"(?:(?P<count>{NUMBER})\s+(?:of\s+)?)?(?P<unit>\w+)\.?",
    re.IGNORECASE,
)


def written_period(text: str, as_of: date, *, year: int | None = None) -> Period | None:
    """What a match of `WRITTEN` names.

    A month or day without a year is of `year`, or else the latest that had begun by `as_of`.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    found = match.groupdict()
    period = _quarter_or_season(found, as_of) or _day_or_month(found, as_of, year)
    return part_of(period, found["part"].casefold().removeprefix("the ")) if period and found["part"] else period


def names_day(text: str) -> bool:
    """Whether a match of `WRITTEN` names a single day."""
    match = _WRITTEN.fullmatch(text)
    return bool(match and (match["iso_day"] or match["day_first"] or match["day"]))


def names_year(text: str) -> bool:
    return re.search(YEAR + r"|[0-9]{4}-", text, re.IGNORECASE) is not None


def lone_month(text: str) -> str | None:
    """The word, if a match of `WRITTEN` is nothing but the name of a month."""
    match = _WRITTEN.fullmatch(text)
    return text if match and match["month"] and len(match["month"]) == len(text) else None


def relative_period(text: str, as_of: date) -> Period | None:
    """What "yesterday", "last week", "the past three months" or "last Tuesday" is, said on `as_of`."""
    match = _RELATIVE.fullmatch(text)
    if match is None:
        return None
    which, unit = (match["which"] or "").casefold(), match["unit"].casefold()
    last = which == "last"
    # "The last week" and "the past week" end today, while "last week" is the calendar's.
    rolling = which in ("past", "previous") or (last and re.match("the", text, re.IGNORECASE))
    if match["count"] or (rolling and unit != "weekend"):
        return _rolling(match["count"] or "one", unit.rstrip("s"), as_of)
    if unit[:3] in MONTHS and not unit.startswith("month"):
        month = latest(MONTHS[unit[:3]], None, as_of)
        # Within December, "last December" is the one a year ago.
        return (
            latest(MONTHS[unit[:3]], None, days_before(month.first, 1))
            if month and last and month.last >= as_of
            else month
        )
    return weekday_before(as_of, unit, strictly=last) or _calendar(unit, as_of, last=last)


def _calendar(unit: str, as_of: date, *, last: bool) -> Period | None:
    yesterday, first = days_before(as_of, 1), as_of.replace(day=1)
    monday = days_before(as_of, as_of.weekday() + 7)
    saturday = days_before(as_of, (as_of.weekday() - 5) % 7 + (7 if last and as_of.weekday() > 4 else 0))
    # "This week" looks back over seven days, since people say it on a Monday too.
    week = (monday, monday + timedelta(days=6)) if last else (days_before(as_of, 7), as_of)
    before = days_before(first, 1)
    month = (before.replace(day=1), before) if last else (first, as_of)
    new_year = as_of.replace(month=1, day=1)
    year = (months_before(new_year, 12), days_before(new_year, 1)) if last else (new_year, as_of)
    periods = {
        **dict.fromkeys(("today", "tonight", "morning", "afternoon", "evening"), (as_of, as_of)),
        "yesterday": (yesterday, yesterday),
        "night": (yesterday, as_of),
        "week": week,
        "weekend": (saturday, min(saturday + timedelta(days=1), as_of)),
        "month": month,
        "year": year,
    }
    return Period(*periods[unit]) if unit in periods else None


def _rolling(count: str, unit: str, as_of: date) -> Period | None:
    number = int(count) if count.isdecimal() else _NUMBERS.get(count.casefold(), 0)
    if number < 1:
        return None
    if unit in ("month", "year"):
        return Period(months_before(as_of, number * (12 if unit == "year" else 1)), as_of)
    days = {"hour": -(-number // 24), "day": number, "week": 7 * number, "weekend": 7 * number}.get(unit)
    return Period(days_before(as_of, days), as_of) if days else None


def _year(text: str | None, as_of: date) -> int | None:
    if text is None:
        return None
    return int(text) if text.isdecimal() else as_of.year - text.casefold().startswith("last")


def _quarter_or_season(found: dict[str, str | None], as_of: date) -> Period | None:
    season, nth, quarter = found["season"], found["nth"], found["quarter"]
    year = _year(found["season_year"] or found["nth_year"] or found["quarter_year"], as_of)
    if year is None:
        return None
    if season:
        return months_of(year, SEASONS.get(season.casefold(), 12), 3)
    length = 6 if (found["unit"] or "").casefold() == "half" else 3
    number = int(quarter) if quarter else _NTH.get((nth or "").casefold(), 12 // length)
    return months_of(year, (number - 1) * length + 1, length) if number * length <= 12 else None


def _day_or_month(found: dict[str, str | None], as_of: date, default: int | None) -> Period | None:
    if found["iso_year"]:
        return period_of(*(int(part) if (part := found[key]) else None for key in ("iso_year", "iso_month", "iso_day")))
    name = found["month"] or found["month_last"]
    year = _year(found["year"] or found["month_year"] or found["year_last"], as_of) or default
    if name is None:
        return period_of(year)
    month, digits = (
        MONTHS.get(name[:3].casefold()),
        re.match("[0-9]+", found["day"] or found["day_first"] or ""),
    )
    day = int(digits[0]) if digits else None
    if month is None:
        return None
    return period_of(year, month, day) if year is not None else latest(month, day, as_of)
