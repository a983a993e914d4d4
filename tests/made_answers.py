"""Answers made by hand, for what people are shown of them: the words that answer stand in braces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from retrieval.domain.answers import Answer, Statement
from retrieval.domain.articles import Searched
from retrieval.domain.citations import Citation, Excerpt


@dataclass(frozen=True, slots=True)
class Quoted:
    """A run of an article, its answering words in braces, and what stands over it."""

    text: str
    opening: str = ""
    heading: str | None = None
    lead: str | None = None
    title: str | None = "Ukraine shifts stance"
    outlet: str | None = "AP"
    author: str | None = None
    published: str | None = "2025-12-14"
    estimated: bool = False
    url: str | None = None
    start: int = 100
    line: int = 9


def answered(*quoted: Quoted, **changes: Any) -> Answer:
    """An extractive answer of these excerpts, each of an article of its own."""
    citations: list[Citation] = []
    excerpts, statements = [], []
    for at, each in enumerate(quoted, 1):
        text, marked = _unbraced(each.text)
        cited = [_cited(each, text, span, len(citations) + more, at) for more, span in enumerate(marked, 1)]
        citations += cited
        statements += [
            Statement(one.quote, (one.number,), "" if nth else each.opening) for nth, one in enumerate(cited)
        ]
        excerpts.append(_excerpt(each, text, marked, cited[0]))
    known: dict[str, Any] = {
        "question": "Does it?",
        "standing": "answered",
        "score": 0.8,
        "searched": Searched(5, "2025-12-14"),
        "statements": tuple(statements),
        "citations": tuple(citations),
        "excerpts": tuple(excerpts),
    }
    return Answer(**{**known, **changes})


def possible(*quoted: Quoted, **changes: Any) -> Answer:
    """Likewise one that is not sure to be an answer."""
    unsure = {"standing": "possible", "reason": "uncertain", "score": 0.4, "statements": ()}
    return answered(*quoted, **{**unsure, **changes})


def _unbraced(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without braces, and where in it the words between them stand."""
    plain, marked, begun = "", [], 0
    for character in text:
        if character == "{":
            begun = len(plain)
        elif character == "}":
            marked.append((begun, len(plain)))
        else:
            plain += character
    return plain, marked or [(0, len(plain))]


def _cited(quoted: Quoted, text: str, span: tuple[int, int], number: int, article: int) -> Citation:
    start, end = span
    return Citation(
        number=number,
        file=f"00{article}_82df.txt",
        title=quoted.title,
        outlet=quoted.outlet,
        author=quoted.author,
        published=quoted.published,
        published_basis="manifest",
        published_estimated=quoted.estimated,
        quote=text[start:end],
        start=quoted.start + start,
        end=quoted.start + end,
        line_start=quoted.line + text[:start].count("\n"),
        line_end=quoted.line + text[:end].count("\n"),
        url=quoted.url,
        key=f"key{article}",
    )


def _excerpt(quoted: Quoted, text: str, marked: list[tuple[int, int]], first: Citation) -> Excerpt:
    return Excerpt(
        citation=first.number,
        file=first.file,
        key=first.key,
        text=text,
        start=quoted.start,
        end=quoted.start + len(text),
        marked=tuple((quoted.start + start, quoted.start + end) for start, end in marked),
        line=quoted.line,
        heading=quoted.heading,
        lead=quoted.lead,
    )
