"""What is said of the days of statements that follow each other: "As of 14 Dec 2025 (date estimated):"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Day:
    """When an article came out, as an ISO date, empty where nobody knows; `estimated` where nobody states it."""

    day: str
    estimated: bool = False

    def __str__(self) -> str:
        when = date.fromisoformat(self.day)
        return f"{when.day} {when:%b %Y}" + (" (date estimated)" if self.estimated else "")


def openings(days: Sequence[Day]) -> list[str]:
    """What opens each statement, the leading one first; empty for one of the same day as the one before it.

    The leading one needs a date: what has none is never said to be how things are.
    """
    if not days or not days[0].day:
        return [""] * len(days)
    opened = [f"As of {days[0]}:"]
    for last, each in pairwise(days):
        opened.append("" if each.day == last.day else _opening(each, days[0]))
    return opened


def _opening(each: Day, lead: Day) -> str:
    if not each.day:
        return "Undated:"
    return f"{'Earlier' if each.day < lead.day else 'Later'}, {each}:"
