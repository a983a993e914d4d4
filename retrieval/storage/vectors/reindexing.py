"""Embeds every stored passage again with another model, in place.

New vectors are kept beside the old ones until all are there, then replace them in one transaction. Stopping it loses at
most the current batch: until that transaction the old vectors are used, and the next `reindex` continues where this one
ended.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, func, insert, select

from retrieval.embedding.base import Embedder, mean_direction
from retrieval.nlp.markup import readable
from retrieval.observing import Progress
from retrieval.storage.catalog import NEVER, Catalog, remember
from retrieval.storage.passages import count_passages, load_passages, passage_ids_of
from retrieval.storage.schema import articles, changes, facts, next_vectors, passages, vectors
from retrieval.storage.vectors.stored import load_vectors

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
