"""Locks that one process has among all: who writes articles, uses the Chroma folder, or is the bot.

They are the operating system's, or those of a database server for the catalogs it has, so they end with the process
that holds them, however it ends.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from filelock import BaseFileLock, FileLock, Timeout

from retrieval.errors import BusyError, StoreError


class Hold(Protocol):
    """A lock that is held until its `release()`, or the end of the process."""

    @property
    def is_locked(self) -> bool:
        """False once it is lost, as when a server has ended the session that had it."""

    def release(self) -> None: ...


class KeptLock:
    """A lock that is taken again where it was lost, unless another process has it by then."""

    def __init__(self, take: Callable[[], Hold | None]) -> None:
        self._take = take
        self._hold = take()

    def keep(self) -> bool:
        """Take it again if it was lost; False where another process has it.

        Raises:
            StoreError: nobody can tell now.
        """
        if self._hold is None or not self._hold.is_locked:
            self._hold = self._take()
        return self._hold is not None

    def release(self) -> None:
        """Let go of it, if it is held."""
        if self._hold:
            self._hold.release()


class _OnceLock(FileLock):
    """A lock whose file goes with it."""

    def _release(self) -> None:
        # While it is locked: who opens the file later makes a new one.
        Path(self.lock_file).unlink(missing_ok=True)
        super()._release()


def try_lock(file: Path, once: bool = False) -> BaseFileLock | None:
    """Take the lock until its `release()`; None where another process has it. A file that is used `once` is removed."""
    lock = (_OnceLock if once else FileLock)(file, timeout=0, thread_local=False)
    try:
        with using_folder():
            file.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
    except Timeout:
        return None
    return lock


def hold_on_machine(name: str) -> Hold | None:
    """Take a lock among the processes of this user, whatever their data folders; None where another process has it.

    Where there is no folder for such locks, nothing is held back.
    """
    try:
        return try_lock(Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / name, once=True)
    except StoreError:
        return _NoLock()


class _NoLock:
    is_locked = False

    def release(self) -> None:
        """There is nothing to let go of."""


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
def writing_articles(hold: Callable[[str], Hold | None], data_dir: Path) -> Iterator[None]:
    """Hold the lock for writing articles, among the locks of the catalog in a data folder.

    Raises:
        BusyError: another process is writing.
    """
    lock = hold("ingest")
    if lock is None:
        raise BusyError(f"another process is adding articles to {data_dir}: try again when it is done")
    try:
        yield
    finally:
        lock.release()


@contextmanager
def alone(hold: Callable[[str], Hold | None], data_dir: Path) -> Iterator[None]:
    """Keep other processes from adding articles and from using the vector index, whose catalog is replaced or copied.

    Raises:
        BusyError: one does.
    """
    with writing_articles(hold, data_dir):
        lock = try_lock(data_dir / "chroma.lock")
        if lock is None:
            raise BusyError(f"another process has {data_dir} open: stop it (the bot?) and try again")
        try:
            yield
        finally:
            lock.release()
