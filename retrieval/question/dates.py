"""Moments as questions say them, as patterns and as periods: "3 December 2024", "Q3 2023", "last week"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from retrieval.nlp.lexicon import load
from retrieval.question.calendar import MONTHS, Period, days_before, latest, months_before, months_of, period_of

_TIME = load("en")["time"]
_NUMBERS = {"couple": 2, "few": 3, "several": 4} | {word: number for number, word in enumerate(_TIME["numbers"], 1)}
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_WEEKDAYS = [name.casefold() for name in _TIME["weekdays"]]

# In full or by three letters.
_MONTHS = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _TIME["months"])
MONTH = rf"(?:sept|{_MONTHS})\b\.?"
WEEKDAY = rf"(?:{'|'.join(_WEEKDAYS)})"
DAY = r"[0-9]{1,2}(?:st|nd|rd|th|\.(?=\s))?(?![0-9])"
YEAR = r"(?:[0-9]{4}(?![0-9])|(?:last|this)\s+year)"
# A part of a year or month is taken for all of it: where a time only prefers, wide is safe.
_PART = (
    r"(?:(?:early|mid(?:dle)?|late|(?:the\s+)?(?:beginning|start|middle|end)\s+of)(?:\s*-\s*|\s+)(?:in\s+|the\s+)?)?"
)

_NAMED = rf"""
    {_PART}
    (?:(?P<iso_year>[0-9]{{4}})-(?P<iso_month>[0-9]{{2}})(?:-(?P<iso_day>[0-9]{{2}}))?(?![0-9])
    |(?:the\s+)?(?P<nth>{"|".join(_NTH)})\s+(?P<unit>quarter|half)\s+(?:of\s+)?(?P<nth_year>{YEAR})
    |q(?P<quarter>[1-4])(?:\s+of)?\s+(?P<quarter_year>{YEAR})
    |(?:{WEEKDAY},?\s+)?(?:the\s+)?(?P<day_first>{DAY})\s+(?:of\s+)?(?P<month_last>{MONTH})
        (?:,?\s+(?:of\s+)?(?P<year_last>{YEAR}))?
    |(?:{WEEKDAY},?\s+)?(?P<month>{MONTH})(?:\s+(?:the\s+)?(?P<day>{DAY}))?(?:,?\s+(?:of\s+)?(?P<month_year>{YEAR}))?
    |(?P<year>[0-9]{{4}})(?![0-9]))
"""
_WRITTEN = re.compile(_NAMED, re.IGNORECASE | re.VERBOSE)
# The same without names, on one line, to be built into longer patterns.
WRITTEN = "(?:" + re.sub(r"\n\s*", "", re.sub(r"\?P<\w+>", "?:", _NAMED)) + ")"

# Moments counted from the day of asking.
RELATIVE = rf"""(?:(?P<day>today|tonight|yesterday)
    |(?:(?<=on\s)|(?<=since\s)|(?<=after\s))(?P<weekday>{WEEKDAY})
    |(?P<the>the\s+)?(?P<which>this|last|past|previous)\s+(?:past\s+)?
        (?:(?P<count>[0-9]{{1,3}}|{"|".join(_NUMBERS)})\s+(?:of\s+)?)?
        (?P<unit>{WEEKDAY}|{MONTH}|night|day|weekend|week|month|year)s?
    |the\s+(?P<weekend>weekend))"""
_DAYS = {"day": 1, "week": 7, "weekend": 7}


def written_period(text: str, as_of: date, *, year: int | None = None) -> Period | None:
    """What a match of `WRITTEN` names.

    A month or day without a year is of `year`, or else the latest that had begun by `as_of`.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    if match["iso_year"]:
        return period_of(*(int(part) if part else None for part in match.group("iso_year", "iso_month", "iso_day")))
    years = match.group("nth_year", "quarter_year", "year_last", "month_year", "year")
    named = next((_year(each, as_of) for each in years if each), year)
    if named and (match["nth"] or match["quarter"]):
        months = 6 if (match["unit"] or "").casefold() == "half" else 3
        number = int(match["quarter"] or _NTH[match["nth"].casefold()])
        return months_of(named, (number - 1) * months + 1, months) if number * months <= 12 else None
    name, digits = match["month"] or match["month_last"], re.match("[0-9]+", match["day"] or match["day_first"] or "")
    if name is None:
        return period_of(named)
    month, day = MONTHS[name[:3].casefold()], int(digits[0]) if digits else None
    return latest(month, day, as_of) if named is None else period_of(named, month, day)


def names_year(text: str) -> bool:
    """Whether a year is named, if only as last or this year."""
    return re.search(rf"{YEAR}|[0-9]{{4}}-", text, re.IGNORECASE) is not None


def relative_period(match: re.Match[str], as_of: date) -> Period | None:
    """What a match of a pattern with `RELATIVE` in it names, said on `as_of`."""
    if match["day"]:
        return Period(*[days_before(as_of, match["day"].casefold() == "yesterday")] * 2)
    unit = (match["weekday"] or match["unit"] or match["weekend"]).casefold()
    which = (match["which"] or "").casefold()
    last = which == "last"
    # "The last week" and "the past week" end today, while "last week" is the calendar's.
    rolls = which in ("past", "previous") or (last and match["the"])
    if match["count"] or (rolls and unit in ("day", "week", "month", "year")):
        return _rolling(match["count"] or "one", unit, as_of)
    if unit in _WEEKDAYS:
        back = (as_of.weekday() - _WEEKDAYS.index(unit)) % 7
        return Period(*[days_before(as_of, back or 7 * last)] * 2)
    if unit[:3] in MONTHS and unit != "month":
        # Within December, "last December" is the one a year ago.
        return latest(MONTHS[unit[:3]], None, days_before(as_of, as_of.day) if last else as_of)
    return _calendar(unit, as_of, last=last)


def _calendar(unit: str, as_of: date, *, last: bool) -> Period | None:
    if unit == "month":
        end = days_before(as_of, as_of.day) if last else as_of
        return Period(end.replace(day=1), end)
    if unit == "year":
        end = days_before(as_of.replace(month=1, day=1), 1) if last else as_of
        return Period(end.replace(month=1, day=1), end)
    if unit == "week":  # "this week" looks back over seven days, since people say it on a Monday too
        monday = days_before(as_of, as_of.weekday() + 7)
        return Period(monday, monday + timedelta(days=6)) if last else Period(days_before(as_of, 7), as_of)
    if unit == "weekend":
        saturday = days_before(as_of, (as_of.weekday() - 5) % 7)
        return Period(saturday, min(saturday + timedelta(days=1), as_of) if saturday < as_of else as_of)
    return Period(days_before(as_of, 1), as_of) if unit == "night" else None


def _rolling(count: str, unit: str, as_of: date) -> Period | None:
    number = int(count) if count.isdecimal() else _NUMBERS[count.casefold()]
    if unit in ("month", "year"):
        return Period(months_before(as_of, number * (12 if unit == "year" else 1)), as_of)
    return Period(days_before(as_of, number * _DAYS[unit]), as_of) if unit in _DAYS and number else None


def _year(text: str, as_of: date) -> int:
    return int(text) if text.isdecimal() else as_of.year - text.casefold().startswith("last")
