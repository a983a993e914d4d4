"""Looks into a Chroma folder from a process of its own, because a damaged one can take its process with it.

    python -m retrieval.index.probe FOLDER CATALOG

Prints the ids it holds as a JSON list and exits with 0 when the folder opens and its vectors are found
where they lie; anything else means that it is damaged.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SAMPLE = 100
# Bytes: a damaged link list has been seen to ask for terabytes.
_MEMORY_LIMIT = 16 << 30
_SECONDS = 120


def probe(folder: Path, catalog: str) -> set[int] | None:
    """The passage ids a Chroma folder holds, or None where it is damaged."""
    command = [sys.executable, "-m", "retrieval.index.probe", str(folder.resolve()), catalog]
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, timeout=_SECONDS, check=False, cwd=Path(__file__).parents[2]
        )
        return set(json.loads(done.stdout)) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        return None


def look_into(folder: Path, catalog: str) -> list[int] | None:
    """The ids held, or None where a sample of the vectors is not found by searching for them."""
    from retrieval.index.vectors import open_folder

    index = open_folder(folder, catalog)
    ids, vectors = index.sample(SAMPLE)
    for vector in vectors:
        # By distance, not by id: the same words in two articles make the same vector.
        found = index.nearest(vector, min(10, len(ids)))
        if not found or found[0][1] < 0.999:
            return None
    return sorted(index.ids())


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))


if __name__ == "__main__":
    _limit_memory()
    held = look_into(Path(sys.argv[1]), sys.argv[2])
    if held is None:
        sys.exit(1)
    sys.stdout.write(json.dumps(held))
