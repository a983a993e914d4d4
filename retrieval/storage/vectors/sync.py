"""Keeps the vector index up to date with the catalog, after whatever happened to either.

The process that holds the Chroma folder applies the changes noted in the catalog; for a server or the cloud it is the
one that has the lock at the time. If the folder's seal, or the mark on the server's collection, does not match (a killed
process, a damaged or missing folder, another catalog), a separate process checks the folder first. Missing vectors are
added from the stored ones and superfluous ones removed; a damaged folder is set aside and rebuilt. Nothing is embedded
again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from filelock import BaseFileLock

from retrieval.domain.vectors import Vectors
from retrieval.errors import StoreError
from retrieval.progress import Progress
from retrieval.settings import ChromaPlace
from retrieval.storage.catalog import NEVER, Catalog
from retrieval.storage.locks import try_lock, using_folder
from retrieval.storage.passages import (
    all_passage_ids,
    count_passages,
    existing_passage_ids,
    next_passage_ids,
    spread_passage_ids,
)
from retrieval.storage.vectors import integrity
from retrieval.storage.vectors.chroma import ChromaVectors, open_folder, open_server
from retrieval.storage.vectors.exact import ExactVectors
from retrieval.storage.vectors.integrity import Seal
from retrieval.storage.vectors.probe import probe
from retrieval.storage.vectors.served import ServedVectors
from retrieval.storage.vectors.stored import count_changes, load_vectors, pending_changes

# Writing to Chroma holds Python's global lock: 50 vectors take 65 ms at 100,000, 500 would stall the bot for 0.7 s.
BATCH = 50
# Vectors to a write where a server does the work: Chroma Cloud takes no more.
_SERVED_BATCH = 300
# Bytes that must be free: more than Chroma writes at once (the thousand vectors it keeps in memory).
ROOM = 20_000_000
# Vectors of an index that are compared with the stored ones, evenly spread; and where its mark vouches for it.
_COMPARED, _VOUCHED = 100, 10

# Takes the lock of who applies changes; None where another process has it.
Hold = Callable[[], BaseFileLock | None]


class SyncedVectors:
    """The Chroma index, kept up to date with the catalog: one in a folder (`sealed`), or on a server, where each use of
    it as a writer takes the lock by `hold`.

    `mark` is the catalog's mark when the index was last closed properly; None where the index must be repaired
    first.
    """

    def __init__(
        self,
        catalog: Catalog,
        chroma: ChromaVectors,
        sealed: Seal | None,
        progress: Progress,
        mark: str | None = None,
        hold: Hold | None = None,
    ) -> None:
        self._catalog = catalog
        self._chroma = chroma
        self._seal = sealed
        self._progress = progress
        self._mark = mark
        self._hold = hold
        self._batch = BATCH if sealed else _SERVED_BATCH

    @property
    def most(self) -> int | None:
        """The largest number of results of a search; None for any number."""
        return self._chroma.most

    def nearest(self, vector: Vectors, count: int) -> list[tuple[int, float]]:
        """The nearest passages as (passage id, cosine), best first."""
        with self._watched():
            return self._chroma.nearest(vector, count)

    def follow(self) -> int:
        """Apply the changes noted in the catalog; returns the number of passages, 0 where another process does."""
        with self._catalog.reading() as connection:
            total = count_changes(connection)
        if not total:
            return 0
        with self._leading() as leads:
            if leads:
                self._follow(total)
            return total if leads else 0

    def _follow(self, total: int) -> None:
        self._apply(total)
        self._sign()

    def _apply(self, total: int, stopped: Callable[[], bool] = lambda: False) -> None:
        with self._progress.track("Indexing", total, "passages") as done:
            while applied := self._follow_batch():
                done(applied)
                _go_on(stopped)

    @contextmanager
    def _leading(self) -> Iterator[bool]:
        """True while this process is the one that applies changes: two would undo each other's."""
        lock = self._hold() if self._hold else None
        try:
            yield lock is not None or self._hold is None
        finally:
            if lock:
                lock.release()

    def _sign(self) -> None:
        """Leave the mark on a server, for whoever opens the index next; a folder has its seal."""
        if self._seal is None and self._mark:
            with self._watched():
                self._chroma.sign(self._mark)

    def _follow_batch(self) -> int:
        with self._catalog.reading() as connection:
            number, changed = pending_changes(connection, self._batch)
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
                _go_on(stopped)
                batch = wrong[first : first + BATCH]
                self._put(batch)
                done(len(batch))
        self._mark = self._catalog.followed(number)
        return len(wrong)

    def compare(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """Repair an index on a server, a page of ids at a time.

        Raises:
            StoreError: it failed, was `stopped` before it was done, or another process is at it.
        """
        with self._leading() as leads:
            if not leads:
                raise StoreError(
                    "the vector index on the Chroma server is not up to date, and another process is at it"
                )
            with self._catalog.reading() as connection:
                total, pending = count_passages(connection), count_changes(connection)
            # What is noted after that is applied later.
            self._apply(pending, stopped)
            with self._watched(), self._progress.track("Indexing", total, "passages") as done:
                self._add_missing(self._chroma.count() == 0, stopped, done)
                if self._chroma.count() > total:
                    self._remove_others(stopped)
            self._mark = self._catalog.mark()
            if self._mark == NEVER:
                self._mark = self._catalog.followed(0)
            self._sign()

    def _add_missing(self, is_empty: bool, stopped: Callable[[], bool], done: Callable[[int], object]) -> None:
        last = 0
        while True:
            _go_on(stopped)
            with self._catalog.reading() as connection:
                ids = next_passage_ids(connection, last, self._chroma.page)
            if not ids:
                return
            held = set() if is_empty else self._chroma.held(ids)
            missing = [id_ for id_ in ids if id_ not in held]
            for first in range(0, len(missing), self._batch):
                self._put(missing[first : first + self._batch])
            last = ids[-1]
            done(len(ids))

    def _remove_others(self, stopped: Callable[[], bool]) -> None:
        """Remove what the catalog does not have: removed passages, and what somebody else put there."""
        others: list[int | str] = []
        foreign = 0
        for names in self._chroma.pages():
            _go_on(stopped)
            ids = {int(name) for name in names if name.isdecimal()}
            with self._catalog.reading() as connection:
                others += sorted(ids.difference(existing_passage_ids(connection, sorted(ids))))
            strange = [name for name in names if not name.isdecimal()]
            others += strange
            foreign += len(strange)
        for first in range(0, len(others), self._batch):
            self._chroma.remove(others[first : first + self._batch])
        if foreign:
            many = f"{foreign} entries are" if foreign > 1 else "an entry is"
            self._progress.note(f"others have written to the index on the Chroma server: {many} removed")

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


def _go_on(stopped: Callable[[], bool]) -> None:
    if stopped():
        raise StoreError("the vector index was closed before it was up to date")


Index = SyncedVectors | ServedVectors | ExactVectors


def open_vectors(catalog: Catalog, data_dir: Path, server: ChromaPlace | None, progress: Progress) -> Index:
    """The vector index, up to date; exact search over the stored vectors where another process holds the index.

    It is in a folder, or on a `server`.

    Raises:
        StoreError: there is no room for it.
    """
    name = catalog.fact("catalog") or ""
    if server:
        hold = _never if catalog.read_only else partial(try_lock, data_dir / "chroma.lock")
        connect = partial(_follow_server, catalog, server, progress, hold)
        return ServedVectors(catalog, connect, progress, where="Chroma Cloud" if server.key else "a Chroma server")
    if catalog.read_only:
        progress.note(f"{data_dir} may not be written: answers come from the catalog's own vectors")
        return ExactVectors(catalog)
    with using_folder():
        taken = integrity.take(data_dir / "chroma", name)
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
    catalog: Catalog, server: ChromaPlace, progress: Progress, hold: Hold, stopped: Callable[[], bool]
) -> SyncedVectors:
    chroma = open_server(server, catalog.fact("catalog") or "")
    try:
        with catalog.reading() as connection:
            total, pending = count_passages(connection), count_changes(connection)
        # Without its mark another index may have applied changes of the catalog since this one was last open.
        mark = catalog.mark()
        vouched = chroma.mark == mark and abs(chroma.count() - total) <= pending
        with catalog.reading() as connection:
            some = spread_passage_ids(connection, _VOUCHED if vouched else _COMPARED)
            flaw = chroma.flaw(*load_vectors(connection, some))
        if flaw:
            chroma.clear()
            note = f"the index on the Chroma server is not ours ({flaw}): it is filled from the stored vectors"
            progress.note(note)
            vouched = False
        index = SyncedVectors(catalog, chroma, None, progress, mark if vouched else None, hold)
        if vouched:
            index.follow()
        else:
            index.compare(stopped)
    except BaseException:
        chroma.close()
        raise
    return index


def _never() -> None:
    """No lock where the data folder may not be written."""


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
