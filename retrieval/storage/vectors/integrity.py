"""Vouches for a Chroma folder between two uses of it.

Closing the folder in good order leaves a seal beside it: the state of its files, and the mark the catalog got
when the folder last followed it. A process that is killed leaves none; a catalog put back from a copy, or
followed by another folder since, has another mark.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import BaseFileLock

from retrieval.storage.locks import try_lock


@dataclass(frozen=True, slots=True)
class Seal:
    """The lock on a Chroma folder, and the word on its state. `catalog` is the id of the catalog it follows."""

    folder: Path
    catalog: str
    lock: BaseFileLock

    @property
    def _file(self) -> Path:
        return self.folder.with_name(self.folder.name + ".seal")

    def open(self, mark: str) -> bool:
        """Whether the folder is as it was left at this mark; from here on nobody vouches for it until it is closed."""
        try:
            kept = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            kept = None
        self._file.unlink(missing_ok=True)
        return bool(kept == self._words(mark))

    def close(self, mark: str | None) -> None:
        """Seal the folder at this mark (None: leave it open to doubt), and let others have it."""
        try:
            if mark is not None:
                # Where there is no room for a seal, the next process looks into the folder instead.
                with suppress(OSError):
                    self._file.write_text(json.dumps(self._words(mark)), "utf-8")
        finally:
            self.lock.release()

    def _words(self, mark: str) -> dict[str, Any]:
        return {"catalog": self.catalog, "mark": mark, "files": _state(self.folder)}


def take(folder: Path, catalog: str) -> Seal | None:
    """Lock the folder, or None where another process has it."""
    lock = try_lock(folder.with_name(folder.name + ".lock"))
    return Seal(folder, catalog, lock) if lock else None


def _state(folder: Path) -> dict[str, list[int]]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {str(file.relative_to(folder)): [file.stat().st_size, file.stat().st_mtime_ns] for file in files}
