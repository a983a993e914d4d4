"""The quotes of an answer as the course of things: when, who, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from retrieval.evidence.changes import changed
from retrieval.evidence.sentence_selection import Embed, Evidence, Sentence, said, weigh
from retrieval.models import Change, Citation, Entry
from retrieval.nlp.agents import actor
from retrieval.nlp.entities import same_entity
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found


def entries(citations: Sequence[Citation], query: Question, found: Found, embed: Embed) -> tuple[Entry, ...]:
    """The dated quotes, oldest first, under the numbers they have.

    Who acts and what is new is read from the whole sentence that a quote is from.
    """
    dated = sorted((each for each in citations if each.published), key=lambda each: each.day)
    return tuple(_told(dated, _evidence(dated, query, found, embed), found))


def _evidence(quotes: Sequence[Citation], query: Question, found: Found, embed: Embed) -> dict[int, Evidence]:
    """The sentence of each quote, by its number."""
    hits = {hit.passage.id: hit for hit in (*found.hits, *found.across)}.values()
    whole = [sentence for hit in hits for sentence in said(hit) if any(_holds(sentence, each) for each in quotes)]
    weighed = weigh(query, found, whole, embed)
    return {quote.number: each for quote in quotes for each in reversed(weighed) if _holds(each.sentence, quote)}


def _holds(sentence: Sentence, quote: Citation) -> bool:
    passage = sentence.hit.passage
    inside = passage.start + sentence.start < quote.end and quote.start < passage.start + sentence.end
    return passage.article.key == quote.key and inside


def _told(quotes: Sequence[Citation], evidence: Mapping[int, Evidence], found: Found) -> Iterator[Entry]:
    last: dict[str, tuple[str, Evidence]] = {}
    for quote in quotes:
        day = quote.day
        now = evidence.get(quote.number)
        name = actor(now.sentence.text) if now else None
        if now is None or name is None:
            yield Entry(day, None, quote.quote, None, quote)
            continue
        known = next((each for each in last if same_entity(each, name)), name)
        yield Entry(day, known, quote.quote, _change(last.get(known), day, now, found), quote)
        last[known] = day, now


def _change(before: tuple[str, Evidence] | None, day: str, now: Evidence, found: Found) -> Change | None:
    """Against the entry before of the same actor; of one day nobody knows what came first."""
    if before is None:
        return "first"
    return changed(before[1], now, found) if before[0] < day else None
