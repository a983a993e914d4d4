"""Scores of words and vectors become one score: min-max normalised, summed, with a prior for what is recent.

On 429 multi-source news questions the normalised sum at equal weight reached MAP .754, reciprocal rank
fusion .680, vectors alone .606 and BM25 alone .620.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date

# How much the newest article gains over one that is old beyond measure; see retrieval/thresholds.py.
from retrieval.thresholds import RECENCY_WEIGHT, WORDS_WEIGHT


def fuse(words: Mapping[int, float], cosines: Mapping[int, float]) -> dict[int, float]:
    """One score (0 to 1) for every passage that either found; what a side did not find scores 0 there."""
    by_word, by_vector = normalise(words), normalise(cosines)
    return {
        id_: WORDS_WEIGHT * by_word.get(id_, 0.0) + (1 - WORDS_WEIGHT) * by_vector.get(id_, 0.0)
        for id_ in words.keys() | cosines.keys()
    }


def normalise(scores: Mapping[int, float]) -> dict[int, float]:
    """The scores stretched to run from 0 (the worst) to 1 (the best)."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    return {id_: (score - low) / (high - low) if high > low else 1.0 for id_, score in scores.items()}


def recency(published: str | None, reference: date, scale: float) -> float:
    """A prior from 1 (published on the day of reference) down towards 0; 0 where the date is unknown.

    `scale` is the age in days at which it has fallen to 1/e. What comes after the reference counts like what
    came as long before it.
    """
    if published is None:
        return 0.0
    age = abs((reference - date.fromisoformat(published[:10])).days)
    return math.exp(-age / scale)


def add_recency(
    scores: Mapping[int, float], published: Mapping[int, str | None], reference: date, scale: float
) -> dict[int, float]:
    """The fused scores with the recency prior, still from 0 to 1."""
    return {
        id_: (score + RECENCY_WEIGHT * recency(published[id_], reference, scale)) / (1 + RECENCY_WEIGHT)
        for id_, score in scores.items()
    }


def best(scores: Mapping[int, float], count: int) -> Sequence[int]:
    """The ids of the highest scores, best first; equal scores by growing id, so that an order is repeatable."""
    return sorted(scores, key=lambda id_: (-scores[id_], id_))[:count]
