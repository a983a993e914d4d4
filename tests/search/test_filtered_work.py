"""A filter must not make a search read what the same search without it does not: told by plans and steps, no clock."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event, text

from retrieval.domain.articles import Filter, Vectors
from retrieval.embedding.base import Embedder
from retrieval.question.understanding import understand
from retrieval.search.hybrid import Finder
from retrieval.storage.articles import count_matching
from retrieval.storage.catalog import Catalog
from retrieval.storage.full_text import recount, search_words
from tests.bulk import WORDS, fill
from tests.fakes import WordVectors, opened

ARTICLES, PARAGRAPHS = 1_500, 4
STEP = 100  # SQLite tells of so many at a time
TODAY = date(2026, 11, 2)
MINE = ("", "server 1")
FILTERS = {
    "the audience": Filter(scopes=MINE),
    "the audience and days": Filter(scopes=MINE, since="2024-01-01"),
    "an outlet": Filter(outlets=("Outlet 3",)),
    "days": Filter(since="2024-01-01"),
}


@dataclass
class Watched:
    """A catalog whose statements are kept, with the steps that SQLite's machine took for them."""

    catalog: Catalog
    vectors: Vectors
    statements: list[tuple[str, Any]] = field(default_factory=list)
    steps: int = 0

    def nearest(self, vector: Vectors, count: int) -> list[tuple[int, float]]:
        """As a vector index answers, without SQL."""
        cosines = self.vectors @ vector
        return [(int(at) + 1, float(cosines[at])) for at in np.argsort(-cosines)[:count]]

    def search(self, only: Filter) -> int:
        """The steps that a search takes, and counting the articles if one has changed."""
        self.statements.clear()
        finder = Finder(self.catalog, Embedder("words", WordVectors(8)), lambda: self)
        before = self.steps
        found = finder.find(understand("barbelbar gargardor venvenven", as_of=TODAY, outlets=()), 10, only, TODAY)
        assert len(found.hits) == 10
        return self.steps - before

    def plans(self) -> Iterator[tuple[str, list[str]]]:
        """The plan of every statement of the last search."""
        with self.catalog.reading() as connection:
            for statement, values in list(self.statements):
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                yield statement, [row[3] for row in rows]

    def count_steps(self, connection: Any, _record: object, _proxy: object) -> None:
        def step() -> None:
            self.steps += STEP

        connection.set_progress_handler(step, STEP)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Many articles of everybody's, and one of another server's."""
    with opened(tmp_path_factory.mktemp("many")) as catalog:
        watched = Watched(catalog, fill(catalog, ARTICLES, PARAGRAPHS))
        with catalog.writing() as connection:
            connection.execute(text("UPDATE articles SET scope = 'server 2' WHERE id = 7"))
        event.listen(catalog.database.engine, "checkout", watched.count_steps)
        event.listen(
            catalog.database.engine,
            "before_cursor_execute",
            lambda _connection, _cursor, statement, values, _context, _many: watched.statements.append(
                (statement, values)
            ),
        )
        yield watched


@pytest.mark.parametrize("only", FILTERS.values(), ids=FILTERS)
def test_a_filter_costs_a_few_steps_an_article_and_none_a_passage(only: Filter, watched: Watched) -> None:
    # What is left is counted in an index: a few steps for every article, however many passages they have.
    assert watched.search(only) - watched.search(Filter()) <= 20 * ARTICLES


@pytest.mark.parametrize("only", FILTERS.values(), ids=FILTERS)
def test_no_statement_starts_from_the_articles_to_look_at_passages(only: Filter, watched: Watched) -> None:
    watched.search(only)
    plans = dict(watched.plans())
    assert any("FROM words" in statement for statement in plans)
    assert any("FROM passages" in statement for statement in plans)
    for statement, plan in plans.items():
        if "FROM words" in statement or "FROM passages" in statement:
            assert not plan[0].startswith(("SEARCH articles", "SCAN articles")), (statement, plan)
        # Rows of articles are wide; an index that has all that is asked for is narrow.
        assert not [step for step in plan if step.startswith("SCAN articles") and "COVERING" not in step], statement


def test_of_what_the_words_find_only_the_best_are_looked_up_in_an_audience(watched: Watched) -> None:
    asked = " ".join(random.Random(1).sample(WORDS, 60))
    taken: dict[Filter, int] = {}
    with watched.catalog.reading() as connection:
        found = len(search_words(connection, asked, ARTICLES * PARAGRAPHS, Filter()))
        for only in (Filter(), Filter(scopes=MINE)):
            before = watched.steps
            assert len(search_words(connection, asked, 5, only, (), 1.0 if not only else 0.99)) == 5
            taken[only] = watched.steps - before
    assert taken[Filter(scopes=MINE)] - taken[Filter()] < found


def test_the_words_of_a_question_are_counted_as_often_as_it_takes(watched: Watched) -> None:
    watched.search(Filter(scopes=MINE))
    asked = [statement for statement, _ in watched.statements]
    assert len([each for each in asked if "FROM word_counts" in each]) == 2  # to put words right, and to weigh them


def test_the_articles_of_an_audience_and_all_are_counted_once_until_one_changes(watched: Watched) -> None:
    counted = []
    for changed in (True, False, True):
        if changed:
            watched.catalog.rescope(7, "server 3")
        watched.search(Filter(scopes=MINE))
        asked = [statement for statement, _ in watched.statements]
        counted.append(len([each for each in asked if "count(*)" in each and "FROM articles" in each]))
    assert counted == [2, 0, 2]


def test_what_was_counted_before_a_change_is_not_said_after_it(tmp_path: Path) -> None:
    with opened(tmp_path) as catalog:
        watched = Watched(catalog, fill(catalog, 50, PARAGRAPHS))
        finder = Finder(catalog, Embedder("words", WordVectors(8)), lambda: watched)
        question = understand("barbelbar gargardor venvenven", as_of=TODAY, outlets=())

        def searched() -> int:
            return finder.find(question, 10, Filter(scopes=MINE), TODAY).searched.articles

        assert searched() == 50
        catalog.rescope(7, "server 2")
        assert searched() == 49
        catalog.remove([8, 9])
        assert searched() == 47


def test_the_articles_of_an_audience_are_counted_in_an_index_alone(watched: Watched) -> None:
    watched.statements.clear()
    with watched.catalog.reading() as connection:
        assert count_matching(connection, Filter(scopes=MINE, since="2024-01-01")).articles
    (plan,) = (plan for statement, plan in watched.plans() if "count(*)" in statement)
    read = [step for step in plan if " articles" in step]
    assert read
    assert all("COVERING INDEX" in step for step in read), plan


def test_a_catalog_that_grew_is_analysed(tmp_path: Path) -> None:
    with opened(tmp_path) as catalog:
        fill(catalog, 500, PARAGRAPHS)
        known = _known(catalog)
        assert known["articles_by_scope"].split()[0] == "500"
        with catalog.writing() as connection:
            connection.execute(text("DELETE FROM articles WHERE id > 400"))
            recount(connection)
        assert _known(catalog)["articles_by_scope"].split()[0] == "400"


def _known(catalog: Catalog) -> dict[str, str]:
    with catalog.reading() as connection:
        return {row.idx: row.stat for row in connection.execute(text("SELECT idx, stat FROM sqlite_stat1"))}
