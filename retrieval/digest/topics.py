"""Decides if a story is about a topic of a few words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from retrieval import tuned
from retrieval.digest.articles import StoryPiece, Vector
from retrieval.domain.articles import Embed
from retrieval.embedding.base import Embedder
from retrieval.nlp.tokens import content_terms
from retrieval.question.understanding import clean


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: the terms of its words, and the unit vector of its text."""

    terms: frozenset[str]
    vector: Vector


def is_about(topic: Topic, pieces: Sequence[StoryPiece]) -> bool:
    """Tell if an article of a story has all the topic's words, or is near to its meaning."""
    named = bool(topic.terms) and any(topic.terms <= piece.terms.keys() for piece in pieces)
    return named or nearness(topic.vector, pieces) >= tuned.STORIES.topical_from


def nearness(vector: Vector, pieces: Sequence[StoryPiece]) -> float:
    """The cosine of a topic's unit vector and the nearest piece of a story."""
    return max((float(piece.vector @ vector) for piece in pieces), default=0.0)


def keep_relevant(topic: Topic, texts: Sequence[str], embed: Embed) -> list[bool]:
    """Which texts say something of the topic: those that name it, and those near to its meaning."""
    named = [bool(topic.terms) and topic.terms <= frozenset(content_terms(text)) for text in texts]
    others = [text for text, own in zip(texts, named, strict=True) if not own]
    near = iter(embed(others) @ topic.vector if others else ())
    return [own or float(next(near)) >= tuned.STORIES.said_from for own in named]


class Topics:
    """Topics by their words; `followed` are those of the settings. The embedding model is opened when first needed."""

    def __init__(self, embedder: Callable[[], Embedder], names: Sequence[str] = ()) -> None:
        self._embedder = embedder
        self._names = names

    def of(self, text: str) -> Topic:
        """The topic of these words."""
        return Topic(frozenset(content_terms(text)), self._embedder().query(clean(text)))

    @cached_property
    def followed(self) -> tuple[Topic, ...]:
        """The topics whose stories come first in every digest."""
        return tuple(map(self.of, self._names))
