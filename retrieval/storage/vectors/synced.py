"""The Chroma index, kept up to date with the catalog while it is open."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from retrieval.domain.articles import Vectors
from retrieval.errors import StoreError
from retrieval.observing import Progress
from retrieval.storage.catalog import NEVER, Catalog
from retrieval.storage.passages import all_passage_ids, count_passages, existing_passage_ids, next_passage_ids
from retrieval.storage.vectors.chroma import ChromaVectors
from retrieval.storage.vectors.exact import forget
from retrieval.storage.vectors.integrity import Seal
from retrieval.storage.vectors.stored import count_changes, load_vectors, pending_changes

# Writing to Chroma holds Python's global lock: 50 vectors take 65 ms at 100,000, 500 would stall the bot for 0.7 s.
BATCH = 50
# Vectors to a write where a server does the work: Chroma Cloud takes no more.
_SERVED_BATCH = 300
# Bytes that must be free: more than Chroma writes at once (the thousand vectors it keeps in memory).
ROOM = 20_000_000
# The lock of the process that applies the changes: a second one would apply an old change after a newer one.
FOLLOWING = "vectors"


class SyncedVectors:
    """The Chroma index, kept up to date with the catalog: one in a folder (`sealed`), or on a server, where whoever
    writes takes the lock for it.

    `mark` is the catalog's mark when the index was last closed properly; None where the index must be repaired
    first. In `data_dir` the file of exact search forgets what is removed.
    """

    def __init__(
        self,
        catalog: Catalog,
        chroma: ChromaVectors,
        sealed: Seal | None,
        progress: Progress,
        mark: str | None = None,
        data_dir: Path | None = None,
    ) -> None:
        self._catalog = catalog
        self._chroma = chroma
        self._data_dir = data_dir
        self._seal = sealed
        self._progress = progress
        self._mark = mark
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
        """True while this process is the one that applies changes; who has the folder has that lock already."""
        lock = None if self._seal or self._catalog.read_only else self._catalog.hold(FOLLOWING)
        try:
            yield lock is not None or self._seal is not None
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
            check_room(self._seal.folder)
        with self._watched():
            if len(ids):
                self._chroma.put(ids.tolist(), vectors)
            if gone:
                self._chroma.remove(gone)
        if gone and self._data_dir:
            forget(self._data_dir, gone)

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

    def compare(self, flaw: str | None, stopped: Callable[[], bool]) -> None:
        """Repair an index on a server, a page of ids at a time; one with a `flaw` is filled anew.

        Raises:
            StoreError: it failed, another process is at it, or it was `stopped` before it was done.
        """
        with self._leading() as leads:
            if not leads:
                raise StoreError(
                    "the vector index on the Chroma server is not up to date, and another process is at it"
                )
            if flaw:
                note = f"the index on the Chroma server is not ours ({flaw}): it is filled from the stored vectors"
                self._progress.note(note)
                self._chroma.clear()
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


def check_room(folder: Path) -> None:
    """Raise StoreError when the disk is nearly full: Chroma would damage its folder and give empty or misleading
    results.
    """
    if shutil.disk_usage(folder.parent).free < ROOM:
        raise StoreError(
            f"less than {ROOM // 1_000_000} MB free for {folder}: free some space and run the command again, "
            "nothing is lost"
        )
