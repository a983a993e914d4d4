"""Whether a story is about a topic that somebody names in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval import tuned
from retrieval.digest.pieces import Piece, Vector


@dataclass(frozen=True, slots=True)
class Topic:
    """What stories are to be about: the terms of its words, and the unit vector of their meaning."""

    terms: frozenset[str]
    vector: Vector


def is_about(topic: Topic, pieces: Sequence[Piece]) -> bool:
    """Whether an article of a story has all the topic's words, or comes near to its meaning."""
    named = bool(topic.terms) and any(topic.terms <= each.terms.keys() for each in pieces)
    return named or nearness(topic.vector, pieces) >= tuned.TOPICAL_FROM


def nearness(vector: Vector, pieces: Sequence[Piece]) -> float:
    """How near a story comes to a topic, by the unit vector of the topic's text: the cosine of its nearest piece."""
    return max((float(each.vector @ vector) for each in pieces), default=0.0)
