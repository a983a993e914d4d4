"""The quotes of an answer as the course of things: when, who, and what it changes."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.domain.citations import Citation
from retrieval.domain.timelines import TimelineEntry
from retrieval.evidence.changes import Actors, courses
from retrieval.evidence.sentence_selection import Evidence
from retrieval.nlp.agents import actor
from retrieval.nlp.entities import same_entity
from retrieval.nlp.readable import readable
from retrieval.search.hybrid import Found


def entries(citations: Sequence[Citation], evidence: Sequence[Evidence], found: Found) -> tuple[TimelineEntry, ...]:
    """The dated quotes, oldest first, under the numbers they have.

    Who acts and what is new is read from the whole sentence that a quote is from, where it is among the evidence.
    """
    dated = sorted((each for each in citations if each.published), key=lambda each: each.published or "")
    steps: list[tuple[str | None, Evidence | None]] = []
    for quote in dated:
        source = next((each for each in evidence if _holds(each, quote)), None)
        name = actor(source.sentence.text) if source else None
        steps.append((next((who for who, _ in steps if who and name and same_entity(who, name)), name), source))
    actors = Actors(readable(hit.passage.text) for hit in (*found.hits, *found.across))
    changes = courses(steps, frozenset(found.weights), actors)
    told = zip(dated, steps, changes, strict=True)
    return tuple(
        TimelineEntry(date=quote.day, actor=who, text=quote.quote, change=change, citation=quote)
        for quote, (who, _), change in told
    )


def _holds(each: Evidence, quote: Citation) -> bool:
    sentence = each.sentence
    end = sentence.offset + sentence.end - sentence.start
    return sentence.article.key == quote.key and sentence.offset < quote.end and quote.start < end
