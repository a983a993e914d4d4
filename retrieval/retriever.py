"""The search as a LangChain retriever, for use in other chains."""

from __future__ import annotations

from datetime import date
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, field_validator

from retrieval.domain.articles import Filter, Hit
from retrieval.evidence.citations import cite_part
from retrieval.services.briefing import Briefing


class BriefingRetriever(BaseRetriever):
    """The `k` passages of an open `Briefing` that best match a question, best first.

        with open_briefing(load_settings()) as briefing:
            chain = BriefingRetriever(briefing=briefing, k=5) | prompt | model

    `only` filters by days, outlets and scopes, `as_of` is the day of asking (today by default); a call may have its
    own: `retriever.invoke(question, k=3, only=Filter(since="2025-01-01"))`.

    A document's metadata has all that a citation needs: `file`, `title`, `outlet`, `author`, `url`, `published` (an ISO
    day or moment), `source` (the name it is cited by, with its place: "report.pdf, p. 54"), `locator`, `line`, the
    offsets `start` and `end` into the stored article, and the `score` that ranked it (0 to 1). What is not known is
    left out, because many stores refuse None.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, validate_assignment=True)

    briefing: Briefing
    k: int = 10
    only: Filter = Filter()
    as_of: date | None = None

    @field_validator("k")
    @classmethod
    def _some(cls, value: int) -> int:
        if value < 1:
            raise ValueError(f"k is the number of passages and must be at least 1, not {value}")
        return value

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002
        k: int | None = None,
        only: Filter | None = None,
        as_of: date | None = None,
    ) -> list[Document]:
        count = self.k if k is None else self._some(k)
        hits = self.briefing.asking.search(query, count, only or self.only, as_of or self.as_of)
        return [_document(hit) for hit in hits]


def _document(hit: Hit) -> Document:
    passage, known = hit.passage, hit.passage.article.metadata
    metadata: dict[str, Any] = {
        "source": cite_part(passage, 1).where,
        "file": passage.article.file,
        "title": known.title,
        "outlet": known.outlet,
        "author": known.author,
        "url": known.url,
        "published": known.published,
        "locator": passage.place_at(passage.start) or None,
        "line": passage.line,
        "start": passage.start,
        "end": passage.end,
        "score": hit.score,
    }
    known_of = {name: value for name, value in metadata.items() if value is not None}
    return Document(page_content=passage.text, metadata=known_of, id=str(passage.id))
