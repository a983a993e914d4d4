"""SQLite: a file with a write-ahead log, and what its failures mean.

A file in a folder that may not be written, as on a read-only disk, is opened for reading alone.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from retrieval.errors import BusyError, StoreError
from retrieval.storage.engine import Database
from retrieval.storage.locks import Hold, try_lock, using_folder

# Seconds to wait while another process writes; and where what is written may be left out.
_PATIENCE, _IMPATIENCE = 30, 0.5


class SqliteDatabase(Database):
    """A SQLite file."""

    kind = "SQLite"
    on_server = False

    def check(self) -> None:
        """Look at every page of the file.

        Raises:
            StoreError: it is damaged.
        """
        with self.reading() as connection:
            wrong = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if wrong != "ok":
            wrong = " ".join(str(wrong).replace("*** in database main ***", "").split())
            raise StoreError(
                f"{self.place} is damaged ({wrong}): restore it from a copy, or remove its folder and ingest again"
            )

    def hold(self, name: str, once: bool = False) -> Hold | None:
        """A file beside the catalog's, locked by the operating system."""
        return try_lock(Path(self.place).with_name(f"{name}.lock"), once)

    def take_time(self, connection: Connection) -> None:
        """Does nothing: no transaction has a limit."""

    def overwrite(self) -> None:
        """Empty the write-ahead log, which has old pages too; readers may keep it from that, and are not waited for."""
        with self.reading() as connection:
            raw = connection.connection
            _wait(raw, _IMPATIENCE)
            try:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
            finally:
                _wait(raw, _PATIENCE)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Raise failures of SQLite and the file system as errors with one clear line."""
        with using_folder(), super().translated():
            yield

    def _writer(self, patient: bool) -> Engine:
        return self.engine.execution_options(writing=True, patient=patient)

    def _explain(self, error: DBAPIError) -> Exception:
        file, message = self.place, str(error.orig)
        if "locked" in message:
            return BusyError(f"{file} is being written by another process: try again in a moment")
        if "readonly" in message or "unable to open" in message:
            return StoreError(f"{file} cannot be written ({message}): check its permissions or name another --data-dir")
        if "full" in message:
            return StoreError(f"no space left for {file}: free some and run the command again, nothing is lost")
        if "malformed" in message or "not a database" in message:
            return StoreError(f"{file} is damaged ({message}): restore it, or remove its folder and ingest again")
        if "disk I/O" in message:
            return StoreError(f"{file} cannot be read or written ({message}): check the disk and the space left on it")
        return StoreError(f"{file}: {message}")


def open_sqlite(place: Path | str) -> SqliteDatabase:
    """The database in a file (its folder is created), or at SQLAlchemy's address of one.

    Raises:
        StoreError: the folder cannot be made.
    """
    # Not built as text: a question mark in a folder's name would start a query.
    url = URL.create("sqlite", database=str(place)) if isinstance(place, Path) else make_url(place)
    file = Path(url.database) if url.database and "uri" not in url.query else None
    reading = file is not None and file.is_file() and not os.access(file.parent, os.W_OK)
    engine = create_engine(
        _for_reading(file) if file and reading else url,
        poolclass=QueuePool,
        connect_args={"timeout": _PATIENCE},
        hide_parameters=True,  # an error would quote questions and articles in the log
    )
    event.listen(engine, "connect", partial(_prepare, reading))
    event.listen(engine, "begin", _begin)
    database = SqliteDatabase(engine, engine, str(engine.url.database), reading)
    with database.translated():
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
    return database


def _for_reading(file: Path) -> URL:
    """The address of a file that nobody writes; what its log still has is read where SQLite left its index too."""
    options = {"uri": "true", "mode": "ro"} | ({} if has_log(file) else {"immutable": "1"})
    return URL.create("sqlite", database=f"file:{quote(str(file.absolute()))}", query=options)


def has_log(file: Path) -> bool:
    """Tell if a database has a write-ahead log: it is in use, or was not closed properly."""
    log = file.with_name(f"{file.name}-wal")
    return log.is_file() and log.stat().st_size > 0


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("writing"):
        connection.exec_driver_sql("BEGIN")
        return
    _wait(connection.connection, _PATIENCE if options["patient"] else _IMPATIENCE)
    # Takes the write lock at the start: SQLite may refuse it to a transaction that reads first and writes later.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _wait(connection: Any, seconds: float) -> None:
    """Wait at most this long for others that write."""
    connection.execute(f"PRAGMA busy_timeout={seconds * 1000:.0f}").close()


def _prepare(reading: bool, connection: sqlite3.Connection, _record: object) -> None:
    # Python's driver begins no transaction for reads and table definitions; `_begin` does.
    connection.isolation_level = None
    if not reading:
        _share(connection)
    # NORMAL keeps committed data when the process is killed; what is deleted is overwritten.
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON", "cache_size=-64000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _share(connection: sqlite3.Connection) -> None:
    """Turn on WAL, which lets other connections read while one writes."""
    patience = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            # When two processes open a new file at once, SQLite refuses one of them immediately, without waiting.
            if "locked" not in str(error) or time.monotonic() > patience:
                raise
            time.sleep(0.01)
