"""Dates as written by people, front matter and machines, to ISO 8601 with the offset they were written with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from retrieval.nlp.lexicon import listed, load

_LISTS = load("months")
_NUMBERS = {
    name.replace("|", " "): number for number, names in enumerate(_LISTS["months"], 1) for name in listed(names)
}
_MONTH = rf"(?P<month>{'|'.join(map(re.escape, sorted(_NUMBERS, key=len, reverse=True)))})\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|ª|°|-?го)?"
_YEAR = r"(?P<year>(?:19|20|١٩|٢٠)\d\d)(?!\d)"
_OF = rf"(?:[\s\xa0](?:{'|'.join(listed(_LISTS['between']))})\b)?"
_WRITTEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\d.,]){_DAY}\.?{_OF}[ \xa0-]?{_MONTH},?{_OF}[ \xa0-]{_YEAR}",  # 4 December 2024, 4. Dezember 2024
        rf"\b{_MONTH}\s{_DAY},?\s{_YEAR}",  # December 4, 2024
        rf"(?<!\d){_YEAR}([-/.])(?P<month>\d\d?)\2(?P<day>\d\d?)(?!\d)",  # 2024-12-04, 2024/12/04
        rf"(?<!\d){_YEAR}\s?[年년]\s?(?P<month>\d\d?)\s?[月월]\s?(?P<day>\d\d?)\s?[日일号號]?",  # 2024年12月4日
        rf"(?<!\d)(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?{_YEAR}",  # 04.12.2024, day first wherever dots are used
    )
)
_WEEKDAYS = frozenset(name for names in _LISTS["weekdays"] for name in listed(names))
# 12/25/2024 or 25/12/2024: which number is the month can only be told where one of them is more than twelve.
_SLASHED = re.compile(rf"(?<![\d/])(?P<one>\d\d?)/(?P<two>\d\d?)/{_YEAR}(?!/)")
_PDF = re.compile(
    r"(?:D:)?(?P<when>\d{4}(?:\d{2}){2,5})\d*(?P<zone>Z|[+-]\d{2}(?:'?\d{2})?)?", re.IGNORECASE | re.ASCII
)
_LONGEST = 100
EARLIEST = "1990-01-01"


def normalise(value: object) -> str | None:
    """`2024-12-03`, or `2024-12-03T09:30:00+02:00` where a time is stated: in its own zone, whose day is the article's.

    A time without a zone is taken for UTC.

    Takes dates, date-times, ISO 8601, RFC 2822 and dates written out in any language dateparser knows; None
    for anything else, for relative dates ("yesterday") and for 03/04/2024, which could be either month.
    """
    if isinstance(value, datetime):
        return _stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str) or not 0 < len(text := value.strip()) <= _LONGEST:
        return None
    try:
        if len(text) == len("2024-12-03"):
            return date.fromisoformat(text).isoformat()
        return _stamp(datetime.fromisoformat(text))
    except ValueError:
        return _normalise_written(text)


def opens(line: str) -> bool:
    """Tell if a line begins with a date: "1. März 2026" is no item of a list."""
    return any(pattern.match(line) for pattern in _WRITTEN)


class WrittenDate(NamedTuple):
    """A date in a line, from `start` to `end`; `other` is how it may be read as well, day and month changed over."""

    iso: str
    start: int
    end: int
    other: str | None = None


def find(line: str) -> Iterator[WrittenDate]:
    """The dates written out in a line, in order, in any of the languages of the list of months, and those with slashes.

    Of a date such as 03/04/2024 the reading with the month first is the one, the other is `other`.
    """
    found = [
        WrittenDate(iso, *match.span())
        for pattern in _WRITTEN
        for match in pattern.finditer(line)
        if (iso := _dated(match))
    ]
    for match in _SLASHED.finditer(line):
        one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
        readings = dict.fromkeys(day for month, of in ((one, two), (two, one)) if (day := _iso(year, month, of)))
        if readings:
            first, *others = readings
            found.append(WrittenDate(first, *match.span(), others[0] if others else None))
    end = 0
    for written in sorted(found, key=lambda each: each.start):
        if written.start >= end:
            end = written.end
            yield written


def is_alone(line: str) -> bool:
    """Tell if a line is nothing but a date, with or without its weekday."""
    written = next(find(line), None) if len(line) <= _LONGEST else None
    if written is None:
        return False
    rest = re.findall(r"\w+", f"{line[: written.start]} {line[written.end :]}")
    return all(word.casefold() in _WEEKDAYS for word in rest)


def _dated(match: re.Match[str]) -> str | None:
    month = match["month"].casefold().rstrip(".")
    return _iso(int(match["year"]), int(month) if month.isdecimal() else _NUMBERS[month], int(match["day"]))


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def believable(value: str | None, today: date | None = None) -> str | None:
    """A date read from a page or text, unless it is before 1990 or after tomorrow: then it is a mistake."""
    latest = (today or datetime.now(UTC).date()) + timedelta(days=1)  # it may be tomorrow already out east
    return value if value and EARLIEST <= value[:10] <= latest.isoformat() else None


def from_pdf(value: str) -> str | None:
    """The ISO form of a PDF date such as `D:20241204093000+01'00'`."""
    match = _PDF.match(value.strip())
    if not match:
        return normalise(value)
    digits = match["when"][:14]
    zone = (match["zone"] or "+00").upper().replace("Z", "+00").replace("'", "")
    try:
        if len(digits) < len("202412040930"):
            return date.fromisoformat(digits[:8]).isoformat()
        return _stamp(datetime.strptime(f"{digits:0<14}{zone:0<5}", "%Y%m%d%H%M%S%z"))
    except ValueError:
        return None


def _normalise_written(text: str) -> str | None:
    try:
        return _stamp(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        pass
    if (found := next(find(text), None)) and not re.search(r"\d:\d", text[: found.start] + text[found.end :]):
        return None if found.other else found.iso
    if re.fullmatch(r"[\d\s./:-]+", text):
        return None  # digits alone that are not ISO: which is the month is anyone's guess
    return _parse_loosely(text)


def _parse_loosely(text: str) -> str | None:
    import dateparser

    settings = {
        "PARSERS": ["absolute-time"],
        "REQUIRE_PARTS": ["day", "month", "year"],
        "STRICT_PARSING": True,
    }
    try:
        parsed = dateparser.parse(text, settings=settings)
    except Exception:  # its own bugs on odd input (OverflowError, KeyError, re.error) are not ours to list
        return None
    if parsed is None:
        return None
    return _stamp(parsed) if re.search(r"\d:\d", text) else parsed.date().isoformat()


def _stamp(moment: datetime) -> str | None:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        moment.astimezone(UTC)  # the ends of time are no dates
        return moment.replace(microsecond=0).isoformat()
    except (OverflowError, ValueError):
        return None
