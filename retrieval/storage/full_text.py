"""The word index over stemmed title, outlet and text: `sqlite` keeps it in its file, `postings` in PostgreSQL."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, func, select, text

from retrieval.domain.articles import Document, Filter
from retrieval.nlp.markup import BACK, over
from retrieval.nlp.tokens import content_terms, terms
from retrieval.storage.articles import matching_share
from retrieval.storage.engine import PassageWords, put
from retrieval.storage.postings import Postings
from retrieval.storage.schema import facts, passages
from retrieval.storage.sqlite import Fts5

# A word in more than this share of the passages is of little use and slow to search by: at 100,000 passages
# a 15-word question takes 133 ms with such words and 6.5 ms without.
FREQUENT_SHARE = 0.05
# Below this many passages every word is cheap.
FREQUENT_FROM = 2_000


# What either index does; scores are positive, higher is better.
WordIndex = Fts5 | Postings
_INDEXES: Mapping[str, WordIndex] = {"sqlite": Fts5(), "postgresql": Postings()}


def word_index(connection: Connection) -> WordIndex:
    """The word index of the database behind a connection."""
    return _INDEXES[connection.dialect.name]


def insert_words(
    connection: Connection, ids: Sequence[int], document: Document, spans: Sequence[tuple[int, int]]
) -> None:
    """Index the words of an article's passages under the passages' ids."""
    known = document.metadata
    index_words(connection, ids, known.title, known.outlet, document.text, spans)


def index_words(
    connection: Connection,
    ids: Sequence[int],
    title: str | None,
    outlet: str | None,
    body: str,
    spans: Sequence[tuple[int, int]],
) -> None:
    """Index the words of passages, the `spans` of a body, under their ids."""
    named = terms(title or ""), terms(outlet or "")
    rows = [
        PassageWords(id_, *named, terms(_passage(body, start, end)))
        for id_, (start, end) in zip(ids, spans, strict=True)
    ]
    if rows:
        word_index(connection).insert(connection, rows)


def last_indexed(connection: Connection) -> int:
    """The highest id of a passage whose words are indexed; 0 where there is none."""
    return int(connection.execute(text("SELECT rowid FROM words ORDER BY rowid DESC LIMIT 1")).scalar() or 0)


def _passage(text: str, start: int, end: int) -> str:
    """A passage, with what it stands under where it begins within a table or list."""
    passage = text[start:end]
    return f"{over(text[max(0, start - BACK) : start], passage)} {passage}"


def stored_words(connection: Connection, article: int) -> list[str]:
    """The stored terms of the texts of an article's passages, as often as they stand there, in no particular order."""
    # Interned, so that a word takes memory once for all articles.
    return list(map(sys.intern, word_index(connection).stored(connection, article)))


def search_words(
    connection: Connection,
    question: str,
    limit: int,
    only: Filter,
    frequent: Collection[str] = (),
    share: float | None = None,
) -> list[tuple[int, float]]:
    """The passages that best match the question's words: (passage id, BM25 score), best first.

    Scores are positive, higher is better. `frequent` words are ignored unless the question has no others. How they are
    found, not what, depends on the `share` of the articles that satisfy the filter; it is counted where it is None.
    """
    wanted = list(dict.fromkeys(content_terms(question)))
    rare = [term for term in wanted if term not in frequent]
    if not wanted:
        return []
    share = matching_share(connection, only) if share is None else share
    return word_index(connection).search(connection, rare or wanted, limit, only, share)


def mentions(connection: Connection, wanted: Collection[str], only: Filter, limit: int) -> tuple[list[int], int]:
    """One passage of every article that has all the terms, newest article first; and the number of these articles.

    A passage with the terms in its text comes before one that has them only in its title or outlet.
    """
    return word_index(connection).mentions(connection, wanted, only, limit)


def count_indexed(connection: Connection) -> int:
    """The number of passages in the word index, which is that of all passages."""
    return word_index(connection).size(connection)


def count_words(connection: Connection, wanted: Collection[str]) -> Mapping[str, int]:
    """The number of passages that contain each term; terms that occur nowhere are left out."""
    return word_index(connection).counts(connection, wanted) if wanted else {}


def words_like(connection: Connection, term: str) -> Mapping[str, int]:
    """The indexed terms with the same first letter and nearly the same length, with the number of passages that have
    them.
    """
    return word_index(connection).alike(connection, term[0], len(term) - 1, len(term) + 1)


def frequent_words(connection: Connection) -> frozenset[str]:
    """The words that are too frequent to search by, as last counted."""
    kept = _kept(connection)
    return frozenset(json.loads(kept)["terms"]) if kept else frozenset()


def recount(connection: Connection) -> None:
    """Count the frequent words again, and have the database look at its indexes again, if the catalog has grown or
    shrunk by a tenth since the last count.
    """
    total = connection.execute(select(func.count()).select_from(passages)).scalar_one()
    kept = _kept(connection)
    counted = json.loads(kept)["passages"] if kept else 0
    if (total < FREQUENT_FROM and not kept) or abs(total - counted) <= counted / 10:
        return
    found = word_index(connection).above(connection, max(total, FREQUENT_FROM) * FREQUENT_SHARE)
    value = json.dumps({"passages": total, "terms": sorted(found) if total >= FREQUENT_FROM else []})
    put(connection, facts, [{"name": "frequent", "value": value}])
    word_index(connection).analyse(connection)


def _kept(connection: Connection) -> str | None:
    return connection.execute(select(facts.c.value).where(facts.c.name == "frequent")).scalar()
