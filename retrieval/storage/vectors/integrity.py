"""Tells if a Chroma folder is intact and up to date between two uses of it.

Closing the folder properly leaves a seal file beside it: the state of its files, and the catalog's mark when the folder
last applied changes. A killed process leaves none; a catalog restored from a backup, or used with another folder since,
has another mark.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import BaseFileLock

from retrieval.storage.locks import Hold, try_lock


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
