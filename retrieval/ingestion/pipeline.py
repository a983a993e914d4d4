"""The pipeline of an article: read, clean, cut into passages, embed, and write in one transaction.

A thread embeds, which takes most of the time, while this one reads what comes next and writes what is embedded, in the
order of the files. What a kill interrupts is not stored, and is read again by the next run.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from retrieval.domain.articles import SHARED, Duplicate, IngestReport, Skipped, Vectors
from retrieval.embedding.base import Embedder, mean_direction
from retrieval.errors import UnreadableError
from retrieval.ingestion.duplicates import DuplicateFinder
from retrieval.ingestion.files import INSIDE, Listing, Source, list_files
from retrieval.ingestion.folder_sync import follow_moves, remove_gone
from retrieval.ingestion.prepared_articles import PreparedArticle, grouped, prepare, unique_name
from retrieval.ingestion.reading import holds_files, is_article
from retrieval.ingestion.web_articles import IncomingArticle
from retrieval.nlp.language import language_of
from retrieval.nlp.markup import readable
from retrieval.observing import Progress
from retrieval.storage.article_rows import NewArticle
from retrieval.storage.articles import count_articles, ids_without_language
from retrieval.storage.catalog import Catalog, StoredArticle
from retrieval.storage.full_text import recount
from retrieval.storage.passages import article_body, count_passages
from retrieval.storage.vectors.stored import vectors_of

# Articles at a time; every batch is stored.
_BATCH = 200
# Groups of articles that are read before the first of them is embedded: one is always waiting for its turn.
_AHEAD = 2


@dataclass(slots=True)
class _Tally:
    """Counts for the report. `seen` are the scopes whose articles it may name; None means all."""

    seen: tuple[str, ...] | None = None
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    rescoped: int = 0
    duplicates: list[Duplicate] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


class Pipeline:
    """Ingests files into the catalog. The embedder is opened only if there is something to embed."""

    def __init__(self, catalog: Catalog, embedder: Callable[[], Embedder], progress: Progress) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._progress = progress
        self._duplicates: DuplicateFinder | None = None
        self._state: str | None = None

    def run(self, paths: Sequence[Path], scope: str | None = None, really_gone: bool = False) -> IngestReport:
        """Ingest the files below the paths; an unchanged file costs one hash.

        `scope` is their audience; with None, stored articles keep theirs and new ones are shared. The articles of a
        folder that lost most of its files stay, unless they are `really_gone`.

        Raises:
            NotFoundError: a path is not there.
            StoreError: the catalog cannot be written.
        """
        started = time.perf_counter()
        note_languages(self._catalog)
        listing = list_files(paths)
        if follow_moves(self._catalog, listing, known := self._catalog.known()):
            known = self._catalog.known()
        removed, doubtful = remove_gone(self._catalog, listing, known, really_gone)
        tally = _Tally(skipped=[*listing.skipped, *doubtful], removed=removed)
        if scope is not None:
            self._rescope(listing, known, scope, tally)
        self._bring(listing.sources, known, tally, scope)
        return self._report(tally, time.perf_counter() - started)

    def take(self, articles: Sequence[IncomingArticle], scope: str) -> IngestReport:
        """Ingest articles from the web or an upload for the audience `scope`; raises as `run` does.

        Of two from one place the last one counts. The report names no article that this audience cannot see.
        """
        started = time.perf_counter()
        note_languages(self._catalog)
        latest = {incoming.place: incoming for incoming in articles}
        known = self._catalog.known(list(latest))
        tally = _Tally(seen=(SHARED, scope))
        self._bring(list(latest.values()), known, tally, scope)
        return self._report(tally, time.perf_counter() - started)

    def _bring(
        self,
        sources: Sequence[Source | IncomingArticle],
        known: Mapping[str, StoredArticle],
        tally: _Tally,
        scope: str | None,
    ) -> None:
        with self._progress.track("Reading", len(sources), "articles") as done:
            duplicates: DuplicateFinder | None = None
            groups = grouped(self._prepared(sources, known, tally, done))
            with closing(self._embedded(groups)) as embedded:
                for each, vectors in embedded:
                    duplicates = duplicates or self._duplicate_finder()
                    self._write(each, vectors, duplicates, tally, scope)
        if duplicates:
            self._duplicates, self._state = duplicates, self._catalog.fact("articles changed")

    def _rescope(self, listing: Listing, known: Mapping[str, StoredArticle], scope: str, tally: _Tally) -> None:
        """Change the audience of stored files before anything is read, so that nobody sees them longer than allowed."""
        here = {source.place for source in listing.sources}
        for kept in (each for place, each in known.items() if place.partition(INSIDE)[0] in here):
            if kept.scope != scope:
                self._catalog.rescope(kept.id, scope)
                tally.rescoped += 1

    def _duplicate_finder(self) -> DuplicateFinder:
        """The one of the last run while nothing else has changed, so that feeds need not read all for every article."""
        if self._duplicates and self._state == self._catalog.fact("articles changed"):
            return self._duplicates
        with self._catalog.reading() as connection:
            return DuplicateFinder(connection)

    def _prepared(
        self,
        sources: Iterable[Source | IncomingArticle],
        known: Mapping[str, StoredArticle],
        tally: _Tally,
        done: Callable[[int], object],
    ) -> Iterator[PreparedArticle]:
        for source in sources:
            for each in [source] if isinstance(source, IncomingArticle) else self._unpacked(source, known, tally):
                prepared = self._prepare(each, known, tally)
                if prepared is not None:
                    yield prepared
            done(1)

    def _prepare(
        self, source: Source | IncomingArticle, known: Mapping[str, StoredArticle], tally: _Tally
    ) -> PreparedArticle | None:
        try:
            if isinstance(source, IncomingArticle):
                source.check()
            prepared = prepare(source, known.get(source.place))
        except UnreadableError as error:
            tally.skipped.append(Skipped(source.name, error.line))
            return None
        tally.unchanged += prepared is None
        return prepared

    def _unpacked(self, source: Source, known: Mapping[str, StoredArticle], tally: _Tally) -> Iterator[Source]:
        """The file, if it is an article, and the files inside it; articles of files no longer inside it are removed."""
        if is_article(source.path.name):
            yield source
        if not holds_files(source.path.name):
            return
        places: set[str] = set()
        try:
            for part in source.parts(source.load()):
                places.add(part.place)
                yield part
        except UnreadableError as error:
            if not is_article(source.path.name):  # else reported when the file itself was read
                tally.skipped.append(Skipped(source.name, error.line))
            return
        inside = f"{source.place}{INSIDE}"
        if gone := [kept.id for place, kept in known.items() if place.startswith(inside) and place not in places]:
            self._catalog.remove(gone)
            tally.removed += len(gone)
        if not places and not is_article(source.path.name):
            tally.skipped.append(Skipped(source.name, "nothing in it can be read"))

    def _embedded(
        self, groups: Iterable[Sequence[PreparedArticle]]
    ) -> Generator[tuple[PreparedArticle, Vectors], None, None]:
        """The articles in order with the vectors of their passages; the next groups are read meanwhile."""
        waiting = deque[tuple[Sequence[PreparedArticle], Future[list[Vectors]]]]()
        thread = ThreadPoolExecutor(1, thread_name_prefix="embedding")
        try:
            for group in groups:
                embedder = self._embedder()
                self._catalog.bind_model(embedder.name)
                waiting.append((group, thread.submit(self._vectors, group, embedder)))
                if len(waiting) > _AHEAD:
                    yield from _paired(*waiting.popleft())
            while waiting:
                yield from _paired(*waiting.popleft())
        finally:
            thread.shutdown(cancel_futures=True)

    def _vectors(self, prepared: Sequence[PreparedArticle], embedder: Embedder) -> list[Vectors]:
        """The vectors of the passages; vectors of passages that an article had before are reused."""
        texts = [[each.document.text[start:end] for start, end in each.spans] for each in prepared]
        with self._catalog.reading() as connection:
            kept = [vectors_of(connection, each.replaces.id) if each.replaces else {} for each in prepared]
        new = [text for own, had in zip(texts, kept, strict=True) for text in own if text not in had]
        made = iter(embedder.documents([readable(text) for text in new])) if new else iter(())
        return [
            np.array([had[text] if text in had else next(made) for text in own], dtype=np.float32)
            for own, had in zip(texts, kept, strict=True)
        ]

    def _write(
        self, new: PreparedArticle, vectors: Vectors, duplicates: DuplicateFinder, tally: _Tally, scope: str | None
    ) -> None:
        centroid = mean_direction(vectors)
        old = new.replaces
        replaces = old.id if old else None
        audience = scope if scope is not None else old.scope if old else SHARED
        with self._catalog.reading() as connection:
            known = new.document.metadata
            original = duplicates.recognise(connection, new.document.text, new.body, known, centroid, replaces)
            name = unique_name(connection, new.source, audience)
        article = NewArticle(
            path=new.source.place,
            file=name,
            fingerprint=new.fingerprint,
            document=new.document,
            spans=new.spans,
            vectors=vectors,
            centroid=centroid,
            story=original.article.story if original else None,
            replaces=replaces,
            scope=audience,
            language=language_of(new.body),
        )
        duplicates.add(self._catalog.store(article), centroid, replaces)
        if old is None:
            tally.added += 1
        else:
            tally.updated += 1
        if original and (tally.seen is None or original.article.scope in tally.seen):
            tally.duplicates.append(Duplicate(name, original.article.file, original.kind))

    def _report(self, tally: _Tally, seconds: float) -> IngestReport:
        if tally.added or tally.updated or tally.removed:
            with self._catalog.writing() as connection:
                recount(connection)
        with self._catalog.reading() as connection:
            articles = count_articles(connection)
            passages = count_passages(connection)
        return IngestReport(
            added=tally.added,
            updated=tally.updated,
            unchanged=tally.unchanged,
            removed=tally.removed,
            duplicates=tuple(tally.duplicates),
            skipped=tuple(tally.skipped),
            articles=articles,
            passages=passages,
            seconds=round(seconds, 3),
            rescoped=tally.rescoped,
        )


def _paired(
    group: Sequence[PreparedArticle], vectors: Future[list[Vectors]]
) -> Iterator[tuple[PreparedArticle, Vectors]]:
    return zip(group, vectors.result(), strict=True)


def note_languages(catalog: Catalog) -> None:
    """Store the language of articles from before languages were stored; one query if there is none."""
    while True:
        with catalog.reading() as connection:
            articles = ids_without_language(connection, _BATCH)
            noted = {article: language_of(article_body(connection, article)) for article in articles}
        if not noted:
            return
        catalog.note_languages(noted)
