"""Large catalogs made of rows alone: what matters is how many there are, not what they say."""

from __future__ import annotations

import random
from datetime import date, timedelta

import numpy as np
from sqlalchemy import insert

from retrieval.domain.articles import SHARED, Vectors
from retrieval.nlp.tokens import terms
from retrieval.storage.catalog import Catalog, remember
from retrieval.storage.engine import PassageWords
from retrieval.storage.full_text import recount, word_index
from retrieval.storage.schema import articles, languages, passages, vectors

_SYLLABLES = "bar bel dor fen gar hol ist kel lun mar nor pel quin ras sel tor ven wick".split()
# As rare as a question's words are: every one in about a hundredth of the passages.
WORDS = [f"{one}{two}{three}" for one in _SYLLABLES for two in _SYLLABLES for three in _SYLLABLES]
_LAST = date(2026, 11, 1)
OUTLETS = 20
_BATCH = 500


def fill(catalog: Catalog, count: int, paragraphs: int = 5, dimensions: int = 8) -> Vectors:
    """Store so many articles of everybody's, a day each, with an outlet of twenty; returns all their vectors."""
    chance, numbers = random.Random(count), np.random.default_rng(count)
    matrix = numbers.standard_normal((count * paragraphs, dimensions), dtype=np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    for first in range(0, count, _BATCH):
        _store(catalog, range(first, min(first + _BATCH, count)), paragraphs, matrix, chance)
    with catalog.writing() as connection:
        remember(connection, "model", "words")
        remember(connection, "articles changed", f"filled with {count}")
        if connection.dialect.name == "postgresql":  # which counts on from ids that it gave itself
            for table in ("articles", "passages"):
                last = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                connection.exec_driver_sql(last)
        recount(connection)
    return matrix


def _store(catalog: Catalog, which: range, paragraphs: int, matrix: Vectors, chance: random.Random) -> None:
    parts = [[" ".join(chance.choices(WORDS, k=60)) for _ in range(paragraphs)] for _ in which]
    bodies = ["\n\n".join(part) for part in parts]
    rows = [_article(number, body, matrix[number * paragraphs]) for number, body in zip(which, bodies, strict=True)]
    spans, words = [], []
    for number, part in zip(which, parts, strict=True):
        start = 0
        for place, paragraph in enumerate(part):
            id_ = number * paragraphs + place + 1
            row = {"id": id_, "article": number + 1, "start": start, "end": start + len(paragraph), "line": 1}
            spans.append(row)
            words.append(PassageWords(id_, (), (), terms(paragraph)))
            start += len(paragraph) + 2
    with catalog.writing() as connection:
        connection.execute(insert(articles), rows)
        connection.execute(insert(languages), [{"article": row["id"], "language": "en"} for row in rows])
        connection.execute(insert(passages), spans)
        made = [{"passage": row["id"], "vector": matrix[row["id"] - 1].tobytes()} for row in spans]
        connection.execute(insert(vectors), made)
        word_index(connection).insert(connection, words)


def _article(number: int, body: str, centroid: Vectors) -> dict[str, object]:
    return {
        "id": number + 1,
        "path": f"/press/{number}.txt",
        "file": f"{number}.txt",
        "fingerprint": str(number),
        "story": number + 1,
        "title": f"Report {number}",
        "outlet": f"Outlet {number % OUTLETS}",
        "published": (_LAST - timedelta(days=number % 3_000)).isoformat(),
        "published_estimated": False,
        "tags": [],
        "basis": {},
        "centroid": centroid.tobytes(),
        "text": body,
        "key": f"{number:024x}",
        "scope": SHARED,
        "added": _LAST.isoformat(),
        "born": number + 1,
    }
