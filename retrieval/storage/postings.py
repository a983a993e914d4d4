"""The word index in PostgreSQL: the numbers of word forms under a GIN index, scored here as FTS5 scores.

A word form is a term with how often it stands in a passage's title, outlet and text ("1 0 2"), so that the index alone
says which passages have it how often. PostgreSQL's own ranks know neither how rare a word is nor how long a passage.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from retrieval.domain.articles import Filter
from retrieval.storage.engine import OUTLET, TEXT, TITLE, PassageWords, filter_sql, newest_articles

# BM25's constants, and the least weight of a word, as FTS5 has them.
_K1, _B, _LEAST = 1.2, 0.75, 1e-6

_COUNT = text(
    "UPDATE word_forms SET passages = word_forms.passages + new.passages "
    "FROM unnest(CAST(:terms AS TEXT[]), CAST(:forms AS TEXT[]), CAST(:counts AS INTEGER[])) "
    "AS new(term, form, passages) WHERE word_forms.term = new.term AND word_forms.form = new.form "
    "RETURNING word_forms.term, word_forms.form, word_forms.id"
)
_ADD = text(
    "INSERT INTO word_forms (term, form, passages) "
    "SELECT * FROM unnest(CAST(:terms AS TEXT[]), CAST(:forms AS TEXT[]), CAST(:counts AS INTEGER[])) "
    "RETURNING term, form, id"
)
_INSERT = text(
    "INSERT INTO words (rowid, article, length, forms) "
    "SELECT id, article, :length, CAST(:forms AS INTEGER[]) FROM passages WHERE id = :id"
)
_GROW = text("UPDATE word_totals SET passages = passages + :passages, length = length + :length")
_REMOVE = text(
    "WITH gone AS (DELETE FROM words WHERE article = :article RETURNING length, forms), "
    "lost AS (SELECT form, count(*) AS passages FROM gone, unnest(forms) AS form GROUP BY form), "
    "fewer AS (UPDATE word_forms SET passages = word_forms.passages - lost.passages FROM lost WHERE id = lost.form) "
    "UPDATE word_totals SET passages = passages - (SELECT count(*) FROM gone), "
    "length = length - (SELECT coalesce(sum(length), 0) FROM gone)"
)
_STORED = text(
    "SELECT term, form FROM words CROSS JOIN unnest(forms) AS had JOIN word_forms ON word_forms.id = had "
    "WHERE article = :article"
)
_FORMS = text("SELECT id, term, form, passages FROM word_forms WHERE term = ANY(CAST(:terms AS TEXT[]))")
_COUNTS = (
    "SELECT term, sum(passages) AS passages FROM word_forms WHERE passages > 0 AND {which} "
    "GROUP BY term HAVING sum(passages) > :more"
)
_NAMED = text(_COUNTS.format(which="term = ANY(CAST(:terms AS TEXT[]))"))
_LIKE = text(_COUNTS.format(which="term >= :low AND term < :high AND length(term) BETWEEN :least AND :most"))
_ALL = text(_COUNTS.format(which="TRUE"))
_WANTED = (
    "unnest(CAST(:ids AS INTEGER[]), CAST(:gains AS FLOAT8[]), CAST(:freqs AS FLOAT8[]), CAST(:others AS TEXT[])) "
    "AS form(id, gain, freq, others)"
)
_GAIN = "gain / (freq + :short + :long * length)"
# OFFSET 0 has every form looked up in the index by itself. The index finds the passages that have another of the words
# too without reading those that have one alone.
_SEVERAL = (
    f"SELECT rowid, article, sum({_GAIN}) AS score FROM {_WANTED} CROSS JOIN LATERAL "
    "(SELECT rowid, article, length FROM words "
    "WHERE forms @> ARRAY[form.id] AND forms && CAST(form.others AS INTEGER[]) OFFSET 0) AS found "
    "GROUP BY rowid, article"
)
# Summing up what a passage has of several words would take longer than reading it. Only the first of all are looked at
# with their articles, where there is a filter.
_ALONE = (
    f"SELECT rowid, article, {_GAIN} AS score FROM {_WANTED} CROSS JOIN LATERAL "
    "(SELECT rowid, article, length FROM words WHERE forms @> ARRAY[form.id] OFFSET 0) AS found "
    "ORDER BY score DESC, rowid LIMIT :first"
)
# The share of articles under which passages are read by what the filter leaves, not by what the words find first; and
# how much longer a passage takes to find by its article than by a word (2.5 and 1 ms a thousand).
_FEW, _DEARER = 0.1, 2.5
_LEFT = f"SELECT rowid, article, sum({_GAIN}) AS score FROM {_WANTED} JOIN found ON form.id = ANY(found.forms) "
_OF_ARTICLES = (
    "WITH found AS MATERIALIZED (SELECT rowid, article, length, forms FROM words "
    "WHERE article = ANY(ARRAY(SELECT articles.id FROM articles WHERE {where})) AND forms && CAST(:ids AS INTEGER[])) "
    f"{_LEFT} GROUP BY rowid, article"
)
# IS TRUE has the articles put into a table that every passage is looked up in, rather than read one by one.
_AMONG_WORDS = (
    "WITH found AS MATERIALIZED (SELECT rowid, article, length, forms FROM words "
    "WHERE forms && CAST(:ids AS INTEGER[]) AND (article IN (SELECT articles.id FROM articles WHERE {where})) IS TRUE) "
    f"{_LEFT} GROUP BY rowid, article"
)


class Postings:
    """The word index of a PostgreSQL database; `full_text` says what each function is for."""

    def insert(self, connection: Connection, rows: Sequence[PassageWords]) -> None:
        made = [_forms(row) for row in rows]
        counts = Counter(pair for forms in made for pair in forms)
        ids = _count(connection, counts)
        lengths = [len(row.title) + len(row.outlet) + len(row.text) for row in rows]
        connection.execute(
            _INSERT,
            [
                {"id": row.id, "length": length, "forms": sorted(ids[pair] for pair in forms)}
                for row, length, forms in zip(rows, lengths, made, strict=True)
            ],
        )
        connection.execute(_GROW, {"passages": len(rows), "length": sum(lengths)})

    def remove(self, connection: Connection, article: int) -> None:
        connection.execute(_REMOVE, {"article": article})

    def purge(self, connection: Connection) -> None:
        connection.execute(text("DELETE FROM word_forms WHERE passages <= 0"))

    def begin_filling(self, connection: Connection) -> None:
        connection.exec_driver_sql("DROP INDEX IF EXISTS words_by_form")

    def end_filling(self, connection: Connection) -> None:
        made = "CREATE INDEX IF NOT EXISTS words_by_form ON words USING gin (forms) WITH (fastupdate = off)"
        connection.exec_driver_sql(made)

    def clear(self, connection: Connection) -> None:
        for table in ("words", "word_forms"):
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("UPDATE word_totals SET passages = 0, length = 0"))

    def stored(self, connection: Connection, article: int) -> list[str]:
        rows = connection.execute(_STORED, {"article": article})
        return [term for term, form in rows for _ in range(int(form.split()[2]))]

    def search(
        self, connection: Connection, wanted: Sequence[str], limit: int, only: Filter, share: float
    ) -> list[tuple[int, float]]:
        rows, tokens = connection.execute(text("SELECT passages, length FROM word_totals")).one()
        forms = connection.execute(_FORMS, {"terms": list(wanted)}).all()
        if not forms or not rows:
            return []
        counts = Counter[str]()
        for _, term, _, passages in forms:
            counts[term] += passages
        weights = {term: max(math.log((rows - count + 0.5) / (count + 0.5)), _LEAST) for term, count in counts.items()}
        wanting = [_Form(id_, term, weights[term], _weighted(form), passages) for id_, term, form, passages in forms]
        find = _Search(connection, rows / tokens, limit, only, share)
        if share < _FEW:
            dearer = _DEARER * share * rows > sum(counts.values())
            return _ordered(find.best(wanting, _AMONG_WORDS if dearer else _OF_ARTICLES))
        likely = find.best(wanting, _SEVERAL) if len(counts) > 1 else {}
        # What has one of the words alone is read only where it could be among the best.
        least = min(likely.values()) if len(likely) == limit else 0.0
        alone = find.alone([form for form in wanting if form.most >= least])
        # Of a passage that has other words too, `alone` lacks these.
        return _ordered({id_: max(score, likely.get(id_, 0.0)) for id_, score in (likely | alone).items()})[:limit]

    def mentions(
        self, connection: Connection, wanted: Collection[str], only: Filter, limit: int
    ) -> tuple[list[int], int]:
        having, saying = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
        for id_, term, form, _ in connection.execute(_FORMS, {"terms": list(wanted)}):
            having[term].append(id_)
            if not form.endswith(" 0"):
                saying[term].append(id_)
        if len(having) < len(set(wanted)):
            return [], 0
        where, values = filter_sql(only)
        has, said = [], []
        for number, term in enumerate(having):
            has.append(f"forms && CAST(:has{number} AS INTEGER[])")
            said.append(f"forms && CAST(:said{number} AS INTEGER[])")
            values |= {f"has{number}": having[term], f"said{number}": saying[term]}
        found = f"FROM words JOIN articles ON articles.id = words.article WHERE {' AND '.join(has)} AND {where}"
        chosen = f"coalesce(min(rowid) FILTER (WHERE {' AND '.join(said)}), min(rowid))"
        return newest_articles(connection, chosen, found, values, limit)

    def size(self, connection: Connection) -> int:
        return int(connection.execute(text("SELECT passages FROM word_totals")).scalar_one())

    def counts(self, connection: Connection, wanted: Collection[str]) -> Mapping[str, int]:
        return _counted(connection.execute(_NAMED, {"terms": list(wanted), "more": 0}))

    def alike(self, connection: Connection, start: str, least: int, most: int) -> Mapping[str, int]:
        bound = {"low": start, "high": chr(ord(start) + 1), "least": least, "most": most, "more": 0}
        return _counted(connection.execute(_LIKE, bound))

    def above(self, connection: Connection, count: float) -> Sequence[str]:
        return [term for term, _ in connection.execute(_ALL, {"more": count})]

    def analyse(self, connection: Connection) -> None:
        for table in ("articles", "passages", "vectors", "words", "word_forms"):
            connection.exec_driver_sql(f"ANALYZE {table}")


@dataclass(frozen=True, slots=True)
class _Form:
    """A word form that is searched for, with its word's weight, how often the word stands in it, and how many passages
    have it.
    """

    id: int
    term: str
    weight: float
    freq: float
    passages: int

    @property
    def gain(self) -> float:
        return self.weight * self.freq * (_K1 + 1)

    @property
    def most(self) -> float:
        """What it adds to the score of a passage at most, which is as short as can be."""
        return self.gain / (self.freq + _K1 * (1 - _B))


@dataclass(frozen=True, slots=True)
class _Search:
    connection: Connection
    per_length: float
    limit: int
    only: Filter
    share: float

    def alone(self, wanting: Sequence[_Form]) -> dict[int, float]:
        """The best scores of passages by one of these forms each."""
        # Twice what the filter's share suggests has enough that satisfy it, as a rule; few passages come several times.
        first = math.ceil(2 * self.limit / self.share)
        found = self.best(wanting, _ALONE, first)
        every = sum(form.passages for form in wanting)
        return found if len(found) == self.limit or every <= first else self.best(wanting, _ALONE, every)

    def best(self, wanting: Sequence[_Form], scored: str, first: int = 0) -> dict[int, float]:
        """The best scores of passages by these forms, by one of the statements above."""
        if not wanting:
            return {}
        where, bound = filter_sql(self.only)
        within = f"JOIN articles ON articles.id = scored.article WHERE {where}" if self.only else ""
        query = (
            f"SELECT rowid, max(score) AS score FROM ({scored.format(where=where)}) AS scored {within} "
            "GROUP BY rowid ORDER BY score DESC, rowid LIMIT :limit"
        )
        values = {
            "ids": [form.id for form in wanting],
            "gains": [form.gain for form in wanting],
            "freqs": [form.freq for form in wanting],
            "others": [_array(other.id for other in wanting if other.term != form.term) for form in wanting],
            "short": _K1 * (1 - _B),
            "long": _K1 * _B * self.per_length,
            "limit": self.limit,
            "first": first,
        }
        return {int(id_): float(score) for id_, score in self.connection.execute(text(query), values | bound)}


def _ordered(scores: Mapping[int, float]) -> list[tuple[int, float]]:
    return sorted(scores.items(), key=lambda each: (-each[1], each[0]))


def _array(ids: Iterable[int]) -> str:
    return f"{{{','.join(map(str, ids))}}}"


def _forms(row: PassageWords) -> list[tuple[str, str]]:
    """The word forms of a passage, each once."""
    counts = defaultdict[str, list[int]](lambda: [0, 0, 0])
    for place, stood in enumerate((row.title, row.outlet, row.text)):
        for term in stood:
            counts[term][place] += 1
    return [(term, f"{title} {outlet} {body}") for term, (title, outlet, body) in counts.items()]


def _weighted(form: str) -> float:
    title, outlet, body = map(int, form.split())
    return TITLE * title + OUTLET * outlet + TEXT * body


def _count(connection: Connection, counts: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """Count passages with these word forms; returns the forms' numbers. New forms get one."""
    ids: dict[tuple[str, str], int] = {}
    # Not as one upsert, which uses up a number for every form that is there; nobody else writes meanwhile.
    for statement in (_COUNT, _ADD):
        rest = [pair for pair in counts if pair not in ids]
        if rest:
            values = {
                "terms": [term for term, _ in rest],
                "forms": [form for _, form in rest],
                "counts": [counts[pair] for pair in rest],
            }
            ids |= {(term, form): id_ for term, form, id_ in connection.execute(statement, values)}
    return ids


def _counted(rows: Iterable[Any]) -> Mapping[str, int]:
    return {term: int(count) for term, count in rows}
