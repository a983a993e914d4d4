"""What dated sources of one time tell differently of what is asked: a figure, a day, a name, a role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.evidence.sentence_selection import Evidence
from retrieval.evidence.source_answers import is_contemporary
from retrieval.nlp.parallels import Difference, differing
from retrieval.nlp.roles import differ, roles
from retrieval.question.target import AnswerType
from retrieval.question.understanding import Question

_Kind = Literal["role"] | Difference
# What a dispute must be about to be shown beside an answer; any other question may have any.
_ASKED: dict[AnswerType | None, tuple[_Kind, ...]] = {
    "number": ("number",),
    "date": ("date",),
    "person": ("name", "role"),
    "place": ("name",),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A side before its citation has a number."""

    said: str
    by: Evidence


@dataclass(frozen=True, slots=True)
class _Dispute:
    kind: _Kind
    sides: tuple[Told, Told]

    @property
    def nearness(self) -> float:
        """How much both sides have of the question."""
        return sum(side.by.coverage for side in self.sides)


def find_conflict(query: Question, quoted: Sequence[Evidence], evidence: Sequence[Evidence]) -> tuple[Told, ...]:
    """The two sides of what is asked for, where a source tells otherwise than one that is quoted at the same time.

    Of several the one that is nearest to the question; nothing where all are beside it. What somebody is, where the
    question names them, is looked for in all the evidence.
    """
    asked = query.text.casefold()
    naming = [each for each in evidence if any(role.name in asked for role in roles(each.sentence.text))]
    naming = [] if query.tense else naming  # of now only what is quoted can be in dispute
    found = [
        each
        for this in [*quoted, *(each for each in naming if each not in quoted)]
        for other in evidence
        if is_contemporary(this.sentence.article, other.sentence.article)
        for each in _between(this, other)
        if _is_asked(query, each)
    ]
    return max(found, key=lambda each: each.nearness).sides if found else ()


def _between(this: Evidence, other: Evidence) -> Iterator[_Dispute]:
    """What two sentences tell differently, in the words of each."""
    one, two = this.sentence.text, other.sentence.text
    for ours in roles(one):
        for theirs in roles(two):
            if differ(ours, theirs):
                yield _Dispute("role", (Told(ours.phrase, this), Told(theirs.phrase, other)))
    if kind := differing(one, two):
        yield _Dispute(kind, (Told(one, this), Told(two, other)))


def _is_asked(query: Question, dispute: _Dispute) -> bool:
    """Whether a dispute is about the kind of thing asked for."""
    return dispute.kind in _ASKED.get(query.target, (dispute.kind,))
