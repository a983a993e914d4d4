"""Locks of a data folder: one process writes articles, one process uses the Chroma folder.

The locks are the operating system's, so they end with the process that holds them, however it ends.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from retrieval.errors import BusyError, StoreError


def try_lock(file: Path) -> BaseFileLock | None:
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


@contextmanager
def writing_articles(data_dir: Path) -> Iterator[None]:
    """Hold the lock for writing articles.

    Raises:
        BusyError: another process is writing.
    """
    lock = try_lock(data_dir / "ingest.lock")
    if lock is None:
        raise BusyError(f"another process is adding articles to {data_dir}: try again when it is done")
    try:
        yield
    finally:
        lock.release()


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Keep other processes from adding articles and from using the vector index, whose catalog is replaced or copied.

    Raises:
        BusyError: one does.
    """
    with writing_articles(data_dir):
        lock = try_lock(data_dir / "chroma.lock")
        if lock is None:
            raise BusyError(f"another process has {data_dir} open: stop it (the bot?) and try again")
        try:
            yield
        finally:
            lock.release()
