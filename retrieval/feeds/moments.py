"""Dates as feeds write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_LONGEST = 60
# Names of zones that the standard's own readers take for UTC, or not at all.
_ZONES = {
    **{
        "WET": "+0000",
        "WEST": "+0100",
        "BST": "+0100",
        "CET": "+0100",
        "MEZ": "+0100",
        "CEST": "+0200",
        "MESZ": "+0200",
    },
    **{"EET": "+0200", "EEST": "+0300", "MSK": "+0300"},
    **{"EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500", "MST": "-0700", "MDT": "-0600"},
    **{"PST": "-0800", "PDT": "-0700"},
}
_ZONE = re.compile(rf"(?<![A-Z]) ?({'|'.join(_ZONES)})$")


def moment(text: str) -> date | None:
    """A datetime in UTC (also where no zone is given), or a date where no time is; None for what is neither ISO 8601
    nor RFC 2822."""
    text = text.strip()
    if not 0 < len(text) <= _LONGEST:
        return None
    text = _ZONE.sub(lambda zone: _signed(text, _ZONES[zone[1]]), text)
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = utc(read(text))
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return found if re.search(r"\d:\d|\dT\d", text) else found.date()
    return None


def _signed(text: str, offset: str) -> str:
    return offset if text[:4].isdecimal() else f" {offset}"  # ISO 8601 has no blank there, RFC 2822 has


def utc(found: datetime) -> datetime:
    """In whole seconds. Raises OverflowError at the ends of time."""
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC).replace(microsecond=0)
