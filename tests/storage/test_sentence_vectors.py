"""The vectors of sentences are made once for all questions, and do not outlast their articles."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from retrieval.domain.articles import Filter
from retrieval.embedding.base import Embedder
from retrieval.storage.catalog import Catalog
from retrieval.storage.vectors.stored import SentenceVectors
from tests.fakes import WordVectors, open_with, opened
from tests.press import town, write_articles

TEXTS = ["The bridge is closed.", "A ferry runs.", "The bridge is closed.", "\ud800 is no letter"]


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with opened(tmp_path) as catalog:
        yield catalog


def kept(catalog: Catalog) -> int:
    with catalog.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM sentences")).scalar_one())


def test_a_question_that_is_asked_again_embeds_no_sentence(tmp_path: Path) -> None:
    write_articles(tmp_path / "articles", range(6))
    question, model = f"Who is to be in {town(2)}?", WordVectors()
    with open_with(tmp_path / "data", model) as briefing:
        briefing.articles.ingest([tmp_path / "articles"])
        first = briefing.asking.ask(question, Filter())
    model.embedded = 0
    # Another process, as far as memory goes.
    with open_with(tmp_path / "data", model) as briefing:
        again = briefing.asking.ask(question, Filter())
        assert model.embedded == 0
        assert (again.excerpts, again.score) == (first.excerpts, first.score)
        assert kept(briefing.catalog) > 10
        briefing.articles.remove("0002.txt")
        assert kept(briefing.catalog) == 0


def test_the_vectors_are_those_of_the_model_and_each_is_made_once(catalog: Catalog) -> None:
    model = WordVectors()
    embedder = Embedder("words", model)
    vectors = SentenceVectors(catalog, lambda: embedder)
    for _ in range(2):
        assert np.array_equal(vectors.embed(TEXTS), Embedder("words", WordVectors()).documents(TEXTS))
    assert model.embedded == 3
    assert vectors.embed([]).shape[0] == 0
    # Another model's are others.
    other = WordVectors(32)
    assert SentenceVectors(catalog, lambda: Embedder("other", other)).embed(TEXTS).shape == (4, 32)


def test_no_more_are_kept_than_there_is_room_for(catalog: Catalog) -> None:
    embedder = Embedder("words", WordVectors())
    vectors = SentenceVectors(catalog, lambda: embedder, most=5)
    for number in range(4):
        vectors.embed([f"Ferry {number} runs.", f"Bridge {number} is closed."])
        assert kept(catalog) <= 5


def test_an_answer_does_not_wait_for_whoever_writes(tmp_path: Path, catalog: Catalog) -> None:
    embedder = Embedder("words", WordVectors())
    with closing(sqlite3.connect(tmp_path / "catalog.sqlite3")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert len(SentenceVectors(catalog, lambda: embedder).embed(TEXTS)) == 4
    assert kept(catalog) == 0
