"""Exact search over the vectors stored in the catalog, for processes that may not use the Chroma folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock

import numpy as np
from sqlalchemy import Connection

from retrieval.domain.articles import Filter, Vectors
from retrieval.errors import StoreError
from retrieval.storage.catalog import Catalog
from retrieval.storage.locks import try_lock
from retrieval.storage.passages import count_passages, filter_passages
from retrieval.storage.vectors.stored import Ids, load_vectors, scan_vectors

_FILE = "vectors.mapped"
# Bytes before the first row: the catalog's id and the length of a vector.
_HEAD = 128
# Ids are given out before they are committed: so many below the highest are looked at again.
_AGAIN = 1_000
# Rows that are compared with the catalog, and rows of removed passages for one that is there, until all are read anew.
_COMPARED, _GONE = 50, 0.25
# Nearest passages looked at beyond those wanted, since some may be removed.
_SPARE = 32

_Rows = tuple[Ids, Vectors]


class ExactVectors:
    """Compares a question with all stored vectors. Thread-safe.

    The vectors are copied to a file in `folder` that is mapped into memory: reading 300,000 from the database takes
    2.5 s, from the file less than 0.1 s. Without a folder that can be written they are kept in memory. What was added
    since is read before a search; what was removed stays in the file and is left out.
    """

    def __init__(self, catalog: Catalog, folder: Path | None = None) -> None:
        self._catalog = catalog
        self._folder = folder
        self._lock = Lock()
        self._state: tuple[str | None, str | None] | None = None
        self._parts: list[_Rows] = []

    def nearest(self, vector: Vectors, count: int) -> list[tuple[int, float]]:
        """The nearest passages as (passage id, cosine), best first."""
        with self._catalog.reading() as connection:
            parts = self._current(connection)
            if not parts or not count:
                return []
            ids = np.concatenate([ids for ids, _ in parts])
            cosines = np.concatenate([vectors @ vector for _, vectors in parts])
            wanted = count + _SPARE
            while True:
                top = _largest(cosines, wanted)
                there = set(filter_passages(connection, ids[top].tolist(), Filter()))
                found = [(int(ids[at]), float(cosines[at])) for at in top if int(ids[at]) in there]
                if len(found) >= count or wanted >= len(ids):
                    return found[:count]
                wanted *= 4

    def follow(self) -> int:
        """Does nothing: the process that holds the Chroma folder applies the changes."""
        return 0

    def close(self) -> None:
        """Let the file go."""
        self._parts, self._state = [], None

    def _current(self, connection: Connection) -> list[_Rows]:
        """The vectors with those that were added since the last search."""
        state = self._catalog.fact("catalog"), self._catalog.fact("articles changed")
        with self._lock:
            if state != self._state:
                file = _MappedVectors(self._folder / _FILE, state[0] or "") if self._folder else None
                parts = self._parts if self._state and self._state[0] == state[0] else _opened(file)
                self._parts = _brought_up_to_date(connection, file, parts)
                self._state = state
            return self._parts


def _opened(file: _MappedVectors | None) -> list[_Rows]:
    rows = file.load() if file else None
    return [rows] if rows else []


def _brought_up_to_date(connection: Connection, file: _MappedVectors | None, parts: list[_Rows]) -> list[_Rows]:
    if not _agrees(connection, parts):
        parts = []
    if file:
        # The disk may be full, another process may be writing the file: then they are kept in memory.
        with suppress(StoreError, OSError):
            if file.extend(_added(connection, parts), sum(len(ids) for ids, _ in parts)):
                return _opened(file)
    return [*parts, *_added(connection, parts)]


def _agrees(connection: Connection, parts: list[_Rows]) -> bool:
    """Tell if these are vectors of the catalog, which may have been restored since, and few of them were removed."""
    total = sum(len(ids) for ids, _ in parts)
    if total > (1 + _GONE) * count_passages(connection) + _AGAIN:
        return False
    kept = {
        int(ids[at]): vectors[at]
        for ids, vectors in parts
        for at in {*range(0, len(ids), len(ids) // _COMPARED + 1), len(ids) - 1}
    }
    ids, vectors = load_vectors(connection, list(kept))
    return all(np.array_equal(kept[id_], vector) for id_, vector in zip(ids.tolist(), vectors, strict=True))


def _added(connection: Connection, parts: list[_Rows]) -> Iterator[_Rows]:
    """The stored vectors that are not among these."""
    known = np.concatenate([ids for ids, _ in parts]) if parts else np.empty(0, np.int64)
    after = max(int(known.max()) - _AGAIN, 0) if len(known) else 0
    known = known[known > after]
    for ids, vectors in scan_vectors(connection, after=after):
        new = ~np.isin(ids, known)
        if new.any():
            yield ids[new], vectors[new]


def _largest(cosines: Vectors, count: int) -> list[int]:
    """The places of the largest numbers, largest first."""
    count = min(count, len(cosines))
    top = np.argpartition(cosines, len(cosines) - count)[len(cosines) - count :]
    return [int(at) for at in top[np.argsort(-cosines[top], kind="stable")]]


class _MappedVectors:
    """A file of ids and vectors, row by row, of the catalog with this id. Rows are only added."""

    def __init__(self, path: Path, catalog: str) -> None:
        self._path = path
        self._catalog = catalog

    def load(self) -> _Rows | None:
        """The rows, those of the vectors mapped; None where the file is missing, of another catalog, or damaged."""
        try:
            with self._path.open("rb") as file:
                catalog, dimensions = file.read(_HEAD).decode("ascii").split()
            row = _row(int(dimensions))
            count = (self._path.stat().st_size - _HEAD) // row.itemsize
            if catalog != self._catalog or not count:
                return None
            rows = np.memmap(self._path, row, "r", _HEAD, (count,))
        except (OSError, ValueError):
            return None
        ids = rows["id"].copy()
        return (ids, rows["vector"]) if ids.all() else None

    def extend(self, added: Iterator[_Rows], after: int) -> bool:
        """Write rows behind the first `after`, 0 for a new file; False if there are none or another process writes it.

        Raises:
            OSError: it cannot be written; what was is left.
        """
        first = next(added, None)
        lock = try_lock(self._path.with_name(self._path.name + ".lock")) if first else None
        if first is None or lock is None:
            return False
        try:
            row = _row(first[1].shape[1])
            if not after:
                self._path.unlink(missing_ok=True)  # others may have it mapped
                self._path.write_bytes(f"{self._catalog} {first[1].shape[1]}".encode().ljust(_HEAD))
            if (self._path.stat().st_size - _HEAD) // row.itemsize != after:
                return False  # another process has added rows, or this one keeps some in memory
            with self._path.open("r+b") as file:
                file.seek(_HEAD + after * row.itemsize)
                for ids, vectors in (first, *added):
                    rows = np.empty(len(ids), row)
                    rows["id"], rows["vector"] = ids, vectors
                    file.write(rows.tobytes())
            return True
        finally:
            lock.release()


def forget(folder: Path, ids: Sequence[int]) -> None:
    """Overwrite the vectors of removed passages in the file of a data folder, if there is one."""
    path = folder / _FILE
    with suppress(OSError, ValueError, IndexError):
        with path.open("rb") as file:
            row = _row(int(file.read(_HEAD).split()[1]))
        rows = np.memmap(path, row, "r+", _HEAD, ((path.stat().st_size - _HEAD) // row.itemsize,))
        rows["vector"][np.isin(rows["id"], ids)] = 0
        rows.flush()


def _row(dimensions: int) -> np.dtype[np.void]:
    return np.dtype([("id", "<i8"), ("vector", "<f4", (dimensions,))])
