"""From an understood question to the passages that may answer it.

One embedding, one vector query, one word search; nothing here is asked of a store twice.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from retrieval import thresholds
from retrieval.index import lookup
from retrieval.index.catalog import Catalog, Vectors
from retrieval.index.embedding import Embedder
from retrieval.index.vectors import Nearest
from retrieval.index.words import FREQUENT_SHARE, count_words, frequent_words, search_words
from retrieval.models import Filter, Hit, Searched
from retrieval.search.fusion import add_recency, best, fuse
from retrieval.search.query import Query
from retrieval.words import content_terms


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and all that an answer needs to know of it without asking a store again.

    `weights` are the inverse document frequencies of the question's terms; `only` is the filter that held.
    """

    hits: tuple[Hit, ...]
    searched: Searched
    only: Filter
    vector: Vectors
    weights: Mapping[str, float]
    timings_ms: Mapping[str, float]


class Finder:
    """Searches a catalog and the vector index that follows it. `vectors` is asked for at each search."""

    def __init__(self, catalog: Catalog, embedder: Embedder, vectors: Callable[[], Nearest]) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._vectors = vectors

    def find(self, query: Query, count: int, only: Filter, as_of: date) -> Found:
        """The `count` best passages, best first, as of a day.

        The question's own dates and outlets filter where `only` leaves them open.
        """
        started = time.perf_counter()
        vector = self._embedder.query(query.focus)
        embedded = time.perf_counter()
        with self._catalog.reading() as connection:
            only = narrow(connection, query, only)
            scores, cosines = self._score(connection, query, vector, only, as_of)
            hits = _load(connection, scores, cosines, count)
            weights = _weigh(connection, query)
            looked_through = lookup.searched(connection, only)
        done = time.perf_counter()
        timings = {"embed": (embedded - started) * 1000, "search": (done - embedded) * 1000}
        return Found(hits, looked_through, only, vector, weights, timings)

    def _score(
        self, connection: Connection, query: Query, vector: Vectors, only: Filter, as_of: date
    ) -> tuple[dict[int, float], dict[int, float]]:
        """Fused scores and cosines of all candidates."""
        frequent = frequent_words(connection)
        words = dict(search_words(connection, query.focus, thresholds.CANDIDATES, only, frequent))
        cosines = self._near(connection, vector, only)
        cosines |= _cosines(connection, [id_ for id_ in words if id_ not in cosines], vector)
        places = lookup.places(connection, sorted(words.keys() | cosines.keys()))
        fused = fuse(
            {id_: score for id_, score in words.items() if id_ in places},
            {id_: score for id_, score in cosines.items() if id_ in places},
        )
        published = {id_: place.published for id_, place in places.items()}
        reference, scale = _recency_scale(connection, as_of)
        return add_recency(fused, published, reference, scale), cosines

    def _near(self, connection: Connection, vector: Vectors, only: Filter) -> dict[int, float]:
        """The cosines of the nearest passages that satisfy the filter."""
        if not only:
            return dict(self._vectors().nearest(vector, thresholds.CANDIDATES))
        within = lookup.vectors_within(connection, only, thresholds.EXACT_PASSAGES)
        if within is not None:
            ids, matrix = within
            cosines = dict(zip(ids.tolist(), (matrix @ vector).tolist(), strict=True)) if len(ids) else {}
        else:
            near = dict(self._vectors().nearest(vector, thresholds.OVER_FETCH))
            cosines = {id_: near[id_] for id_ in lookup.filtered(connection, list(near), only)}
        return {id_: cosines[id_] for id_ in best(cosines, thresholds.CANDIDATES)}


def narrow(connection: Connection, query: Query, only: Filter) -> Filter:
    """The filter with what the question itself says of dates and outlets, where the filter leaves that open.

    A window named by a date may be when something happened and not when it was written ("signed in 1994"):
    it holds only where articles of that time exist. One relative to the day of asking ("this week") holds
    always: old articles do not answer it.
    """
    if query.outlets and not only.outlets:
        only = replace(only, outlets=query.outlets)
    if query.window_kind is None or only.since or only.until:
        return only
    dated = replace(
        only,
        since=query.since.isoformat() if query.since else None,
        until=query.until.isoformat() if query.until else None,
    )
    if query.window_kind == "relative" or lookup.searched(connection, dated).articles:
        return dated
    return only


def _cosines(connection: Connection, ids: Sequence[int], vector: Vectors) -> dict[int, float]:
    found, matrix = lookup.load_vectors(connection, ids)
    return dict(zip(found.tolist(), (matrix @ vector).tolist(), strict=True)) if len(found) else {}


def _recency_scale(connection: Connection, as_of: date) -> tuple[date, float]:
    """The day recency counts from, and the age in days at which it has faded."""
    everything = lookup.searched(connection, Filter(until=as_of.isoformat()))
    reference = date.fromisoformat(everything.newest) if everything.newest else as_of
    oldest = lookup.density_window(connection, reference.isoformat(), thresholds.RECENCY_ARTICLES)
    span = (reference - date.fromisoformat(oldest[:10])).days if oldest else 0
    shortest, longest = thresholds.RECENCY_DAYS
    return reference, float(min(max(span, shortest), longest))


def _load(
    connection: Connection, scores: Mapping[int, float], cosines: Mapping[int, float], count: int
) -> tuple[Hit, ...]:
    ids = best(scores, count)
    passages = lookup.load_passages(connection, ids)
    return tuple(Hit(passages[id_], scores[id_], cosines[id_]) for id_ in ids if id_ in passages)


def _weigh(connection: Connection, query: Query) -> dict[str, float]:
    """Inverse document frequencies over passages, smoothed: ln(1 + N / (n + 1/2))."""
    wanted = set(content_terms(query.focus))
    total = lookup.count_passages(connection)
    frequent = frequent_words(connection)
    counts = count_words(connection, wanted - frequent)
    many = total * FREQUENT_SHARE
    return {
        term: math.log(1 + total / ((many if term in frequent else counts.get(term, 0)) + 0.5)) for term in wanted
    }
