"""The use cases, a few lines each: what the front ends call."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from retrieval import thresholds
from retrieval.answer.extractive import answer
from retrieval.errors import NotFoundError
from retrieval.index import lookup
from retrieval.index.catalog import Catalog
from retrieval.index.embedding import Embedder
from retrieval.index.follower import FollowingVectors
from retrieval.index.locks import writing_articles
from retrieval.index.stored import StoredVectors
from retrieval.ingest.files import storable
from retrieval.ingest.pipeline import Pipeline
from retrieval.models import Answer, Article, Filter, Hit, IngestReport
from retrieval.progress import Progress
from retrieval.search.finder import Finder, Found
from retrieval.search.outlets import resolve_outlets
from retrieval.search.query import Query, understand


class Briefing:
    """Articles in, cited answers out. Made by `build.open_briefing`; close it to leave everything in good order."""

    def __init__(
        self,
        catalog: Catalog,
        embedder: Callable[[], Embedder],
        vectors: Callable[[], FollowingVectors | StoredVectors],
        data_dir: Path,
        progress: Progress,
        source_base_url: str = "",
    ) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._open_vectors = vectors
        self._opened: FollowingVectors | StoredVectors | None = None
        self._data_dir = data_dir
        self._progress = progress
        self._source_base_url = source_base_url

    def close(self) -> None:
        """Let go of the data folder, in good order."""
        try:
            if self._opened:
                self._opened.close()
                self._opened = None
        finally:
            self._catalog.close()

    def is_empty(self) -> bool:
        """Whether no article is stored yet."""
        with self._catalog.reading() as connection:
            return lookup.count_articles(connection) == 0

    def ingest(self, paths: Sequence[Path]) -> IngestReport:
        """Bring the files below the paths in, and what has gone from them out.

        Raises:
            BusyError: another process is adding articles.
            NotFoundError: a path is not there.
        """
        started = time.perf_counter()
        with writing_articles(self._data_dir):
            report = Pipeline(self._catalog, self._embedder, self._progress).run(paths)
            self._follow()
        return replace(report, seconds=round(time.perf_counter() - started, 3))

    def _follow(self) -> None:
        with self._catalog.reading() as connection:
            pending = lookup.count_changes(connection)
        if pending and isinstance(self._vectors(), StoredVectors):
            self._progress.note("another process holds the vector index: it, or the next command, takes the changes in")
        elif pending:
            self._vectors().follow()

    def search(self, question: str, count: int, only: Filter, as_of: date | None = None) -> tuple[Hit, ...]:
        """The passages that best match a question, best first."""
        return self._find(question, count, only, as_of)[1].hits

    def ask(self, question: str, only: Filter, as_of: date | None = None, max_sentences: int | None = None) -> Answer:
        """Answer a question from the articles, or say that they do not answer it."""
        started = time.perf_counter()
        query, found = self._find(question, thresholds.LOOKED_INTO, only, as_of)
        answering = time.perf_counter()
        given = answer(query, found, self._embedder().documents, self._source_base_url, max_sentences)
        done = time.perf_counter()
        timings = {"answer": (done - answering) * 1000, "total": (done - started) * 1000}
        return replace(given, timings_ms={**found.timings_ms, **timings})

    def _find(self, question: str, count: int, only: Filter, as_of: date | None) -> tuple[Query, Found]:
        day = as_of or date.today()
        with self._catalog.reading() as connection:
            known = lookup.outlets(connection)
        if only.outlets:
            only = replace(only, outlets=resolve_outlets(only.outlets, known))
        query = understand(question, as_of=day, outlets=known)
        return query, Finder(self._catalog, self._embedder(), self._vectors).find(query, count, only, day)

    def show(self, file: str) -> tuple[Article, str]:
        """A stored article and its text, by file name.

        Raises:
            NotFoundError: no article, or more than one, goes by that name.
        """
        file = storable(file)
        with self._catalog.reading() as connection:
            articles = lookup.find_articles(connection, file)
            if not articles:
                raise NotFoundError(f"no article goes by the name {file}: `briefing search` shows names")
            if len(articles) > 1:
                names = ", ".join(article.file for article in articles[:5])
                raise NotFoundError(f"{len(articles)} articles go by the name {file}: {names}")
            return articles[0], lookup.article_text(connection, articles[0].id)

    def describe(self) -> str:
        """One line on what is stored."""
        with self._catalog.reading() as connection:
            articles, passages = lookup.count_articles(connection), lookup.count_passages(connection)
        return f"{articles} articles, {passages} passages"

    def try_model(self) -> str:
        """Embed a word; one line on the model that did."""
        embedder = self._embedder()
        return f"{embedder.name}, {len(embedder.query('word'))} dimensions"

    def try_vectors(self) -> str:
        """Open the vector index, mending it where that is needed; one line on who holds it."""
        if isinstance(self._vectors(), StoredVectors):
            return "held by another process; answers come from the catalog's own vectors"
        return "in step with the catalog"

    def _vectors(self) -> FollowingVectors | StoredVectors:
        if self._opened is None:
            self._opened = self._open_vectors()
        return self._opened
