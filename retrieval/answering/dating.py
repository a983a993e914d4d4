"""The days of an answer as a reader is told them: "As of 14 Dec 2025 (date estimated):", and its age."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from itertools import pairwise

from retrieval.domain.answers import Answer
from retrieval.domain.citations import Citation
from retrieval.question.understanding import Question


@dataclass(frozen=True, slots=True)
class PublicationDay:
    """When an article came out, as an ISO date, empty where nobody knows; `estimated` where nobody states it."""

    day: str
    estimated: bool = False

    def __str__(self) -> str:
        when = date.fromisoformat(self.day)
        return f"{when.day} {when:%b %Y}" + (" (date estimated)" if self.estimated else "")


class InTime(Enum):
    """A statement's place in time: the lead, or before or after it; its value opens the statement in English."""

    LEAD = "As of {}:"
    BEFORE = "Earlier, {}:"
    AFTER = "Later, {}:"
    UNKNOWN = "Undated:"


def _english(turn: InTime, day: PublicationDay) -> str:
    return turn.value.format(day) if day.day else turn.value


def openings(days: Sequence[PublicationDay], say: Callable[[InTime, PublicationDay], str] = _english) -> list[str]:
    """The opening of each statement, the lead first; empty for the same day as before or if the lead has none.

    `say` words one, by default in English.
    """
    if not days or not days[0].day:
        return [""] * len(days)
    opened = [say(InTime.LEAD, days[0])]
    for last, each in pairwise(days):
        opened.append("" if each.day == last.day else say(_turn(each, days[0]), each))
    return opened


def _turn(each: PublicationDay, lead: PublicationDay) -> InTime:
    if not each.day:
        return InTime.UNKNOWN
    if each.day == lead.day:
        return InTime.LEAD
    return InTime.BEFORE if each.day < lead.day else InTime.AFTER


def newest_day(cited: Sequence[Citation]) -> PublicationDay:
    """That of the newest article cited; an estimate only where no other one is of that day."""
    day, stated = max(((each.day, not each.published_estimated) for each in cited if each.day), default=("", True))
    return PublicationDay(day, not stated)


def warn(given: Answer, query: Question, asked: date, limit: int) -> Answer:
    """The answer with the age of its newest source if over `limit` days (0: never) and no past time is asked for."""
    days = [each.published[:10] for each in given.citations if each.published]
    if not (limit and days) or (query.time and query.time.until):
        return given
    age = (asked - date.fromisoformat(max(days))).days
    return replace(given, age=age) if age > limit else given
