"""The SQLite engine: connections with a write-ahead log; failures become one clear line."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
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
    url = URL.create("sqlite", database=str(place)) if isinstance(place, Path) else place
    engine = create_engine(url, poolclass=QueuePool, connect_args={"timeout": _PATIENCE})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    with translated(engine):
        if engine.url.database and "uri" not in engine.url.query:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    return engine


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


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # Python's driver begins no transaction for reads and table definitions; `_begin` does.
    connection.isolation_level = None
    _share(connection)
    # NORMAL keeps committed data when the process is killed.
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON", "cache_size=-64000"):
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
