"""SQLite: a file with a write-ahead log, what its failures mean, and its full-text search, FTS5, as the word index.

A file in a folder that may not be written, as on a read-only disk, is opened for reading alone.
"""

from __future__ import annotations

import math
import os
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, bindparam, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from retrieval.domain.articles import Filter
from retrieval.errors import BusyError, StoreError
from retrieval.storage.engine import OUTLET, TEXT, TITLE, Database, PassageWords, filter_sql, newest_articles
from retrieval.storage.locks import Hold, try_lock, using_folder

# Seconds to wait while another process writes; and where what is written may be left out.
_PATIENCE, _IMPATIENCE = 30, 0.5

_INSERT = text("INSERT INTO words(rowid, title, outlet, text) VALUES (:id, :title, :outlet, :text)")
_DELETE = text("DELETE FROM words WHERE rowid IN (SELECT id FROM passages WHERE article = :article)")
_STORED = text("SELECT text FROM words WHERE rowid IN (SELECT id FROM passages WHERE article = :article)")
_COUNTS = text("SELECT term, doc FROM word_counts WHERE term IN :terms").bindparams(bindparam("terms", expanding=True))
_LIKE = text(
    "SELECT term, doc FROM word_counts WHERE term >= :low AND term < :high AND length(term) BETWEEN :least AND :most"
)
_RANK = f"bm25(words, {TITLE}, {OUTLET}, {TEXT})"
_SEARCH = f"SELECT rowid, {_RANK} AS rank FROM words WHERE words MATCH :match ORDER BY rank LIMIT :limit"
# Of many passages that satisfy the filter, the best of all with the others left out: a look at the article of every
# passage that the words find would cost as much as scoring it. CROSS JOIN keeps the order as below.
_SEARCH_FIRST = (
    f"SELECT found.id, found.rank FROM (SELECT rowid AS id, {_RANK} AS rank FROM words WHERE words MATCH :match "
    "ORDER BY rank LIMIT :first) AS found CROSS JOIN passages CROSS JOIN articles "
    "WHERE passages.id = found.id AND articles.id = passages.article AND {where} ORDER BY found.rank LIMIT :limit"
)
# CROSS JOIN keeps this order: starting from the articles of an audience, SQLite would look up every passage among the
# words, 2 s for one article of another server's among 312,000 passages.
_SEARCH_FILTERED = (
    f"SELECT words.rowid, {_RANK} AS rank FROM words CROSS JOIN passages CROSS JOIN articles "
    "WHERE passages.id = words.rowid AND articles.id = passages.article "
    "AND words MATCH :match AND {where} ORDER BY rank LIMIT :limit"
)
# The share of the articles from which a filter leaves many; of fewer it costs less to score only what satisfies it.
_MANY = 0.3
# Rows of an index that SQLite looks at to learn how many a condition leaves.
_ANALYSED = 1_000


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


class Fts5:
    """The word index of a SQLite file, over terms parted by spaces; `full_text` says what each function is for."""

    def insert(self, connection: Connection, rows: Sequence[PassageWords]) -> None:
        parted = [
            {"id": row.id, "title": " ".join(row.title), "outlet": " ".join(row.outlet), "text": " ".join(row.text)}
            for row in rows
        ]
        connection.execute(_INSERT, parted)

    def remove(self, connection: Connection, article: int) -> None:
        connection.execute(_DELETE, {"article": article})

    def purge(self, connection: Connection) -> None:
        # Else the words stay until FTS5 happens to merge what has them.
        connection.execute(text("INSERT INTO words(words) VALUES ('optimize')"))

    def begin_filling(self, connection: Connection) -> None: ...

    def end_filling(self, connection: Connection) -> None: ...

    def clear(self, connection: Connection) -> None:
        connection.execute(text("DELETE FROM words"))

    def stored(self, connection: Connection, article: int) -> list[str]:
        return " ".join(connection.execute(_STORED, {"article": article}).scalars()).split()

    def search(
        self, connection: Connection, wanted: Sequence[str], limit: int, only: Filter, share: float
    ) -> list[tuple[int, float]]:
        where, bound = filter_sql(only)
        values = bound | {"match": " OR ".join(f'"{term}"' for term in wanted), "limit": limit}
        if not only:
            return _scored(connection, _SEARCH, values)
        if share >= _MANY:
            first = values | {"first": math.ceil(2 * limit / share)}
            found = _scored(connection, _SEARCH_FIRST.format(where=where), first)
            if len(found) == limit:
                return found
        return _scored(connection, _SEARCH_FILTERED.format(where=where), values)

    def mentions(
        self, connection: Connection, wanted: Collection[str], only: Filter, limit: int
    ) -> tuple[list[int], int]:
        where, bound = filter_sql(only)
        match = " AND ".join(f'"{term}"' for term in wanted)
        values = bound | {"match": match, "said": f"{{text}} : ({match})"}
        found = (
            "FROM words CROSS JOIN passages CROSS JOIN articles "
            f"WHERE passages.id = words.rowid AND articles.id = passages.article AND words MATCH :match AND {where}"
        )
        said = "words.rowid IN (SELECT rowid FROM words WHERE words MATCH :said)"
        chosen = f"coalesce(min(CASE WHEN {said} THEN words.rowid END), min(words.rowid))"
        return newest_articles(connection, chosen, found, values, limit)

    def size(self, connection: Connection) -> int:
        return int(connection.execute(text("SELECT count(*) FROM passages")).scalar_one())

    def counts(self, connection: Connection, wanted: Collection[str]) -> Mapping[str, int]:
        return {term: int(count) for term, count in connection.execute(_COUNTS, {"terms": list(wanted)})}

    def alike(self, connection: Connection, start: str, least: int, most: int) -> Mapping[str, int]:
        bound = {"low": start, "high": chr(ord(start) + 1), "least": least, "most": most}
        return {found: int(count) for found, count in connection.execute(_LIKE, bound)}

    def above(self, connection: Connection, count: float) -> Sequence[str]:
        found = connection.execute(text("SELECT term FROM word_counts WHERE doc > :many"), {"many": count})
        return list(found.scalars())

    def analyse(self, connection: Connection) -> None:
        # So that SQLite can tell which condition of a query leaves the least.
        for statement in (f"PRAGMA analysis_limit={_ANALYSED}", "ANALYZE articles", "ANALYZE passages"):
            connection.exec_driver_sql(statement)


def _scored(connection: Connection, statement: str, values: Mapping[str, object]) -> list[tuple[int, float]]:
    return [(int(id_), -float(rank)) for id_, rank in connection.execute(text(statement), values)]
