"""This project, put together over a folder of the benchmark's own with an embedder of its choice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from retrieval.embedding.base import Embedder
from retrieval.observing import SILENT
from retrieval.services.briefing import Briefing
from retrieval.services.corpus import Corpus
from retrieval.storage.catalog import open_catalog
from retrieval.storage.vectors.sync import open_vectors


@contextmanager
def open_ours(data_dir: Path, embedder: Embedder) -> Iterator[Briefing]:
    """A briefing as `retrieval.bootstrap` makes it, whatever the environment's settings say."""
    catalog = open_catalog(f"sqlite:///{data_dir / 'catalog.sqlite3'}")
    vectors = partial(open_vectors, catalog, data_dir, None, SILENT)
    briefing = Briefing(Corpus(catalog, lambda: embedder, vectors, data_dir, SILENT))
    try:
        yield briefing
    finally:
        briefing.close()
