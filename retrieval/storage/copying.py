"""Copies a catalog into another database, table by table: it can be killed and goes on, and what came is checked.

The word index is made anew, since every database has its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Connection, Table, delete, func, insert, select, text, tuple_

from retrieval.errors import StoreError
from retrieval.observing import Progress
from retrieval.storage import deliveries, limits, servers, usage
from retrieval.storage.catalog import FILLING, Catalog, remember
from retrieval.storage.full_text import index_words, last_indexed, word_index
from retrieval.storage.schema import articles, facts, passages, tables
from retrieval.storage.vectors import stored

# The modules that add tables to those of `schema`.
_OTHERS = (deliveries, limits, servers, stored, usage)
_STATE = frozenset(("claims", "askings", "hosts", "reserved_tokens"))
# Rows copied at a time; of tables with long rows.
_ROWS, _LONG_ROWS = 2_000, 200
_LONG = frozenset(("articles", "answers", "replies", "mails"))
# Passages whose words are indexed at a time, with the others of their articles.
_PASSAGES = 250
# In a text PostgreSQL has a mark in the place of NUL.
_NUL, _MARK = "\x00", "\ufffd"

Begin = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Sum:
    """The number of rows of a table, and a checksum of what they hold in whatever order."""

    rows: int
    digest: str


def copied_tables() -> list[Table]:
    """The tables of a catalog, each after those it refers to, without what only processes that run know."""
    return [table for table in tables.sorted_tables if table.name not in _STATE]


def copy_catalog(source: Connection, begin: Begin, progress: Progress) -> None:
    """Copy what a catalog holds into another, which is empty or has a part of it from an earlier run.

    `begin` opens a transaction of the other catalog, one for every batch. The facts come last: with them the copy is
    whole.
    """
    whole = [table for table in copied_tables() if table is not facts]
    total = sum(_count(source, table) for table in whole)
    with progress.track("Copying", total, "rows") as done:
        for table in whole:
            with begin() as target:
                done(_count(target, table))
            while copied := _copy_batch(source, begin, table):
                done(copied)
    fill_words(begin, progress)


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _copy_batch(source: Connection, begin: Begin, table: Table) -> int:
    """Copy the rows that follow the last one that is there, by the primary key; returns their number."""
    keys = list(table.primary_key)
    with begin() as target:
        last = target.execute(select(*keys).order_by(*(key.desc() for key in keys)).limit(1)).one_or_none()
        query = select(table).order_by(*keys).limit(_LONG_ROWS if table.name in _LONG else _ROWS)
        if last is not None:
            query = query.where(tuple_(*keys) > tuple_(*last))
        rows = [dict(row) for row in source.execute(query).mappings()]
        if rows:
            target.execute(insert(table), rows)
    return len(rows)


def fill_words(begin: Begin, progress: Progress) -> None:
    """Index the words of the articles that come after the last one that is indexed."""
    with begin() as target:
        wanted = passages.c.id > last_indexed(target)
        total = int(target.execute(select(func.count()).select_from(passages).where(wanted)).scalar_one())
    if not total:
        return
    with progress.track("Indexing words", total, "passages") as done:
        while indexed := _fill_batch(begin):
            done(indexed)
    with begin() as target:
        word_index(target).analyse(target)


def _fill_batch(begin: Begin) -> int:
    with begin() as target:
        # Not grouped by article in SQL, which would go through all that is left for every batch.
        query = select(passages.c.article).where(passages.c.id > last_indexed(target)).order_by(passages.c.id)
        ids = list(dict.fromkeys(target.execute(query.limit(_PASSAGES)).scalars()))
        found = target.execute(select(articles).where(articles.c.id.in_(ids))).all()
        own = select(passages).where(passages.c.article.in_(ids)).order_by(passages.c.id)
        parts = target.execute(own).all()
        for article in sorted(found, key=lambda row: ids.index(row.id)):
            mine = [part for part in parts if part.article == article.id]
            spans = [(part.start, part.end) for part in mine]
            index_words(target, [part.id for part in mine], article.title, article.outlet, article.text, spans)
    return len(parts)


def finish(source: Connection, begin: Begin) -> None:
    """Give a copy the facts of the catalog, and the numbers that were used last, with which it is whole."""
    known = [dict(row) for row in source.execute(select(facts)).mappings() if row["name"] != FILLING]
    with begin() as target:
        for table in copied_tables():
            if table.autoincrement_column is not None:
                _set_last(target, table, _last(source, table))
        target.execute(delete(facts))
        target.execute(insert(facts), known)


def _last(connection: Connection, table: Table) -> int:
    """The last number that a table has given to a row, which may be gone; numbers are never given again."""
    name, (key,) = table.name, table.primary_key
    highest = int(connection.execute(select(func.coalesce(func.max(key), 0))).scalar_one())
    if connection.dialect.name == "sqlite":
        used = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": name}).scalar()
    else:
        which = text("SELECT pg_sequence_last_value(CAST(pg_get_serial_sequence(:name, :key) AS regclass))")
        used = connection.execute(which, {"name": name, "key": key.name}).scalar()
    return max(highest, used or 0)


def _set_last(connection: Connection, table: Table, number: int) -> None:
    name, (key,) = table.name, table.primary_key
    if not number:
        return
    if connection.dialect.name != "sqlite":
        setting = text("SELECT setval(CAST(pg_get_serial_sequence(:name, :key) AS regclass), :number)")
        connection.execute(setting, {"name": name, "key": key.name, "number": number})
    elif table.dialect_options["sqlite"]["autoincrement"]:
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
        row = {"name": name, "number": number}
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"), row)


def clear(connection: Connection) -> None:
    """Delete everything of a catalog but its facts."""
    word_index(connection).clear(connection)
    for table in reversed(copied_tables()):
        if table is not facts:
            connection.execute(delete(table))


def holds(connection: Connection) -> int:
    """The number of rows of a catalog, without its facts."""
    return sum(_count(connection, table) for table in copied_tables() if table is not facts)


def sums(connection: Connection, progress: Progress) -> dict[str, Sum]:
    """The checksums of all tables but the facts."""
    whole = [table for table in copied_tables() if table is not facts]
    total = sum(_count(connection, table) for table in whole)
    with progress.track("Checking", total, "rows") as done:
        return {table.name: _sum(connection, table, done) for table in whole}


def _sum(connection: Connection, table: Table, done: Callable[[int], object]) -> Sum:
    count = total = 0
    jsons = [isinstance(column.type, JSON) for column in table.columns]
    # By name, since older versions added columns in another order.
    for rows in _batches(connection, table):
        for row in rows:
            parts = (_part(value, is_json) for value, is_json in zip(row, jsons, strict=True))
            total += int.from_bytes(hashlib.blake2b(b"".join(parts), digest_size=16).digest())
        count += len(rows)
        done(len(rows))
    return Sum(count, f"{total % 2**128:032x}")


def _batches(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    keys, last = list(table.primary_key), None
    query = select(table).order_by(*keys).limit(_LONG_ROWS if table.name in _LONG else _ROWS)
    while rows := connection.execute(query if last is None else query.where(tuple_(*keys) > tuple_(*last))).all():
        yield rows
        last = [getattr(rows[-1], key.name) for key in keys]


def _part(value: Any, is_json: bool) -> bytes:
    """A value as bytes that no other value has, whichever database it was in."""
    if is_json:
        content = json.dumps(value, sort_keys=True).replace("\\u0000", "\\ufffd").encode()
    elif isinstance(value, bytes):
        content = value
    elif isinstance(value, str):
        content = value.replace(_NUL, _MARK).encode("utf-8", "surrogatepass")
    else:
        content = repr(value).encode()
    return f"{type(value).__name__} {len(content)} ".encode() + content


def differing(one: Mapping[str, Sum], other: Mapping[str, Sum]) -> list[str]:
    """The tables of which two catalogs hold something else."""
    return [name for name in one if one[name] != other.get(name)]


def migrate_catalog(source: Catalog, target: Catalog, progress: Progress) -> dict[str, Sum]:
    """Copy a catalog into another database, or go on with a copy that was broken off; returns what was checked.

    The source is read as it is now. What came earlier of an older state is copied anew.

    Raises:
        StoreError: the other database holds something else, or the copy is not what it should be.
    """
    with source.reading() as connection:
        source.database.take_time(connection)
        name = connection.execute(select(facts.c.value).where(facts.c.name == "catalog")).scalar() or ""
        begun = target.fact(FILLING) == name
        with target.writing() as other:
            if not begun and holds(other):
                raise StoreError(f"{target.database.place} holds a catalog: name an empty database")
            remember(other, FILLING, name)
        for _attempt in range(2):
            # An index that all words come into at once is made sooner; nobody searches before the copy is whole.
            with target.writing() as other:
                word_index(other).begin_filling(other)
            copy_catalog(connection, target.writing, progress)
            with target.writing() as other:
                word_index(other).end_filling(other)
            wanted = sums(connection, progress)
            with target.reading() as other:
                wrong = differing(wanted, sums(other, progress))
            if not wrong:
                finish(connection, target.writing)
                return wanted
            progress.note(f"copying anew: an earlier copy had another state of {', '.join(wrong)}")
            with target.writing() as other:
                clear(other)
    raise StoreError(f"the copy in {target.database.place} is not the same ({', '.join(wrong)}): run the command again")
