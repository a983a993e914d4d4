"""What sources say that cannot be told apart in time: an answer in a sentence of each, and where they differ."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from retrieval import tuned
from retrieval.answering.extractive import unmarked
from retrieval.domain.answers import Answer, Statement
from retrieval.evidence.sentence_selection import cite
from retrieval.evidence.source_answers import SourceAnswer, best_of_each
from retrieval.nlp.tokens import terms

# The length of the runs of terms by which wording is compared.
_RUN = 4


def retell(
    given: Answer, sentences: Sequence[SourceAnswer], doubted: Sequence[SourceAnswer], most: int | None
) -> Answer:
    """The answer in a sentence of each source that is not doubted, and in more of theirs where there is room.

    Only those that add something, within the bounds of any answer.
    """
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
    """What is to the point: first the best sentence of each source but these, then the others."""
    near = [each for each in _to_the_point(sentences) if each.article.id not in but]
    first = best_of_each(near)
    return [*first, *(each for each in near if each not in first)]


def _to_the_point(ranked: Sequence[SourceAnswer]) -> list[SourceAnswer]:
    """Those that are not much less to the point than the best."""
    return [each for each in ranked if each.score >= tuned.CONFLICTS.heard_from * ranked[0].score]


def _adds(this: SourceAnswer, others: Sequence[SourceAnswer]) -> bool:
    return not any(
        (this.values and this.values <= each.values)
        or float(this.evidence.vector @ each.evidence.vector) > tuned.CONFLICTS.same_witness
        for each in others
    )


def doubtful(sources: Sequence[SourceAnswer], named: Collection[int] = ()) -> list[SourceAnswer]:
    """Those that merely repeat another source with something replaced: of such two, the one that lacks a name asked
    about, which the articles of the ids `named` have, or the one that fewer others confirm.

    Where as many confirm either, the one that was stored later: it may be the copy.
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
    """Whether two sources have much of their wording in common, and their sentences each something of their own."""
    passages = [each.evidence.sentence.hit.passage.text for each in (this, other)]
    ours, theirs = map(_runs, passages)
    own = this.terms - other.terms, other.terms - this.terms
    return all(own) and len(ours & theirs) >= tuned.CONFLICTS.repeated_runs * max(min(len(ours), len(theirs)), 1)


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = terms(text)
    return frozenset(zip(*(words[at:] for at in range(_RUN)), strict=False))


def _standing(
    each: SourceAnswer, this: SourceAnswer, other: SourceAnswer, rest: Sequence[SourceAnswer]
) -> tuple[int, int]:
    """How many others have all that only this one's sentence says, and how early it was stored."""
    own = each.terms - (other if each is this else this).terms
    confirmed = sum(own <= frozenset(terms(one.evidence.sentence.hit.passage.text)) for one in rest)
    return confirmed, -each.article.id


def differing_answers(sentences: Sequence[SourceAnswer], doubted: Sequence[SourceAnswer]) -> list[SourceAnswer]:
    """The different answers that undated sources give, one of each; what is far from the question is none.

    The best comes first, then what repeats another source with something replaced: there they differ for sure.
    """
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
    """Whether two sources give other answers: with nothing in common, or in like sentences with something replaced."""
    if this.article.id == other.article.id:
        return False
    alike = len(this.terms & other.terms) >= tuned.CONFLICTS.replaced_share * len(this.terms | other.terms)
    replaced = alike and this.values - other.values and other.values - this.values
    return bool(this.values and other.values and (replaced or not this.values & other.values))
