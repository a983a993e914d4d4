"""The quotes of an answer as the course of things: when, who, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from retrieval.evidence.changes import Actors, changed, is_later, other_terms
from retrieval.evidence.sentence_selection import Embed, Evidence, Sentence, said, weigh
from retrieval.models import Article, Change, Citation, Entry
from retrieval.nlp.agents import actor
from retrieval.nlp.entities import same_entity
from retrieval.nlp.readable import readable
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found


def entries(citations: Sequence[Citation], query: Question, found: Found, embed: Embed) -> tuple[Entry, ...]:
    """The dated quotes, oldest first, under the numbers they have.

    Who acts and what is new is read from the whole sentence that a quote is from.
    """
    dated = sorted((each for each in citations if each.published), key=lambda each: each.published or "")
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
    actors = Actors(readable(hit.passage.text) for hit in (*found.hits, *found.across))
    before: list[tuple[Citation, str | None, Evidence]] = []
    for quote in quotes:
        now = evidence.get(quote.number)
        name = actor(now.sentence.text) if now else None
        known = next((who for _, who, _ in before if who and name and same_entity(who, name)), name)
        told = [
            changed(each, now, other_terms(found.weights, who, name), sure=actors.agree(who, name))
            for _, who, each in before
            if now and is_later(_article(now), _article(each)) and actors.may_agree(who, name)
        ]
        first = known is not None and not any(who == known for _, who, _ in before)
        change: Change | None = "changed" if "changed" in told else "same" if "same" in told else None
        yield Entry(quote.day, known, quote.quote, "first" if first and change != "changed" else change, quote)
        if now:
            before.append((quote, known, now))


def _article(each: Evidence) -> Article:
    return each.sentence.hit.passage.article
