"""The catalog: one SQL database that is the system of record, and everything that writes articles to it.

An article with its passages, vectors, words and the changes for the vector index is written in one transaction. If the
process is killed, the catalog holds either the old article or the new one.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select, text

from retrieval.errors import ModelMismatchError, StoreError
from retrieval.storage import migrations
from retrieval.storage.article_rows import NewArticle, delete_article, insert_article, insert_passages, kept
from retrieval.storage.articles import ArticleCounts
from retrieval.storage.engine import BOUND_KEYS, Database, add_missing, bind_keys, put
from retrieval.storage.full_text import insert_words, word_index
from retrieval.storage.locks import Claims
from retrieval.storage.schema import articles, changes, facts, languages
from retrieval.storage.sqlite import open_sqlite

# The mark of a catalog whose changes no vector index has applied yet.
NEVER = "never"
# The fact that a catalog has while another one is copied into it: the id of that.
FILLING = "filling"


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """A stored article: its id and scope, and the fingerprint of the source it was made from."""

    id: int
    fingerprint: str
    scope: str


class Catalog:
    """Writes to the SQL catalog; `storage.articles` and `storage.passages` read from it. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.reading = database.reading
        self.writing = database.writing
        self.hold = database.hold
        self.check = database.check
        self.claims = Claims(database.writing, database.hold)
        self.counts = ArticleCounts()

    def close(self) -> None:
        """Let go of what was claimed, and close the connections."""
        self.claims.close()
        self.database.close()

    @property
    def read_only(self) -> bool:
        """Tell if nothing can be written: a file in a folder that may not be, or a server that only follows another."""
        return self.database.read_only

    def fact(self, name: str) -> str | None:
        """A named value stored in the catalog."""
        with self.reading() as connection:
            return connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar()

    def check_model(self, name: str) -> None:
        """Check that the stored vectors were made by this embedding model.

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
        """Store the name of the embedding model, after checking that no vectors of another one are stored."""
        self.check_model(name)
        if (kept := self.fact("model")) == name:
            return
        with self.writing() as connection:
            remember(connection, "model", name)
            if kept:
                # The index may still have the vector length of the old model: a new name makes a new index.
                remember(connection, "catalog", uuid.uuid4().hex)

    def remember(self, name: str, value: str) -> None:
        """Store a named value: about the catalog, or for a front end that needs it after a restart."""
        with self.writing() as connection:
            remember(connection, name, value)

    def known(self, places: Sequence[str] | None = None) -> Mapping[str, StoredArticle]:
        """The stored articles by their path: all of them, or only those from these paths."""
        query = select(articles.c.path, articles.c.id, articles.c.fingerprint, articles.c.scope)
        if places is not None:
            query = query.where(articles.c.path.in_(BOUND_KEYS))
        with self.reading() as connection:
            rows = connection.execute(query, bind_keys(places or ()))
            return {path: StoredArticle(id_, mark, scope) for path, id_, mark, scope in rows}

    def store(self, new: NewArticle) -> int:
        """Write one article with everything that belongs to it; returns its id."""
        with self.writing() as connection:
            kept_columns = kept(connection, new.replaces)
            if new.replaces is not None:
                heir = delete_article(connection, new.replaces)
                if new.story == new.replaces:
                    new = replace(new, story=heir)
            article = insert_article(connection, new, kept_columns)
            ids = insert_passages(connection, article, new)
            insert_words(connection, ids, new.document, new.spans)
            connection.execute(insert(changes), [{"passage": id_} for id_ in ids])
            _note_change(connection)
            return article

    def note_languages(self, noted: Mapping[int, str]) -> None:
        """Store the languages of articles, by id. Deleted articles are skipped."""
        rows = [{"article": article, "language": language} for article, language in noted.items()]
        with self.writing() as connection:
            add_missing(connection, languages, rows)
            _note_change(connection)

    def move(self, article: int, path: str, file: str) -> None:
        """Give an article another path and name: its file was moved, with the same bytes."""
        with self.writing() as connection:
            connection.execute(articles.update().where(articles.c.id == article).values(path=path, file=file))
            _note_change(connection)

    def rescope(self, article: int, scope: str) -> None:
        """Make an article visible to another audience. It gets a new key, so links of the old audience stop working."""
        with self.writing() as connection:
            changed = articles.update().where(articles.c.id == article)
            connection.execute(changed.values(scope=scope, key=secrets.token_hex(12)))
            _note_change(connection)

    def remove(self, ids: Sequence[int]) -> None:
        """Delete articles and everything that belongs to them; their words do not stay in the file."""
        with self.writing() as connection:
            remove_articles(connection, ids)
        self.database.overwrite()

    def followed(self, number: int) -> str:
        """Delete the changes up to `number`, which the vector index has applied. Returns the new `mark`."""
        mark = uuid.uuid4().hex
        with self.writing() as connection:
            connection.execute(delete(changes).where(changes.c.number <= number))
            remember(connection, "mark", mark)
        return mark

    def mark(self) -> str:
        """The name of the catalog's state when a vector index last applied changes. An index with another mark is
        out of date.
        """
        return self.fact("mark") or NEVER

    def state(self) -> str:
        """A name of what is stored and indexed now: another one after any change of an article or of the index."""
        return f"{self.fact('articles changed')} {self.mark()}"


def open_catalog(place: Path | str, beside: Path | None = None, *, filling: bool = False) -> Catalog:
    """Open the catalog in a SQLite file or at a SQLAlchemy address; create or migrate its tables if needed.

    `beside` is the folder of its vector index, if there is one: then it is not made anew.

    Raises:
        StoreError: the folder, file or server cannot be made, read or written, or the catalog is gone; or it is not
            whole, because another one is copied into it, unless that is what it is opened for (`filling`).
    """
    catalog = Catalog(_open_database(place))
    with catalog.reading() as connection:
        # Checked without writing, so that a command that only reads does not wait for a writer.
        ready = migrations.is_current(connection)
        gone = beside and not ready and migrations.revision(connection) is None
    if gone:
        catalog.close()
        raise StoreError(
            f"{catalog.database.place} is empty, though {beside} has the vector index of a catalog: restore the "
            "database, or bring the catalog there by `briefing migrate` before it is named in BRIEFING_DATABASE_URL, "
            "or remove that folder to begin with nothing"
        )
    if not ready:
        with catalog.writing() as connection:
            migrations.migrate(connection)
            add_missing(connection, facts, [{"name": "catalog", "value": uuid.uuid4().hex}])
    if not filling and catalog.fact(FILLING):
        catalog.close()
        raise StoreError(f"{catalog.database.place} is not whole yet: run `briefing migrate` again to its end")
    return catalog


def _open_database(place: Path | str) -> Database:
    if isinstance(place, Path) or place.startswith("sqlite:"):
        return open_sqlite(place)
    from retrieval.storage.postgres import open_postgres  # a driver that few have

    return open_postgres(place)


def remove_articles(connection: Connection, ids: Sequence[int]) -> None:
    """Delete articles, and everything that belongs to them, within a transaction."""
    for id_ in ids:
        delete_article(connection, id_)
    word_index(connection).purge(connection)  # seconds for a large one
    connection.execute(text("DELETE FROM sentences"))  # some are theirs
    _note_change(connection)


def _note_change(connection: Connection) -> None:
    remember(connection, "articles changed", uuid.uuid4().hex)


def remember(connection: Connection, name: str, value: str) -> None:
    """Store a named value within a transaction."""
    put(connection, facts, [{"name": name, "value": value}])
