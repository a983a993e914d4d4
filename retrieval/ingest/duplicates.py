"""Recognises an article that repeats a stored one: a copy of its words, or a rewrite of the same agency story.

Articles of one story are one witness. The stored articles whose mean vectors lie nearest are the candidates;
what decides is how much of the shorter article stands in the longer one: its runs of words for a copy, its
names, numbers and other telling terms for a rewrite.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from sqlalchemy import Connection

from retrieval import thresholds
from retrieval.index import lookup
from retrieval.index.catalog import Vectors
from retrieval.models import Article
from retrieval.words import terms

Kind = Literal["copy", "rewrite"]


@dataclass(frozen=True, slots=True)
class Told:
    """The stored article that a new one repeats."""

    article: Article
    kind: Kind


def recognise(
    connection: Connection, body: str, published: str | None, centroid: Vectors, itself: int | None
) -> Told | None:
    """The stored article that repeats this one or is repeated by it; `itself` is its own earlier version.

    `body` is the article without furniture, `centroid` the mean of its vectors.
    """
    for id_ in _candidates(connection, centroid, itself):
        article = lookup.load_article(connection, id_)
        near = _near(published, article.metadata.published)
        if kind := compare(body, lookup.article_body(connection, id_), near=near):
            return Told(article, kind)
    return None


def _candidates(connection: Connection, centroid: Vectors, itself: int | None) -> list[int]:
    ids, centroids = lookup.centroids(connection)
    if not len(ids):
        return []
    cosines = centroids @ centroid
    nearest = np.argsort(-cosines)[: thresholds.DUPLICATE_CANDIDATES + 1]
    return [int(ids[at]) for at in nearest if cosines[at] >= thresholds.DUPLICATE_COSINE and ids[at] != itself]


def compare(one: str, other: str, *, near: bool) -> Kind | None:
    """Whether the shorter of two texts repeats the longer; `near`: their dates allow the same occasion."""
    if containment(_runs(one), _runs(other)) >= thresholds.COPY_CONTAINMENT:
        return "copy"
    return None


def containment(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the smaller set that is in the larger, 0 to 1; 0 where one is empty."""
    smaller, larger = sorted((one, other), key=len)
    return len(smaller & larger) / len(smaller) if smaller else 0.0


def _runs(text: str, length: int = 5) -> frozenset[str]:
    """All runs of `length` words."""
    words = terms(text)
    return frozenset(" ".join(words[first : first + length]) for first in range(len(words) - length + 1))


def _near(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return True
    return abs((date.fromisoformat(one[:10]) - date.fromisoformat(other[:10])).days) <= thresholds.DUPLICATE_DAYS
