"""A digest of many articles costs what its articles cost, and not their square: told by work, no clock."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
from sqlalchemy import event

from retrieval.digest.articles import read_articles
from retrieval.digest.stories import products
from retrieval.domain.articles import Filter
from retrieval.storage.articles import articles_in_window
from tests.bulk import fill
from tests.fakes import opened
from tests.growth import FACTOR, growth

ARTICLES = 450


def bags(count: int, seed: int = 1) -> list[dict[str, float]]:
    """Bags of terms as of articles: some common, most of them in two or three."""
    chance = random.Random(seed)
    return [
        {f"common{chance.randrange(20)}": chance.random() + 0.1 for _ in range(5)}
        | {f"rare{chance.randrange(count * 10)}": chance.random() + 0.1 for _ in range(30)}
        for _ in range(count)
    ]


def test_the_articles_of_a_window_are_read_in_few_statements(tmp_path: Path) -> None:
    with opened(tmp_path) as catalog:
        fill(catalog, ARTICLES)
        statements: list[str] = []
        event.listen(
            catalog.database.engine, "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement)
        )
        with catalog.reading() as connection:
            window = articles_in_window(connection, Filter("2000-01-01", "2030-01-01"))
            articles = read_articles(connection, window)
        assert len(articles) == ARTICLES
        assert len(statements) <= 1.05 * ARTICLES


def test_the_products_of_bags_are_those_of_their_vectors() -> None:
    for count in (0, 1, 2, 9, 130):
        made = bags(count)
        shares = Counter(term for bag in made for term in bag)
        columns = {term: column for column, term in enumerate(term for term, share in shares.items() if share > 1)}
        matrix = np.zeros((count, len(columns)))
        for row, bag in enumerate(made):
            for term in bag.keys() & columns.keys():
                matrix[row, columns[term]] = bag[term]
        np.testing.assert_allclose(products(made, shares), matrix @ matrix.T, rtol=1e-5, atol=1e-6)


def test_terms_of_few_pieces_cost_no_more_than_their_pairs() -> None:
    # As a matrix, four times the pieces with four times the terms would be sixty-four times the work.
    def multiply(size: int) -> None:
        products(made[size], Counter(term for bag in made[size] for term in bag))

    made = {size: bags(size) for size in (300, 300 * FACTOR)}
    assert growth(multiply, 300) < 2 * FACTOR**2
