"""The catalog: one SQL file that is the system of record, and everything that writes to it.

An article and all that hangs on it (passages, vectors, words, changes for the vector index to follow) are
written in one transaction, so that a process killed anywhere leaves either the old article or the new one.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, create_engine, delete, event, func, insert, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from retrieval.errors import BusyError, ModelMismatchError, StoreError
from retrieval.index import migrations
from retrieval.index.schema import articles, changes, facts, passages, vectors
from retrieval.index.words import insert_words, remove_words
from retrieval.models import Document

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Known:
    """A stored file: the id of its article, and the fingerprint of what it was made from."""

    id: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article ready to be stored, replacing article `replaces` if there is one.

    `path` is where the file is, `file` the name it goes by: its path inside the ingested folder. `spans`
    are the (start, end) of its passages, `vectors` has the shape (len(spans), dimensions). `story` is the id of
    the story it tells, None where it tells its own.
    """

    path: str
    file: str
    fingerprint: str
    document: Document
    spans: Sequence[tuple[int, int]]
    vectors: Vectors
    centroid: Vectors
    story: int | None = None
    replaces: int | None = None


class Catalog:
    """Writes to the SQL catalog; `lookup` reads from it. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # The write lock is taken at the start: a transaction that reads first and writes later can be refused it.
        self._writer = engine.execution_options(begin="BEGIN IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with; its failures come out as `StoreError`."""
        with translated(self._engine), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is either written whole or not at all."""
        with translated(self._engine), self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Give back the file."""
        self._engine.dispose()

    def fact(self, name: str) -> str | None:
        """A remembered fact about the catalog itself."""
        with self.reading() as connection:
            return connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar()

    def check_model(self, name: str) -> None:
        """Make sure that the stored vectors were made by this embedding model.

        Raises:
            ModelMismatchError: they come from another one.
        """
        with self.reading() as connection:
            stored = connection.execute(select(articles.c.id).limit(1)).scalar()
        if stored and (kept := self.fact("model")) != name:
            raise ModelMismatchError(
                f"these articles were embedded with {kept}, the settings name {name}: "
                f"set BRIEFING_EMBEDDINGS to {kept}, or ingest into another --data-dir"
            )

    def bind_model(self, name: str) -> None:
        """Remember which embedding model makes the vectors, after checking that no others are stored."""
        self.check_model(name)
        with self.writing() as connection:
            connection.execute(text("INSERT OR REPLACE INTO facts VALUES ('model', :name)"), {"name": name})

    def known(self) -> Mapping[str, Known]:
        """The stored files, by absolute path."""
        query = select(articles.c.path, articles.c.id, articles.c.fingerprint)
        with self.reading() as connection:
            return {path: Known(id_, mark) for path, id_, mark in connection.execute(query)}

    def store(self, new: NewArticle) -> int:
        """Write one article with everything that hangs on it; the id it got."""
        with self.writing() as connection:
            if new.replaces is not None:
                _delete(connection, [new.replaces])
            article = _insert_article(connection, new)
            ids = _insert_passages(connection, article, new)
            insert_words(connection, ids, new.document, new.spans)
            connection.execute(insert(changes), [{"passage": id_} for id_ in ids])
            return article

    def remove(self, ids: Sequence[int]) -> None:
        """Delete articles and everything that hangs on them."""
        with self.writing() as connection:
            _delete(connection, ids)

    def followed(self, number: int) -> None:
        """Forget the changes up to `number`: the vector index has them."""
        with self.writing() as connection:
            connection.execute(delete(changes).where(changes.c.number <= number))


def open_catalog(url: str) -> Catalog:
    """Open the catalog at a SQLAlchemy address, making or migrating its tables as needed.

    Raises:
        StoreError: the folder or file cannot be made, read or written.
    """
    engine = create_engine(url, poolclass=QueuePool, connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    with translated(engine):
        if engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        with engine.execution_options(begin="BEGIN IMMEDIATE").begin() as connection:
            migrations.migrate(connection)
            if not connection.execute(select(facts.c.value).where(facts.c.name == "catalog")).scalar():
                connection.execute(insert(facts).values(name="catalog", value=uuid.uuid4().hex))
    return Catalog(engine)


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Turn what SQLite and the file system raise into one clear line."""
    file = engine.url.database
    try:
        yield
    except DatabaseError as error:
        raise _store_error(str(error.orig), file) from error
    except OSError as error:
        raise StoreError(f"cannot use the data folder: {error.strerror}: {error.filename}") from error


def _store_error(message: str, file: str | None) -> Exception:
    if "locked" in message:
        return BusyError(f"{file} is being written by another process: try again in a moment")
    if "readonly" in message or "unable to open" in message:
        return StoreError(f"{file} cannot be written ({message}): check its permissions or name another --data-dir")
    if "full" in message:
        return StoreError(f"no space left for {file}: free some and run the command again, nothing is lost")
    if "malformed" in message or "not a database" in message:
        return StoreError(f"{file} is damaged ({message}): restore it, or remove its folder and ingest again")
    return StoreError(f"{file}: {message}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # Python's driver begins no transaction for reads and table definitions; `_begin` does.
    connection.isolation_level = None
    # WAL lets others read while one writes; NORMAL keeps what is committed across a killed process.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-64000"):
        connection.execute(f"PRAGMA {pragma}")


def _insert_article(connection: Connection, new: NewArticle) -> int:
    known = new.document.metadata
    row: dict[str, Any] = {
        "path": new.path,
        "file": new.file,
        "fingerprint": new.fingerprint,
        "story": new.story or 0,
        "title": known.title,
        "author": known.author,
        "outlet": known.outlet,
        "url": known.url,
        "published": known.published,
        "published_estimated": known.published_estimated,
        "tags": list(known.tags),
        "basis": dict(known.basis),
        "centroid": new.centroid.tobytes(),
        "text": new.document.text,
    }
    article = int(connection.execute(insert(articles).returning(articles.c.id), row).scalar_one())
    if new.story is None:
        connection.execute(articles.update().where(articles.c.id == article).values(story=article))
    return article


def _insert_passages(connection: Connection, article: int, new: NewArticle) -> list[int]:
    if not new.spans:
        return []
    # Nobody else writes inside this transaction, so the ids after the last one ever used are free.
    used = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'passages'")).scalar() or 0
    ids = list(range(used + 1, used + 1 + len(new.spans)))
    body = new.document.text
    connection.execute(
        insert(passages),
        [
            {
                "id": id_,
                "article": article,
                "start": start,
                "end": end,
                "line": body.count("\n", 0, start) + 1,
            }
            for id_, (start, end) in zip(ids, new.spans, strict=True)
        ],
    )
    connection.execute(
        insert(vectors),
        [{"passage": id_, "vector": row.tobytes()} for id_, row in zip(ids, new.vectors, strict=True)],
    )
    return ids


def _delete(connection: Connection, ids: Sequence[int]) -> None:
    for article in ids:
        gone = list(connection.execute(select(passages.c.id).where(passages.c.article == article)).scalars())
        if gone:
            remove_words(connection, gone)
            connection.execute(insert(changes), [{"passage": id_} for id_ in gone])
        connection.execute(delete(articles).where(articles.c.id == article))
        _hand_on_story(connection, article)


def _hand_on_story(connection: Connection, gone: int) -> None:
    """A story goes by the id of its oldest article; when that one goes, the next oldest takes over."""
    heir = connection.execute(select(func.min(articles.c.id)).where(articles.c.story == gone)).scalar()
    if heir is not None:
        connection.execute(articles.update().where(articles.c.story == gone).values(story=heir))
