"""Fakes of what is ours, shipped as real implementations."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding.base import Embedder
from retrieval.feeds.fetching import Rounds
from retrieval.llm.requests import LanguageModel, SecondLook
from retrieval.nlp.tokens import content_terms
from retrieval.observing import SILENT, Progress
from retrieval.services.briefing import Briefing
from retrieval.services.corpus import Corpus
from retrieval.storage.catalog import Catalog, open_catalog
from retrieval.storage.limits import Quotas
from retrieval.storage.vectors.sync import open_vectors
from tests import servers


class WordVectors:
    """An embedding model that hashes words into directions: texts that share words lie near each other."""

    def __init__(self, dimensions: int = 64) -> None:
        self.dimensions = dimensions
        self.embedded = 0

    def embed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        self.embedded += len(texts)
        return [self._vector(text).tolist() for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return list(self._vector(text).tolist())

    def _vector(self, text: str) -> NDArray[np.float64]:
        vector = np.full(self.dimensions, 1e-3)
        for term in content_terms(text):
            vector[zlib.crc32(term.encode()) % self.dimensions] += 1.0
        return vector


@contextmanager
def open_with(
    data_dir: Path,
    model: WordVectors | None = None,
    progress: Progress = SILENT,
    name: str = "words",
    rounds: Rounds | None = None,
    topics: Sequence[str] = (),
    chat: LanguageModel | None = None,
    second: SecondLook = SecondLook(),  # noqa: B008 - it cannot change
    quotas: Quotas | None = None,
) -> Iterator[Briefing]:
    """A briefing over real stores, composed as `bootstrap.open_briefing` does, with a model that costs nothing."""
    catalog = open_catalog(catalog_url(data_dir))
    embedder = Embedder(name, model or WordVectors())

    def checked() -> Embedder:
        catalog.check_model(name)
        return embedder

    vectors = partial(open_vectors, catalog, data_dir, None, progress)
    corpus = Corpus(catalog, checked, vectors, data_dir, progress)
    briefing = Briefing(corpus, topics, rounds or Rounds(), chat, second, quotas=quotas or Quotas())
    try:
        yield briefing
    finally:
        briefing.close()


@contextmanager
def opened(data_dir: Path) -> Iterator[Catalog]:
    """The catalog in a data folder, closed on the way out."""
    catalog = open_catalog(catalog_url(data_dir))
    try:
        yield catalog
    finally:
        catalog.close()


def catalog_url(data_dir: Path) -> str:
    """The address of a data folder's catalog: a file in it, or a schema of its own on the server of the test."""
    return servers.catalog_on_server(data_dir) or f"sqlite:///{data_dir / 'catalog.sqlite3'}"


def copy_data(source: Path, target: Path) -> Path:
    """A copy of a data folder with its catalog, wherever that is."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    servers.copy_catalog(source, target)
    return target


def noting(notes: list[str]) -> Progress:
    """Collects the notes that a person at the terminal would read."""
    return Progress(SILENT.track, notes.append)
