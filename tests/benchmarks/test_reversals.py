"""The seeds' reversal comes on other days and in other words, and nothing else of the seeds changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.embedding.local_model import package_folder
from tests.benchmarks import reversals
from tests.benchmarks.asking import Places

pytestmark = pytest.mark.slow


def test_the_reversal_is_told_in_twenty_short_articles_of_their_own() -> None:
    texts = reversals.wordings()
    assert len(set(texts)) == 20
    for text in texts:
        headline, _, story = text.partition("\n\n")
        assert 0 < len(headline.split()) < 10
        assert 25 <= len(story.split()) <= 70
        assert "NATO" in text


@pytest.mark.skipif(package_folder() is None, reason="needs the weights of the default embedder")
def test_each_question_is_asked_on_each_day_and_each_wording_is_looked_for(tmp_path: Path, models_dir: Path) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    places, missed = Places(tmp_path), list[str]()
    results = reversals.redated(places, missed.append, days=(400,))
    assert set(results) == {(question, "400") for question in reversals.QUESTIONS}
    assert results["Does Ukraine still insist on joining NATO?", "400"] == [True]
    sources = (tmp_path / "redated-400-articles" / "sources.toml").read_text("utf-8")
    assert "published = 2026-01-08\npublished_estimated" in sources
    assert sources.count("published = 2024-12-03") == 3
    marks = reversals.reworded(places, missed.append, reversals.wordings()[:1])
    assert len(marks) == 1
    assert len(missed) == sum(not right for own in [*results.values(), marks] for right in own)
