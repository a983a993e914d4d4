"""What dated sources of one time tell differently of what is asked: a figure, a day, a name, a role, a toll."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from retrieval import thresholds
from retrieval.evidence.sentence_selection import Evidence
from retrieval.evidence.source_answers import is_contemporary
from retrieval.nlp.annotate import annotate
from retrieval.nlp.parallels import Difference, differing
from retrieval.nlp.roles import Role, differ, roles
from retrieval.nlp.tallies import are_apart, kinds, tally
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
    """A side before its citations have numbers."""

    said: str
    by: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Dispute:
    kind: _Kind
    sides: tuple[Told, Told]

    @property
    def nearness(self) -> float:
        """How much both sides have of the question."""
        return sum(side.by[0].coverage for side in self.sides)


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
        for each in _between(query, this, other, quoted)
        if _is_asked(query, each)
    ]
    return max(found, key=lambda each: each.nearness).sides if found else ()


def _between(query: Question, this: Evidence, other: Evidence, quoted: Sequence[Evidence]) -> Iterator[_Dispute]:
    """What two sentences tell differently, in the words of each, with what is quoted besides for a role."""
    one, two = this.sentence.text, other.sentence.text
    for ours in roles(one):
        for theirs in roles(two):
            if differ(ours, theirs):
                pairs = (ours, this), (theirs, other)
                first, second = (Told(role.phrase, _giving(role, by, quoted)) for role, by in pairs)
                yield _Dispute("role", (first, second))
    if kind := differing(one, two) or _counting(query, this, other):
        yield _Dispute(kind, (Told(one, (this,)), Told(two, (other,))))


def _giving(role: Role, first: Evidence, quoted: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """A sentence that gives somebody a role, and the first of each other source that is quoted for it."""
    by = {first.sentence.article.id: first}
    for each in quoted:
        if any(same.name == role.name and same.kind == role.kind for same in roles(each.sentence.text)):
            by.setdefault(each.sentence.article.id, each)
    return tuple(by.values())


def _counting(query: Question, this: Evidence, other: Evidence) -> Difference | None:
    """Whether two sentences, in whatever words, give other numbers of what the question would have counted."""
    if query.target != "number" or min(this.cosine, other.cosine) < thresholds.TALLY_NEAR:
        return None
    names = annotate(query.text).names
    if not names or not names <= this.sentence.terms & other.sentence.terms:
        return None
    ours, theirs = (tally(query.text, each.sentence.text) for each in (this, other))
    if ours is None or theirs is None or _of_others(this.sentence.text, other.sentence.text):
        return None
    less, more = sorted((Decimal(ours.value), Decimal(theirs.value)))
    factor = Decimal(thresholds.ROUGH_FACTOR if ours.loose or theirs.loose else 1)
    return "number" if less < more and factor * less <= more <= thresholds.TALLY_FACTOR * less else None


def _of_others(one: str, other: str) -> bool:
    """Whether two sentences tell of other events or other days."""
    days = [
        {each.value for each in annotate(text).quantities if each.kind in ("weekday", "day")} for text in (one, other)
    ]
    return are_apart(one, other) or (all(days) and days[0].isdisjoint(days[1]))


def _is_asked(query: Question, dispute: _Dispute) -> bool:
    """Whether a dispute is about the kind of thing asked for, and not about the dead where the arrested are."""
    if dispute.kind not in _ASKED.get(query.target, (dispute.kind,)):
        return False
    asked, told = kinds(query.text), kinds(" ".join(side.said for side in dispute.sides))
    return dispute.kind != "number" or not asked or not told or not asked.isdisjoint(told)
