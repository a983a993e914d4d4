"""The catalog: one SQL file that is the system of record, and everything that writes to it.

An article and all that hangs on it (passages, vectors, words, changes for the vector index to follow) are
written in one transaction, so that a process killed anywhere leaves either the old article or the new one.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, func, insert, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from retrieval.domain.articles import SHARED, Document
from retrieval.errors import BusyError, ModelMismatchError, StoreError
from retrieval.storage import migrations
from retrieval.storage.full_text import insert_words, remove_words
from retrieval.storage.locks import using_folder
from retrieval.storage.schema import articles, changes, facts, languages, passages, places, vectors

Vectors = NDArray[np.float32]

# The mark of a catalog that no vector index has followed yet.
NEVER = "never"
# Seconds to wait for another process that writes.
_PATIENCE = 30


@dataclass(frozen=True, slots=True)
class Known:
    """A stored article: its id and scope, and the fingerprint of what it was made from."""

    id: int
    fingerprint: str
    scope: str


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article ready to be stored, replacing article `replaces` if there is one.

    `path` is where the file is, or names what came from elsewhere for good; `file` is the name it goes by: its path
    inside the ingested folder, or its address without scheme. `spans`
    are the (start, end) of its passages, `vectors` has the shape (len(spans), dimensions). `story` is the id of
    the story it tells, None where it tells its own. `language` is an ISO 639 code, None where it was not looked at.
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
    scope: str = SHARED
    language: str | None = None


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
                f"run `briefing reindex` to embed them anew, or set BRIEFING_EMBEDDINGS to {kept}"
            )

    def bind_model(self, name: str) -> None:
        """Remember which embedding model makes the vectors, after checking that no others are stored."""
        self.check_model(name)
        if (kept := self.fact("model")) == name:
            return
        with self.writing() as connection:
            remember(connection, "model", name)
            if kept:
                # Emptied of another model's vectors; an index made for those may not take vectors of this length.
                remember(connection, "catalog", uuid.uuid4().hex)

    def remember(self, name: str, value: str) -> None:
        """Keep a fact about the catalog, or what a front end wants to find again after a restart."""
        with self.writing() as connection:
            remember(connection, name, value)

    def known(self, places: Sequence[str] | None = None) -> Mapping[str, Known]:
        """What is stored, by the place it came from: all, or what came from these."""
        query = select(articles.c.path, articles.c.id, articles.c.fingerprint, articles.c.scope)
        if places is not None:
            each = func.json_each(json.dumps(places)).table_valued("value")
            query = query.where(articles.c.path.in_(select(each.c.value)))
        with self.reading() as connection:
            return {path: Known(id_, mark, scope) for path, id_, mark, scope in connection.execute(query)}

    def store(self, new: NewArticle) -> int:
        """Write one article with everything that hangs on it; the id it got."""
        with self.writing() as connection:
            kept = _kept(connection, new.replaces)
            if new.replaces is not None:
                heir = _delete(connection, new.replaces)
                if new.story == new.replaces:
                    new = replace(new, story=heir)
            article = _insert_article(connection, new, kept)
            ids = _insert_passages(connection, article, new)
            insert_words(connection, ids, new.document, new.spans)
            connection.execute(insert(changes), [{"passage": id_} for id_ in ids])
            return article

    def note_languages(self, noted: Mapping[int, str]) -> None:
        """Keep the languages of articles, by id, that were stored without one; one that is gone is passed over."""
        rows = [{"article": article, "language": language} for article, language in noted.items()]
        with self.writing() as connection:
            connection.execute(insert(languages).prefix_with("OR IGNORE"), rows)

    def move(self, article: int, path: str, file: str) -> None:
        """Let an article go by another name: its file has moved, and is the same in every byte."""
        with self.writing() as connection:
            connection.execute(articles.update().where(articles.c.id == article).values(path=path, file=file))

    def rescope(self, article: int, scope: str) -> None:
        """Let others see an article than until now; links that the others were given lead to it no longer."""
        with self.writing() as connection:
            changed = articles.update().where(articles.c.id == article)
            connection.execute(changed.values(scope=scope, key=secrets.token_hex(12)))

    def remove(self, ids: Sequence[int]) -> None:
        """Delete articles and everything that hangs on them."""
        with self.writing() as connection:
            for id_ in ids:
                _delete(connection, id_)

    def followed(self, number: int) -> str:
        """Forget the changes up to `number`: the vector index has them. Gives the `mark` of this moment."""
        mark = uuid.uuid4().hex
        with self.writing() as connection:
            connection.execute(delete(changes).where(changes.c.number <= number))
            remember(connection, "mark", mark)
        return mark

    def mark(self) -> str:
        """Names the moment when a vector index last followed, so that one left at another moment can be told."""
        return self.fact("mark") or NEVER


def open_catalog(place: Path | str) -> Catalog:
    """Open the catalog in a SQLite file or at a SQLAlchemy address, making or migrating its tables as needed.

    Raises:
        StoreError: the folder or file cannot be made, read or written.
    """
    # Not put together as text: a question mark in a folder's name is no query.
    url = URL.create("sqlite", database=str(place)) if isinstance(place, Path) else place
    engine = create_engine(url, poolclass=QueuePool, connect_args={"timeout": _PATIENCE})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    catalog = Catalog(engine)
    with translated(engine):
        if engine.url.database and "uri" not in engine.url.query:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    with catalog.reading() as connection:
        # Looked at before anything is written, so that a command that only reads waits for nobody who writes.
        ready = migrations.is_current(connection)
    if not ready:
        with catalog.writing() as connection:
            migrations.migrate(connection)
            connection.execute(insert(facts).values(name="catalog", value=uuid.uuid4().hex).prefix_with("OR IGNORE"))
    return catalog


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Turn what SQLite and the file system raise into one clear line."""
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
    # NORMAL keeps what is committed across a killed process.
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON", "cache_size=-64000"):
        connection.execute(f"PRAGMA {pragma}")


def _share(connection: sqlite3.Connection) -> None:
    """Turn on WAL, which lets others read while one writes."""
    patience = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            # Of two processes that open a new file at once, SQLite refuses one without letting it wait its turn.
            if "locked" not in str(error) or time.monotonic() > patience:
                raise
            time.sleep(0.01)


def _kept(connection: Connection, replaces: int | None) -> dict[str, str]:
    """What stays when an article is replaced: its key, so that links stay, and its first day; else new ones."""
    query = select(articles.c.key, articles.c.added).where(articles.c.id == replaces)
    if replaces is not None and (row := connection.execute(query).one_or_none()):
        return {"key": row.key or secrets.token_hex(12), "added": row.added}
    return {"key": secrets.token_hex(12), "added": datetime.now(UTC).date().isoformat()}


def _insert_article(connection: Connection, new: NewArticle, kept: Mapping[str, str]) -> int:
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
        "scope": new.scope,
        **kept,
    }
    article = int(connection.execute(insert(articles).returning(articles.c.id), row).scalar_one())
    if new.story is None:
        connection.execute(articles.update().where(articles.c.id == article).values(story=article))
    if new.language is not None:
        connection.execute(insert(languages).values(article=article, language=new.language))
    if marks := [{"article": article, "start": start, "place": place} for start, place in _places(new.document)]:
        connection.execute(insert(places), marks)
    return article


def _places(document: Document) -> Iterator[tuple[int, str]]:
    """Where the place of what follows changes, and to what."""
    last = ""
    for block in document.blocks:
        if block.place != last:
            last = block.place
            yield block.start, last


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


def _delete(connection: Connection, article: int) -> int | None:
    """Take an article out; the id its story goes by from now on, if it went by this article's and others tell it."""
    gone = list(connection.execute(select(passages.c.id).where(passages.c.article == article)).scalars())
    if gone:
        remove_words(connection, article)
        connection.execute(insert(changes), [{"passage": id_} for id_ in gone])
    connection.execute(delete(articles).where(articles.c.id == article))
    return _hand_on_story(connection, article)


def _hand_on_story(connection: Connection, gone: int) -> int | None:
    """A story goes by the id of its oldest article; when that one goes, the next oldest takes over."""
    heir = connection.execute(select(func.min(articles.c.id)).where(articles.c.story == gone)).scalar()
    if heir is not None:
        connection.execute(articles.update().where(articles.c.story == gone).values(story=heir))
    return heir


def remember(connection: Connection, name: str, value: str) -> None:
    """Keep a fact, in a transaction with whatever else it belongs to."""
    connection.execute(insert(facts).values(name=name, value=value).prefix_with("OR REPLACE"))
