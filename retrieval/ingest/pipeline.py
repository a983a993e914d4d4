"""The walk of an article: read, clean, cut into passages, embed, and write in one transaction."""

from __future__ import annotations

import hashlib
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from retrieval.errors import UnreadableError
from retrieval.index import lookup
from retrieval.index.catalog import Catalog, Known, NewArticle, Vectors
from retrieval.index.embedding import Embedder
from retrieval.index.passages import Span, split_passages
from retrieval.index.words import recount_frequent
from retrieval.ingest.duplicates import Stories
from retrieval.ingest.files import Listing, Source, list_files, storable
from retrieval.ingest.readers import load_bytes, read
from retrieval.models import SHARED, Document, Duplicate, IngestReport, Skipped
from retrieval.progress import Progress
from retrieval.readable import readable

# Part of every fingerprint: raise it when reading or cutting changes, and everything is read anew.
READER_VERSION = 1
# Passages embedded at a time: enough for every core, few enough to lose little when killed.
GROUP = 64


@dataclass(frozen=True, slots=True)
class _Draft:
    """An article read and cut, not yet embedded."""

    source: Source
    fingerprint: str
    document: Document
    spans: Sequence[Span]
    replaces: Known | None

    @property
    def body(self) -> str:
        """The article without the furniture between its passages."""
        return "\n".join(self.document.text[start:end] for start, end in self.spans)


@dataclass(slots=True)
class _Tally:
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    rescoped: int = 0
    duplicates: list[Duplicate] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


class Pipeline:
    """Brings files into the catalog. The embedder is asked for only when there is something to embed."""

    def __init__(self, catalog: Catalog, embedder: Callable[[], Embedder], progress: Progress) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._progress = progress

    def run(self, paths: Sequence[Path], scope: str | None = None) -> IngestReport:
        """Bring the files below the paths into the catalog; what is unchanged costs a hash.

        `scope` says who sees them; where it is None, what is stored keeps its own and what is new is shared.

        Raises:
            NotFoundError: a path is not there.
            StoreError: the catalog cannot be written.
        """
        started = time.perf_counter()
        listing = list_files(paths)
        if self._follow_moves(listing, known := self._catalog.known()):
            known = self._catalog.known()
        tally = _Tally(skipped=listing.skipped)
        self._remove_gone(listing, known, tally)
        if scope is not None:
            self._rescope(listing, known, scope, tally)
        with self._progress.track("Reading", len(listing.sources), "articles") as done:
            stories: Stories | None = None
            for group in _grouped(self._drafts(listing.sources, known, tally, done)):
                stories = stories or self._stories()
                self._store(group, stories, tally, scope)
        return self._report(tally, time.perf_counter() - started)

    def _rescope(self, listing: Listing, known: Mapping[str, Known], scope: str, tally: _Tally) -> None:
        """Before anything is read, so that nobody sees for another moment what is theirs no longer."""
        for kept in (known[source.place] for source in listing.sources if source.place in known):
            if kept.scope != scope:
                self._catalog.rescope(kept.id, scope)
                tally.rescoped += 1

    def _stories(self) -> Stories:
        with self._catalog.reading() as connection:
            return Stories(connection)

    def _follow_moves(self, listing: Listing, known: Mapping[str, Known]) -> int:
        """Let an article keep all it has where its file has moved: the same bytes, and nothing at the old place."""
        moved = 0
        new = [source for source in listing.sources if source.place not in known]
        left: defaultdict[str, list[str]] = defaultdict(list)
        for place, kept in known.items() if new else ():
            if not os.path.lexists(place):
                left[kept.fingerprint].append(place)
        for source in new if left else ():
            with suppress(UnreadableError):  # said when it is read to be stored
                places = left[_fingerprint(load_bytes(source.path), source.given)]
                if places and _ending(places[-1]) == _ending(source.name):
                    with self._catalog.reading() as connection:
                        name = _unique_name(connection, source, places[-1])
                    self._catalog.move(known[places.pop()].id, source.place, name)
                    moved += 1
        return moved

    def _remove_gone(self, listing: Listing, known: Mapping[str, Known], tally: _Tally) -> None:
        """Take out the articles whose files have gone from the folders looked through."""
        here = {source.place for source in listing.sources}
        gone = [
            kept.id
            for path, kept in known.items()
            if path not in here and any(Path(path).is_relative_to(folder) for folder in listing.folders)
        ]
        if gone:
            self._catalog.remove(gone)
        tally.removed = len(gone)

    def _drafts(
        self,
        sources: Iterable[Source],
        known: Mapping[str, Known],
        tally: _Tally,
        done: Callable[[int], object],
    ) -> Iterator[_Draft]:
        for source in sources:
            try:
                draft = _draft(source, known.get(source.place))
            except UnreadableError as error:
                tally.skipped.append(Skipped(source.name, str(error)))
            else:
                if draft is None:
                    tally.unchanged += 1
                else:
                    yield draft
            done(1)

    def _store(self, drafts: Sequence[_Draft], stories: Stories, tally: _Tally, scope: str | None) -> None:
        embedder = self._embedder()
        texts = [readable(draft.document.text[start:end]) for draft in drafts for start, end in draft.spans]
        self._catalog.bind_model(embedder.name)
        vectors = embedder.documents(texts)
        first = 0
        for draft in drafts:
            own = vectors[first : first + len(draft.spans)]
            first += len(draft.spans)
            self._write(draft, own, stories, tally, scope)

    def _write(self, draft: _Draft, vectors: Vectors, stories: Stories, tally: _Tally, scope: str | None) -> None:
        centroid = _mean(vectors)
        old = draft.replaces
        replaces = old.id if old else None
        with self._catalog.reading() as connection:
            published = draft.document.metadata.published
            told = stories.recognise(connection, draft.document.text, draft.body, published, centroid, replaces)
            name = _unique_name(connection, draft.source)
        new = NewArticle(
            path=draft.source.place,
            file=name,
            fingerprint=draft.fingerprint,
            document=draft.document,
            spans=draft.spans,
            vectors=vectors,
            centroid=centroid,
            story=told.article.story if told else None,
            replaces=replaces,
            scope=scope if scope is not None else old.scope if old else SHARED,
        )
        stories.add(self._catalog.store(new), centroid, replaces)
        if old is None:
            tally.added += 1
        else:
            tally.updated += 1
        if told:
            tally.duplicates.append(Duplicate(name, told.article.file, told.kind))

    def _report(self, tally: _Tally, seconds: float) -> IngestReport:
        if tally.added or tally.updated or tally.removed:
            with self._catalog.writing() as connection:
                recount_frequent(connection)
        with self._catalog.reading() as connection:
            articles = lookup.count_articles(connection)
            passages = lookup.count_passages(connection)
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


def _unique_name(connection: Connection, source: Source, left: str | None = None) -> str:
    """The name a file goes by; one that another file has taken is told apart by the folders above it.

    `left` is the place the file has moved from.
    """
    name, above = source.name, list(source.path.parts[1 : -len(Path(source.name).parts)])
    while above and lookup.place_of(connection, name) not in (None, source.place, left):
        name = storable(f"{above.pop()}/{name}")
    return name


def _draft(source: Source, known: Known | None) -> _Draft | None:
    """The article in a file, or None where the catalog has it as it is."""
    data = load_bytes(source.path)
    mark = _fingerprint(data, source.given)
    if known and known.fingerprint == mark:
        return None
    document = read(data, source.path.name, source.given)
    spans = split_passages(document.text, document.blocks)
    if not spans:
        raise UnreadableError("no text")
    return _Draft(source, mark, document, spans, known)


def _fingerprint(data: bytes, given: Mapping[str, object]) -> str:
    mark = hashlib.sha256(data)
    mark.update(repr((READER_VERSION, sorted(given.items()))).encode())
    return mark.hexdigest()


def _ending(name: str) -> str:
    """What of a file's name tells how it is read."""
    return Path(name.removesuffix(".gz")).suffix


def _grouped(drafts: Iterable[_Draft]) -> Iterator[list[_Draft]]:
    group: list[_Draft] = []
    for draft in drafts:
        group.append(draft)
        if sum(len(each.spans) for each in group) >= GROUP:
            yield group
            group = []
    if group:
        yield group


def _mean(vectors: Vectors) -> Vectors:
    """The direction of the mean of the vectors, of unit length."""
    mean = vectors.mean(axis=0)
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length if length else mean, np.float32)
