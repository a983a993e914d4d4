"""The search as a LangChain retriever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda

from retrieval.bootstrap import open_briefing
from retrieval.domain.articles import Filter
from retrieval.retriever import BriefingRetriever
from retrieval.services.briefing import Briefing
from retrieval.settings import Settings

SEEDS = Path(__file__).parents[1] / "seeds"


def files(documents: list[Document]) -> list[str]:
    return [document.metadata["file"] for document in documents]


@pytest.fixture(scope="module")
def briefing(seeds_dir: str) -> Iterator[Briefing]:
    with open_briefing(Settings(data_dir=Path(seeds_dir))) as opened:
        yield opened


def test_the_search_drops_into_a_chain(briefing: Briefing) -> None:
    retriever = BriefingRetriever(briefing=briefing, k=3, only=Filter(until="2024-12-31"))
    chain = retriever | RunnableLambda(files)
    documents = retriever.invoke("Budapest Memorandum")
    assert chain.invoke("Budapest Memorandum") == files(documents)
    assert len(documents) == 3
    for document in documents:
        known = document.metadata
        text = (SEEDS / known["file"]).read_bytes().decode("utf-8")
        assert text[known["start"] : known["end"]] == document.page_content
        assert known["source"] == f"{known['file']}:{known['line']}"
        assert known["published"] < "2025"
        # Stores accept plain values alone.
        assert all(isinstance(value, str | int | float) for value in known.values())


def test_a_call_may_have_its_own_number_and_filter(briefing: Briefing) -> None:
    retriever = BriefingRetriever(briefing=briefing, k=3, as_of=date(2025, 12, 20))
    (document,) = retriever.invoke("NATO membership", k=1, only=Filter(since="2025-01-01"))
    assert document.metadata["published"] > "2025"
    assert len(retriever.invoke("NATO membership")) == 3


async def test_many_questions_at_once_find_what_one_after_the_other_finds(briefing: Briefing) -> None:
    retriever = BriefingRetriever(briefing=briefing, k=2)
    questions = ["Budapest Memorandum", "NATO membership", "Who is Mark Rutte?"]
    at_once = await asyncio.gather(*map(retriever.ainvoke, questions))
    assert at_once == [retriever.invoke(each) for each in questions]


@pytest.mark.parametrize("k", [0, -3])
def test_a_number_of_passages_below_one_is_refused(briefing: Briefing, k: int) -> None:
    says = f"must be at least 1, not {k}"
    with pytest.raises(ValueError, match=says):
        BriefingRetriever(briefing=briefing, k=k)
    retriever = BriefingRetriever(briefing=briefing)
    with pytest.raises(ValueError, match=says):
        retriever.k = k
    with pytest.raises(ValueError, match=says):
        retriever.invoke("NATO", k=k)
