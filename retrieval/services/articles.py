"""The stored articles: ingest, list, show, find by name and remove them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from sqlalchemy import Connection

from retrieval.domain.articles import SHARED, Article, Filter, IngestReport, ListedArticle, OpenedArticle
from retrieval.domain.citations import Citation, QuoteInContext
from retrieval.domain.phrase import Phrase, either
from retrieval.errors import NotFoundError
from retrieval.evidence.citations import excerpt
from retrieval.ingestion.files import storable
from retrieval.ingestion.pipeline import Pipeline
from retrieval.ingestion.web_articles import alike, is_on_disk, place_of
from retrieval.nlp.language import language_of
from retrieval.services.corpus import Corpus
from retrieval.storage.articles import (
    article_by_key,
    article_by_path,
    article_text,
    count_articles,
    find_at,
    find_by_name,
    find_by_name_start,
    ids_at,
    ids_below,
    languages_of,
    list_articles,
    list_names,
    locators_of,
    paths_of,
)
from retrieval.storage.locks import writing_articles
from retrieval.storage.passages import article_body, count_passages_of, texts_with_spans

# Answers print a position behind a file: its lines, or a place in words.
_LINES = re.compile(r":\d+(?:-\d+)?$")
_PLACE = re.compile(r", (?:p\. \d|slide \d|sheet |line \d|§ |mail[ ,]).*$")
_LEAST = 3  # characters that are enough for the beginning of a name
_MOST = 5  # names that are suggested


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
            article = find_article(connection, name, scopes)
            return article, article_text(connection, article.id)

    def places(self, article: Article) -> list[tuple[int, str]]:
        """The locators of an article's sections, with the offset where it begins: (310, "p. 54")."""
        with self._catalog.reading() as connection:
            return locators_of(connection, article.id)

    def quote(self, citation: Citation, scopes: Sequence[str] | None = None) -> QuoteInContext | None:
        """A quote in its paragraph; None where no article of these scopes contains it any longer."""
        opened = self.open(citation.key)
        visible = opened and (scopes is None or opened[0].scope in scopes)
        return excerpt(citation, opened[1]) if opened and visible else None


def find_article(connection: Connection, name: str, scopes: Sequence[str] | None = None) -> Article:
    """The one article of this name in these scopes.

    Raises:
        NotFoundError: there is none, or more than one; its message lists candidates.
    """
    name = storable(name.strip())
    bare = _PLACE.sub("", _LINES.sub("", name))
    for named in _ways(connection, dict.fromkeys((name, bare)), scopes):
        found = _nearest_audience(named, scopes)
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(article.file for article in found[:_MOST])
            raise NotFoundError(
                Phrase("{count} articles go by the name {name}: {files}", count=len(found), name=name, files=listed)
            )
    meant = _near(connection, bare, scopes)
    if meant:
        raise NotFoundError(
            Phrase("no article goes by the name {name}: did you mean {names}?", name=name, names=either(meant))
        )
    raise NotFoundError(Phrase("no article goes by the name {name}", name=name))


def _nearest_audience(found: list[Article], scopes: Sequence[str] | None) -> list[Article]:
    """Of articles of one name, as every audience may have one: a server's own, or for the operator the shared one."""
    if len({article.file for article in found}) != 1:
        return found
    return [article for article in found if (article.scope == SHARED) is (scopes is None)] or found


def _ways(connection: Connection, names: dict[str, None], scopes: Sequence[str] | None) -> Iterator[list[Article]]:
    for name in names:
        yield find_by_name(connection, name, scopes)
    for name in names:
        yield _at(connection, name, scopes)
    for name in names:
        yield find_by_name_start(connection, name, scopes) if len(name) >= _LEAST else []
    yield _titled(connection, names, scopes)


def _titled(connection: Connection, names: Iterable[str], scopes: Sequence[str] | None) -> list[Article]:
    """The articles with this title, however its letters, spaces and quotation marks are written.

    What lists print behind a title, its outlet and day, may follow.
    """
    wanted = {_plain(part) for name in names for part in (name, name.partition(" · ")[0])} - {""}
    rows = list_names(connection, scopes)
    files = [file for file, title in rows if title and _plain(title) in wanted]
    found = {each.id: each for file in dict.fromkeys(files) for each in find_by_name(connection, file, scopes)}
    return [each for each in found.values() if _plain(each.metadata.title or "") in wanted]


def _plain(title: str) -> str:
    return " ".join(re.sub(r"[^\w\s]+", "", title).casefold().split())


def _at(connection: Connection, name: str, scopes: Sequence[str] | None) -> list[Article]:
    """The article of this file or address."""
    path = Path(name)
    places = (str(path.absolute()), str(path.resolve())) if is_on_disk(name) else alike(place_of(name))
    found = (article_by_path(connection, place) for place in dict.fromkeys(places))
    kept = {each.id: each for each in found if each and (scopes is None or each.scope in scopes)}
    if not kept and "://" in name:
        return find_at(connection, place_of(name), name, scopes)
    return list(kept.values())


def _near(connection: Connection, name: str, scopes: Sequence[str] | None) -> list[str]:
    """The file names that are similar to a name, or whose titles are."""
    files = list_names(connection, scopes)
    wanted = name.casefold()
    by_name = {each.rpartition("/")[2].casefold(): each for each, _ in files}
    by_title = {title.casefold(): each for each, title in files if title}
    inside = [
        each for each, title in files if wanted and (wanted in each.casefold() or wanted in (title or "").casefold())
    ]
    close = [by_name[match] for match in get_close_matches(wanted.rpartition("/")[2], by_name, _MOST)]
    titled = [by_title[match] for match in get_close_matches(wanted, by_title, _MOST)]
    return list(dict.fromkeys((*close, *inside, *titled)))[:_MOST]
