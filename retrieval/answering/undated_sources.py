"""Sources that answer a question in sentences of their own, and where they differ."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from retrieval import tuned
from retrieval.answering.extractive import unmarked
from retrieval.domain.answers import Answer, Statement
from retrieval.domain.articles import Article
from retrieval.evidence.sentence_selection import Evidence, cite
from retrieval.nlp.annotate import annotate
from retrieval.nlp.quantities import DATES
from retrieval.nlp.tokens import content_terms, terms
from retrieval.question.understanding import Question


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """A sentence of a source, how much it speaks to the point, and the terms by which it answers."""

    evidence: Evidence
    values: frozenset[str]
    score: float

    @property
    def article(self) -> Article:
        """Who says it."""
        return self.evidence.sentence.passage.article

    @property
    def terms(self) -> frozenset[str]:
        """The content terms of the sentence."""
        return self.evidence.sentence.terms


def source_answers(query: Question, evidence: Sequence[Evidence]) -> list[SourceAnswer]:
    """All sentences, the one most to the point first.

    That is near the question, has a thing of the kind asked for and the words of the question that name nobody, or
    opens an article on whom it names.
    """
    relation = frozenset(content_terms(query.text)) - query.names
    found = []
    for each in evidence:
        there = each.sentence.terms
        values = frozenset(_values(query, each.sentence.text))
        opens = not each.sentence.offset and _share_of(query.names, there)
        parts = (each.cosine, _share_of(relation, there), opens, bool(values) if query.target else each.fits)
        score = sum(weight * part for weight, part in zip(tuned.CONFLICTS.witness_weights, parts, strict=True))
        found.append(SourceAnswer(each, values, score))
    return sorted(found, key=lambda each: -each.score)


def best_of_each(sentences: Sequence[SourceAnswer]) -> list[SourceAnswer]:
    """Every source with the first of its sentences."""
    first: dict[int, SourceAnswer] = {}
    for each in sentences:
        first.setdefault(each.article.id, each)
    return list(first.values())


def _share_of(wanted: frozenset[str], there: frozenset[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 0.0


def _values(query: Question, text: str) -> Iterator[str]:
    """The things of the kind asked for that a sentence names: years or other parts of dates, numbers, names."""
    stated = annotate(text)
    quantities = [each for each in stated.quantities if not each.terms & query.terms]
    if query.target == "number":
        yield from (each.value for each in quantities if each.kind == "number")
    elif query.target == "date":
        years = [each.value for each in quantities if each.kind == "year"]
        yield from years or [f"{each.kind} {each.value}" for each in quantities if each.kind in DATES]
    else:
        yield from stated.names - query.terms


def _to_the_point(ranked: Sequence[SourceAnswer]) -> list[SourceAnswer]:
    """Those that are not much less to the point than the best."""
    return [each for each in ranked if each.score >= tuned.CONFLICTS.heard_from * ranked[0].score]


def days_apart(one: Article, other: Article) -> int | None:
    """The days that lie between two articles; None where one of them is undated."""
    days = [each.metadata.published for each in (one, other)]
    if days[0] is None or days[1] is None:
        return None
    return abs((date.fromisoformat(days[0][:10]) - date.fromisoformat(days[1][:10])).days)


def at_one_time(one: Article, other: Article) -> bool:
    """Tell if what differs between two articles of known days is no change over time, nor one outlet's own update."""
    if one.metadata.outlet and one.metadata.outlet == other.metadata.outlet:
        return False
    apart = days_apart(one, other)
    if apart is None:
        return False
    estimated = one.metadata.published_estimated or other.metadata.published_estimated
    return apart <= (tuned.POSITION.same_time if estimated else tuned.CONFLICTS.conflict_days)


def is_contemporary(one: Article, other: Article) -> bool:
    """Tell if two articles are independent sources of one time, both of a known day."""
    return one.story != other.story and at_one_time(one, other)


# The length of the runs of terms by which wording is compared.
_RUN = 4


def retell(
    given: Answer, sentences: Sequence[SourceAnswer], doubted: Sequence[SourceAnswer], most: int | None
) -> Answer:
    """The answer in a sentence of each source that is not doubted, and in more where there is room."""
    ranked = _in_turn(sentences, {each.article.id for each in doubted})
    chosen: list[SourceAnswer] = []
    words = 0
    for each in ranked:
        length = len(each.evidence.sentence.text.split())
        if len(chosen) == (most or tuned.ANSWER.max_sentences):
            break
        if (most or words + length <= tuned.ANSWER.max_words) and _adds(each, chosen):
            chosen.append(each)
            words += length
    if not chosen:
        return given
    numbered = [cite(each.evidence.sentence, number) for number, each in enumerate(chosen, 1)]
    statements = tuple(Statement(unmarked(each.evidence.sentence.text), (n,)) for n, each in enumerate(chosen, 1))
    return replace(given, statements=statements, citations=tuple(numbered))


def _in_turn(sentences: Sequence[SourceAnswer], but: Collection[int]) -> list[SourceAnswer]:
    """The sentences to the point: first the best of each source but these, then the others."""
    near = [each for each in _to_the_point(sentences) if each.article.id not in but]
    first = best_of_each(near)
    return [*first, *(each for each in near if each not in first)]


def _adds(this: SourceAnswer, others: Sequence[SourceAnswer]) -> bool:
    return not any(
        (this.values and this.values <= each.values)
        or float(this.evidence.vector @ each.evidence.vector) > tuned.CONFLICTS.same_witness
        for each in others
    )


def doubtful(sources: Sequence[SourceAnswer], named: Collection[int] = ()) -> list[SourceAnswer]:
    """Those that merely repeat another source with something replaced: of two, the one that lacks a name asked about
    (`named` are ids that have it), that fewer others confirm, or that was stored later.
    """
    doubted: list[SourceAnswer] = []
    for place, this in enumerate(sources):
        for other in sources[:place]:
            if this not in doubted and other not in doubted and _repeats(this, other):
                rest = [each for each in sources if each is not this and each is not other]
                doubted.append(
                    min(this, other, key=lambda each: (each.article.id in named, _standing(each, this, other, rest)))
                )
    return doubted


def _repeats(this: SourceAnswer, other: SourceAnswer) -> bool:
    """Tell if two sources have much of their wording in common, and their sentences each something of their own."""
    passages = [each.evidence.sentence.passage.text for each in (this, other)]
    ours, theirs = map(_runs, passages)
    own = this.terms - other.terms, other.terms - this.terms
    return all(own) and len(ours & theirs) >= tuned.CONFLICTS.repeated_runs * max(min(len(ours), len(theirs)), 1)


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = terms(text)
    return frozenset(zip(*(words[at:] for at in range(_RUN)), strict=False))


def _standing(
    each: SourceAnswer, this: SourceAnswer, other: SourceAnswer, rest: Sequence[SourceAnswer]
) -> tuple[int, int]:
    """The number of others that have all that only this one's sentence says, and how early it was stored."""
    own = each.terms - (other if each is this else this).terms
    confirmed = sum(own <= frozenset(terms(one.evidence.sentence.passage.text)) for one in rest)
    return confirmed, -each.article.id


def differing_answers(sentences: Sequence[SourceAnswer], doubted: Sequence[SourceAnswer]) -> list[SourceAnswer]:
    """The different answers of undated sources, one of each: the best, then what repeats another's wording."""
    apart: list[SourceAnswer] = []
    near = [each for each in _to_the_point(sentences) if each.evidence.context >= tuned.CONFLICTS.side_context]
    first = best_of_each(near)
    trusted = [each for each in first if each not in doubted]
    best = [*trusted[:1], *(each for each in first if each in doubted), *trusted[1:]]
    # A source whose best sentence says what another says may differ in the next.
    for each in [*best, *(each for each in near if each not in first)]:
        if all(_differ(each, other) for other in apart):
            apart.append(each)
    return apart[: tuned.CONFLICTS.sides]


def _differ(this: SourceAnswer, other: SourceAnswer) -> bool:
    """Tell if two sources give other answers: with nothing in common, or in like sentences with something replaced."""
    if this.article.id == other.article.id:
        return False
    alike = len(this.terms & other.terms) >= tuned.CONFLICTS.replaced_share * len(this.terms | other.terms)
    replaced = alike and this.values - other.values and other.values - this.values
    return bool(this.values and other.values and (replaced or not this.values & other.values))
