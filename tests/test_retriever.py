"""The search as a LangChain retriever."""

from __future__ import annotations

from pathlib import Path

from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda

from retrieval.bootstrap import open_briefing
from retrieval.domain.searches import Filter
from retrieval.retriever import BriefingRetriever
from retrieval.settings import Settings

SEEDS = Path(__file__).parents[1] / "seeds"


def files(documents: list[Document]) -> list[str]:
    return [document.metadata["file"] for document in documents]


def test_the_search_drops_into_a_chain(seeds_dir: str) -> None:
    with open_briefing(Settings(data_dir=Path(seeds_dir))) as briefing:
        retriever = BriefingRetriever(briefing=briefing, k=3, only=Filter(until="2024-12-31"))
        chain = retriever | RunnableLambda(files)
        documents = retriever.invoke("Budapest Memorandum")
        assert chain.invoke("Budapest Memorandum") == files(documents)
    assert len(documents) == 3
    for document in documents:
        text = (SEEDS / document.metadata["file"]).read_bytes().decode("utf-8")
        assert text[document.metadata["start"] : document.metadata["end"]] == document.page_content
        assert document.metadata["published"] < "2025"
