"""The search as a LangChain retriever, for use in other chains."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from retrieval.domain.searches import Filter, Hit
from retrieval.services.briefing import Briefing


class BriefingRetriever(BaseRetriever):
    """Passages of an open `Briefing`, best first.

        with open_briefing(load_settings()) as briefing:
            chain = BriefingRetriever(briefing=briefing, k=5) | prompt | model

    A document's metadata locates it: `file`, `title`, `outlet`, `author`, `url`, `published`, the offsets `start`
    and `end` into the stored article, and the `score` that ranked it; unknown values are left out.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    briefing: Briefing
    k: int = Field(default=10, ge=0)
    only: Filter = Filter()

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002
    ) -> list[Document]:
        return [_document(hit) for hit in self.briefing.asking.search(query, self.k, self.only)]


def _document(hit: Hit) -> Document:
    passage, known = hit.passage, hit.passage.article.metadata
    metadata: dict[str, Any] = {
        "file": passage.article.file,
        "title": known.title,
        "outlet": known.outlet,
        "author": known.author,
        "url": known.url,
        "published": known.published,
        "start": passage.start,
        "end": passage.end,
        "score": hit.score,
    }
    # Some stores accept no empty values.
    known_of = {name: value for name, value in metadata.items() if value is not None}
    return Document(page_content=passage.text, metadata=known_of, id=str(passage.id))
