"""Pieces to a document, as all formats do it that have no text of their own."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.domain.articles import Document, Metadata
from retrieval.errors import UnreadableError
from retrieval.ingestion.cleaning import boilerplate
from retrieval.ingestion.cleaning.paragraphs import MOST
from retrieval.ingestion.metadata import masthead
from retrieval.ingestion.metadata.fields import merge
from retrieval.ingestion.readers.text_pieces import Piece, assemble, under_headings

MOST_CHARACTERS = 5_000_000


def shape(pieces: Sequence[Piece], known: Metadata, record: Metadata, format_: str, *, whole: bool = False) -> Document:
    """The document that the pieces are. `known` wins over what the text says, and that over the file's `record`, but
    for the record's title.

    With `whole` nothing is furniture: a sheet, a book or a mail has no page around it.
    Raises UnreadableError where there is no text, or far too much.
    """
    if not any(letter.isalnum() for piece in pieces for letter in piece.text):
        raise UnreadableError("no text")
    if len(pieces) > MOST or sum(len(piece.text) for piece in pieces) > MOST_CHARACTERS:
        raise UnreadableError(f"too large (over {MOST_CHARACTERS:,} characters)")
    text, parts = assemble(pieces)
    stated = masthead.read(parts, title=not (known.title or record.title))
    metadata = merge(known, _title_of(record), stated, record)
    kept = parts if whole else boilerplate.clean(parts, metadata.title)
    return Document(text, boilerplate.blocks(under_headings(kept)), metadata, format_)


def _title_of(record: Metadata) -> Metadata:
    basis = {"title": record.basis["title"]} if record.title else {}
    return Metadata(title=record.title, basis=basis)
