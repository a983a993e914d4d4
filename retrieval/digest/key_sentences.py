"""The key sentences of a story or an article, word for word."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from retrieval import tuned
from retrieval.domain.articles import Passage
from retrieval.nlp.statements import Sentence, statements
from retrieval.nlp.tokens import content_terms

# The first characters of terms that are figures.
_FIGURES = "0123456789$£€¥"

# How many sentences stand before a sentence in its passage, and the sentence.
Candidate = tuple[int, Sentence]


def find_candidates(leads: Sequence[Passage]) -> list[Candidate]:
    """The sentences of the leading passages of a story's articles."""
    return [pair for lead in leads for pair in enumerate(statements(lead))]


def without_repeats(candidates: Sequence[Candidate], before: Sequence[Candidate]) -> list[Candidate]:
    """The candidates that repeat no sentence of those before."""
    known = [sentence.terms for _, sentence in before]
    return [(place, own) for place, own in candidates if not any(_is_in(own.terms, terms) for terms in known)]


def choose_points(
    candidates: Sequence[Candidate],
    frequencies: Mapping[str, int],
    articles: int,
    titles: Iterable[str] = (),
    *,
    full: bool = False,
) -> list[Sentence]:
    """The sentences that say the most of what all say; none repeats another. There are more where a story is `full`."""
    most, room = tuned.POINTS.full[:2] if full else (tuned.POINTS.most, tuned.POINTS.words)
    chosen: list[Sentence] = []
    words = 0
    for _, sentence in rank(candidates, frequencies, articles, titles):
        length = len(sentence.text.split())
        fits = length >= tuned.POINTS.fewest_words and words + length <= room
        if fits and not any(_repeats(sentence, other) for other in chosen):
            chosen.append(sentence)
            words += length
        if len(chosen) == most:
            break
    return chosen


def rank(
    candidates: Sequence[Candidate], frequencies: Mapping[str, int], articles: int, titles: Iterable[str] = ()
) -> list[Candidate]:
    """The candidates, the worthiest first; those of the newest article come before what it has moved on from.

    A term counts by how many of the story's sentences and `titles` have it and by its inverse document frequency in the
    window (`frequencies` counts in how many of its `articles` a term occurs), after the SumBasic and centroid methods
    of multi-document summaries (Nenkova and Vanderwende 2005, Radev et al. 2004).
    """
    said = [*(sentence.terms for _, sentence in candidates), *(frozenset(content_terms(title)) for title in titles)]
    shared = Counter(term for terms in said for term in terms)
    weights = {
        term: (tuned.POINTS.alone + math.log(count)) * math.log(1 + articles / (1 + frequencies.get(term, 0)))
        for term, count in shared.items()
    }
    newest = max((sentence.day for _, sentence in candidates), default="")
    return sorted(candidates, key=lambda each: -_worth(each, weights) * _freshness(each[1].day, newest))


def _freshness(day: str, newest: str) -> float:
    """1 for a sentence of the newest day and for an undated one, less the older it is."""
    age = (date.fromisoformat(newest) - date.fromisoformat(day)).days if day else 0
    return math.exp(-age / tuned.POINTS.days)


def _worth(candidate: Candidate, weights: Mapping[str, float]) -> float:
    """The weight of a sentence's terms for its length; less further down, since news says first what matters."""
    place, sentence = candidate
    total = sum(weights[term] for term in sentence.terms)
    return total / math.sqrt(len(sentence.text.split())) / (1 + tuned.POINTS.place_weight * place)


def _repeats(one: Sentence, other: Sentence) -> bool:
    return len(one.terms & other.terms) >= tuned.POINTS.repeats * min(len(one.terms), len(other.terms))


def _is_in(terms: frozenset[str], other: frozenset[str]) -> bool:
    """Tell if another sentence says the same, with all its figures: a death toll that rises is news."""
    if len(terms & other) < tuned.DEVELOPING.said_before * len(terms):
        return False
    return all(term in other for term in terms if term[0] in _FIGURES)
