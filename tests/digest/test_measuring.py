"""The benchmark of digests at toy size: its figures can be true."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.benchmarks import digest


@pytest.mark.slow
def test_a_digest_of_made_up_articles_is_timed_beside_counting_their_words(tmp_path: Path) -> None:
    with digest.made_up(tmp_path, 20) as briefing:
        rows = digest.measure(briefing, "made up", digest.FIRST, digest.FIRST + timedelta(days=digest.WEEK - 1))
    assert [row.table for row in rows] == ["digest of 20 articles, made up"] * 3
    for row in rows[:2]:
        assert 0 < row.ours < digest.BOUND
        assert row.ratio is not None
        assert row.ratio > 0
