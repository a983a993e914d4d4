"""A vector index on a server, which may be down, hang or lose everything while it is used."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Protocol

from retrieval.domain.articles import Vectors
from retrieval.errors import LostIndexError, StoreError
from retrieval.observing import Progress
from retrieval.storage.catalog import Catalog
from retrieval.storage.passages import count_passages
from retrieval.storage.vectors.chroma import Nearest
from retrieval.storage.vectors.exact import ExactVectors
from retrieval.storage.vectors.stored import count_changes

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
