"""The answer in the articles' own sentences: verbatim, cited, no longer than it needs to be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from retrieval import tuned
from retrieval.answering.dating import PublicationDay, openings
from retrieval.answering.latest_position import entries, in_course, is_known
from retrieval.answering.standing import abstain, confidence, figures_lacking, lacking, standing_of, unsure
from retrieval.domain.answers import Answer, Statement
from retrieval.domain.articles import Embed
from retrieval.evidence.excerpts import ArticleText, excerpts
from retrieval.evidence.positions import changed, is_later
from retrieval.evidence.sentence_selection import Evidence, cite, in_surroundings, is_same, of_hits
from retrieval.nlp.annotate import annotate
from retrieval.nlp.entities import is_named
from retrieval.nlp.quantities import Quantity
from retrieval.nlp.tokens import content_terms
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found

_BRACKETED = re.compile(r"\[(\d+)\]")


def answer(
    query: Question, found: Found, gathered: Sequence[Evidence], embed: Embed, max_sentences: int | None = None
) -> Answer:
    """The sentences that answer, best first; the closest there are where that is not sure; none where nothing is near.

    At most `max_sentences`, by default those of `tuned.ANSWER`.
    """
    evidence = of_hits(gathered, found)
    score = confidence(query, evidence, found)
    if not query.sides:  # Of two sides one often stands beside the other.
        evidence = in_surroundings(evidence, found, embed)
    chosen = choose(_by_sides(query, evidence), max_sentences)
    if figures := figures_lacking(query, chosen):
        chosen = choose(_by_figure(figures, evidence), max_sentences)
    standing = standing_of(score, query, chosen, found) if chosen else "nothing"
    if standing == "nothing":
        return abstain(query, found, score)
    if standing == "possible":
        chosen = choose(_by_name(query, evidence, chosen, found), max_sentences)
    # A figure is settled by who tells one, not by the latest word on its subject.
    settled = query.sides or (query.figures and not query.tense)
    turned = None if settled else in_course(query, found, gathered, embed, chosen, max_sentences)
    told = turned or chosen
    citations = tuple(cite(each.sentence, number) for number, each in enumerate(told, 1))
    if standing == "possible" and (query.target or lacking(query, told, found) or not _turns(told, found)):
        return unsure(query, found, score, citations)
    opened = openings([_day(each) for each in told]) if turned and is_known(told[0], found.day) else [""] * len(told)
    return Answer(
        question=query.text,
        standing="answered",
        score=score,
        statements=tuple(
            Statement(unmarked(each.sentence.text), (number,), opening, side=_side(query, each))
            for number, (each, opening) in enumerate(zip(told, opened, strict=True), 1)
        ),
        searched=found.searched,
        citations=citations,
        timeline=entries(citations, told, found) if query.tense else (),
    )


def _day(each: Evidence) -> PublicationDay:
    known = each.sentence.article.metadata
    return PublicationDay(known.day, known.published_estimated)


def _turns(told: Sequence[Evidence], found: Found) -> bool:
    """Tell if the first statement gives up what an older one held: the position on the matter, however it is asked."""
    lead, *older = told
    matter = frozenset(found.weights)
    return any(
        changed(before, lead, matter, sure=True) == "changed"
        for before in older
        if is_later(lead.sentence.article, before.sentence.article)
    )


def _by_name(query: Question, evidence: Sequence[Evidence], chosen: Sequence[Evidence], found: Found) -> list[Evidence]:
    """The evidence, first the strongest that has a name which the chosen lack: the row of a table."""
    names = [content_terms(name)[-1] for name in lacking(query, chosen, found)]
    first = [each for each in evidence if any(is_named(name, each.sentence.terms) for name in names)][:1]
    return [*first, *(each for each in evidence if not first or each is not first[0])]


def _by_figure(figures: Sequence[Quantity], evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence, first the strongest that has one of the figures."""
    with_it = (
        each
        for each in evidence
        if any(one.agrees(other) for one in figures for other in annotate(each.sentence.text).quantities)
    )
    first = next(with_it, None)
    return [*([first] if first else ()), *(each for each in evidence if each is not first)]


def _by_sides(query: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence, for a comparison first what names most of the sides still open."""
    ranked, first, still_open = list(evidence), list[Evidence](), set(query.sides)
    while still_open:
        # `max` keeps the first of equals, which is the strongest.
        best = max(ranked, key=lambda each: len(_named(still_open, each)), default=None)
        if best is None or not (named := _named(still_open, best)):
            break
        still_open -= named
        ranked = [each for each in ranked if each is not best]
        first.append(best)
    return first + ranked


def _side(query: Question, each: Evidence) -> str:
    """The one side of a comparison that a sentence names; empty where it names more of them, or none."""
    named = _named(query.sides, each)
    return next(iter(named)) if len(named) == 1 else ""


def _named(sides: Iterable[str], each: Evidence) -> set[str]:
    return {side for side in sides if is_named(content_terms(side)[-1], each.sentence.terms)}


def choose(evidence: Sequence[Evidence], max_sentences: int | None) -> list[Evidence]:
    """The strongest sentences at the fewest places, best first: nearly as strong as the best, no two the same.

    Beyond `max_sentences` only what stands close to a chosen one is taken.
    """
    most = max_sentences or tuned.ANSWER.most_sentences
    chosen: list[Evidence] = []
    words = 0
    for each in evidence:
        length = len(each.sentence.text.split())
        if len(chosen) == most or (chosen and each.score < tuned.ANSWER.joins_from * chosen[0].score):
            break
        crowded = not max_sentences and words + length > tuned.ANSWER.max_words
        if crowded or any(is_same(each, other) for other in chosen):
            continue
        if len(chosen) < (max_sentences or tuned.ANSWER.max_sentences) or _is_close(each, chosen):
            chosen.append(each)
            words += length
    return chosen


def _is_close(each: Evidence, chosen: Sequence[Evidence]) -> bool:
    """Tell if a sentence stands in a passage of which another is chosen, near enough to be shown with it."""
    return any(
        each.sentence.passage is other.sentence.passage
        and abs(each.sentence.start - other.sentence.start) <= tuned.ANSWER.close_by
        for other in chosen
    )


def unmarked(text: str) -> str:
    """A sentence whose own bracketed numbers cannot be taken for citations."""
    return _BRACKETED.sub(r"(\1)", text)


def in_context_of(texts: Mapping[str, ArticleText], answer: Answer) -> Answer:
    """The answer with an excerpt of its article around each quote; `texts` are the articles by their keys."""
    return replace(answer, excerpts=excerpts(answer.citations, texts))
