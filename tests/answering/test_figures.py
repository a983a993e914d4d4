"""True claims are supported where the article writes their figures otherwise, or has them from those who count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.domain.articles import Filter
from retrieval.embedding.base import Embedder, open_embedder
from retrieval.observing import SILENT
from retrieval.services.briefing import Briefing
from retrieval.services.corpus import Corpus
from retrieval.storage.vectors.chroma import DownloadedMiniLM
from retrieval.storage.vectors.exact import ExactVectors
from tests.fakes import opened

Judges = Callable[[str, str], str]


@pytest.fixture(scope="module")
def embedder(models_dir: Path) -> Embedder:
    return open_embedder("minilm", models_dir, fallback=DownloadedMiniLM)


@pytest.fixture
def judge(tmp_path: Path, embedder: Embedder) -> Judges:
    """The verdict on a claim over an article of one paragraph in Markdown."""

    def judged(text: str, claim: str) -> str:
        (tmp_path / "article.md").write_text(f"# The harbour town counts what it has\n\n{text}\n", "utf-8")
        with opened(tmp_path) as catalog:
            briefing = Briefing(Corpus(catalog, lambda: embedder, lambda: ExactVectors(catalog), tmp_path, SILENT))
            briefing.articles.ingest([tmp_path / "article.md"])
            return briefing.verification.verify(claim, Filter()).verdict

    return judged


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (
            "The ferries of Marn carried 3 450 000 passengers last year.",
            "The ferries of Marn carried 3.45 million passengers.",
        ),
        (
            "The mill at Torv pays wages of 52.000 crowns.",
            "The mill at Torv pays wages of 52,000 crowns.",
        ),
        (
            "The tax on ships rose to 3,5 percent in Marn.",
            "The tax on ships rose to 3.5 percent in Marn.",
        ),
        (
            "The state of Orla has 1,25,00,000 voters.",
            "The state of Orla has 12,500,000 voters.",
        ),
        (
            "The bridge over the Lenne is 2½ miles long.",
            "The bridge over the Lenne is 2.5 miles long.",
        ),
        (
            "The bakers of Torv sold 1’200’000 loaves in May.",
            "The bakers of Torv sold 1.2 million loaves in May.",
        ),
        (
            "The mill of Torv ground 87[^1] million sacks in 2023[^b].\n\n[^1]: A guess.\n[^b]: From May.",
            "The mill of Torv ground 87 million sacks in 2023.",
        ),
        (
            "Firefighters said ~~9~~ 23 people were saved from the ferry in Marn.",
            "23 people were saved from the ferry in Marn.",
        ),
        (
            "The mill of Torv ground 87 million sacks in 2023, its board said.",
            "The mill of Torv ground 87 million sacks in 2023.",
        ),
    ],
)
def test_a_true_claim_is_supported(text: str, claim: str, judge: Judges) -> None:
    assert judge(text, claim) == "supported"


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (
            "The ferries of Marn carried 3 450 000 passengers last year.",
            "The ferries of Marn carried 34.5 million passengers.",
        ),
        (
            "The tax on ships rose to 3,5 percent in Marn.",
            "The tax on ships rose to 35 percent in Marn.",
        ),
        (
            "Firefighters said ~~9~~ 23 people were saved from the ferry in Marn.",
            "9 people were saved from the ferry in Marn.",
        ),
        (
            "The mill of Torv ground 87[^1] million sacks in 2023.\n\n[^1]: A guess.",
            "The mill of Torv ground 871 million sacks in 2023.",
        ),
        (
            "The owner said that the mill of Torv will grind 87 million sacks.",
            "The mill of Torv ground 87 million sacks.",
        ),
        (
            "Critics said the mill of Torv ground 87 million sacks in 2023.",
            "The mill of Torv ground 87 million sacks in 2023.",
        ),
    ],
)
def test_another_figure_and_what_others_only_say_is_not(text: str, claim: str, judge: Judges) -> None:
    assert judge(text, claim) != "supported"
