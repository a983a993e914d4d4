"""The catalog: one SQL file that is the system of record, and everything that writes to it.

An article and all that hangs on it (passages, vectors, words, changes for the vector index to follow) are
written in one transaction, so that a process killed anywhere leaves either the old article or the new one.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, func, insert, select

from retrieval.errors import ModelMismatchError
from retrieval.storage import migrations
from retrieval.storage.article_rows import NewArticle, delete_article, insert_article, insert_passages, kept
from retrieval.storage.engine import open_engine, translated
from retrieval.storage.full_text import insert_words
from retrieval.storage.schema import articles, changes, facts, languages

# The mark of a catalog that no vector index has followed yet.
NEVER = "never"


@dataclass(frozen=True, slots=True)
class Known:
    """A stored article: its id and scope, and the fingerprint of what it was made from."""

    id: int
    fingerprint: str
    scope: str


class Catalog:
    """Writes to the SQL catalog; `queries` reads from it. Safe to use from several threads."""

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
            stays = kept(connection, new.replaces)
            if new.replaces is not None:
                heir = delete_article(connection, new.replaces)
                if new.story == new.replaces:
                    new = replace(new, story=heir)
            article = insert_article(connection, new, stays)
            ids = insert_passages(connection, article, new)
            insert_words(connection, ids, new.document, new.spans)
            connection.execute(insert(changes), [{"passage": id_} for id_ in ids])
            _note_change(connection)
            return article

    def note_languages(self, noted: Mapping[int, str]) -> None:
        """Keep the languages of articles, by id, that were stored without one; one that is gone is passed over."""
        rows = [{"article": article, "language": language} for article, language in noted.items()]
        with self.writing() as connection:
            connection.execute(insert(languages).prefix_with("OR IGNORE"), rows)
            _note_change(connection)

    def move(self, article: int, path: str, file: str) -> None:
        """Let an article go by another name: its file has moved, and is the same in every byte."""
        with self.writing() as connection:
            connection.execute(articles.update().where(articles.c.id == article).values(path=path, file=file))
            _note_change(connection)

    def rescope(self, article: int, scope: str) -> None:
        """Let others see an article than until now; links that the others were given lead to it no longer."""
        with self.writing() as connection:
            changed = articles.update().where(articles.c.id == article)
            connection.execute(changed.values(scope=scope, key=secrets.token_hex(12)))
            _note_change(connection)

    def remove(self, ids: Sequence[int]) -> None:
        """Delete articles and everything that hangs on them."""
        with self.writing() as connection:
            for id_ in ids:
                delete_article(connection, id_)
            _note_change(connection)

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

    def state(self) -> str:
        """A name of what is stored and indexed now: another one after any change of an article or of the index."""
        return f"{self.fact('articles changed')} {self.mark()}"


def open_catalog(place: Path | str) -> Catalog:
    """Open the catalog in a SQLite file or at a SQLAlchemy address, making or migrating its tables as needed.

    Raises:
        StoreError: the folder or file cannot be made, read or written.
    """
    catalog = Catalog(open_engine(place))
    with catalog.reading() as connection:
        # Looked at before anything is written, so that a command that only reads waits for nobody who writes.
        ready = migrations.is_current(connection)
    if not ready:
        with catalog.writing() as connection:
            migrations.migrate(connection)
            connection.execute(insert(facts).values(name="catalog", value=uuid.uuid4().hex).prefix_with("OR IGNORE"))
    return catalog


def _note_change(connection: Connection) -> None:
    remember(connection, "articles changed", uuid.uuid4().hex)


def remember(connection: Connection, name: str, value: str) -> None:
    """Keep a fact, in a transaction with whatever else it belongs to."""
    connection.execute(insert(facts).values(name=name, value=value).prefix_with("OR REPLACE"))
