"""The one place where settings become objects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from threading import Lock

from retrieval.briefing import Briefing
from retrieval.index.catalog import open_catalog
from retrieval.index.embedding import Embedder, open_embedder
from retrieval.index.follower import open_vectors
from retrieval.index.vectors import DownloadedMiniLM
from retrieval.progress import SILENT, Progress
from retrieval.settings import Settings


@contextmanager
def open_briefing(settings: Settings, progress: Progress = SILENT) -> Iterator[Briefing]:
    """A briefing over the data folder of the settings, closed in good order on the way out.

    Models and the vector index are opened when they are first needed.
    """
    catalog = open_catalog(settings.database_url or settings.data_dir / "catalog.sqlite3")

    loading = Lock()

    @cache
    def load() -> Embedder:
        opened = open_embedder(settings.embeddings, settings.data_dir / "models", fallback=DownloadedMiniLM)
        catalog.check_model(opened.name)
        return opened

    def embedder() -> Embedder:
        with loading:
            return load()

    vectors = partial(open_vectors, catalog, settings.data_dir, settings.chroma_url, progress)
    briefing = Briefing(catalog, embedder, vectors, settings.data_dir, progress)
    try:
        yield briefing
    finally:
        briefing.close()


def seeds_folder() -> Path | None:
    """The articles the project starts with: those of the working directory, else the project's own."""
    folders = (Path("seeds"), Path(__file__).parents[1] / "seeds")
    return next((folder for folder in folders if folder.is_dir()), None)
