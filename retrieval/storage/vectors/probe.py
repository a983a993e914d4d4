"""Looks into a Chroma folder from a process of its own, because a damaged one can take its process with it.

    python -m retrieval.storage.vectors.probe FOLDER CATALOG

Prints the ids it holds as a JSON list and exits with 0 when the folder opens and its vectors are found
where they lie; anything else means that it is damaged. It ends when its standard input does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

# Vectors searched for, evenly spread: Chroma writes a thousand at a time, and so loses them.
SAMPLE = 100
# Of a healthy graph of 30,000 vectors a search for everything reaches all but a few in ten thousand.
REACHED = 0.99
# Bytes: a damaged link list has been seen to ask for terabytes.
_MEMORY_LIMIT = 16 << 30
_SECONDS = 120


def probe(folder: Path, catalog: str) -> set[int] | None:
    """The passage ids a Chroma folder holds, or None where it is damaged or was not made for this catalog."""
    command = [sys.executable, "-m", "retrieval.storage.vectors.probe", str(folder.resolve()), catalog]
    # Our end closes with this process, however it ends: nobody looks into a folder that others may have by then.
    theirs, ours = os.pipe()
    try:
        done = subprocess.run(  # noqa: S603
            command, stdin=theirs, capture_output=True, timeout=_SECONDS, check=False, cwd=Path(__file__).parents[2]
        )
        return set(json.loads(done.stdout)) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        return None
    finally:
        os.close(theirs)
        os.close(ours)


def look_into(folder: Path, catalog: str) -> list[int] | None:
    """The ids held, or None where their vectors are not found by searching for them."""
    from retrieval.storage.vectors.chroma import open_folder

    index = open_folder(folder, catalog, make=False)
    ids = sorted(index.ids())
    if not ids:
        return []
    vectors = index.load(ids[:: len(ids) // SAMPLE or 1])
    for vector in vectors:
        # By distance, not by id: the same words in two articles make the same vector.
        found = index.nearest(vector, min(10, len(ids)))
        if not found or found[0][1] < 0.999:
            return None
    # Walks the whole graph, so that a hole in it is met wherever it lies; a quarter of a second at 30,000.
    everything = index.nearest(vectors[0], len(ids))
    return ids if len(everything) >= REACHED * len(ids) else None


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


def limit_memory() -> None:
    """Let this process fail rather than take all there is."""
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
