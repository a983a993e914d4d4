"""What each source says to a question: its best sentence, and the things of the kind asked for that it names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from retrieval import tuned
from retrieval.domain.articles import Article
from retrieval.evidence.sentence_selection import Evidence
from retrieval.nlp.annotate import annotate
from retrieval.nlp.quantities import Quantity, quantities
from retrieval.nlp.tokens import content_terms, terms
from retrieval.question.understanding import Question

_DATES = ("year", "month", "day", "weekday")


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """A sentence of a source, how much it speaks to the point, and the terms by which it answers."""

    evidence: Evidence
    values: frozenset[str]
    score: float

    @property
    def article(self) -> Article:
        """Who says it."""
        return self.evidence.sentence.hit.passage.article

    @property
    def terms(self) -> frozenset[str]:
        """The content terms of the sentence."""
        return self.evidence.sentence.terms


def source_answers(query: Question, evidence: Sequence[Evidence]) -> list[SourceAnswer]:
    """All sentences, the one most to the point first.

    To the point is what lies near the question, holds a thing of the kind asked for, and has the words of the question
    that name nobody ("built", "population"); and what opens an article on whom the question names.
    """
    names = annotate(query.text).names
    relation = frozenset(content_terms(query.text)) - names
    asked = frozenset(terms(query.text))
    return sorted((_weigh(query, each, relation, names, asked) for each in evidence), key=lambda each: -each.score)


def best_of_each(sentences: Sequence[SourceAnswer]) -> list[SourceAnswer]:
    """Every source with the first of its sentences."""
    first: dict[int, SourceAnswer] = {}
    for each in sentences:
        first.setdefault(each.article.id, each)
    return list(first.values())


def _weigh(
    query: Question, said: Evidence, relation: frozenset[str], names: frozenset[str], asked: frozenset[str]
) -> SourceAnswer:
    sentence = said.sentence
    values = frozenset(_values(query, sentence.text, asked))
    opens = sentence.hit.passage.start + sentence.start == 0
    parts = (
        said.cosine,
        _share(relation, sentence.terms),
        opens * _share(names, sentence.terms),
        float(bool(values) if query.target else said.fits),
    )
    score = sum(weight * part for weight, part in zip(tuned.CONFLICTS.witness_weights, parts, strict=True))
    return SourceAnswer(said, values, score)


def _share(wanted: frozenset[str], there: frozenset[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 0.0


def _values(query: Question, text: str, asked: frozenset[str]) -> Iterator[str]:
    """What a sentence names of the kind asked for: years or other parts of dates, numbers, names."""
    if query.target not in ("date", "number"):
        yield from annotate(text).names - asked
        return
    given = [each for each in quantities(text) if not each.terms & asked]
    if query.target == "number":
        yield from (each.value for each in given if each.kind == "number")
    else:
        yield from _days(given)


def _days(given: Sequence[Quantity]) -> list[str]:
    years = [each.value for each in given if each.kind == "year"]
    return years or [f"{each.kind} {each.value}" for each in given if each.kind in _DATES]


def days_apart(one: Article, other: Article) -> int | None:
    """How many days lie between two articles; None where one of them is undated."""
    days = [each.metadata.published for each in (one, other)]
    if days[0] is None or days[1] is None:
        return None
    return abs((date.fromisoformat(days[0][:10]) - date.fromisoformat(days[1][:10])).days)


def at_one_time(one: Article, other: Article) -> bool:
    """Whether what differs between two articles is no change over time.

    What is known to be of another day may be one; estimates may lie two weeks apart. What one outlet tells otherwise
    it has corrected or brought up to date.
    """
    if one.metadata.outlet and one.metadata.outlet == other.metadata.outlet:
        return False
    apart = days_apart(one, other)
    if apart is None:
        return False
    estimated = one.metadata.published_estimated or other.metadata.published_estimated
    return apart <= (tuned.POSITION.same_time if estimated else tuned.CONFLICTS.conflict_days)


def is_contemporary(one: Article, other: Article) -> bool:
    """Whether two articles are independent sources of one time, both of a known day."""
    return one.story != other.story and at_one_time(one, other)
