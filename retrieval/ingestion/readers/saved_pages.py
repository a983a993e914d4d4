"""Web pages that were saved: HTML, with front matter where a blog keeps its posts so, and MHTML."""

from __future__ import annotations

from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html import escape
from typing import Any

from retrieval.domain.articles import Document, Metadata
from retrieval.errors import UnreadableError
from retrieval.ingestion.cleaning import boilerplate
from retrieval.ingestion.metadata import front_matter, masthead
from retrieval.ingestion.metadata.fields import merge
from retrieval.ingestion.readers import decoding, html, html_structure
from retrieval.ingestion.readers.shaping import shape
from retrieval.ingestion.readers.text_pieces import assemble, under_headings

_PAGE = ("<html", "<body", "<!doctype")


def read(data: bytes, known: Metadata) -> Document:
    """The article in a web page; `known` wins over what it says, front matter over both. Raises UnreadableError."""
    page = decoding.decode_page(data)
    front, start = front_matter.split(page)
    known = merge(front, known)
    if start and not any(mark in page[start : start + 2_000].lower() for mark in _PAGE):
        return _read_fragment(page[start:], known)
    return read_tree(html.parse(page[start:]), known)


def read_archive(data: bytes, known: Metadata) -> Document:
    """The article in a page that a browser saved with all it shows (MHTML). Raises UnreadableError."""
    whole = BytesParser(policy=policy.default).parsebytes(data)
    parts = (part for part in whole.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml"))
    part = next(parts, None)
    content = part.get_payload(decode=True) if isinstance(part, EmailMessage) else None
    if not isinstance(part, EmailMessage) or not isinstance(content, bytes) or not content.strip():
        raise UnreadableError("not readable as mhtml")
    document = read_tree(html.parse(decoding.decode_page(content, part.get_content_charset())), known)
    address = str(part["content-location"] or whole["snapshot-content-location"] or "")
    if document.metadata.url or not address.startswith(("http://", "https://")):
        return document
    metadata = replace(document.metadata, url=address, basis={**document.metadata.basis, "url": "page"})
    return replace(document, metadata=metadata)


def read_tree(tree: Any, given: Metadata | None = None) -> Document:
    """The article in a web page that was parsed; `given` wins over what the page says.

    A day that the page does not state of itself counts after what its text says. Raises UnreadableError.
    """
    pieces, page, guessed = html.extract(tree)
    _, parts = assemble(pieces)
    known = merge(given or Metadata(), page)
    text, kept = assemble(boilerplate.clean(parts, known.title))
    metadata = merge(known, masthead.read(parts), guessed)
    return Document(text, boilerplate.blocks(under_headings(kept)), metadata, "html")


def _read_fragment(page: str, known: Metadata) -> Document:
    """A post as a blog keeps it: no page around it, so that all of it is the article."""
    title = f"<h1>{escape(known.title)}</h1>" if known.title else ""
    tree = html.parse(f"<html><body><article>{title}{page}</article></body></html>")
    return shape(html_structure.pieces(tree), known, Metadata(), "html")
