"""A few of the hundred days: what they leave behind is forgotten."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.benchmarks.hundred_days import ARTICLES, FEEDS, SHOWN, Life


@pytest.mark.slow
def test_of_a_hundred_days_and_more_nothing_is_kept_but_articles(tmp_path: Path) -> None:
    life = Life(tmp_path, hours=(6,))
    with closing(life.states(3, 1)) as states:
        first = next(states)
        life.press.now += timedelta(days=102)
        next(states)
        last = next(states)
    assert first.posted >= 1
    assert first.articles >= FEEDS * (ARTICLES - 1)
    assert first.rows["seen"] > 1
    # What was due meanwhile is given up, and kept for a hundred days.
    assert last.rows["deliveries"] <= 101
    assert last.rows["seen"] <= last.articles - first.articles + 1
    # An entry stays with its article.
    assert last.rows["entries"] <= last.articles + FEEDS * SHOWN
    assert last.rows["changes"] == 0
