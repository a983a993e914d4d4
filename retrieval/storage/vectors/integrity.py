"""Tells if a Chroma folder is intact and up to date between two uses of it.

Closing the folder properly leaves a seal file beside it: the state of its files, and the catalog's mark when the folder
last applied changes. A killed process leaves none; a catalog restored from a backup, or used with another folder since,
has another mark. Then the folder is looked into, in a process of its own, because a damaged one can crash the process
that opens it:

    python -m retrieval.storage.vectors.integrity FOLDER CATALOG

That prints the ids in it as a JSON list and exits with 0 if the folder opens and a search finds its vectors; any other
outcome means that it is damaged. The process ends when its standard input is closed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import BaseFileLock

from retrieval.domain.articles import Vectors
from retrieval.storage.locks import Hold, try_lock

if TYPE_CHECKING:
    from retrieval.storage.vectors.chroma import ChromaVectors


@dataclass(frozen=True, slots=True)
class Seal:
    """The locks on a Chroma folder and on following its catalog, and the seal file. `catalog` is the catalog's id."""

    folder: Path
    catalog: str
    lock: BaseFileLock
    following: Hold

    @property
    def _file(self) -> Path:
        return self.folder.with_name(self.folder.name + ".seal")

    def open(self, mark: str) -> bool:
        """True if the folder is unchanged since it was closed at this mark. The seal is removed until the folder is
        closed.
        """
        try:
            kept = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            kept = None
        self._file.unlink(missing_ok=True)
        return bool(kept == self._words(mark))

    def close(self, mark: str | None) -> None:
        """Seal the folder at this mark (with None, leave it unsealed), and release the lock."""
        try:
            if mark is not None:
                # Without a seal (the disk may be full) the next process checks the folder instead.
                with suppress(OSError):
                    self._file.write_text(json.dumps(self._words(mark)), "utf-8")
        finally:
            self.following.release()
            self.lock.release()

    def _words(self, mark: str) -> dict[str, Any]:
        return {"catalog": self.catalog, "mark": mark, "files": _state(self.folder)}


def take(folder: Path, catalog: str, follow: Callable[[], Hold | None]) -> Seal | None:
    """Lock the folder, and with `follow` the catalog's changes; None where another process has one of them."""
    lock = try_lock(folder.with_name(folder.name + ".lock"))
    if lock is None:
        return None
    following = follow()
    if following is None:
        lock.release()
        return None
    return Seal(folder, catalog, lock, following)


def _state(folder: Path) -> dict[str, list[int]]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {str(file.relative_to(folder)): [file.stat().st_size, file.stat().st_mtime_ns] for file in files}


# Vectors searched for, evenly spread: Chroma writes, and so loses, a thousand at a time.
SAMPLE = 300
# HNSW is approximate: of 312,000 vectors a search for the ten nearest to one misses that very one for 4 or 5 in a
# thousand. A search for a hundredth of all, up to so many, finds nearly all of these; what is lost it does not find.
_WIDER = 1_000
# The share that it may still miss in an index of _LARGE, as much less as it is smaller; and the chance of that many in
# a healthy index from which it is damaged.
_MISSED, _LARGE, _CHANCE = 0.005, 100_000, 1e-5
# A search for all vectors of a healthy graph of 30,000 misses only a few in ten thousand.
REACHED = 0.99
# In bytes. A damaged link list can ask for terabytes.
_MEMORY_LIMIT = 16 << 30
_SECONDS = 120


def probe(folder: Path, catalog: str) -> set[int] | None:
    """The passage ids in a Chroma folder; None where it is damaged or belongs to another catalog."""
    command = [sys.executable, "-m", "retrieval.storage.vectors.integrity", str(folder.resolve()), catalog]
    # Our end of the pipe closes with this process, however it ends, and that ends the probe: by then another process
    # may hold the folder.
    theirs, ours = os.pipe()
    try:
        done = subprocess.run(  # noqa: S603
            command, stdin=theirs, capture_output=True, timeout=_SECONDS, check=False, cwd=Path(__file__).parents[3]
        )
        return set(json.loads(done.stdout)) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        return None
    finally:
        os.close(theirs)
        os.close(ours)


def look_into(folder: Path, catalog: str) -> list[int] | None:
    """The ids in the folder; None where a search does not find their vectors."""
    from retrieval.storage.vectors.chroma import open_folder

    # Of what was cut off blank memory would make an index that works; this process has read no article.
    index = open_folder(folder, catalog, make=False, blank=False)
    ids = sorted(index.ids())
    if not ids:
        return []
    sample = ids[:: len(ids) // SAMPLE or 1]
    vectors = index.load(sample)
    missed = [vector for vector in vectors if not _finds(index, vector, min(10, len(ids)))]
    missed = [vector for vector in missed if not _finds(index, vector, min(_WIDER, max(10, len(ids) // 100)))]
    if len(vectors) < len(sample) or len(missed) > tolerated(len(sample), len(ids)):
        return None
    # Walks the whole graph, so that a hole is found wherever it is; a quarter of a second at 30,000.
    everything = index.nearest(vectors[0], len(ids))
    return ids if len(everything) >= REACHED * len(ids) else None


def _finds(index: ChromaVectors, vector: Vectors, count: int) -> bool:
    """Tell if a search for a vector finds it; by distance, since the same words in two articles give the same one."""
    found = index.nearest(vector, count)
    return bool(found) and found[0][1] >= 0.999


def tolerated(sample: int, total: int) -> int:
    """The most vectors of a sample that an intact index of `total` may miss, by the binomial distribution."""
    share = _MISSED * min(1.0, total / _LARGE)
    likely, misses = (1 - share) ** sample, 0
    beyond = 1 - likely
    while beyond > _CHANCE:
        likely *= (sample - misses) / (misses + 1) * share / (1 - share)
        misses += 1
        beyond -= likely
    return misses


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


def limit_memory() -> None:
    """Limit the memory of this process, so that it fails rather than use up the machine's."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    limit_memory()
    held = look_into(Path(sys.argv[1]), sys.argv[2])
    if held is None:
        sys.exit(1)
    sys.stdout.write(json.dumps(held))
