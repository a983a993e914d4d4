"""How old the evidence of an answer is: news answers age."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from retrieval.domain.answers import Answer
from retrieval.question.understanding import Question


def warn(given: Answer, query: Question, asked: date, limit: int) -> Answer:
    """The answer with the age of its newest dated source where that is more than `limit` days; 0 for never.

    A question about a time that is over ("in December 2024") is not told that this is long ago; what changed "since
    2024" asks how things are.
    """
    days = [each.published[:10] for each in given.citations if each.published]
    if not (limit and days) or (query.time and query.time.until):
        return given
    age = (asked - date.fromisoformat(max(days))).days
    return replace(given, age=age) if age > limit else given
