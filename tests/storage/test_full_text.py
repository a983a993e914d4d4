"""The word index: what a question's words find, and that they are words whatever they look like."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, text

from retrieval.domain.articles import Document, Filter, Metadata
from retrieval.nlp.tokens import content_terms
from retrieval.storage import full_text
from retrieval.storage.article_rows import NewArticle
from retrieval.storage.catalog import Catalog, open_catalog
from retrieval.storage.full_text import count_words, frequent_words, recount, search_words
from tests.fakes import catalog_url

pytestmark = pytest.mark.usefixtures("both_databases")

ANY = Filter()


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = open_catalog(catalog_url(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def reading(catalog: Catalog) -> Iterator[Connection]:
    """The catalog with four articles of one passage each, to read from."""
    store(catalog, "The old bridge is closed for repairs.", title="News from the harbour", outlet="Harbour Post")
    store(catalog, "A ferry runs every hour.", title="Bridge", outlet="The Times", published="2024-12-03T09:30:00Z")
    store(catalog, "The harbour is full of ferries and boats.", outlet="The Times", published="2024-12-04")
    store(catalog, "Rain in the north.", published="2025-01-01")
    with catalog.reading() as connection:
        yield connection


def store(catalog: Catalog, body: str, **known: str) -> int:
    """Store an article of one passage; the passage goes by the article's number."""
    document = Document(body, (), Metadata(**known), "txt")  # type: ignore[arg-type]
    vector = np.ones((1, 1), np.float32)
    mark = str(len(catalog.known()))
    return catalog.store(
        NewArticle(
            path=mark,
            file=mark,
            fingerprint=mark,
            document=document,
            spans=[(0, len(body))],
            vectors=vector,
            centroid=vector[0],
        )
    )


def ids(connection: Connection, question: str, only: Filter = ANY, limit: int = 10) -> list[int]:
    return [id_ for id_, _ in search_words(connection, question, limit, only)]


def test_title_outlet_and_text_are_searched_and_the_title_counts_double(reading: Connection) -> None:
    assert ids(reading, "bridge") == [2, 1]
    assert set(ids(reading, "the harbour")) == {1, 3}
    assert set(ids(reading, "Times")) == {2, 3}


def test_words_are_found_in_their_other_forms(reading: Connection) -> None:
    assert set(ids(reading, "Ferries?")) == {2, 3}
    assert ids(reading, "repairing") == [1]


def test_scores_are_positive_and_come_best_first(reading: Connection) -> None:
    scores = [score for _, score in search_words(reading, "ferry bridge harbour", 10, ANY)]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 3
    assert min(scores) > 0


def test_no_more_are_given_than_asked_for(reading: Connection) -> None:
    assert len(ids(reading, "ferry bridge harbour", limit=2)) == 2


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (Filter(since="2024-12-03"), {2, 3, 4}),
        (Filter(until="2024-12-03"), {2}),  # a time of that day is within it; an article without a date is not
        (Filter(since="2024-12-04", until="2024-12-31"), {3}),
        (Filter(outlets=("The Times",)), {2, 3}),
        (Filter(outlets=("The Times", "Harbour Post")), {1, 2, 3}),
        (Filter(until="2024-12-03", outlets=("The Times",)), {2}),
        (Filter(outlets=("Nobody's",)), set()),
    ],
)
def test_filters_hold_for_dates_and_outlets(only: Filter, expected: set[int], reading: Connection) -> None:
    assert set(ids(reading, "ferry bridge harbour rain", only)) == expected


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 1.0])
def test_how_much_a_filter_is_thought_to_leave_changes_nothing_that_is_found(share: float, catalog: Catalog) -> None:
    for number in range(30):
        store(catalog, f"A bridge and {'ferry ' * (number % 4)}rain.", outlet="The Times" if number % 3 else "Others")
    with catalog.reading() as connection:
        for only in (Filter(outlets=("The Times",)), Filter(outlets=("Others",)), Filter(outlets=("Nobody",))):
            best = search_words(connection, "ferry bridge harbour rain", 7, only, (), share)
            every = search_words(connection, "ferry bridge harbour rain", 30, only)
            assert [score for _, score in best] == pytest.approx([score for _, score in every[:7]])
            assert dict(best) == pytest.approx({id_: dict(every)[id_] for id_, _ in best})  # of equals, any
            assert len(best) == (0 if only.outlets == ("Nobody",) else 7)


@pytest.mark.parametrize(
    "hostile",
    [
        '"',
        '""" OR ""',
        "NEAR(bridge",
        "bridge*",
        "*",
        "AND OR NOT",
        "bridge AND NOT ferry",
        "title:bridge",
        "{title text}: bridge",
        "^bridge",
        "bridge\x00ferry",
        "(((",
        "'; DROP TABLE words; --",
        "-bridge +ferry",
        ":limit :match %s ?1",
        "bridge\\",
        "x" * 100_000,
    ],
)
def test_the_syntax_of_the_search_engine_is_plain_text(hostile: str, reading: Connection) -> None:
    for only in (ANY, Filter(since="2024-01-01")):
        found = ids(reading, hostile, only)
        # Whatever words are left of it find what they find by themselves.
        expected = {1, 2} if "bridge" in hostile else set()
        expected |= {2, 3} if "ferry" in hostile else set()
        assert set(found) == (expected if not only else expected - {1})


def test_a_question_without_content_words_finds_nothing(reading: Connection) -> None:
    assert ids(reading, "what is it about?") == []
    assert ids(reading, "") == []


def test_the_number_of_passages_a_word_stands_in_is_counted(reading: Connection) -> None:
    ferry, bridge = content_terms("ferry bridge")
    assert count_words(reading, [ferry, bridge, "absent"]) == {ferry: 2, bridge: 2}
    assert count_words(reading, []) == {}


@pytest.fixture
def many(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """Forty passages of one word each and all of another, in an index that takes forty for many."""
    monkeypatch.setattr(full_text, "FREQUENT_FROM", 40)
    for number in range(40):
        store(catalog, f"The council met about matter{number}x.")
    with catalog.writing() as connection:
        recount(connection)
    return catalog


def test_frequent_words_are_left_out_of_a_search(many: Catalog) -> None:
    with many.reading() as connection:
        frequent = frequent_words(connection)
        assert "council" in frequent
        assert "matter7x" not in frequent
        found = search_words(connection, "council matter7x", 50, ANY, frequent)
        assert [id_ for id_, _ in found] == [8]


def test_a_question_of_frequent_words_only_still_finds(many: Catalog) -> None:
    with many.reading() as connection:
        assert len(search_words(connection, "the council met", 50, ANY, frequent_words(connection))) == 40


def test_frequent_words_are_counted_again_when_the_catalog_has_grown_by_a_tenth(many: Catalog) -> None:
    for number in range(4):
        store(many, f"Snow everywhere, said office{number}.")
        with many.writing() as connection:
            recount(connection)
    with many.reading() as connection:
        assert "snow" not in frequent_words(connection)
    store(many, "Snow again.")
    with many.writing() as connection:
        recount(connection)
    with many.reading() as connection:
        assert "snow" in frequent_words(connection)


def test_a_catalog_that_has_shrunk_forgets_its_frequent_words(many: Catalog) -> None:
    many.remove(range(1, 31))
    with many.writing() as connection:
        recount(connection)
    with many.reading() as connection:
        assert frequent_words(connection) == frozenset()
        assert connection.execute(text("SELECT count(*) FROM words")).scalar() == 10


def test_a_small_catalog_has_no_frequent_words(reading: Connection, catalog: Catalog) -> None:
    with catalog.writing() as connection:
        recount(connection)
    assert frequent_words(reading) == frozenset()
