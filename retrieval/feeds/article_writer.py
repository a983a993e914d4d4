"""Stores single articles; one writer at a time, in this process and among all processes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from threading import RLock
from typing import Literal

from retrieval.domain.articles import SHARED, AddedArticle, Article, IngestReport
from retrieval.domain.phrase import Phrase
from retrieval.embedding.base import Embedder
from retrieval.errors import UnreadableError
from retrieval.ingestion.pipeline import Pipeline
from retrieval.ingestion.url_identity import IncomingArticle, alike, place_of
from retrieval.observing import SILENT, Progress
from retrieval.storage.articles import article_by_path
from retrieval.storage.catalog import Catalog
from retrieval.storage.locks import writing_articles


class ArticleWriter:
    """Stores articles from feeds, pages and uploads, and finds stored ones. Thread-safe.

    The holder of `lock` writes. Other threads wait for the lock, and get no BusyError.
    """

    def __init__(self, catalog: Catalog, embedder: Callable[[], Embedder], data_dir: Path, progress: Progress) -> None:
        self._catalog = catalog
        # Without progress bars, since polling has its own.
        self._pipeline = Pipeline(catalog, embedder, Progress(SILENT.track, progress.note))
        self._data_dir = data_dir
        self.lock = RLock()

    def take(self, articles: Sequence[IncomingArticle], scope: str) -> IngestReport:
        """Store articles.

        Raises:
            BusyError: another process is adding articles.
        """
        with self.lock, writing_articles(self._catalog.hold, self._data_dir):
            return self._pipeline.take(articles, scope)

    def add(self, incoming: IncomingArticle, scope: str) -> AddedArticle:
        """Store an article.

        Raises:
            BusyError: another process is adding articles.
            UnreadableError: it has no text.
        """
        report = self.take([incoming], scope)
        article = self.find(incoming.place)
        if report.skipped or article is None:
            raise UnreadableError(report.skipped[0].reason if report.skipped else Phrase("no text"))
        state: Literal["added", "updated", "unchanged"]
        state = "added" if report.added else "updated" if report.updated else "unchanged"
        return AddedArticle(article, state, report.duplicates[0] if report.duplicates else None)

    def find(self, place: str) -> Article | None:
        """The stored article of this place."""
        with self._catalog.reading() as connection:
            return article_by_path(connection, place)

    def settled(self, place: str) -> str:
        """The place of the stored article of this page, under any of its addresses; else the place itself."""
        there = self.stored(alike(place))
        return next((each for each in alike(place) if each in there), place)

    def stored(self, places: Collection[str]) -> set[str]:
        """The places that have a stored article."""
        return set(self._catalog.known(list(places))) if places else set()

    def is_feeds_text(self, place: str) -> bool:
        """Tell if the stored article is a feed's own text, in place of the page."""
        article = self.find(place)
        return article is not None and article.metadata.basis.get("text") == "feed"


def places_of(url: str, scope: str) -> tuple[str, ...]:
    """The possible places of the article at this address for an audience, its own first."""
    return places_alike(place_of(url, scope), scope)


def places_alike(place: str, scope: str) -> tuple[str, ...]:
    """The places of an article for an audience and for everybody, under all addresses of its page."""
    shared = place.removeprefix(f"{scope} ") if scope != SHARED else place
    return tuple(dict.fromkeys((*alike(place), *alike(shared))))
