"""The few headers that mean something to us, on their way out and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST_WAIT = 7 * 24 * 3600.0
# What came from a server and may go back to one.
_PRINTABLE = re.compile(r"[ -~]{1,1000}")


def conditions(etag: str | None, modified: str | None) -> dict[str, str]:
    """The headers of a conditional request; none where nothing is known of the last answer."""
    asked = {"If-None-Match": printable(etag), "If-Modified-Since": printable(modified)}
    return {name: value for name, value in asked.items() if value}


def printable(value: str | None) -> str | None:
    """The value, or None where it is not fit to be sent."""
    return value if value and _PRINTABLE.fullmatch(value) else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, at most a week, whether the header says seconds or a date, which is read by the server's own clock."""
    said = headers.get("Retry-After", "").strip()
    if said.isdecimal():
        return min(float(said[:20]), _LONGEST_WAIT)
    until = _moment(said)
    if until is None:
        return None
    now = _moment(headers.get("Date", "")) or datetime.now(UTC)
    return min(max((until - now).total_seconds(), 0.0), _LONGEST_WAIT)


def _moment(said: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
