"""Statements that follow each other in an answer, each with what is said of its day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from retrieval import tuned
from retrieval.answering.dating import Day, openings
from retrieval.domain.articles import Metadata
from retrieval.evidence.sentence_selection import Evidence


@dataclass(frozen=True, slots=True)
class Step:
    """A statement of the course of things; `opening` is what is said of its day before it, if anything."""

    evidence: Evidence
    opening: str = ""

    @property
    def words(self) -> int:
        """How many words it takes in an answer."""
        return len(self.opening.split()) + len(self.evidence.sentence.text.split())


def opened(told: Sequence[Evidence]) -> list[Step]:
    """The statements in this order, each new day with what is said of it."""
    days = [Day(each.day, each.published_estimated) for each in map(_metadata, told)]
    return [Step(each, opening) for each, opening in zip(told, openings(days), strict=True)]


def fit(steps: Sequence[Step]) -> list[Step]:
    """The first, and those after it that an answer has room for."""
    kept = list(steps[:1])
    for step in steps[1:]:
        if len(kept) < tuned.MAX_SENTENCES and step.words + sum(each.words for each in kept) <= tuned.MAX_WORDS:
            kept.append(step)
    if kept and kept[0].words > tuned.MAX_WORDS:
        return [replace(kept[0], opening="")]
    return kept


def is_known(each: Evidence, today: date | None) -> bool:
    """Whether the day of its article is known and had come."""
    return bool(_metadata(each).day) and (today is None or when(each) <= today)


def when(each: Evidence) -> date:
    """The day its article came out; only of what has one."""
    return date.fromisoformat(_metadata(each).day)


def _metadata(each: Evidence) -> Metadata:
    return each.sentence.hit.passage.article.metadata
