"""What the catalog asks of its database, and statements that SQLite and PostgreSQL understand alike.

`sqlite` and `postgres` have what only one of them says; the word index of PostgreSQL is in `postings`.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Connection, Engine, Integer, Table, bindparam, cast, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from retrieval.domain.articles import Filter
from retrieval.storage.locks import Hold

Row = Mapping[str, Any]

# Weights in a word index. Title words count double: a headline names what the article is about.
TITLE, OUTLET, TEXT = 2.0, 1.0, 1.0


class Database(ABC):
    """An engine with its transactions, those that only read by its `reader`. Thread-safe.

    `place` names it in messages, and has no password. The engine's option `writing` marks the transactions that write:
    only one of them runs at a time, so that numbers are in the order of commits, and what one has read stays true until
    it has written.
    """

    kind: ClassVar[str]
    on_server: ClassVar[bool]

    def __init__(self, engine: Engine, reader: Engine, place: str, read_only: bool) -> None:
        self.engine = engine
        self._reader = reader
        self.place = place
        self.read_only = read_only

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees the catalog as it is at its first statement."""
        with self.translated(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, patient: bool = True) -> Iterator[Connection]:
        """A write transaction; half a minute is waited for others that write, half a second without patience."""
        with self.translated(), self._writer(patient).begin() as connection:
            yield connection

    @property
    def version(self) -> str:
        """The database with its version: `SQLite 3.40.1`."""
        numbers = self.engine.dialect.server_version_info or ()
        return " ".join((self.kind, ".".join(map(str, numbers)))).strip()

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Raise failures of the database as errors with one clear line."""
        try:
            yield
        except DBAPIError as error:
            raise self._explain(error) from error

    @abstractmethod
    def check(self) -> None:
        """Look for damage, as far as the database can tell.

        Raises:
            StoreError: it is damaged.
        """

    @abstractmethod
    def hold(self, name: str, once: bool = False) -> Hold | None:
        """Take a lock that one process has among all over this catalog; None where it is taken, by this process too.

        A name that is used `once` leaves nothing behind.
        """

    @abstractmethod
    def take_time(self, connection: Connection) -> None:
        """Let a transaction go on for as long as it takes, as one does that copies all there is."""

    @abstractmethod
    def overwrite(self) -> None:
        """Overwrite what was deleted, as far as the database leaves that to us."""

    @abstractmethod
    def _writer(self, patient: bool) -> Engine:
        """The engine whose transactions write."""

    @abstractmethod
    def _explain(self, error: DBAPIError) -> Exception:
        """The error that says in one line what is wrong and what to do."""


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what happens on a conflict, which each dialect of SQLAlchemy has apart."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def put(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; those whose primary key is there take the place of what it has."""
    new = insert_into(connection, table)
    keys = [column.name for column in table.primary_key]
    others = {name: new.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(new.on_conflict_do_update(index_elements=keys, set_=others), rows)


def add_missing(connection: Connection, table: Table, rows: Sequence[Row]) -> int:
    """Insert the rows that break no unique constraint; returns their number where there is one row."""
    new = insert_into(connection, table).on_conflict_do_nothing()
    # Of several rows at once PostgreSQL's driver does not tell the number.
    some = rows if len(rows) > 1 else rows[0]
    return connection.execute(new, some, execution_options={"preserve_rowcount": True}).rowcount


class _Each(FunctionElement[Any]):
    """The values of a JSON array, as a table with the column `value`."""

    inherit_cache = True


@compiles(_Each, "sqlite")
def _in_sqlite(each: _Each, compiler: Any, **options: Any) -> str:
    return f"json_each({compiler.process(each.clauses, **options)})"


@compiles(_Each, "postgresql")
def _in_postgres(each: _Each, compiler: Any, **options: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(each.clauses, **options)} AS JSON))"


BOUND_IDS = select(cast(_Each(bindparam("ids")).table_valued("value").c.value, Integer))
BOUND_KEYS = select(_Each(bindparam("keys")).table_valued("value").c.value)


def bind_ids(ids: Iterable[int]) -> dict[str, str]:
    """The ids as one bound value, so that the SQL text does not depend on their number."""
    return {"ids": json.dumps(list(ids))}


def bind_keys(keys: Iterable[str]) -> dict[str, str]:
    """The keys as one bound value."""
    return {"keys": json.dumps(list(keys))}


def filter_sql(only: Filter, day: str = "published") -> tuple[str, dict[str, object]]:
    """The filter as a SQL condition on the table `articles`, with its bound values; `day` names the column of its
    days.
    """
    parts, bound = ["TRUE"], dict[str, object]()
    if only.since:
        parts.append(f"articles.{day} >= :since")
        bound["since"] = only.since
    if only.until:
        # `~` sorts after every character of a time of day, so the whole last day is in.
        parts.append(f"articles.{day} <= :until")
        bound["until"] = only.until + "~"
    for column, names in (("outlet", only.outlets or None), ("scope", only.scopes), ("key", only.keys or None)):
        if names is not None:
            named = {f"{column}{number}": name for number, name in enumerate(names)}
            parts.append(f"articles.{column} IN ({', '.join(':' + name for name in named)})")
            bound |= named
    return " AND ".join(parts), bound


@dataclass(frozen=True, slots=True)
class PassageWords:
    """The terms of a passage, each as often as it stands there: of its article's title and outlet, and of its text."""

    id: int
    title: Sequence[str]
    outlet: Sequence[str]
    text: Sequence[str]


def newest_articles(
    connection: Connection, chosen: str, found: str, values: Mapping[str, object], limit: int
) -> tuple[list[int], int]:
    """The `chosen` passage of each of the newest articles that a FROM clause finds, and how many articles those are."""
    rows = connection.execute(
        text(
            f"SELECT {chosen} {found} GROUP BY articles.id "
            "ORDER BY articles.published IS NULL, articles.published DESC, articles.id DESC LIMIT :limit"
        ),
        {**values, "limit": limit},
    )
    total = connection.execute(text(f"SELECT count(DISTINCT articles.id) {found}"), values).scalar_one()
    return list(rows.scalars()), int(total)
