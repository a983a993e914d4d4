"""The word index in SQLite: its full-text search, FTS5, over terms parted by spaces."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, text

from retrieval.domain.articles import Filter
from retrieval.storage.engine import filter_sql

# Title words count double: a headline names what the article is about.
TITLE, OUTLET, TEXT = 2.0, 1.0, 1.0

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


@dataclass(frozen=True, slots=True)
class PassageWords:
    """The terms of a passage, each as often as it stands there: of its article's title and outlet, and of its text."""

    id: int
    title: Sequence[str]
    outlet: Sequence[str]
    text: Sequence[str]


class Fts5:
    """The word index of a SQLite file; `full_text` says what each function is for."""

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
        for statement in (f"PRAGMA analysis_limit={_ANALYSED}", "ANALYZE articles", "ANALYZE passages"):
            connection.exec_driver_sql(statement)


def _scored(connection: Connection, statement: str, values: Mapping[str, object]) -> list[tuple[int, float]]:
    return [(int(id_), -float(rank)) for id_, rank in connection.execute(text(statement), values)]


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
