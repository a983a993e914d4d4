"""The days of an answer as a reader is told them: "As of 14 Dec 2025 (date estimated):", and its age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from retrieval.domain.answers import Answer
from retrieval.question.understanding import Question


@dataclass(frozen=True, slots=True)
class PublicationDay:
    """When an article came out, as an ISO date, empty where nobody knows; `estimated` where nobody states it."""

    day: str
    estimated: bool = False

    def __str__(self) -> str:
        when = date.fromisoformat(self.day)
        return f"{when.day} {when:%b %Y}" + (" (date estimated)" if self.estimated else "")


def openings(days: Sequence[PublicationDay]) -> list[str]:
    """The opening of each statement, the lead first; empty for the same day as before or if the lead has none."""
    if not days or not days[0].day:
        return [""] * len(days)
    opened = [f"As of {days[0]}:"]
    for last, each in pairwise(days):
        opened.append("" if each.day == last.day else _opening(each, days[0]))
    return opened


def _opening(each: PublicationDay, lead: PublicationDay) -> str:
    if not each.day:
        return "Undated:"
    return f"{'Earlier' if each.day < lead.day else 'Later'}, {each}:"


def warn(given: Answer, query: Question, asked: date, limit: int) -> Answer:
    """The answer with the age of its newest source if over `limit` days (0: never) and no past time is asked for."""
    days = [each.published[:10] for each in given.citations if each.published]
    if not (limit and days) or (query.time and query.time.until):
        return given
    age = (asked - date.fromisoformat(max(days))).days
    return replace(given, age=age) if age > limit else given
