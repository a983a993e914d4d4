"""The context of an answer: its quotes with the sentences around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from retrieval.domain.answers import Answer
from retrieval.evidence.excerpts import ArticleText, excerpts


def in_context_of(texts: Mapping[str, ArticleText], answer: Answer) -> Answer:
    """The answer with an excerpt of its article around each quote; `texts` are the articles by their keys."""
    return replace(answer, excerpts=excerpts(answer.citations, texts))
