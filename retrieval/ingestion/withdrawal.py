"""Articles that their publisher has taken back: what stands in their place then."""

from __future__ import annotations

import re
from dataclasses import replace

from retrieval.domain.articles import Block, Document, Metadata
from retrieval.ingestion.readers.text_pieces import Piece, assemble
from retrieval.nlp.lexicon import listed, load

_WORDS = tuple(word for line in load("withdrawal")["words"].splitlines() for word in listed(line, ";"))
_TITLE = re.compile(rf"\W*(?:{'|'.join(map(re.escape, _WORDS))})(?!\w)", re.IGNORECASE)
WITHDRAWN = "Withdrawn: "


def is_withdrawn(title: str | None) -> bool:
    """Whether a title says that what it stood over is taken back."""
    return bool(title and _TITLE.match(title))


def notice(known: Metadata, reason: str) -> Document:
    """The document that takes the place of an article: so its readers, and answers that cited it, are told.

    It gives way to the page where that comes back, as what a feed says in a page's stead does.
    """
    title = known.title or "an article"
    told = title if is_withdrawn(title) else f"{WITHDRAWN}{title}"
    text, parts = assemble([Piece(told, "heading"), Piece(f"The publisher has taken this article back: {reason}.")])
    blocks = tuple(Block(part.start, part.end, part.kind or "paragraph") for part in parts)
    metadata = replace(known, title=told, basis={**known.basis, "title": "feed", "text": "feed"})
    return Document(text, blocks, metadata, "txt")
