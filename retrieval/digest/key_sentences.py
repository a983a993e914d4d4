"""The few sentences that tell a story: verbatim, each from one of its articles."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from retrieval import tuned
from retrieval.domain.articles import Passage
from retrieval.nlp.statements import Saying, statements

# What the term of a figure begins with.
_FIGURES = "0123456789$£€¥"

# A sentence, and how many sentences stand before it in its passage.
Candidate = tuple[int, Saying]


def find_candidates(leads: Sequence[Passage]) -> list[Candidate]:
    """The sentences of a story's leading passages."""
    return [pair for lead in leads for pair in enumerate(statements(lead))]


def unsaid(candidates: Sequence[Candidate], before: Sequence[Candidate]) -> list[Candidate]:
    """Those of the candidates that no sentence of those before says."""
    said = [each.terms for _, each in before]
    return [(place, each) for place, each in candidates if not any(_stands_in(each.terms, other) for other in said)]


def choose_points(candidates: Sequence[Candidate], frequencies: Mapping[str, int], articles: int) -> list[Saying]:
    """The sentences that say the most of what they say together.

    Each term counts by how many of the story's sentences have it and by its inverse document frequency in the window
    (`frequencies`: in how many of its `articles` a term stands), after the SumBasic and centroid methods of
    multi-document summaries (Nenkova and Vanderwende 2005, Radev et al. 2004). What was said is not said again.
    """
    shared = Counter(term for _, each in candidates for term in each.terms)
    weights = {
        term: math.log(1 + count) * math.log(1 + articles / (1 + frequencies.get(term, 0)))
        for term, count in shared.items()
    }
    ranked = sorted(candidates, key=lambda each: -_worth(each[1], each[0], weights))
    chosen: list[Saying] = []
    words = 0
    for _, each in ranked:
        length = len(each.text.split())
        fits = length >= tuned.POINT_FEWEST_WORDS and words + length <= tuned.POINT_WORDS
        if fits and not any(_repeats(each, other) for other in chosen):
            chosen.append(each)
            words += length
        if len(chosen) == tuned.POINTS:
            break
    return chosen


def _worth(each: Saying, place: int, weights: Mapping[str, float]) -> float:
    """What a sentence says, for its length; news says what matters first."""
    said = sum(weights[term] for term in each.terms)
    return said / math.sqrt(len(each.text.split())) / (1 + tuned.POINT_PLACE_WEIGHT * place)


def _repeats(one: Saying, other: Saying) -> bool:
    return len(one.terms & other.terms) >= tuned.POINT_REPEATS * min(len(one.terms), len(other.terms))


def _stands_in(terms: frozenset[str], other: frozenset[str]) -> bool:
    """Whether a sentence says what another one says, and all its figures: a death toll that rises is news."""
    if len(terms & other) < tuned.SAID_BEFORE * len(terms):
        return False
    return all(term in other for term in terms if term[0] in _FIGURES)
