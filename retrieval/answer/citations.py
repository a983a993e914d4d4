"""Quotes become citations: each is a slice of its article's own text, with its place in the file."""

from __future__ import annotations

from urllib.parse import quote as percent_encode

from retrieval.answer.evidence import Sentence
from retrieval.models import Article, Citation


def cite(sentence: Sentence, number: int, source_base_url: str) -> Citation:
    """The citation of a sentence. Its quote is the article's own text, never a cleaned form of it."""
    passage, article = sentence.hit.passage, sentence.hit.passage.article
    quote = passage.text[sentence.start : sentence.end]
    line_start = passage.line + passage.text.count("\n", 0, sentence.start)
    line_end = line_start + quote.count("\n")
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
        start=passage.start + sentence.start,
        end=passage.start + sentence.end,
        line_start=line_start,
        line_end=line_end,
        url=known.url,
        link=link(article, line_start, line_end, source_base_url),
    )


def link(article: Article, line_start: int, line_end: int, source_base_url: str) -> str:
    """The original article's address; else the source file's, at its lines; else the file and its lines as text."""
    if article.metadata.url:
        return article.metadata.url
    if source_base_url:
        base = source_base_url.rstrip("/")
        return f"{base}/{percent_encode(article.file)}#L{line_start}-L{line_end}"
    lines = str(line_start) if line_start == line_end else f"{line_start}-{line_end}"
    return f"{article.file}:{lines}"
