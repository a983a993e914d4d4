"""Dates as written by people, front matter and machines, to ISO 8601 in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_WRITTEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\d){_DAY}(?: of)?[ -]{_MONTH},?[ -]{_YEAR}",  # 4 December 2024, 04-Dec-2024
        rf"\b{_MONTH} {_DAY},? {_YEAR}",  # December 4, 2024
        rf"(?<!\d){_YEAR}([-/.])(?P<month>\d\d?)\2(?P<day>\d\d?)(?!\d)",  # 2024-12-04, 2024/12/04
        rf"(?<!\d)(?P<day>\d\d?)\.(?P<month>\d\d?)\.{_YEAR}",  # 04.12.2024, day first wherever dots are used
    )
)
_PDF = re.compile(
    r"(?:D:)?(?P<when>\d{4}(?:\d{2}){2,5})\d*(?P<zone>Z|[+-]\d{2}(?:'?\d{2})?)?", re.IGNORECASE | re.ASCII
)
_LONGEST = 100
EARLIEST = "1990-01-01"


def normalise(value: object) -> str | None:
    """`2024-12-03`, or `2024-12-03T09:30:00+00:00` where a time is given (UTC where no zone is).

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


def find(line: str) -> tuple[str, str] | None:
    """The first date written out in a line, and the line without it."""
    for pattern in _WRITTEN:
        if match := pattern.search(line):
            month = match["month"].lower()
            number = int(month) if month.isdecimal() else _MONTHS.index(month[:3]) + 1
            try:
                found = date(int(match["year"]), number, int(match["day"]))
            except ValueError:
                continue
            return found.isoformat(), line[: match.start()] + line[match.end() :]
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
    if (found := find(text)) and not re.search(r"\d:\d", found[1]):
        return found[0]
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
        return moment.astimezone(UTC).replace(microsecond=0).isoformat()
    except OverflowError:
        return None
