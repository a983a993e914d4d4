"""Recognises an article that repeats a stored one: a copy of its words, or a rewrite of the same agency story.

Articles of one story count as one source. The candidates are the stored articles with the nearest mean vectors. A copy
shares runs of words. A rewrite shares most of the shorter article's content, above all names and numbers; also, one of
the two credits an agency, they are about equally long, and their outlets differ. Without these conditions, two reports
of one event would be rewrites, and so would an outlet's update of its own article.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from sqlalchemy import Connection

from retrieval import tuned
from retrieval.domain.articles import Article, Metadata, Vectors
from retrieval.nlp.names import named_agencies
from retrieval.nlp.tokens import content_terms, terms
from retrieval.storage.articles import article_text, load_article
from retrieval.storage.passages import article_body
from retrieval.storage.vectors.stored import load_centroids

Kind = Literal["copy", "rewrite"]

_SPARE = 256  # rows for articles to come

_NUMBER = re.compile(r"[0-9](?:[0-9.,]*[0-9])?")
_NAME_OR_NUMBER = re.compile(r"(?:(?<=[\w,;:’”\"“(—–-] )|(?<=[“\"‘(—]))[A-Z][\w’'&-]+|\b\w*\d[\w.,%]*")


@dataclass(frozen=True, slots=True)
class Original:
    """The stored article that a new one repeats, and the kind of repetition."""

    article: Article
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFeatures:
    """The features of an article by which repetitions are recognised: runs of five words, terms, names, numbers."""

    runs: frozenset[str]
    terms: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    published: date | None
    outlet: str | None
    credited: bool


class DuplicateFinder:
    """The mean vectors of all stored articles, read once and kept up to date while more are stored."""

    def __init__(self, connection: Connection) -> None:
        ids, centroids = load_centroids(connection)
        self._ids: list[int] = ids.tolist()
        self._places = {id_: at for at, id_ in enumerate(self._ids)}
        self._rows = centroids

    def add(self, article: int, centroid: Vectors, replaced: int | None) -> None:
        """Add a stored article; it takes the place of the one that it `replaced`."""
        at = self._places.pop(replaced, None) if replaced is not None else None
        if at is None:
            at = len(self._ids)
            self._ids.append(article)
        # Also where an article is replaced, since an array from the database is read-only.
        if at == len(self._rows) or not self._rows.flags.writeable:
            self._make_room(self._rows.reshape(-1, len(centroid)))
        self._ids[at], self._rows[at], self._places[article] = article, centroid, at

    def _make_room(self, centroids: Vectors) -> None:
        """Rows for the mean vectors and a tenth more: growing by one at a time would copy all for every article."""
        self._rows = np.empty((len(centroids) + max(_SPARE, len(centroids) // 10), centroids.shape[1]), np.float32)
        self._rows[: len(centroids)] = centroids

    def recognise(
        self, connection: Connection, text: str, body: str, known: Metadata, centroid: Vectors, itself: int | None
    ) -> Original | None:
        """The stored article that this one repeats, or that repeats it; `itself` is the id of its own earlier version.

        `body` is the article without boilerplate, `known` its metadata, `centroid` the mean of its vectors.
        """
        candidates = self._candidates(centroid, itself)
        new = features_of(text, body, known.published, known.outlet) if candidates else None
        for id_, cosine in candidates:
            article = load_article(connection, id_)
            other_text, other_body = article_text(connection, id_), article_body(connection, id_)
            other = features_of(other_text, other_body, article.metadata.published, article.metadata.outlet)
            if new and (kind := compare(new, other, cosine)):
                return Original(article, kind)
        return None

    def _candidates(self, centroid: Vectors, itself: int | None) -> list[tuple[int, float]]:
        if not self._ids:
            return []
        cosines = self._rows[: len(self._ids)] @ centroid
        count = min(tuned.DUPLICATES.candidates + 1, len(cosines))
        nearest = np.argpartition(-cosines, count - 1)[:count]
        nearest = nearest[np.argsort(-cosines[nearest], kind="stable")]
        return [
            (self._ids[at], float(cosines[at]))
            for at in nearest
            if cosines[at] >= tuned.DUPLICATES.cosine and self._ids[at] != itself
        ]


def features_of(text: str, body: str, published: str | None, outlet: str | None = None) -> ArticleFeatures:
    """The features of an article; an agency may be credited outside of its `body` too."""
    words = terms(body)
    return ArticleFeatures(
        runs=frozenset(" ".join(words[first : first + 5]) for first in range(len(words) - 4)),
        terms=frozenset(content_terms(body)),
        names=frozenset(term for match in _NAME_OR_NUMBER.finditer(body) for term in terms(match[0])),
        numbers=frozenset(_NUMBER.findall(body)),
        published=date.fromisoformat(published[:10]) if published else None,
        outlet=outlet,
        credited=bool(named_agencies(text)),
    )


def compare(one: ArticleFeatures, other: ArticleFeatures, cosine: float) -> Kind | None:
    """The kind of repetition, None if there is none; `cosine` is that of the mean vectors."""
    near = _near(one.published, other.published)
    repeated = containment(one.runs, other.runs)
    enough = tuned.DUPLICATES.copy_containment if near else tuned.DUPLICATES.late_copy_containment
    if cosine >= tuned.DUPLICATES.copy_cosine and repeated >= enough:
        return None if _has_other_figures(one, other) else "copy"
    independent = one.outlet is not None and one.outlet == other.outlet
    credited = near and not independent and (one.credited or other.credited)
    return "rewrite" if credited and cosine >= tuned.DUPLICATES.rewrite_cosine and _retells(one, other) else None


def _has_other_figures(one: ArticleFeatures, other: ArticleFeatures) -> bool:
    """Tell if two texts of the same words have different figures: a daily bulletin is no copy of the last one."""
    fewer = min(len(one.numbers), len(other.numbers))
    return (
        fewer >= tuned.DUPLICATES.copy_count
        and containment(one.numbers, other.numbers) <= tuned.DUPLICATES.copy_numbers
    )


def _retells(one: ArticleFeatures, other: ArticleFeatures) -> bool:
    """Tell if one has the content of the other in its own words: its names and numbers, or nearly all of its numbers.

    A long report and a few lines cannot be compared: the report contains the names of any caption.
    """
    shorter, longer = sorted((len(one.names), len(other.names)))
    if shorter < tuned.DUPLICATES.rewrite_length * longer:
        return False
    terms_, names = containment(one.terms, other.terms), containment(one.names, other.names)
    numbers, shared = containment(one.numbers, other.numbers), len(one.numbers & other.numbers)
    few = min(len(one.numbers), len(other.numbers)) < 2
    if names >= tuned.DUPLICATES.rewrite_names and terms_ >= tuned.DUPLICATES.rewrite_terms:
        return few or numbers >= tuned.DUPLICATES.rewrite_named_numbers
    counted = shared >= tuned.DUPLICATES.rewrite_count and numbers >= tuned.DUPLICATES.rewrite_numbers
    return counted and terms_ >= tuned.DUPLICATES.rewrite_counted_terms


def containment(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the smaller set that is in the larger, 0 to 1; 0 where one is empty."""
    smaller, larger = sorted((one, other), key=len)
    return len(smaller & larger) / len(smaller) if smaller else 0.0


def _near(one: date | None, other: date | None) -> bool:
    """Tell if two dates may belong to one event; an unknown date may."""
    if one is None or other is None:
        return True
    return abs((one - other).days) <= tuned.DUPLICATES.days
