"""Text that is put together from pieces: what a web page or PDF file turns into."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from retrieval.ingest.paragraphs import Paragraph
from retrieval.models import BlockKind

_BETWEEN = "\n\n"


class Piece(NamedTuple):
    """A paragraph on one line, without space around it."""

    text: str
    kind: BlockKind | None = None


def assemble(pieces: Iterable[Piece | Paragraph]) -> tuple[str, list[Paragraph]]:
    """The pieces as one text with blank lines between them, and where each stands in it."""
    paragraphs: list[Paragraph] = []
    start = 0
    for chunk, piece in enumerate(pieces):
        paragraphs.append(Paragraph(piece.text, start, start + len(piece.text), chunk, piece.kind))
        start += len(piece.text) + len(_BETWEEN)
    return _BETWEEN.join(part.text for part in paragraphs), paragraphs
