"""Time zones for autocompletion."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

# Offered before anything is typed.
_USUAL = ("UTC", "Europe/London", "Europe/Brussels", "Europe/Berlin", "Europe/Kyiv", "America/New_York")


def zones(typed: str) -> list[str]:
    """The time zones whose names contain the typed text; first the ones whose place begins with it."""
    wanted = "_".join(typed.split()).casefold()
    if not wanted:
        return list(_USUAL)
    found = [name for name in _places() if wanted in name.casefold()]
    found.sort(key=lambda name: not name.rpartition("/")[2].casefold().startswith(wanted))
    return found


@cache
def _places() -> list[str]:
    # Without Etc, whose zones have the opposite sign of what people expect.
    named = (name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix", "right")))
    return ["UTC", *sorted(named)]
