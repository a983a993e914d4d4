"""Vouches for a Chroma folder between two uses of it.

Closing the folder in good order leaves a seal beside it: the state of its files, and the number of the last
change of the catalog they hold. A process that is killed leaves none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from filelock import BaseFileLock

from retrieval.index.locks import try_lock


@dataclass(frozen=True, slots=True)
class Seal:
    """The lock on a Chroma folder, and the word on its state. `catalog` is the id of the catalog it follows."""

    folder: Path
    catalog: str
    lock: BaseFileLock

    @property
    def _file(self) -> Path:
        return self.folder.with_name(self.folder.name + ".seal")

    def open(self, last_change: int) -> bool:
        """Whether the folder is as it was left; from here on nobody vouches for it until it is closed."""
        try:
            kept = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            kept = {}
        self._file.unlink(missing_ok=True)
        return bool(
            kept.get("catalog") == self.catalog
            and kept["change"] <= last_change
            and kept["files"] == _state(self.folder)
        )

    def close(self, change: int | None) -> None:
        """Seal the folder at this change (None: leave it open to doubt), and let others have it."""
        if change is not None:
            state = {"catalog": self.catalog, "change": change, "files": _state(self.folder)}
            self._file.write_text(json.dumps(state), "utf-8")
        self.lock.release()


def take(folder: Path, catalog: str) -> Seal | None:
    """Lock the folder, or None where another process has it."""
    lock = try_lock(folder.with_name(folder.name + ".lock"))
    return Seal(folder, catalog, lock) if lock else None


def _state(folder: Path) -> dict[str, list[int]]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {str(file.relative_to(folder)): [file.stat().st_size, file.stat().st_mtime_ns] for file in files}
