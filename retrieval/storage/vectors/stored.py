"""The vectors stored in the catalog: those of passages, read or replaced by another model's, and those of sentences.

A reindex keeps new vectors beside the old ones until all are there, then puts them in their place in one transaction.
Stopping it loses at most the current batch: until then the old vectors are used, and the next one goes on.

The vectors of sentences that questions were compared with are kept so that the next question need not embed them. They
are made when asked for, not with the articles: a question looks at some sixty sentences, an article has as many, and
most are never looked at. They are kept by a hash of the text, and go with the next article that is removed.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    String,
    Table,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    text,
)

from retrieval.domain.articles import Filter, Vectors
from retrieval.embedding.base import Embedder, mean_direction
from retrieval.errors import BusyError, StoreError
from retrieval.nlp.markup import readable
from retrieval.observing import Progress
from retrieval.storage.catalog import NEVER, Catalog, remember
from retrieval.storage.engine import BOUND_IDS, BOUND_KEYS, add_missing, bind_ids, bind_keys, filter_sql
from retrieval.storage.passages import count_passages, load_passages, passage_ids_of
from retrieval.storage.schema import PASSAGE_TEXT, articles, changes, facts, next_vectors, passages, tables, vectors

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


# Passages embedded at a time, as at an ingest: enough for every core, few enough to lose little when killed.
BATCH = 64


@dataclass(frozen=True, slots=True)
class Reindexed:
    """The result of a reindex: `embedded` of the `passages` in this run, from the model `before` to `model`."""

    model: str
    before: str | None
    passages: int
    embedded: int

    @property
    def changed(self) -> bool:
        """True if the stored vectors have been replaced."""
        return self.passages > 0 and self.before != self.model


def reindex(catalog: Catalog, name: str, embedder: Callable[[], Embedder], progress: Progress) -> Reindexed:
    """Replace the vectors of all passages by those of the model `name`, which `embedder` opens. The caller holds the
    write lock.

    A vector index of the old vectors is then invalid: the catalog gets a new id, so that it is not used.
    """
    before = catalog.fact("model")
    with catalog.reading() as connection:
        total = count_passages(connection)
    if before == name or not total:
        _forget(catalog)
        return Reindexed(name, before, total, 0)
    if catalog.fact("reindexing") != name:
        _forget(catalog)
        catalog.remember("reindexing", name)
    embedded = _embed(catalog, embedder(), total, progress)
    with catalog.writing() as connection:
        _put_in_place(connection, name)
    return Reindexed(name, before, total, embedded)


def _embed(catalog: Catalog, embedder: Embedder, total: int, progress: Progress) -> int:
    """Embed the passages that have no new vector yet and store every batch at once; returns their number."""
    with catalog.reading() as connection:
        kept = connection.execute(select(func.count()).select_from(next_vectors)).scalar_one()
    with progress.track("Embedding", total, "passages") as done:
        done(kept)
        last = embedded = 0
        while ids := _missing(catalog, last):
            last = ids[-1]
            with catalog.reading() as connection:
                found = load_passages(connection, ids)
            embedded_batch = embedder.documents([readable(found[id_].text) for id_ in ids])
            rows = [
                {"passage": id_, "vector": vector.tobytes()} for id_, vector in zip(ids, embedded_batch, strict=True)
            ]
            with catalog.writing() as connection:
                connection.execute(insert(next_vectors), rows)
            embedded += len(ids)
            done(len(ids))
    return embedded


def _missing(catalog: Catalog, after: int) -> list[int]:
    """The first passages after this id that have no new vector."""
    made = exists().where(next_vectors.c.passage == passages.c.id)
    query = select(passages.c.id).where(passages.c.id > after, ~made).order_by(passages.c.id).limit(BATCH)
    with catalog.reading() as connection:
        return list(connection.execute(query).scalars())


def _put_in_place(connection: Connection, name: str) -> None:
    connection.execute(delete(vectors))
    columns = ["passage", "vector"]
    connection.execute(insert(vectors).from_select(columns, select(next_vectors.c.passage, next_vectors.c.vector)))
    connection.execute(delete(next_vectors))
    for article in connection.execute(select(articles.c.id)).scalars().all():
        _, own = load_vectors(connection, passage_ids_of(connection, article))
        changed = articles.update().where(articles.c.id == article)
        connection.execute(changed.values(centroid=mean_direction(own).tobytes()))
    connection.execute(delete(changes))
    connection.execute(insert(changes).from_select(["passage"], select(passages.c.id)))
    connection.execute(delete(facts).where(facts.c.name == "reindexing"))
    # A new catalog id, so that an index of the old vectors is not used for these.
    for fact, value in (("model", name), ("catalog", uuid.uuid4().hex), ("mark", NEVER)):
        remember(connection, fact, value)


def _forget(catalog: Catalog) -> None:
    """Delete what an unfinished reindex with another model has left."""
    if catalog.fact("reindexing") is not None:
        with catalog.writing() as connection:
            connection.execute(delete(next_vectors))
            connection.execute(delete(facts).where(facts.c.name == "reindexing"))


# The most that are kept: some 80 MB. The oldest go first.
MOST = 50_000

sentences = Table(
    "sentences",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    # A hash of the embedding model's name and the text.
    Column("key", String, nullable=False, unique=True),
    Column("vector", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)


class SentenceVectors:
    """Embeds sentences, each once for all questions. Thread-safe."""

    def __init__(self, catalog: Catalog, embedder: Callable[[], Embedder], most: int = MOST) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._most = most

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The vectors of the texts, shape (len(texts), dimensions), unit length."""
        embedder = self._embedder()
        keys = {text: _key(embedder.name, text) for text in texts}
        known = self._load(list(keys.values()))
        new = [text for text in keys if keys[text] not in known]
        if new:
            made = {keys[text]: vector for text, vector in zip(new, embedder.documents(new), strict=True)}
            self._keep(made)
            known |= made
        return np.stack([known[keys[text]] for text in texts]) if texts else embedder.documents(texts)

    def _load(self, keys: Sequence[str]) -> dict[str, Vectors]:
        query = select(sentences.c.key, sentences.c.vector).where(sentences.c.key.in_(BOUND_KEYS))
        with self._catalog.reading() as connection:
            rows = connection.execute(query, bind_keys(keys)).all()
        return {row.key: np.frombuffer(row.vector, np.float32) for row in rows}

    def _keep(self, made: Mapping[str, Vectors]) -> None:
        """Store vectors, unless somebody is writing or nothing can be written: an answer does not wait for it."""
        rows = [{"key": key, "vector": vector.tobytes()} for key, vector in made.items()]
        with suppress(StoreError, BusyError), self._catalog.writing(patient=False) as connection:
            add_missing(connection, sentences, rows)
            last = connection.execute(select(func.max(sentences.c.id))).scalar_one()
            connection.execute(delete(sentences).where(sentences.c.id <= bindparam("old")), {"old": last - self._most})


def _key(model: str, text: str) -> str:
    return hashlib.blake2b(f"{model}\0{text}".encode("utf-8", "replace"), digest_size=16).hexdigest()
