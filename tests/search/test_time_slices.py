"""The stretches of time that questions about now and about change are looked up in."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np

from retrieval.domain.articles import Filter
from retrieval.search.fusion import Candidate
from retrieval.search.hybrid import eras, gauge

LAST = date(2025, 12, 14)
STARTS = ["2025-12-10", "2025-10-01", "2025-10-01", "2024-02-29"]


def test_the_newest_stretch_comes_first_and_together_they_cover_all_days() -> None:
    found = eras(Filter(), STARTS, LAST)
    assert found[0].until == "2025-12-14"
    assert [each.since for each in found] == ["2025-12-10", "2025-10-01", "2024-02-29", None]
    for newer, older in pairwise(found):
        assert newer.since is not None and older.until is not None
        assert (date.fromisoformat(newer.since) - date.fromisoformat(older.until)).days == 1


def test_nothing_is_looked_at_that_the_filter_hides() -> None:
    only = Filter(since="2025-06-01", until="2025-11-30", outlets=("Daily",))
    found = eras(only, STARTS, LAST)
    assert found and all(each.since and each.since >= "2025-06-01" for each in found)
    assert found and all(each.until and each.until <= "2025-11-30" for each in found)
    assert {each.outlets for each in found} == {("Daily",)}


def candidate(passage: int) -> Candidate:
    return Candidate(passage, passage, passage, None, 0.0, 0.0)


def test_the_matter_lies_nearer_to_what_shares_something_with_the_best_evidence() -> None:
    question, other, elsewhere = np.eye(3, dtype=np.float32)
    vectors = {1: (question + other) / np.sqrt(2), 2: elsewhere}
    matter = gauge(question, question, [candidate(1), candidate(2)], vectors)
    assert matter @ other > 0


def test_a_passage_whose_vector_is_not_stored_tells_nothing_of_the_matter() -> None:
    question = np.eye(3, dtype=np.float32)[0]
    assert (gauge(question, question, [candidate(2)], {1: question}) == question).all()


def test_without_any_dated_article_all_of_time_is_one_stretch() -> None:
    (only,) = eras(Filter(), [], LAST)
    assert (only.since, only.until) == (None, "2025-12-14")
