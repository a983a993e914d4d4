"""What a reader must know where the days that a question asks about could not be looked at as asked."""

from __future__ import annotations

from dataclasses import replace

from retrieval.domain.answers import Answer
from retrieval.evidence.citations import whole_excerpt
from retrieval.question.calendar import TimeRange, spell_range
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found

_YEAR = 364  # days between the first and the last of one
# The share of dated articles below which days say little.
_HARDLY_ANY = 0.1
_UNDATED = "Hardly any of the articles has a date, so I could not go by days"


def missed(given: Answer, query: Question, found: Found, dated: float) -> Answer:
    """The answer, with a note where hardly any article has a date although the question asks about a time.

    Where nothing was published in these days, what articles of other days say may not be the answer, unless they name
    the month or year, or a whole year is asked about: that is history.
    """
    if dated < _HARDLY_ANY and (query.time or query.tense) and given.standing != "nothing":
        return replace(given, note=". ".join(filter(None, (given.note, _UNDATED))))
    if found.missed is None or query.time is None or _is_history(query.time):
        return given
    none = f"Nothing in the articles was published {spell_range(found.missed.since, found.missed.until)}"
    if given.standing == "nothing":
        return replace(given, message=f"{none}. {given.message}")
    if not query.time.relative and any(_names(query.time, each.quote) for each in given.citations):
        return given
    return replace(
        given,
        standing="possible",
        reason="uncertain",
        message=f"{none}: the closest I have is of another time.",
        statements=(),
        excerpts=given.excerpts or tuple(map(whole_excerpt, given.citations)),
    )


def _is_history(time: TimeRange) -> bool:
    """Whether a time is a whole year or longer: when something happened, and not when it was reported."""
    whole = time.since and time.until and (time.until - time.since).days >= _YEAR
    return bool(whole) and not time.relative


def _names(time: TimeRange, quote: str) -> bool:
    """Whether a quote names the month or the year in which a time begins or ends."""
    return any(word in quote for day in (time.since, time.until) if day for word in (f"{day:%B}", f"{day:%Y}"))
