"""Moments as questions say them, as patterns and as periods: "3 December 2024", "in early May", "last week"."""

from __future__ import annotations

import re
from datetime import date

from retrieval.nlp.lexicon import load
from retrieval.question.calendar import MONTHS, Period, days_before, latest, months_before, period_of

_TIME = load("en")["time"]
_NUMBERS = {word: number for number, word in enumerate(_TIME["numbers"], 1)}
_WEEKDAYS = [name.casefold() for name in _TIME["weekdays"]]

# In full or by three letters.
_MONTHS = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _TIME["months"])
_MONTH = rf"(?:sept|{_MONTHS})\b\.?"
_WEEKDAY = rf"(?:{'|'.join(_WEEKDAYS)})"
_DAY = r"[0-9]{1,2}(?:st|nd|rd|th|\.(?=\s))?(?![0-9])"
_YEAR = r"[0-9]{4}(?![0-9])"
# A part of a year or month is taken for all of it: where a time only prefers, wide is safe.
_PART = (
    r"(?:(?:early|mid(?:dle)?|late|(?:the\s+)?(?:beginning|start|middle|end)\s+of)(?:\s*-\s*|\s+)(?:in\s+|the\s+)?)?"
)

_NAMED = rf"""
    {_PART}
    (?:(?P<iso_year>[0-9]{{4}})-(?P<iso_month>[0-9]{{2}})(?:-(?P<iso_day>[0-9]{{2}}))?(?![0-9])
    |(?:{_WEEKDAY},?\s+)?(?:the\s+)?(?P<day_first>{_DAY})\s+(?:of\s+)?(?P<month_last>{_MONTH})
        (?:,?\s+(?:of\s+)?(?P<year_last>{_YEAR}))?
    |(?:{_WEEKDAY},?\s+)?(?P<month>{_MONTH})(?:\s+(?:the\s+)?(?P<day>{_DAY}))?(?:,?\s+(?:of\s+)?(?P<month_year>{_YEAR}))?
    |(?P<year>{_YEAR}))
"""
_WRITTEN = re.compile(_NAMED, re.IGNORECASE | re.VERBOSE)
# The same without names, on one line, to be built into longer patterns.
WRITTEN = "(?:" + re.sub(r"\n\s*", "", re.sub(r"\?P<\w+>", "?:", _NAMED)) + ")"

# Moments counted from the day of asking.
RELATIVE = rf"""(?:(?P<day>today|tonight|yesterday)
    |(?:(?<=on\s)|(?<=since\s)|(?<=after\s)|(?P<last>last\s+))(?P<weekday>{_WEEKDAY})
    |(?P<rolls>the\s+)?(?P<which>this|last|past|previous)\s+(?:past\s+)?
        (?:(?P<count>[0-9]{{1,3}}|{"|".join(_NUMBERS)})\s+)?(?P<unit>day|weekend|week|month|year)s?)"""
_DAYS = {"day": 1, "week": 7, "weekend": 7}


def written_period(text: str, as_of: date) -> Period | None:
    """What a match of `WRITTEN` names; a month or day without a year is the latest that had begun by `as_of`."""
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


def relative_period(match: re.Match[str], as_of: date) -> Period | None:
    """What a match of a pattern with `RELATIVE` in it names, said on `as_of`."""
    if match["day"]:
        return Period(*[days_before(as_of, match["day"].casefold() == "yesterday")] * 2)
    if match["weekday"]:
        back = (as_of.weekday() - _WEEKDAYS.index(match["weekday"].casefold())) % 7
        return Period(*[days_before(as_of, back or 7 * bool(match["last"]))] * 2)
    which, unit = match["which"].casefold(), match["unit"].casefold()
    if match["count"] or which in ("past", "previous") or (which == "last" and match["rolls"]):
        return _rolling(match["count"] or "one", unit, as_of)
    if unit in _DAYS:  # "this week" looks back over seven days, since people say it on a Monday too
        end = days_before(as_of, as_of.weekday() + 1) if which == "last" else as_of
        return Period(days_before(end, 6 if which == "last" else 7), end)
    first = as_of.replace(day=1) if unit == "month" else as_of.replace(month=1, day=1)
    if which == "this":
        return Period(first, as_of)
    end = days_before(first, 1)
    return Period(end.replace(day=1) if unit == "month" else end.replace(month=1, day=1), end)


def _rolling(count: str, unit: str, as_of: date) -> Period | None:
    number = int(count) if count.isdecimal() else _NUMBERS[count.casefold()]
    if unit in ("month", "year"):
        return Period(months_before(as_of, number * (12 if unit == "year" else 1)), as_of)
    return Period(days_before(as_of, number * _DAYS[unit]), as_of) if number else None
