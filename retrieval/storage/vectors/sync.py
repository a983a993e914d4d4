"""Keeps the vector index up to date with the catalog, after whatever happened to either.

The process that holds the Chroma folder applies the changes noted in the catalog. If the folder's seal does not match
(a killed process, a damaged or missing folder, another catalog), a separate process checks the folder first. Missing
vectors are added from the stored ones and superfluous ones removed; a damaged folder is set aside and rebuilt. Nothing
is embedded again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from retrieval.domain.vectors import Vectors
from retrieval.errors import StoreError
from retrieval.progress import Progress
from retrieval.storage.catalog import NEVER, Catalog
from retrieval.storage.locks import using_folder
from retrieval.storage.passages import all_passage_ids, count_passages
from retrieval.storage.vectors import integrity
from retrieval.storage.vectors.chroma import SECONDS, ChromaVectors, open_folder, open_server
from retrieval.storage.vectors.exact import ExactVectors
from retrieval.storage.vectors.integrity import Seal
from retrieval.storage.vectors.probe import probe
from retrieval.storage.vectors.served import ServedVectors
from retrieval.storage.vectors.stored import count_changes, load_vectors, pending_changes

# Writing to Chroma holds Python's global lock: 50 vectors take 65 ms at 100,000, 500 would stall the bot for 0.7 s.
BATCH = 50
# Bytes that must be free: more than Chroma writes at once (the thousand vectors it keeps in memory).
ROOM = 20_000_000
# The lock of the process that applies the changes: a second one would apply an old change after a newer one.
FOLLOWING = "vectors"
# Vectors of an index that are compared with the stored ones, evenly spread.
_COMPARED = 100


class SyncedVectors:
    """The Chroma index, kept up to date with the catalog.

    `mark` is the catalog's mark when the index was last closed properly; None where the index must be repaired
    first.
    """

    def __init__(
        self, catalog: Catalog, chroma: ChromaVectors, sealed: Seal | None, progress: Progress, mark: str | None = None
    ) -> None:
        self._catalog = catalog
        self._chroma = chroma
        self._seal = sealed
        self._progress = progress
        self._mark = mark

    def nearest(self, vector: Vectors, count: int) -> list[tuple[int, float]]:
        """The nearest passages as (passage id, cosine), best first."""
        with self._watched():
            return self._chroma.nearest(vector, count)

    def follow(self) -> int:
        """Apply the changes noted in the catalog; returns the number of passages, 0 where another process does."""
        with self._catalog.reading() as connection:
            total = count_changes(connection)
        # Who has the folder has the lock already; a server is open to all.
        hold = None if self._seal or not total else self._catalog.hold(FOLLOWING)
        if not total or not (self._seal or hold):
            return 0
        try:
            return self._follow(total)
        finally:
            if hold:
                hold.release()

    def _follow(self, total: int) -> int:
        with self._progress.track("Indexing", total, "passages") as done:
            while applied := self._follow_batch():
                done(applied)
        return total

    def _follow_batch(self) -> int:
        with self._catalog.reading() as connection:
            number, changed = pending_changes(connection, BATCH)
        if changed:
            self._put(changed)
            mark = self._catalog.followed(number)
            self._mark = mark if self._mark else None
        return len(changed)

    def _put(self, wanted: Sequence[int]) -> None:
        """Add those of the passages that the catalog has to the index, and remove the others."""
        with self._catalog.reading() as connection:
            ids, vectors = load_vectors(connection, wanted)
        gone = sorted(set(wanted).difference(ids.tolist()))
        if self._seal:
            _check_room(self._seal.folder)
        with self._watched():
            if len(ids):
                self._chroma.put(ids.tolist(), vectors)
            if gone:
                self._chroma.remove(gone)

    def mend(self, held: Collection[int], stopped: Callable[[], bool] = lambda: False) -> int:
        """Repair an index that has the passages `held`; returns how many were missing, superfluous or changed.

        Raises:
            StoreError: it failed, or was `stopped` before it was done.
        """
        with self._catalog.reading() as connection:
            # Read together: changes noted later are applied later, earlier ones are repaired now.
            number, changed = pending_changes(connection)
            wanted = all_passage_ids(connection)
        wrong = sorted(wanted.symmetric_difference(held) | wanted.intersection(changed))
        with self._progress.track("Indexing", len(wrong), "passages") as done:
            for first in range(0, len(wrong), BATCH):
                if stopped():
                    raise StoreError("the vector index was closed before it was up to date")
                batch = wrong[first : first + BATCH]
                self._put(batch)
                done(len(batch))
        self._mark = self._catalog.followed(number)
        return len(wrong)

    def close(self) -> None:
        """Close the index, and seal its folder if it is in a known state."""
        mark = None
        try:
            self._chroma.close()
            # With another mark, another index has applied changes of the same catalog meanwhile.
            mark = self._mark if self._mark == self._catalog.mark() else None
        finally:
            if self._seal:
                self._seal.close(mark)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """After a failure the index is in an unknown state: the next process checks it before use."""
        try:
            yield
        except StoreError as error:
            self._mark = None
            if self._seal is None:  # of a server, which may only be down
                raise
            raise StoreError(f"{error}; run the command again, it repairs the index from the catalog") from error


class LentVectors:
    """Exact search in a process that answers little. It has the index in a folder only while it applies changes, so
    that one which answers can have it. `open_` opens that index, up to date.
    """

    def __init__(self, catalog: Catalog, open_: Callable[[], Index]) -> None:
        self._exact = ExactVectors(catalog)
        self._open = open_

    def nearest(self, vector: Vectors, count: int) -> list[tuple[int, float]]:
        """The nearest passages as (passage id, cosine), best first."""
        return self._exact.nearest(vector, count)

    def follow(self) -> int:
        """Apply the changes noted in the catalog; returns 0 where another process has the index."""
        index = self._open()
        index.close()
        return 0 if isinstance(index, ExactVectors) else 1

    def close(self) -> None:
        """Does nothing."""


Index = SyncedVectors | ServedVectors | ExactVectors | LentVectors


def open_vectors(catalog: Catalog, data_dir: Path, url: str, progress: Progress, seconds: float = SECONDS) -> Index:
    """The vector index, up to date; exact search over the stored vectors where another process holds the index.

    `url` is that of a Chroma server instead of a folder, which may take so many seconds for a request.

    Raises:
        StoreError: there is no room for it.
    """
    name = catalog.fact("catalog") or ""
    if url:
        return ServedVectors(
            catalog, lambda stopped: _follow_server(catalog, url, seconds, progress, stopped), progress
        )
    if catalog.read_only:
        progress.note(f"{data_dir} may not be written: answers come from the catalog's own vectors")
        return ExactVectors(catalog)
    with using_folder():
        taken = integrity.take(data_dir / "chroma", name, partial(catalog.hold, FOLLOWING))
        if taken is None:
            return ExactVectors(catalog)
        try:
            return _follow_folder(catalog, taken, progress)
        except BaseException:
            taken.close(None)
            raise


def _follow_folder(catalog: Catalog, taken: Seal, progress: Progress) -> SyncedVectors:
    mark = catalog.mark()
    with catalog.reading() as connection:
        first_time = mark == NEVER and count_changes(connection) >= count_passages(connection)
    vouched = taken.open(mark) or (first_time and not taken.folder.exists())
    held = set() if vouched or not taken.folder.exists() else probe(taken.folder, taken.catalog)
    if held is None:
        _set_aside(taken.folder)
    if first_time or not vouched:
        _check_room(taken.folder)
    chroma = open_folder(taken.folder, taken.catalog)
    index = SyncedVectors(catalog, chroma, taken, progress, mark if vouched else None)
    try:
        if held and (flaw := _flaw(catalog, chroma, held)):
            chroma.clear()
            progress.note(f"the vector index was not as it is made here ({flaw}): it is filled from the stored vectors")
            held = set()
        if vouched:
            index.follow()
        elif (mended := index.mend(held or ())) and held is None:
            progress.note(f"the vector index was damaged: it was set aside and rebuilt from {mended} stored vectors")
        elif mended and not first_time:
            progress.note(f"repaired the vector index: {mended} passages from their stored vectors")
    except BaseException:
        # Chroma must be closed before the lock is released, also when the process is interrupted here.
        index.close()
        raise
    return index


def _follow_server(
    catalog: Catalog, url: str, seconds: float, progress: Progress, stopped: Callable[[], bool]
) -> SyncedVectors:
    chroma = open_server(url, catalog.fact("catalog") or "", seconds)
    hold = catalog.hold(FOLLOWING)
    if hold is None:
        # The process that applies the changes keeps the index in order too.
        return SyncedVectors(catalog, chroma, None, progress)
    try:
        return _mend_server(catalog, chroma, progress, stopped)
    finally:
        hold.release()


def _mend_server(
    catalog: Catalog, chroma: ChromaVectors, progress: Progress, stopped: Callable[[], bool]
) -> SyncedVectors:
    names = chroma.names()
    held = {int(name) for name in names if name.isdecimal()}
    flaw = "others have written to it" if len(held) < len(names) else _flaw(catalog, chroma, held)
    if flaw:
        chroma.clear()
        progress.note(f"the index on the Chroma server is not ours ({flaw}): it is filled from the stored vectors")
        held = set()
    index = SyncedVectors(catalog, chroma, None, progress)
    # Another index may have applied changes of the catalog since this one was last open.
    index.mend(held, stopped)
    return index


def _flaw(catalog: Catalog, chroma: ChromaVectors, held: Collection[int]) -> str | None:
    """What speaks against an index that has the passages `held`: it is not made as ours, or has other vectors."""
    some = sorted(held)
    with catalog.reading() as connection:
        ids, vectors = load_vectors(connection, some[:: len(some) // _COMPARED or 1])
    return chroma.flaw(ids.tolist(), vectors)


def _check_room(folder: Path) -> None:
    """Raise StoreError when the disk is nearly full: Chroma would damage its folder and give empty or misleading
    results.
    """
    if shutil.disk_usage(folder.parent).free < ROOM:
        raise StoreError(
            f"less than {ROOM // 1_000_000} MB free for {folder}: free some space and run the command again, "
            "nothing is lost"
        )


def _set_aside(folder: Path) -> None:
    """Rename the damaged folder, so that it can be examined; only the last one is kept."""
    aside = folder.with_name(folder.name + ".damaged")
    shutil.rmtree(aside, ignore_errors=True)
    folder.rename(aside)
