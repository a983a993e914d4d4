"""The vectors of sentences that questions were compared with, kept so that the next question need not embed them.

They are made when asked for, not with the articles: a question looks at some sixty sentences, an article has as many of
which most are never looked at. They are kept by a hash of the text, and go with the next article that is removed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import numpy as np
from sqlalchemy import Column, Integer, LargeBinary, String, Table, bindparam, delete, func, select

from retrieval.domain.articles import Vectors
from retrieval.embedding.base import Embedder
from retrieval.errors import BusyError, StoreError
from retrieval.storage.catalog import Catalog
from retrieval.storage.engine import BOUND_KEYS, add_missing, bind_keys
from retrieval.storage.schema import tables

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
