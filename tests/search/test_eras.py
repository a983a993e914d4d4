"""The stretches of time that questions about now and about change are looked up in."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from retrieval.models import Filter
from retrieval.search.finder import eras

LAST = date(2025, 12, 14)


def test_the_newest_stretch_comes_first_and_together_they_cover_all_days() -> None:
    found = eras(Filter(), LAST)
    assert found[0].until == "2025-12-14"
    assert found[-1].since is None
    for newer, older in pairwise(found):
        assert newer.since is not None and older.until is not None
        assert (date.fromisoformat(newer.since) - date.fromisoformat(older.until)).days == 1


def test_nothing_is_looked_at_that_the_filter_hides() -> None:
    only = Filter(since="2025-06-01", until="2025-11-30", outlets=("Daily",))
    found = eras(only, LAST)
    assert all(each.since and each.since >= "2025-06-01" for each in found)
    assert all(each.until and each.until <= "2025-11-30" for each in found)
    assert {each.outlets for each in found} == {("Daily",)}
