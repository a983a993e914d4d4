"""Where sources of about the same time tell a fact differently: both sides are shown, neither is believed.

Dated sources disagree where two sentences are alike but for a name or figure, or give one person two offices. Undated
ones disagree where they answer the question with other things. A later day makes no conflict but a change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from retrieval.answering.extractive import unmarked
from retrieval.answering.standing import naming_all
from retrieval.answering.undated_sources import (
    best_of_each,
    differing_answers,
    doubtful,
    is_contemporary,
    retell,
    source_answers,
)
from retrieval.domain.answers import Answer, Conflict, Side
from retrieval.domain.citations import Citation
from retrieval.evidence.citations import Numbering, overlap
from retrieval.evidence.sentence_selection import Evidence, cite
from retrieval.nlp.annotate import Difference, differing
from retrieval.nlp.markup import readable
from retrieval.nlp.roles import differ, roles
from retrieval.nlp.statements import statements
from retrieval.question.target import AnswerType
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found

_Kind = Literal["role"] | Difference
# What a dispute must be about to be shown beside an answer; any other question may have any.
_ASKED: dict[AnswerType | None, tuple[_Kind, ...]] = {
    "number": ("number",),
    "date": ("date",),
    "person": ("name", "role"),
    "place": ("name",),
}


@dataclass(frozen=True, slots=True)
class ConflictSide:
    """A side before its citation has a number."""

    said: str
    by: Evidence


@dataclass(frozen=True, slots=True)
class _Dispute:
    kind: _Kind
    sides: tuple[ConflictSide, ConflictSide]

    @property
    def nearness(self) -> float:
        """The share of the question that both sides have."""
        return sum(side.by.coverage for side in self.sides)


def settle(
    given: Answer, query: Question, evidence: Sequence[Evidence], found: Found, most: int | None = None
) -> Answer:
    """The answer with what its sources disagree on, and from undated sources with a sentence of each.

    About now or change only the newest that is cited can be in dispute.
    """
    if not given.grounded:
        return given
    newest = max((each.day for each in given.citations), default="")
    if query.tense or newest or any(hit.passage.article.metadata.published for hit in found.hits):
        cited = {(each.key, each.start) for each in given.citations if not query.tense or each.day == newest}
        quoted = [each for each in evidence if (each.sentence.article.key, each.sentence.offset) in cited]
        return _with(given, _find(query, quoted, evidence))
    sentences = source_answers(query, evidence)
    named = {each.sentence.article.id for each in naming_all(query, evidence, found)}
    doubted = doubtful(best_of_each(sentences), named)
    if given.mode == "extractive":
        given = retell(given, sentences, doubted, most)
    # What repeats another with another name in the place of the one asked about tells of something else.
    other = {each.article.id for each in doubted} - named if named else set[int]()
    apart = differing_answers([each for each in sentences if each.article.id not in other], doubted)
    return _with(given, [ConflictSide(each.evidence.sentence.text, each.evidence) for each in apart])


def _with(given: Answer, sides: Sequence[ConflictSide]) -> Answer:
    if len(sides) < 2:
        return given
    numbering = Numbering()
    numbering.number(given.citations)
    told = tuple(Side(unmarked(side.said), numbering.number([cite(side.by.sentence, 0)])) for side in sides)
    return replace(given, citations=numbering.citations, conflicts=(Conflict(told),))


def _find(query: Question, quoted: Sequence[Evidence], evidence: Sequence[Evidence]) -> tuple[ConflictSide, ...]:
    """The sides nearest to the question where a source tells otherwise than one quoted at the same time."""
    found = [
        each
        for this in quoted
        for other in evidence
        if is_contemporary(this.sentence.article, other.sentence.article)
        for each in _between(this, other)
        if each.kind in _ASKED.get(query.target, (each.kind,))
    ]
    return max(found, key=lambda each: each.nearness).sides if found else ()


def _between(this: Evidence, other: Evidence) -> Iterator[_Dispute]:
    """The disputes of two sentences, in the words of each."""
    one, two = this.sentence.text, other.sentence.text
    for ours in roles(one):
        for theirs in roles(two):
            if differ(ours, theirs):
                yield _Dispute("role", (ConflictSide(ours.phrase, this), ConflictSide(theirs.phrase, other)))
    if kind := differing(one, two):
        yield _Dispute(kind, (ConflictSide(one, this), ConflictSide(two, other)))


def settle_generated(given: Answer, query: Question, evidence: Sequence[Evidence], found: Found) -> Answer:
    """A model's answer, unchanged, with the sides of a fact that another source tells otherwise, by its own quotes."""
    whole = settle(replace(given, citations=tuple(_sentences(given, found)), conflicts=()), query, evidence, found)
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
    whole = [cite(sentence, 0) for hit in hits for sentence in statements(hit.passage, hit.score)]
    numbering = Numbering()
    for quote in given.citations:
        numbering.number(each for each in whole if overlap(each, quote))
    yield from numbering.citations


def _quotes(given: Answer, sentence: Citation, words: str) -> list[Citation]:
    """The answer's own quotes of a sentence that have these words; the sentence where none has."""
    own = [each for each in given.citations if overlap(each, sentence) and words in readable(each.quote)]
    return own or [sentence]
