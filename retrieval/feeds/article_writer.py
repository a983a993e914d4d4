"""Where arrivals are stored: one writer at a time, in this process and among all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from threading import RLock
from typing import Literal

from retrieval.domain.articles import SHARED, AddedArticle, Article, IngestReport
from retrieval.embedding.base import Embedder
from retrieval.errors import UnreadableError
from retrieval.ingestion.pipeline import Pipeline
from retrieval.ingestion.url_identity import Arrival, alike, place_of
from retrieval.progress import SILENT, Progress
from retrieval.storage.articles import article_by_path
from retrieval.storage.catalog import Catalog
from retrieval.storage.locks import writing_articles


class Shelf:
    """The catalog, as those see it who bring single articles. Safe to use from several threads.

    Whoever holds `lock` writes; others of this process wait for it instead of being told that somebody does.
    """

    def __init__(self, catalog: Catalog, embedder: Callable[[], Embedder], data_dir: Path, progress: Progress) -> None:
        self._catalog = catalog
        # No bars: those who poll draw one of their own.
        self._pipeline = Pipeline(catalog, embedder, Progress(SILENT.track, progress.note))
        self._data_dir = data_dir
        self.lock = RLock()

    def take(self, arrivals: Sequence[Arrival], scope: str) -> IngestReport:
        """Store what arrived.

        Raises:
            BusyError: another process is adding articles.
        """
        with self.lock, writing_articles(self._data_dir):
            return self._pipeline.take(arrivals, scope)

    def add(self, arrival: Arrival, scope: str) -> AddedArticle:
        """Store an article.

        Raises:
            BusyError: another process is adding articles.
            UnreadableError: there is nothing in it.
        """
        report = self.take([arrival], scope)
        article = self.find(arrival.place)
        if report.skipped or article is None:
            raise UnreadableError(report.skipped[0].reason if report.skipped else "no text")
        state: Literal["added", "updated", "unchanged"]
        state = "added" if report.added else "updated" if report.updated else "unchanged"
        return AddedArticle(article, state, report.duplicates[0] if report.duplicates else None)

    def find(self, place: str) -> Article | None:
        """The article that is stored from there."""
        with self._catalog.reading() as connection:
            return article_by_path(connection, place)

    def settled(self, place: str) -> str:
        """Where the article of a page is stored already, under whichever of its addresses; else the place itself."""
        there = self.stored(alike(place))
        return next((each for each in alike(place) if each in there), place)

    def stored(self, places: Collection[str]) -> set[str]:
        """Those of the places from which an article is stored."""
        return set(self._catalog.known(list(places))) if places else set()

    def is_feeds_text(self, place: str) -> bool:
        """Tell if the article that is stored from there is what a feed itself says, in the stead of its page."""
        article = self.find(place)
        return article is not None and article.metadata.basis.get("text") == "feed"


def places_of(url: str, scope: str) -> tuple[str, ...]:
    """The places where an article of this address may be that an audience sees, its own first."""
    return places_alike(place_of(url, scope), scope)


def places_alike(place: str, scope: str) -> tuple[str, ...]:
    """An audience's places for an article, and everybody's, under all addresses of one page."""
    shared = place.removeprefix(f"{scope} ") if scope != SHARED else place
    return tuple(dict.fromkeys((*alike(place), *alike(shared))))
