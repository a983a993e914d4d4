"""Quotes become citations: each is a slice of its article's own text, with its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from retrieval.domain.articles import Passage
from retrieval.domain.citations import Citation, Excerpt, QuoteInContext
from retrieval.nlp.markup import beginning

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


def cite_part(passage: Passage, number: int, start: int = 0, end: int | None = None) -> Citation:
    """The citation of a part of a passage, by default the whole: the article's own text, never cleaned."""
    article, quote = passage.article, passage.text[start:end]
    line = passage.line + passage.text.count("\n", 0, start)
    known = article.metadata
    return Citation(
        number=number,
        file=article.file,
        title=known.title,
        outlet=known.outlet,
        author=known.author,
        published=known.published,
        published_basis=known.basis.get("published", "unknown"),
        published_estimated=known.published_estimated,
        quote=quote,
        start=passage.start + start,
        end=passage.start + start + len(quote),
        line_start=line,
        line_end=line + quote.count("\n"),
        url=known.url,
        key=article.key,
        on_disk=article.on_disk,
        locator=passage.place_at(passage.start + start),
    )


class Numbering:
    """Citations numbered from 1 in the order of their first use, one for each distinct quote."""

    def __init__(self) -> None:
        self._numbered: dict[tuple[str, int, int], Citation] = {}

    def number(self, citations: Iterable[Citation]) -> tuple[int, ...]:
        """The numbers of these, whatever numbers they had; each once."""
        numbers = []
        for each in citations:
            place = each.key, each.start, each.end
            known = self._numbered.setdefault(place, replace(each, number=len(self._numbered) + 1))
            numbers.append(known.number)
        return tuple(dict.fromkeys(numbers))

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All that were numbered, in order."""
        return tuple(self._numbered.values())


def excerpt(citation: Citation, text: str) -> QuoteInContext | None:
    """The quote in its paragraph; None where the article's text no longer has it in its place."""
    if text[citation.start : citation.end] != citation.quote:
        return None
    first = max((match.end() for match in _BLANK_LINE.finditer(text, 0, citation.start)), default=0)
    first = max(first, min(beginning(text), citation.start))
    after = _BLANK_LINE.search(text, citation.end)
    last = after.start() if after else len(text)
    return QuoteInContext(text[first : citation.start], citation.quote, text[citation.end : last])


def overlap(one: Citation, other: Citation) -> bool:
    """Tell if two quotes have something of their article in common."""
    return one.key == other.key and one.start < other.end and other.start < one.end


def whole_excerpt(citation: Citation) -> Excerpt:
    """A quote as an excerpt that is marked as a whole."""
    return Excerpt(
        citation=citation.number,
        file=citation.file,
        key=citation.key,
        text=citation.quote,
        start=citation.start,
        end=citation.end,
        marked=((citation.start, citation.end),),
        line=citation.line_start,
    )
