"""What each source says to a question: its best sentence, and the things of the kind asked for that it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from retrieval import thresholds
from retrieval.answer.evidence import Evidence
from retrieval.models import Article
from retrieval.search.query import Query
from retrieval.wording.figures import figures
from retrieval.wording.statement import read
from retrieval.words import content_terms, terms

# Words that ask for the same: what is established was founded.
_ALIKE = tuple(
    frozenset(terms(line))
    for line in (
        "built build construct complete erect",
        "establish found create form open organise",
        "release publish issue premiere",
        "artist singer band musician record",
        "locate situate",
    )
)
_DATES = ("year", "month", "day", "weekday")
_LONG = 45  # words; longer ones are mostly lists


@dataclass(frozen=True, slots=True)
class Witness:
    """A source's best sentence, and the terms by which it answers."""

    evidence: Evidence
    values: frozenset[str]

    @property
    def article(self) -> Article:
        """Who says it."""
        return self.evidence.sentence.hit.passage.article

    @property
    def terms(self) -> frozenset[str]:
        """The content terms of the sentence."""
        return self.evidence.sentence.terms


def witnesses(query: Query, evidence: Sequence[Evidence]) -> list[Witness]:
    """Every source with its sentence that speaks most to the point, the best source first.

    To the point is what has the words of the question that name nobody: "built", "population".
    """
    names = read(query.text).names
    relation = [_alike(term) for term in dict.fromkeys(content_terms(query.text)) if term not in names]
    asked = frozenset(terms(query.text))
    heard: dict[int, tuple[float, Witness]] = {}
    for each in evidence:
        values = _values(query, each.sentence.text, asked)
        related = sum(bool(alike & each.sentence.terms) for alike in relation) / len(relation) if relation else 0.0
        fits = bool(values) if query.answer_type else each.fits
        parts = each.coverage, each.context, each.cosine, each.sentence.hit.score, float(fits), related
        score = sum(weight * part for weight, part in zip(thresholds.WITNESS_WEIGHTS, parts, strict=True))
        score -= thresholds.WITNESS_LONG * (len(each.sentence.text.split()) > _LONG)
        article = each.sentence.hit.passage.article.id
        if article not in heard or score > heard[article][0]:
            heard[article] = score, Witness(each, values)
    return [witness for _, witness in sorted(heard.values(), key=lambda pair: -pair[0])]


def _alike(term: str) -> frozenset[str]:
    return frozenset({term}).union(*(each for each in _ALIKE if term in each))


def _values(query: Query, text: str, asked: frozenset[str]) -> frozenset[str]:
    """What a sentence names of the kind asked for: years or other parts of dates, numbers, names."""
    given = [each for each in figures(text) if not each.terms & asked]
    if query.answer_type == "date":
        years = frozenset(each.value for each in given if each.kind == "year")
        return years or frozenset(f"{each.kind} {each.value}" for each in given if each.kind in _DATES)
    if query.answer_type == "number":
        return frozenset(each.value for each in given if each.kind in ("number", "year"))
    return read(text).names - asked


def days_apart(one: Article, other: Article) -> int | None:
    """How many days lie between two articles; None where one of them is undated."""
    days = [each.metadata.published for each in (one, other)]
    if days[0] is None or days[1] is None:
        return None
    return abs((date.fromisoformat(days[0][:10]) - date.fromisoformat(days[1][:10])).days)


def are_undated(one: Article, other: Article) -> bool:
    """Whether the day of neither is known."""
    return one.metadata.published is None and other.metadata.published is None


def at_one_time(one: Article, other: Article) -> bool:
    """Whether what differs between two articles is no change over time.

    What is known to be of another day may be one; estimates may lie two weeks apart.
    """
    apart = days_apart(one, other)
    if apart is None:
        return are_undated(one, other)
    estimated = one.metadata.published_estimated or other.metadata.published_estimated
    return apart <= (thresholds.SAME_TIME if estimated else thresholds.CONFLICT_DAYS)
