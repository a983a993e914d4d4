"""The SQLite engine: connections with a write-ahead log; failures become one clear line.

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
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from retrieval.errors import BusyError, StoreError
from retrieval.storage.locks import using_folder

# Seconds to wait while another process writes.
_PATIENCE = 30


def open_engine(place: Path | str) -> Engine:
    """An engine for a SQLite file (its folder is created) or for a SQLAlchemy address.

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
        execution_options={"read_only": reading},
        hide_parameters=True,  # an error would quote questions and articles in the log
    )
    event.listen(engine, "connect", partial(_prepare, reading))
    event.listen(engine, "begin", _begin)
    with translated(engine):
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
    return engine


def _for_reading(file: Path) -> URL:
    """The address of a file that nobody writes; what its log still has is read where SQLite left its index too."""
    options = {"uri": "true", "mode": "ro"} | ({} if has_log(file) else {"immutable": "1"})
    return URL.create("sqlite", database=f"file:{quote(str(file.absolute()))}", query=options)


def has_log(file: Path) -> bool:
    """Tell if a database has a write-ahead log: it is in use, or was not closed properly."""
    log = file.with_name(f"{file.name}-wal")
    return log.is_file() and log.stat().st_size > 0


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Raise failures of SQLite and the file system as errors with one clear line."""
    file = engine.url.database
    try:
        with using_folder():
            yield
    except DatabaseError as error:
        raise _store_error(str(error.orig), file) from error


def _store_error(message: str, file: str | None) -> Exception:
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


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def empty_log(connection: Connection) -> None:
    """Empty the write-ahead log, which has old pages too; readers may keep it from that, and are not waited for."""
    with impatient(connection):
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


@contextmanager
def impatient(connection: Connection) -> Iterator[None]:
    """Wait half a second at most for another process that writes, where what is written may be left out."""
    raw = connection.connection
    raw.execute("PRAGMA busy_timeout=500").close()
    try:
        yield
    finally:
        raw.execute(f"PRAGMA busy_timeout={_PATIENCE * 1000}").close()


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
