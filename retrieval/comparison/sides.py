"""The two sides of a comparison as people name them: two outlets, or two periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from retrieval.domain.searches import Filter
from retrieval.errors import QuestionError
from retrieval.question.calendar import parse_window

Side = tuple[str, Filter]

SAME = "Both sides are the same: name two that differ."


def sides(outlets: Sequence[str], periods: Sequence[str], scopes: tuple[str, ...] | None = None) -> tuple[Side, Side]:
    """Both sides, each with its name and its filter.

    A period is a day, a month or a year, or the days from one to another: `2024-12`, `2024-11-20..2025-01`.

    Raises:
        QuestionError: they are not two outlets or two periods, a period is none, or both are the same.
    """
    if (len(outlets), len(periods)) not in ((2, 0), (0, 2)):
        raise QuestionError("Name two outlets or two periods to compare, not one of each, and no more.")
    first, second = [(_named(each), Filter(outlets=(each,), scopes=scopes)) for each in outlets] or [
        (_named(each), replace(_period(each), scopes=scopes)) for each in periods
    ]
    if first[1] == second[1]:
        raise QuestionError(SAME)
    return first, second


def _named(text: str) -> str:
    return " ".join(text.split())


def _period(text: str) -> Filter:
    first, dots, last = (part.strip() for part in text.partition(".."))
    if not first and not last:
        raise QuestionError('A period is empty: write it like 2024-12-03, 2024-12, 2024 or "2024-11..2025-01".')
    return parse_window(first, last if dots else first)
