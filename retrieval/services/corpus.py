"""The stored articles with their word and vector index, for search and reading by all use cases."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from retrieval import observing
from retrieval.domain.articles import Filter, Hit, Vectors
from retrieval.embedding.base import Embedder
from retrieval.evidence.excerpts import ArticleText
from retrieval.nlp.annotate import small_terms
from retrieval.nlp.entities import is_name
from retrieval.nlp.markup import readable
from retrieval.nlp.names import KNOWN
from retrieval.nlp.tokens import terms
from retrieval.observing import Progress
from retrieval.question.outlets import resolve_outlets
from retrieval.question.understanding import Question, understand
from retrieval.search.hybrid import Finder, Found
from retrieval.storage.articles import outlet_names
from retrieval.storage.catalog import Catalog
from retrieval.storage.passages import texts_with_spans
from retrieval.storage.vectors.exact import ExactVectors
from retrieval.storage.vectors.stored import SentenceVectors, count_changes
from retrieval.storage.vectors.sync import Index

_WAITING = "another process holds the vector index: it applies the changes, or the next command does"


class Corpus:
    """The catalog, the embedding model and the vector index; the latter two are opened when first needed.

    Thread-safe.
    """

    def __init__(
        self,
        catalog: Catalog,
        embedder: Callable[[], Embedder],
        vectors: Callable[[], Index],
        data_dir: Path,
        progress: Progress,
    ) -> None:
        self.catalog = catalog
        self.embedder = embedder
        self.data_dir = data_dir
        self.progress = progress
        self._sentences = SentenceVectors(catalog, embedder)
        self._open_vectors = vectors
        self._opened: Index | None = None
        self._waiting = False
        self._opening, self._following = Lock(), Lock()

    def close(self) -> None:
        """Close the vector index, then the catalog."""
        try:
            if self._opened:
                self._opened.close()
                self._opened = None
        finally:
            self.catalog.close()

    @property
    def opened_vectors(self) -> Index | None:
        """The vector index, if it is open; None also while it is brought up to date for the first time."""
        return self._opened

    def vectors(self) -> Index:
        """The vector index, up to date; exact search over the stored vectors while another process holds the index."""
        with self._opening:
            if self._opened is None:
                self._opened = self._open_vectors()
            return self._opened

    def follow(self) -> None:
        """Apply the changes that any process has stored to the vector index."""
        with self._following:
            with self.catalog.reading() as connection:
                pending = count_changes(connection)
            if isinstance(self._opened, ExactVectors) and not self.catalog.read_only:
                # The process that held the index may have ended; what was read of the vectors is kept where it has not.
                again = self._open_vectors()
                if not isinstance(again, ExactVectors):
                    self._opened = again
            if not pending:
                self._waiting = False
                return
            index = self.vectors()
            with observing.step("indexing"):
                waits = not index.follow() and isinstance(index, ExactVectors)
            if waits and not self._waiting:
                self.progress.note(_WAITING)
            self._waiting = waits

    def understand(self, question: str, only: Filter, as_of: date | None) -> tuple[Question, Filter]:
        """Read a question; returns the filter with outlet names as the catalog spells them."""
        known = self.outlets(only.scopes)
        only = replace(only, outlets=resolve_outlets(only.outlets, known))
        return understand(question, as_of=as_of or date.today(), outlets=known), only

    def search(self, query: Question, count: int, only: Filter, as_of: date | None = None) -> Found:
        """The `count` best passages as of a day, today by default."""
        return Finder(self.catalog, self.embedder(), self.vectors).find(query, count, only, as_of or date.today())

    def search_topic(self, query: Question, count: int, only: Filter, as_of: date | None = None) -> Found:
        """The same for a topic: where articles have the name that it is, none that has its words apart."""
        return _of_name(self.search(query, count, only, as_of), query.text)

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """The vectors of sentences, shape (len(sentences), dimensions); those of earlier questions are kept."""
        return self._sentences.embed(sentences)

    def outlets(self, scopes: Sequence[str] | None = None) -> tuple[str, ...]:
        """The names of the outlets with articles of these scopes."""
        with self.catalog.reading() as connection:
            return outlet_names(connection, scopes)

    def resolve(self, only: Filter) -> Filter:
        """The filter with outlet names as the catalog spells them.

        Raises:
            QuestionError: no article is from an outlet.
        """
        known = self.outlets(only.scopes) if only.outlets else ()
        return replace(only, outlets=resolve_outlets(only.outlets, known))

    def pages(self, keys: Sequence[str]) -> dict[str, ArticleText]:
        """The text and body of articles by their keys."""
        with self.catalog.reading() as connection:
            stored = texts_with_spans(connection, keys)
        return {key: ArticleText(text, tuple(body)) for key, (text, body) in stored.items()}


def _of_name(found: Found, topic: str) -> Found:
    """The hits in articles that have a name of several words side by side, such as "Trump Accounts", in a passage found
    or the title; all of them where none has, and for what the articles also write small ("NATO membership"), for known
    names, which have other forms, and for persons, whom the last name alone may stand for: it is no common word.
    """
    name = re.sub(r"\Athe\s+", "", topic, flags=re.IGNORECASE)
    if " " not in name or KNOWN.keys(name) or not is_name(name):
        return found
    words = r"\s+".join(map(re.escape, name.split()))
    said = re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
    passages = [hit.passage for hit in (*found.hits, *found.across, *found.copies)]
    texts = [(each.article, readable(each.text)) for each in passages]
    written = [
        (article.id, match[0])
        for article, text in texts
        for match in said.finditer(f"{article.metadata.title or ''}. {text}")
    ]
    common = any(terms(name)[-1] in small_terms(text) for _, text in texts)
    if not common or any(match.split()[-1].islower() for _, match in written):
        return found
    named = {article for article, _ in written}

    def kept(hits: Sequence[Hit]) -> tuple[Hit, ...]:
        return tuple(hit for hit in hits if not named or hit.passage.article.id in named)

    return replace(found, hits=kept(found.hits), across=kept(found.across), copies=kept(found.copies))


Result = TypeVar("Result")

# A digest takes some 100 KB.
_MOST_RESULTS = 50


class RecentResults(Generic[Result]):
    """The results used last, in memory alone. The key must name everything that a result depends on."""

    def __init__(self, most: int = _MOST_RESULTS) -> None:
        self._most = most
        self._results: OrderedDict[Hashable, Result] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Result | None:
        """The result of this key, where it is still there."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def put(self, key: Hashable, result: Result) -> None:
        """Keep a result, in the place of the one that was used longest ago."""
        with self._lock:
            self._results[key] = result
            self._results.move_to_end(key)
            if len(self._results) > self._most:
                self._results.popitem(last=False)
