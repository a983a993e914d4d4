"""Dates as feeds write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime

from retrieval.ingestion.metadata import dates
from retrieval.nlp.lexicon import load

_LONGEST = 60
_WEEKDAY = re.compile(r"^[^\d,]{2,20},\s*")
# Names of zones that the standard's own readers take for UTC, or not at all.
_ZONES = load("zones")["offsets"]
_ZONE = re.compile(rf"(?<![A-Za-z]) ?\(?({'|'.join(sorted(_ZONES, key=len, reverse=True))})\)?$")
# An offset behind the name of the zone it is counted from, and one with a colon where the standard has none.
_OFFSET = re.compile(r"(?:GMT|UTC|UT)\s?([+-])(\d\d?):?(\d\d)?$")
_NOON = re.compile(r"(?<!\d)(?P<hour>\d\d?)(?P<rest>:\d\d(?::\d\d)?)\s?(?P<half>[ap])\.?m\.?(?=\s|$)", re.IGNORECASE)


def moment(text: str) -> date | None:
    """A datetime in the zone it names, else in UTC, or a date where no time is; None for what is no date.

    Read are ISO 8601, RFC 2822, and dates written out in any language that dates of articles are read in.
    """
    text = _NOON.sub(_in_day, " ".join(text.split()))
    if not 0 < len(text) <= _LONGEST:
        return None
    text = _OFFSET.sub(lambda found: _signed(text, f"{found[1]}{found[2]:0>2}{found[3] or '00'}"), text)
    text = _ZONE.sub(lambda zone: _signed(text, _ZONES[zone[1]]), text)
    for read in (datetime.fromisoformat, parsedate_to_datetime, _written):
        try:
            found = whole(read(text))
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return found if re.search(r"\d:\d|\dT\d", text) else found.date()
    return None


def _in_day(found: re.Match[str]) -> str:
    hour = int(found["hour"]) % 12 + (12 if found["half"].lower() == "p" else 0)
    return f"{hour:02}{found['rest']}"


def _written(text: str) -> datetime:
    """A date with the names of its days and months in another language. Raises ValueError."""
    clock = re.search(r"(?<!\d)(\d\d?):(\d\d)(?::(\d\d))?", text)
    zone = re.search(r"([+-])(\d\d):?(\d\d)$", text)
    day = dates.normalise(_WEEKDAY.sub("", text[: clock.start()] if clock else text).strip(" ,-"))
    if day is None or len(day) != len("2024-12-03"):
        raise ValueError(text)
    hour, minute, second = (int(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
    offset = (
        timedelta(hours=int(zone[2]), minutes=int(zone[3])) * (-1 if zone[1] == "-" else 1) if zone else timedelta()
    )
    return datetime.combine(date.fromisoformat(day), time(hour, minute, second), timezone(offset))


def _signed(text: str, offset: str) -> str:
    return offset if text[:4].isdecimal() else f" {offset}"  # ISO 8601 has no blank there, RFC 2822 has


def whole(found: datetime) -> datetime:
    """In whole seconds, in its own zone. Raises OverflowError at the ends of time."""
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    found.astimezone(UTC)
    return found.replace(microsecond=0)
