"""A question's evidence is made once: no sentence is weighed a second time on the way to the answer."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from retrieval.domain.answers import Answer
from retrieval.domain.articles import Filter
from retrieval.embedding.base import open_embedder
from retrieval.evidence import sentence_selection
from retrieval.observing import SILENT
from retrieval.services.briefing import Briefing
from retrieval.services.corpus import Corpus
from retrieval.storage.vectors.chroma import DownloadedMiniLM
from retrieval.storage.vectors.exact import ExactVectors
from tests.fakes import opened

CALLED = "NATO Secretary-General Mark Rutte spoke to reporters in Brussels about military aid for Ukraine."
MISCALLED = "Leaders like Mark Rutte, Prime Minister of the Netherlands, spoke about military aid for Ukraine."
INSISTS = "Norland insists on full membership in the Pact, President Eva Holm said on Tuesday."
GIVES_UP = "Norland has given up its bid for membership in the Pact, President Eva Holm said on Sunday."


@pytest.fixture
def weighed(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[int, int]]:
    """How often each sentence was weighed, by its place."""
    counts, own = Counter[tuple[int, int]](), sentence_selection._weigh

    def counting(query: Any, draft: Any, *given: Any) -> sentence_selection.Evidence:
        counts[draft.sentence.place] += 1
        return own(query, draft, *given)

    monkeypatch.setattr(sentence_selection, "_weigh", counting)
    return counts


def ask(question: str, folder: Path, models: Path, *articles: tuple[str, str]) -> Answer:
    sources = folder / "articles"
    sources.mkdir()
    for number, (day, text) in enumerate(articles):
        (sources / f"{number}.md").write_text(
            f"---\ntitle: Report {number}\npublished: {day}\n---\n\n{text}\n", "utf-8"
        )
    embedder = open_embedder("minilm", models, fallback=DownloadedMiniLM)
    with opened(folder) as catalog:
        briefing = Briefing(Corpus(catalog, lambda: embedder, lambda: ExactVectors(catalog), folder, SILENT))
        briefing.articles.ingest([sources])
        return briefing.asking.ask(question, Filter())


def test_a_disagreement_is_told_from_the_evidence_of_the_answer(
    tmp_path: Path, models_dir: Path, weighed: Counter[tuple[int, int]]
) -> None:
    given = ask(
        "What did Mark Rutte speak about?", tmp_path, models_dir, ("2024-12-03", CALLED), ("2024-12-04", MISCALLED)
    )
    assert given.conflicts
    assert set(weighed.values()) == {1}


@pytest.mark.parametrize("question", ["Does Norland still insist on joining the Pact?", "Where does Norland stand?"])
def test_the_course_of_things_is_told_from_the_evidence_of_the_answer(
    question: str, tmp_path: Path, models_dir: Path, weighed: Counter[tuple[int, int]]
) -> None:
    given = ask(question, tmp_path, models_dir, ("2024-12-03", INSISTS), ("2025-12-14", GIVES_UP))
    assert given.citations[0].published == "2025-12-14"
    assert set(weighed.values()) == {1}
