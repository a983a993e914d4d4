"""Two outlets or two periods on one topic: their own words, what speaks of the same matter side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product

from retrieval import tuned
from retrieval.domain.answers import Column, Comparison
from retrieval.domain.articles import Embed, Filter
from retrieval.domain.phrase import Phrase
from retrieval.errors import QuestionError
from retrieval.evidence.citations import Numbering
from retrieval.evidence.sentence_selection import Evidence, cite, gather, is_same
from retrieval.nlp.actors import stands_alone
from retrieval.nlp.tokens import content_terms
from retrieval.question.calendar import parse_window
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found

Side = tuple[str, Filter]

SAME = Phrase("Both sides are the same: name two that differ.")


def sides(outlets: Sequence[str], periods: Sequence[str], scopes: tuple[str, ...] | None = None) -> tuple[Side, Side]:
    """Both sides, each with its name and its filter; a period is `2024-12` or `2024-11-20..2025-01`.

    Raises `QuestionError` for anything but two different outlets or periods.
    """
    if (len(outlets), len(periods)) not in ((2, 0), (0, 2)):
        raise QuestionError(Phrase("Name two outlets or two periods to compare, not one of each, and no more."))
    filters = [Filter(outlets=(each,)) for each in outlets] or list(map(_period, periods))
    first, second = (
        (" ".join(name.split()), replace(only, scopes=scopes))
        for name, only in zip(outlets or periods, filters, strict=True)
    )
    if first[1] == second[1]:
        raise QuestionError(SAME)
    return first, second


def _period(text: str) -> Filter:
    first, dots, last = (part.strip() for part in text.partition(".."))
    if not first and not last:
        raise QuestionError(Phrase('A period is empty: write it like 2024-12-03, 2024-12, 2024 or "2024-11..2025-01".'))
    return parse_window(first, last if dots else first)


Pair = tuple[Evidence, Evidence]

# Terms that a statement counts as, at least: two shared by a very short one are not all it says.
_SHORTEST = 6


def contrast(query: Question, sides: Sequence[tuple[str, Found]], embed: Embed) -> Comparison:
    """The statements of two sides that speak to the topic best.

    The first `alike` rows hold what speaks of one matter, by the left side's days; then each side goes by its own.
    """
    topic = frozenset(content_terms(query.focus))
    left, right = (_about(query, found, embed) for _label, found in sides)
    chosen = _choose(left, right, topic), _choose(right, left, topic)
    pairs = sorted(_pairs(*chosen, topic), key=lambda pair: _place(pair[0]))
    numbering = Numbering()
    columns = []
    for side, (label, found) in enumerate(sides):
        paired = [pair[side] for pair in pairs]
        others = sorted((each for each in chosen[side] if not _holds(paired, each)), key=_place)
        numbers = [numbering.number([cite(each.sentence, 0)])[0] for each in (*paired, *others)]
        statements = tuple(numbering.citations[number - 1] for number in numbers)
        columns.append(Column(label, found.searched.articles, statements))
    return Comparison(query.text, tuple(columns), len(pairs))


def _about(query: Question, found: Found, embed: Embed) -> list[Evidence]:
    """The evidence of a side on the topic, strongest first; none unless a passage clearly tells of it.

    The more passages there are, the nearer the nearest comes by chance.
    """
    weighed = [
        each
        for each in gather(query, found, embed)
        if len(each.sentence.text.split()) <= tuned.ANSWER.max_words and stands_alone(each.sentence.text)
    ]
    told = max(((max(each.coverage, each.context) + each.cosine) / 2 for each in weighed), default=0.0)
    if told < tuned.COMPARISON.relevant_from + tuned.COMPARISON.per_tenfold * math.log10(max(found.passages, 1)):
        return []
    least = min(tuned.COMPARISON.beside, tuned.COMPARISON.share * max(map(_nearness, weighed)))
    return [each for each in weighed if _nearness(each) >= least]


def _nearness(each: Evidence) -> float:
    return (each.coverage + each.cosine) / 2


def _choose(own: Sequence[Evidence], others: Sequence[Evidence], topic: frozenset[str]) -> list[Evidence]:
    """The strongest statements of a side, no two the same; what the other side speaks of as well, before the rest."""

    def worth(each: Evidence) -> float:
        near = max((_likeness(each, other, topic) for other in others), default=0.0)
        return each.score + tuned.COMPARISON.alike * near

    chosen: list[Evidence] = []
    spared: list[Evidence] = []
    for each in sorted(own, key=worth, reverse=True):
        if not any(is_same(each, other) for other in (*chosen, *spared)):
            told = sum(each.sentence.article.id == other.sentence.article.id for other in chosen)
            (spared if told == tuned.COMPARISON.of_article else chosen).append(each)
    return [*chosen, *spared][: tuned.COMPARISON.statements]


def _pairs(left: Sequence[Evidence], right: Sequence[Evidence], topic: frozenset[str]) -> list[Pair]:
    """Statements of either side that are nearest to each other, each in one pair at most."""
    pairs: list[Pair] = []
    for one, other in sorted(product(left, right), key=lambda pair: -_likeness(pair[0], pair[1], topic)):
        free = not _holds((pair[0] for pair in pairs), one) and not _holds((pair[1] for pair in pairs), other)
        if free and _likeness(one, other, topic) >= tuned.COMPARISON.pair:
            pairs.append((one, other))
    return pairs


def _likeness(one: Evidence, other: Evidence, topic: frozenset[str]) -> float:
    """The degree to which two statements speak of one matter, 0 to 1, by vectors and by terms beside the topic."""
    ours, theirs = one.sentence.terms - topic, other.sentence.terms - topic
    shared = len(ours & theirs) / max(min(len(ours), len(theirs)), _SHORTEST)
    return (float(one.vector @ other.vector) + shared) / 2


def _holds(some: Iterable[Evidence], each: Evidence) -> bool:
    return any(each is other for other in some)


def _place(each: Evidence) -> tuple[str, str, int]:
    """Where it stands in the course of things; what has no date comes last."""
    return each.sentence.day or "9999", each.sentence.article.file, each.sentence.offset
