"""Reads the vectors stored in the catalog, and the changes that the vector index has not applied yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, func, select, text

from retrieval.domain.articles import Filter, Vectors
from retrieval.storage.engine import BOUND_IDS, bind_ids, filter_sql
from retrieval.storage.schema import PASSAGE_TEXT, articles, changes, passages, vectors

Ids = NDArray[np.int64]
_VECTORS = select(vectors.c.passage, vectors.c.vector).where(vectors.c.passage.in_(BOUND_IDS))


def vectors_of(connection: Connection, article: int) -> dict[str, Vectors]:
    """The stored vectors of an article's passages, by their text."""
    query = (
        select(PASSAGE_TEXT.label("text"), vectors.c.vector)
        .join(articles, articles.c.id == passages.c.article)
        .join(vectors, vectors.c.passage == passages.c.id)
        .where(passages.c.article == article)
    )
    return {row.text: np.frombuffer(row.vector, dtype=np.float32) for row in connection.execute(query)}


def load_vectors(connection: Connection, ids: Sequence[int]) -> tuple[Ids, Vectors]:
    """The stored vectors of passages: ids (n,) and vectors (n, dimensions), in no particular order."""
    return _matrix(connection.execute(_VECTORS, bind_ids(ids)).all())


def vectors_within(connection: Connection, only: Filter, limit: int) -> tuple[Ids, Vectors] | None:
    """The vectors of all passages that satisfy the filter; None where there are more than `limit`."""
    where, bound = filter_sql(only)
    within = f"FROM articles JOIN passages ON passages.article = articles.id WHERE {where}"
    beyond = text(f"SELECT EXISTS (SELECT 1 {within} LIMIT 1 OFFSET :limit)")
    if connection.execute(beyond, bound | {"limit": limit}).scalar():
        return None
    query = f"SELECT passage, vector FROM vectors WHERE passage IN (SELECT passages.id {within})"
    return _matrix(connection.execute(text(query), bound).all())


def scan_vectors(connection: Connection, chunk: int = 4096, after: int = 0) -> Iterator[tuple[Ids, Vectors]]:
    """The stored vectors of all passages after this id in chunks, by ascending passage id."""
    last = after
    query = (
        select(vectors.c.passage, vectors.c.vector)
        .where(vectors.c.passage > bindparam("last"))
        .order_by(vectors.c.passage)
        .limit(chunk)
    )
    while rows := connection.execute(query, {"last": last}).all():
        ids, matrix = _matrix(rows)
        yield ids, matrix
        last = int(ids[-1])


def load_centroids(connection: Connection) -> tuple[Ids, Vectors]:
    """The mean vector of every article: ids (n,) and vectors (n, dimensions)."""
    return _matrix(connection.execute(select(articles.c.id, articles.c.centroid)).all())


def pending_changes(connection: Connection, limit: int | None = None) -> tuple[int, list[int]]:
    """The number of the last change that the vector index has not applied, and the changed passages, oldest change
    first.
    """
    query = select(changes.c.number, changes.c.passage).order_by(changes.c.number).limit(limit)
    rows = connection.execute(query).all()
    return (rows[-1].number, [row.passage for row in rows]) if rows else (0, [])


def count_changes(connection: Connection) -> int:
    """The number of changes that the vector index has not applied yet."""
    return int(connection.execute(select(func.count()).select_from(changes)).scalar_one())


def _matrix(rows: Sequence[Any]) -> tuple[Ids, Vectors]:
    ids = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
    flat = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float32)
    return ids, flat.reshape(len(rows), -1) if rows else np.empty((0, 0), np.float32)
