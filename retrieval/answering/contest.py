"""What the sources of a model's answer disagree on: its quotes are parts of the sentences that do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from retrieval.answering.conflicts import settle
from retrieval.evidence.citations import Numbering, overlap
from retrieval.evidence.sentence_selection import Embed, cite, said
from retrieval.models import Answer, Citation, Conflict
from retrieval.nlp.readable import readable
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found


def contest(given: Answer, query: Question, found: Found, embed: Embed) -> Answer:
    """A model's answer with the sides of a fact that another source tells otherwise, though it may tell but one.

    Its text stays as it is; a side that one of its quotes holds has the number of that quote.
    """
    whole = settle(replace(given, citations=tuple(_sentences(given, found)), conflicts=()), query, found, embed)
    cited = {each.number: each for each in whole.citations}
    numbering = Numbering()
    numbering.number(given.citations)
    conflicts = []
    for conflict in whole.conflicts:
        sides = []
        for side in conflict.sides:
            quotes = [quote for number in side.citations for quote in _quotes(given, cited[number], side.said)]
            sides.append(replace(side, citations=numbering.number(quotes)))
        conflicts.append(Conflict(tuple(sides)))
    return replace(given, citations=numbering.citations, conflicts=tuple(conflicts))


def _sentences(given: Answer, found: Found) -> Iterator[Citation]:
    """The sentences that the quotes of an answer are from, not numbered, in the order of the quotes."""
    hits = {hit.passage.id: hit for hit in (*found.hits, *found.across)}.values()
    whole = [cite(sentence, 0) for hit in hits for sentence in said(hit)]
    numbering = Numbering()
    for quote in given.citations:
        numbering.number(each for each in whole if overlap(each, quote))
    yield from numbering.citations


def _quotes(given: Answer, sentence: Citation, words: str) -> list[Citation]:
    """The answer's own quotes of a sentence that have these words; the sentence where none has."""
    own = [each for each in given.citations if overlap(each, sentence) and words in readable(each.quote)]
    return own or [sentence]
