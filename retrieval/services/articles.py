"""The stored articles: ingest, list, show and remove them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from retrieval.domain.articles import Article, IngestReport, ListedArticle, OpenedArticle
from retrieval.domain.citations import Citation, QuoteInContext
from retrieval.domain.searches import Filter
from retrieval.evidence.citations import excerpt
from retrieval.ingestion import article_names
from retrieval.ingestion.pipeline import Pipeline
from retrieval.ingestion.url_identity import is_on_disk, place_of
from retrieval.nlp.language import language_of
from retrieval.services.corpus import Corpus
from retrieval.storage.articles import (
    article_by_key,
    article_text,
    count_articles,
    ids_at,
    ids_below,
    languages_of,
    list_articles,
    locators_of,
    paths_of,
)
from retrieval.storage.locks import writing_articles
from retrieval.storage.passages import article_body, count_passages_of, texts_with_spans


class Articles:
    """The stored articles."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._catalog = corpus.catalog

    def is_empty(self) -> bool:
        """Tell if no article is stored."""
        with self._catalog.reading() as connection:
            return count_articles(connection) == 0

    def ingest(self, paths: Sequence[Path], scope: str | None = None, really_gone: bool = False) -> IngestReport:
        """Store the files below the paths, and remove the articles whose files are gone.

        `scope` says who sees them: `SHARED`, or the name of one audience. With None stored articles keep their
        scope and new ones are shared. A folder that lost most of its files may be a drive that is not connected: its
        articles stay, unless they are `really_gone`.

        Raises:
            BusyError: another process is adding articles.
            NotFoundError: a path does not exist.
        """
        started, corpus = time.perf_counter(), self._corpus
        with writing_articles(self._catalog.hold, corpus.data_dir):
            report = Pipeline(self._catalog, corpus.embedder, corpus.progress).run(paths, scope, really_gone)
            corpus.follow()
        return replace(report, seconds=round(time.perf_counter() - started, 3))

    def remove(self, *names: str) -> int:
        """Remove all articles with these names, or from these files, folders and web addresses; returns their number.

        It removes all of them or none. The files need not exist any more; articles whose files exist come back
        with the next ingest of their folder.

        Raises:
            BusyError: another process is adding articles.
            NotFoundError: there is no such article, or a name fits several.
        """
        with writing_articles(self._catalog.hold, self._corpus.data_dir):
            ids = list(dict.fromkeys(id_ for name in names for id_ in self._named(name)))
            self._catalog.remove(ids)
            self._corpus.follow()
        return len(ids)

    def _named(self, name: str) -> list[int]:
        """The ids of the articles with a name, or from a place."""
        with self._catalog.reading() as connection:
            if is_on_disk(name):
                paths = dict.fromkeys((str(Path(name).absolute()), str(Path(name).resolve())))
                ids = [id_ for path in paths for id_ in ids_below(connection, path)]
            else:
                ids = ids_at(connection, place_of(name), name)
        return ids or [self.show(name)[0].id]

    def page(self, only: Filter, containing: str = "", first: int = 0, count: int = 10) -> tuple[list[Article], int]:
        """`count` articles from the `first` on, newest first, and the number of all.

        They satisfy the filter and have the words of `containing` in title, outlet or file name.
        """
        with self._catalog.reading() as connection:
            return list_articles(connection, only, containing, first, count)

    def all(self, only: Filter) -> list[ListedArticle]:
        """All articles that satisfy the filter, newest first, with their languages."""
        return self.listed(only)[0]

    def listed(
        self, only: Filter, containing: str = "", first: int = 0, count: int | None = None
    ) -> tuple[list[ListedArticle], int]:
        """A page of articles as `page` has it (without a `count` all), with their languages, and the number of all."""
        with self._catalog.reading() as connection:
            found, total = list_articles(connection, self._corpus.resolve(only), containing, first, count)
            ids = [article.id for article in found]
            paths = paths_of(connection, ids)
            languages, passages = languages_of(connection, ids), count_passages_of(connection, ids)
            # Articles stored by old versions have no language yet: it is detected here, and stored by the next ingest.
            shown = [
                ListedArticle(
                    article,
                    languages.get(article.id) or language_of(article_body(connection, article.id)),
                    passages.get(article.id, 0),
                    paths[article.id].rpartition(" ")[2] if "://" in paths[article.id] else paths[article.id],
                )
                for article in found
            ]
            return shown, total

    def open(self, key: str) -> tuple[Article, str] | None:
        """The article with this key and its text; None where there is none."""
        with self._catalog.reading() as connection:
            article = article_by_key(connection, key)
            return (article, article_text(connection, article.id)) if article else None

    def open_whole(self, key: str) -> OpenedArticle | None:
        """The article with this key, with the places of its passages; None where there is none."""
        with self._catalog.reading() as connection:
            article = article_by_key(connection, key)
            found = texts_with_spans(connection, [key]) if article else {}
        return OpenedArticle(article, *found[key]) if article and key in found else None

    def show(self, name: str, scopes: Sequence[str] | None = None) -> tuple[Article, str]:
        """A stored article of these scopes and its text, by any name that answers print, a path, an address, or the
        start of a name.

        Raises:
            NotFoundError: the name fits no article, or several.
        """
        with self._catalog.reading() as connection:
            article = article_names.find(connection, name, scopes)
            return article, article_text(connection, article.id)

    def places(self, article: Article) -> list[tuple[int, str]]:
        """The locators of an article's sections, with the offset where each begins: (310, "p. 54")."""
        with self._catalog.reading() as connection:
            return locators_of(connection, article.id)

    def quote(self, citation: Citation, scopes: Sequence[str] | None = None) -> QuoteInContext | None:
        """A quote in its paragraph; None where no article of these scopes contains it any longer."""
        opened = self.open(citation.key)
        visible = opened and (scopes is None or opened[0].scope in scopes)
        return excerpt(citation, opened[1]) if opened and visible else None
