"""Keeps the vector index in step with the catalog, whatever happened to either since the last time.

Whoever holds the Chroma folder applies the changes the catalog has noted. Where the folder's seal does not
fit (a killed process, a damaged or missing folder, another catalog), a process of its own looks into it
first: what is missing or too much is mended from the stored vectors, a damaged folder is set aside and made
anew from them; nothing is embedded again.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from pathlib import Path

from retrieval.index import lookup, seal
from retrieval.index.catalog import Catalog, Vectors
from retrieval.index.probe import probe
from retrieval.index.seal import Seal
from retrieval.index.stored import StoredVectors
from retrieval.index.vectors import ChromaVectors, open_folder, open_server
from retrieval.progress import Progress

# Writing to Chroma holds the interpreter: 50 vectors take 65 ms at 100,000 held, 500 would stall a bot for 0.7 s.
BATCH = 50


class FollowingVectors:
    """The Chroma index, brought in step with the catalog."""

    def __init__(self, catalog: Catalog, chroma: ChromaVectors, sealed: Seal | None, progress: Progress) -> None:
        self._catalog = catalog
        self._chroma = chroma
        self._seal = sealed
        self._progress = progress

    def nearest(self, vector: Vectors, count: int) -> list[tuple[int, float]]:
        """The nearest passages as (passage id, cosine), best first."""
        return self._chroma.nearest(vector, count)

    def follow(self) -> int:
        """Apply the changes the catalog has noted since the last time; how many passages that were."""
        with self._catalog.reading() as connection:
            total = lookup.count_changes(connection)
        if not total:
            return 0
        with self._progress.track("Indexing", total, "passages") as done:
            while applied := self._follow_batch():
                done(applied)
        return total

    def _follow_batch(self) -> int:
        with self._catalog.reading() as connection:
            number, changed = lookup.pending_changes(connection, BATCH)
        if changed:
            self._put(changed)
            self._catalog.followed(number)
        return len(changed)

    def _put(self, wanted: Sequence[int]) -> None:
        """Make the index hold those of the passages that the catalog holds, and none of the others."""
        with self._catalog.reading() as connection:
            ids, vectors = lookup.load_vectors(connection, wanted)
        if len(ids):
            self._chroma.put(ids.tolist(), vectors)
        if gone := sorted(set(wanted).difference(ids.tolist())):
            self._chroma.remove(gone)

    def mend(self, held: Collection[int]) -> int:
        """Put right an index that holds these passages; how many were missing or too many."""
        with self._catalog.reading() as connection:
            # Read first: a change noted after it is followed later, one noted before it is mended now.
            number = lookup.last_change(connection)
            wrong = sorted(lookup.passage_ids(connection).symmetric_difference(held))
        with self._progress.track("Indexing", len(wrong), "passages") as done:
            for first in range(0, len(wrong), BATCH):
                batch = wrong[first : first + BATCH]
                self._put(batch)
                done(len(batch))
        self._catalog.followed(number)
        return len(wrong)

    def close(self) -> None:
        """Close in good order and vouch for what is now in the folder."""
        with self._catalog.reading() as connection:
            in_step = lookup.count_changes(connection) == 0
            change = lookup.last_change(connection)
        self._chroma.close()
        if self._seal:
            self._seal.close(change if in_step else None)


def open_vectors(catalog: Catalog, data_dir: Path, url: str, progress: Progress) -> FollowingVectors | StoredVectors:
    """The vector index in step with the catalog; where another process holds it, the stored vectors instead."""
    name = catalog.fact("catalog") or ""
    if url:
        return _follow_server(catalog, open_server(url, name), progress)
    taken = seal.take(data_dir / "chroma", name)
    if taken is None:
        return StoredVectors(catalog)
    try:
        return _follow_folder(catalog, taken, progress)
    except BaseException:
        taken.close(None)
        raise


def _follow_folder(catalog: Catalog, taken: Seal, progress: Progress) -> FollowingVectors:
    with catalog.reading() as connection:
        vouched = taken.open(lookup.last_change(connection))
        first_time = lookup.count_changes(connection) >= lookup.count_passages(connection)
    held = None if vouched else _look_into(taken)
    index = FollowingVectors(catalog, open_folder(taken.folder, taken.catalog), taken, progress)
    if held is None:
        index.follow()
    elif (mended := index.mend(held)) and not first_time:
        progress.note(f"mended the vector index: {mended} passages from their stored vectors")
    return index


def _look_into(taken: Seal) -> Collection[int]:
    """The passages the folder holds; a damaged folder is set aside, and so holds none."""
    if not taken.folder.exists():
        return ()
    held = probe(taken.folder, taken.catalog)
    if held is None:
        _set_aside(taken.folder)
    return held or ()


def _follow_server(catalog: Catalog, chroma: ChromaVectors, progress: Progress) -> FollowingVectors:
    index = FollowingVectors(catalog, chroma, None, progress)
    index.follow()
    with catalog.reading() as connection:
        complete = chroma.count() == lookup.count_passages(connection)
    if not complete:
        index.mend(chroma.ids())
    return index


def _set_aside(folder: Path) -> None:
    """Keep the damaged folder, one at most, for whoever wants to look into it."""
    aside = folder.with_name(folder.name + ".damaged")
    shutil.rmtree(aside, ignore_errors=True)
    folder.rename(aside)
