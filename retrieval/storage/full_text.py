"""The word index: SQLite FTS5 over stemmed title, outlet and text, in the catalog's file."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, bindparam, text

from retrieval.domain.articles import Document
from retrieval.domain.searches import Filter
from retrieval.nlp.markup import BACK, over
from retrieval.nlp.tokens import content_terms, terms
from retrieval.storage.conditions import filter_sql

# A word in more than this share of the passages is of little use and slow to search by: at 100,000 passages
# a 15-word question takes 133 ms with such words and 6.5 ms without.
FREQUENT_SHARE = 0.05
# Below this many passages every word is cheap.
FREQUENT_FROM = 2_000

_INSERT = text("INSERT INTO words(rowid, title, outlet, text) VALUES (:id, :title, :outlet, :text)")
_DELETE = text("DELETE FROM words WHERE rowid IN (SELECT id FROM passages WHERE article = :article)")
_STORED = text("SELECT text FROM words WHERE rowid IN (SELECT id FROM passages WHERE article = :article)")
_COUNTS = text("SELECT term, doc FROM word_counts WHERE term IN :terms").bindparams(bindparam("terms", expanding=True))
_LIKE = text(
    "SELECT term, doc FROM word_counts WHERE term >= :low AND term < :high AND length(term) BETWEEN :least AND :most"
)
# Title words count double: a headline names what the article is about.
_RANK = "bm25(words, 2.0, 1.0, 1.0)"
_SEARCH = f"SELECT rowid, {_RANK} AS rank FROM words WHERE words MATCH :match ORDER BY rank LIMIT :limit"
# CROSS JOIN keeps this order: starting from the articles of an audience, SQLite would look up every passage among the
# words, 2 s for one article of another server's among 312,000 passages.
_SEARCH_FILTERED = (
    f"SELECT words.rowid, {_RANK} AS rank FROM words CROSS JOIN passages CROSS JOIN articles "
    "WHERE passages.id = words.rowid AND articles.id = passages.article "
    "AND words MATCH :match AND {where} ORDER BY rank LIMIT :limit"
)
# Rows of an index that SQLite looks at to learn how many a condition leaves.
_ANALYSED = 1_000


def insert_words(
    connection: Connection, ids: Sequence[int], document: Document, spans: Sequence[tuple[int, int]]
) -> None:
    """Index the words of an article's passages under the passages' ids."""
    title = " ".join(terms(document.metadata.title or ""))
    outlet = " ".join(terms(document.metadata.outlet or ""))
    rows = [
        {"id": id_, "title": title, "outlet": outlet, "text": " ".join(terms(_passage(document.text, start, end)))}
        for id_, (start, end) in zip(ids, spans, strict=True)
    ]
    if rows:
        connection.execute(_INSERT, rows)


def _passage(text: str, start: int, end: int) -> str:
    """A passage, with what it stands under where it begins within a table or list."""
    passage = text[start:end]
    return f"{over(text[max(0, start - BACK) : start], passage)} {passage}"


def remove_words(connection: Connection, article: int) -> None:
    """Remove the passages of an article from the word index; must run before they are deleted."""
    connection.execute(_DELETE, {"article": article})


def purge_words(connection: Connection) -> None:
    """Rewrite the word index without the words of removed passages, which FTS5 else keeps until it happens to merge
    them; seconds for a large one.
    """
    connection.execute(text("INSERT INTO words(words) VALUES ('optimize')"))


def stored_words(connection: Connection, article: int) -> list[str]:
    """The stored terms of an article's passages."""
    stored = " ".join(connection.execute(_STORED, {"article": article}).scalars()).split()
    # Interned, so that a word takes memory once for all articles.
    return list(map(sys.intern, stored))


def search_words(
    connection: Connection, question: str, limit: int, only: Filter, frequent: Collection[str] = ()
) -> list[tuple[int, float]]:
    """The passages that best match the question's words: (passage id, BM25 score), best first.

    Scores are positive, higher is better. `frequent` words are ignored unless the question has no others.
    """
    wanted = list(dict.fromkeys(content_terms(question)))
    rare = [term for term in wanted if term not in frequent]
    match = " OR ".join(f'"{term}"' for term in rare or wanted)
    if not match:
        return []
    values: dict[str, object] = {"match": match, "limit": limit}
    if not only:
        rows = connection.execute(text(_SEARCH), values)
    else:
        where, bound = filter_sql(only)
        rows = connection.execute(text(_SEARCH_FILTERED.format(where=where)), values | bound)
    return [(int(id_), -float(rank)) for id_, rank in rows]


def mentions(connection: Connection, wanted: Collection[str], only: Filter, limit: int) -> tuple[list[int], int]:
    """One passage of every article that has all the terms, newest article first; and the number of these articles.

    A passage with the terms in its text comes before one that has them only in its title or outlet.
    """
    where, bound = filter_sql(only)
    match = " AND ".join(f'"{term}"' for term in wanted)
    values = bound | {"match": match, "said": f"{{text}} : ({match})"}
    found = (
        "FROM words CROSS JOIN passages CROSS JOIN articles "
        f"WHERE passages.id = words.rowid AND articles.id = passages.article AND words MATCH :match AND {where}"
    )
    said = "words.rowid IN (SELECT rowid FROM words WHERE words MATCH :said)"
    rows = connection.execute(
        text(
            f"SELECT coalesce(min(CASE WHEN {said} THEN words.rowid END), min(words.rowid)) {found} "
            "GROUP BY articles.id ORDER BY articles.published IS NULL, articles.published DESC, articles.id DESC "
            "LIMIT :limit"
        ),
        values | {"limit": limit},
    )
    total = connection.execute(text(f"SELECT count(DISTINCT articles.id) {found}"), values).scalar_one()
    return list(rows.scalars()), int(total)


def count_words(connection: Connection, wanted: Collection[str]) -> Mapping[str, int]:
    """The number of passages that contain each term; terms that occur nowhere are left out."""
    if not wanted:
        return {}
    return {term: int(count) for term, count in connection.execute(_COUNTS, {"terms": list(wanted)})}


def words_like(connection: Connection, term: str) -> Mapping[str, int]:
    """The indexed terms with the same first letter and nearly the same length, with the number of passages that have
    them.
    """
    first = term[0]
    bound = {"low": first, "high": chr(ord(first) + 1), "least": len(term) - 1, "most": len(term) + 1}
    return {found: int(count) for found, count in connection.execute(_LIKE, bound)}


def frequent_words(connection: Connection) -> frozenset[str]:
    """The words that are too frequent to search by, as last counted."""
    kept = connection.execute(text("SELECT value FROM facts WHERE name = 'frequent'")).scalar()
    return frozenset(json.loads(kept)["terms"]) if kept else frozenset()


def recount(connection: Connection) -> None:
    """Count the frequent words again, and have SQLite look at its indexes again, if the catalog has grown or shrunk by
    a tenth since the last count.
    """
    total = connection.execute(text("SELECT count(*) FROM passages")).scalar_one()
    kept = connection.execute(text("SELECT value FROM facts WHERE name = 'frequent'")).scalar()
    counted = json.loads(kept)["passages"] if kept else 0
    if (total < FREQUENT_FROM and not kept) or abs(total - counted) <= counted / 10:
        return
    found = connection.execute(
        text("SELECT term FROM word_counts WHERE doc > :many"),
        {"many": max(total, FREQUENT_FROM) * FREQUENT_SHARE},
    ).scalars()
    value = json.dumps({"passages": total, "terms": sorted(found) if total >= FREQUENT_FROM else []})
    connection.execute(text("INSERT OR REPLACE INTO facts VALUES ('frequent', :value)"), {"value": value})
    analyse(connection)


def analyse(connection: Connection) -> None:
    """Let SQLite look at samples of its indexes, so that it can tell which condition of a query leaves the least."""
    for statement in (f"PRAGMA analysis_limit={_ANALYSED}", "ANALYZE articles", "ANALYZE passages"):
        connection.exec_driver_sql(statement)
