"""Locks of a data folder: one process writes articles, one process uses the Chroma folder.

The locks are the operating system's, so they end with the process that holds them, however it ends. Where several
machines share a catalog, `Catalog.take` locks there too.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from retrieval.errors import StoreError


class Held(Protocol):
    """A lock that is held."""

    def release(self) -> None: ...


def try_lock(file: Path) -> Held | None:
    """Take the lock until its `release()`; None where another process has it."""
    lock = FileLock(file, timeout=0)
    try:
        with using_folder():
            file.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
    except Timeout:
        return None
    return lock


@contextmanager
def using_folder() -> Iterator[None]:
    """Raise failures of the file system as errors with one clear line."""
    try:
        yield
    except Timeout:  # an OSError too, but no failure
        raise
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        advice = "free some space" if full else "check its permissions or name another --data-dir"
        what = f"{error.strerror}: {error.filename}" if error.filename else error.strerror or str(error)
        raise StoreError(f"cannot use the data folder ({what}): {advice}") from error
