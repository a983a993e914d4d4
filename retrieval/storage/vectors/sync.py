"""Opens the vector index up to date with the catalog, after whatever happened to either.

The process that holds the Chroma folder applies the changes noted in the catalog; for a server or the cloud, which may
be down, hang or lose everything while it is used, it is the one that has the lock at the time. If the folder's seal, or
the mark on the server's collection, does not match (a killed process, a damaged or missing folder, another catalog), a
separate process checks the folder first. Missing vectors are added from the stored ones and superfluous ones removed; a
damaged folder is set aside and rebuilt. Nothing is embedded again.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Protocol

from retrieval.domain.articles import Vectors
from retrieval.errors import LostIndexError, StoreError
from retrieval.observing import Progress
from retrieval.settings import ChromaPlace
from retrieval.storage.catalog import NEVER, Catalog
from retrieval.storage.locks import using_folder
from retrieval.storage.passages import count_passages, spread_passage_ids
from retrieval.storage.vectors.chroma import ChromaVectors, Nearest, open_folder, open_server
from retrieval.storage.vectors.exact import ExactVectors
from retrieval.storage.vectors.integrity import Seal, probe, take
from retrieval.storage.vectors.stored import count_changes, load_vectors
from retrieval.storage.vectors.synced import FOLLOWING, SyncedVectors, check_room

# Seconds until a server that failed is tried again.
_PAUSE = 60.0
# Seconds that the first search waits for an index that has to be filled.
PATIENCE = 10.0


class ConnectedIndex(Nearest, Protocol):
    """An index on a server, up to date. A search gives at most `most` passages, None for any number."""

    @property
    def most(self) -> int | None: ...

    def follow(self) -> int: ...

    def close(self) -> None: ...


class ServedVectors:
    """The index on a server; exact search over the stored vectors while the server fails. Thread-safe.

    `connect` opens the index and brings it up to date, unless its argument tells it to stop. It runs beside the
    searches, because filling an empty index takes minutes; changes of articles wait for it. `where` names the server
    for people.
    """

    def __init__(
        self,
        catalog: Catalog,
        connect: Callable[[Callable[[], bool]], ConnectedIndex],
        progress: Progress,
        clock: Callable[[], float] = time.monotonic,
        folder: Path | None = None,
        where: str = "a Chroma server",
    ) -> None:
        self.where = where
        self._catalog = catalog
        self._exact = ExactVectors(catalog, folder)
        self._connect = connect
        self._progress = progress
        self._clock = clock
        self._stopped = Event()
        self._connecting, self._lock = Lock(), Lock()
        self._index: ConnectedIndex | None = None
        self._again = 0.0
        self._opening: Thread | None = None
        self.trouble: str | None = None
        self._reopen()
        if self._opening:
            self._opening.join(PATIENCE)
            if self._opening.is_alive():
                self._lose(None, f"the vector index on {where} is being brought up to date", 0.0)

    def nearest(self, vector: Vectors, count: int) -> list[tuple[int, float]]:
        """The nearest passages as (passage id, cosine), best first."""
        index = self._index
        if index is None:
            self._reopen()
        elif index.most is None or count <= index.most:
            try:
                found = index.nearest(vector, count)
                if len(found) >= count or len(found) >= self._least():
                    return found
                self._lose(index, "the Chroma server has lost vectors", 0.0)
                self._reopen()
            except LostIndexError as error:
                self._lose(index, str(error), 0.0)
                self._reopen()
            except StoreError as error:
                self._lose(index, str(error))
        return self._exact.nearest(vector, count)

    def follow(self) -> int:
        """Apply the changes noted in the catalog; returns the number of passages, 0 while the server fails."""
        index = self._index or self._open()
        try:
            return index.follow() if index else 0
        except StoreError as error:
            self._lose(index, str(error))
            return 0

    def close(self) -> None:
        """Close the connection."""
        self._stopped.set()
        if self._opening:
            self._opening.join()
        if self._index:
            self._index.close()

    def _least(self) -> float:
        """The fewest passages that a search for all of them finds, as HNSW is approximate and changes may wait."""
        with self._catalog.reading() as connection:
            return 0.9 * (count_passages(connection) - count_changes(connection))

    def _reopen(self) -> None:
        """Try the server again beside the searches, if it is time."""
        with self._lock:
            waits = self._clock() < self._again or (self._opening and self._opening.is_alive())
            if not waits and not self._stopped.is_set():
                self._opening = Thread(target=self._open, daemon=True)
                self._opening.start()

    def _open(self) -> ConnectedIndex | None:
        with self._connecting:
            if self._index:
                return self._index
            try:
                index = self._connect(self._stopped.is_set)
            except StoreError as error:
                self._lose(None, str(error))
                return None
            with self._lock:
                self._index, self.trouble = index, None
            return index

    def _lose(self, index: ConnectedIndex | None, trouble: str, pause: float = _PAUSE) -> None:
        """Answer from the stored vectors until the server is tried again, after so many seconds."""
        with self._lock:
            if self._index is not index or self._stopped.is_set():
                return
            known, self.trouble = self.trouble, trouble
            self._index, self._again = None, self._clock() + pause
        if index:
            with suppress(StoreError):
                index.close()
        if trouble != known:
            self._progress.note(f"{trouble}; until then answers come from the stored vectors")


# Vectors of an index that are compared with the stored ones, evenly spread; and where its mark vouches for it.
_COMPARED, _VOUCHED = 100, 10


class LentVectors:
    """Exact search in a process that answers little. It has the index in a folder only while it applies changes, so
    that one which answers can have it. `open_` opens that index, up to date.
    """

    def __init__(self, catalog: Catalog, folder: Path, open_: Callable[[], Index]) -> None:
        self._exact = ExactVectors(catalog, folder)
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


def open_vectors(catalog: Catalog, data_dir: Path, server: ChromaPlace | None, progress: Progress) -> Index:
    """The vector index, up to date; exact search over the stored vectors where another process holds the index.

    It is in a folder, or on a `server`.

    Raises:
        StoreError: there is no room for it.
    """
    name = catalog.fact("catalog") or ""
    if server:
        connect = partial(_follow_server, catalog, server, data_dir, progress)
        where = "Chroma Cloud" if server.key else "a Chroma server"
        return ServedVectors(catalog, connect, progress, folder=data_dir, where=where)
    if catalog.read_only:
        progress.note(f"{data_dir} may not be written: answers come from the catalog's own vectors")
        return ExactVectors(catalog, data_dir)
    with using_folder():
        taken = take(data_dir / "chroma", name, partial(catalog.hold, FOLLOWING))
        if taken is None:
            return ExactVectors(catalog, data_dir)
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
        check_room(taken.folder)
    chroma = open_folder(taken.folder, taken.catalog)
    index = SyncedVectors(catalog, chroma, taken, progress, mark if vouched else None, taken.folder.parent)
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
    catalog: Catalog, server: ChromaPlace, data_dir: Path, progress: Progress, stopped: Callable[[], bool]
) -> SyncedVectors:
    chroma = open_server(server, catalog.fact("catalog") or "")
    try:
        with catalog.reading() as connection:
            total, pending = count_passages(connection), count_changes(connection)
        # Without its mark another index may have applied changes of the catalog since this one was last open.
        mark = catalog.mark()
        complete = abs(chroma.count() - total) <= pending
        vouched = complete and chroma.mark == mark
        with catalog.reading() as connection:
            some = spread_passage_ids(connection, _VOUCHED if vouched else _COMPARED)
            ids, vectors = load_vectors(connection, some)
        flaw = chroma.flaw(ids.tolist(), vectors)
        vouched = vouched and not flaw
        index = SyncedVectors(catalog, chroma, None, progress, mark if vouched else None, data_dir)
        if vouched:
            index.follow()
        else:
            index.compare(flaw, stopped)
    except BaseException:
        chroma.close()
        raise
    return index


def _flaw(catalog: Catalog, chroma: ChromaVectors, held: Collection[int]) -> str | None:
    """What speaks against an index that has the passages `held`: it is not made as ours, or has other vectors."""
    some = sorted(held)
    with catalog.reading() as connection:
        ids, vectors = load_vectors(connection, some[:: len(some) // _COMPARED or 1])
    return chroma.flaw(ids.tolist(), vectors)


def _set_aside(folder: Path) -> None:
    """Rename the damaged folder, so that it can be examined; only the last one is kept."""
    aside = folder.with_name(folder.name + ".damaged")
    shutil.rmtree(aside, ignore_errors=True)
    folder.rename(aside)
