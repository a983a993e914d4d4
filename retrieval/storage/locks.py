"""Locks that one process has among all: who writes articles, uses the Chroma folder, or is the bot.

They are the operating system's, or those of a database server for the catalogs it has, so they end with the process
that holds them, however it ends.
"""

from __future__ import annotations

import errno
import logging
import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Lock
from typing import Protocol

from filelock import BaseFileLock, FileLock, Timeout
from sqlalchemy import Column, Connection, String, Table, delete, insert, select

from retrieval.errors import BusyError, StoreError
from retrieval.storage.schema import tables


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


_log = logging.getLogger(__name__)

# Who does a unit of work: the name of a lock that the process has as long as it lives.
claims = Table(
    "claims",
    tables,
    Column("unit", String, primary_key=True),
    Column("holder", String, nullable=False),
)


class Claims:
    """The claims of this process, in the catalog. Thread-safe.

    A claim names a lock of its process, and is void once another process can take that lock. So what a process that is
    killed had begun is free at once, and no clock is asked. `hold` takes a lock by name, once in its life; None where
    another process has it.
    """

    def __init__(
        self, writing: Callable[[], AbstractContextManager[Connection]], hold: Callable[[str, bool], Hold | None]
    ) -> None:
        self._writing = writing
        self._hold = hold
        self._own: Hold | None = None
        self._name = ""
        self._lock = Lock()

    def take(self, unit: str) -> bool:
        """Claim a unit of work; return False where somebody is at it, this process too."""
        me = self._me()
        with self._writing() as connection:
            holder = connection.execute(select(claims.c.holder).where(claims.c.unit == unit)).scalar()
            if holder is not None and (holder == me or not self._is_gone(holder)):
                return False
            if holder is not None:
                connection.execute(delete(claims).where(claims.c.holder == holder))
            connection.execute(insert(claims).values(unit=unit, holder=me))
        return True

    def drop(self, unit: str) -> None:
        """Leave a unit of work, done or not."""
        with self._writing() as connection:
            self.done(connection, unit)

    def done(self, connection: Connection, unit: str) -> bool:
        """Leave a unit of work in the transaction that has its effect; return False where the claim was lost."""
        own = claims.c.unit == unit, claims.c.holder == self._name
        return bool(connection.execute(delete(claims).where(*own)).rowcount)

    @contextmanager
    def taking(self, unit: str) -> Iterator[bool]:
        """Claim a unit of work meanwhile; the value is False where somebody is at it."""
        taken = self.take(unit)
        try:
            yield taken
        finally:
            if taken:
                self.drop(unit)

    def close(self) -> None:
        """Let go of everything."""
        with self._lock:
            if self._own:
                self._own.release()
                self._own = None

    def _me(self) -> str:
        """The name of this process; another one after its lock was lost, as others may have taken its work."""
        with self._lock:
            if self._own is None or not self._own.is_locked:
                self._name = f"process-{uuid.uuid4().hex}"
                self._own = self._hold(self._name, True)
            return self._name

    def _is_gone(self, holder: str) -> bool:
        lock = self._hold(holder, True)
        if lock is None:
            return False
        lock.release()
        _log.info("what another process had begun is done here: it has ended")
        return True
