"""What a reader must know where the days that a question asks about could not be looked at as asked."""

from __future__ import annotations

from dataclasses import replace

from retrieval.evidence.citations import whole_excerpt
from retrieval.models import Answer
from retrieval.question.calendar import spell_range
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found

# The share of dated articles below which days say little.
_HARDLY_ANY = 0.1
_UNDATED = "Hardly any of the articles has a date, so I could not go by days"


def missed(given: Answer, query: Question, found: Found, dated: float) -> Answer:
    """The answer, with a note where hardly any article has a date although the question asks about a time.

    Where nothing was published in the days of "this week" and the like, what older articles say may not be the answer.
    """
    if dated < _HARDLY_ANY and (query.time or query.tense) and given.standing != "nothing":
        return replace(given, note=". ".join(filter(None, (given.note, _UNDATED))))
    if found.missed is None or not (query.time and query.time.relative):
        return given
    none = f"Nothing in the articles was published {spell_range(found.missed.since, found.missed.until)}"
    if given.standing == "nothing":
        return replace(given, message=f"{none}. {given.message}")
    return replace(
        given,
        standing="possible",
        reason="uncertain",
        message=f"{none}: this is older.",
        statements=(),
        excerpts=given.excerpts or tuple(map(whole_excerpt, given.citations)),
    )
