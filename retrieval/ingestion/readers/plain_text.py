"""Plain text and Markdown: the stored text is the file's own, so that lines and offsets are those of the file."""

from __future__ import annotations

import re

from retrieval.domain.articles import Document, Metadata
from retrieval.errors import UnreadableError
from retrieval.ingestion.cleaning import boilerplate, paragraphs
from retrieval.ingestion.metadata import front_matter, masthead
from retrieval.ingestion.metadata.fields import merge
from retrieval.ingestion.readers import decoding, markdown

# Struck out, or a comment in the ways of HTML, Obsidian and link definitions: nobody's statement. Spaces of the same
# length stand in its place, so that all else keeps its offsets and lines.
_WITHDRAWN = re.compile(
    r"(?<![~\\])~~(?=[^\s~])(?:[^~\n]|\n(?!\s*\n)){1,2000}?(?<=\S)~~(?!~)"
    r"|<(?P<tag>del|s|strike)\b[^<>]{0,200}>.{0,5000}?</(?P=tag)\s*>|<!--.*?(?:-->|\Z)"
    r"|(?<!%)%%(?!%)[^%]{1,5000}?%%|^[ \t]*\[(?:comment|//|_metadata_[^\]]{0,50})\]:[^\n]*$",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_ANY = re.compile(r"[^\n]")


def read(data: bytes, known: Metadata) -> Document:
    """The article in a text file; `known` wins over what it says, front matter over both. Raises UnreadableError."""
    return _read(data, known, "txt")


def read_markdown(data: bytes, known: Metadata) -> Document:
    """The article in a Markdown file, as `read` gives that of a text."""
    return _read(data, known, "md")


def _read(data: bytes, known: Metadata, format_: str) -> Document:
    text = decoding.decode(data)
    front, start = front_matter.split(text)
    known = merge(front, known)
    if format_ == "md":
        text = text[:start] + _without_withdrawn(text[start:])
    lines = paragraphs.lines(text, start)
    if format_ == "md":
        lines = markdown.interpret(lines, text)
    parts = paragraphs.join(lines, soft_breaks=format_ == "md")
    if not parts:
        raise UnreadableError("empty")
    stated = masthead.read(parts)
    kept = boilerplate.clean(parts, known.title)
    return Document(text, boilerplate.blocks(kept), merge(known, stated), format_)


def _without_withdrawn(text: str) -> str:
    if not any(mark in text for mark in ("~~", "<", "%%", "]:")):
        return text
    return _WITHDRAWN.sub(lambda found: _ANY.sub(" ", found[0]), text)
