"""Documents put together from pieces of text, for formats other than plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from retrieval.domain.articles import BlockKind, Document, Metadata
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion.cleaning import boilerplate
from retrieval.ingestion.cleaning.paragraphs import MOST, Paragraph
from retrieval.ingestion.metadata import dates, masthead
from retrieval.ingestion.metadata.fields import from_table, is_author, merge

_BETWEEN = "\n\n"
_LONGEST_HEADING = 80
MOST_CHARACTERS = 5_000_000
# Written by programs in place of a title.
_NO_TITLE = re.compile(
    r"microsoft \w+ - .*|(?:microsoft )?(?:word|powerpoint|excel)(?:[ -](?:document|presentation|workbook|sheet)\d*)?"
    r"|untitled.*|(?:power)?point[- ]presentation|presentation|document\d*|präsentation|slide 1|\W*anonymous\W*"
    r"|.*\.(?:docx?|pptx?|xlsx?|odt|rtf|pdf|indd|tex)|\W*",
    re.IGNORECASE,
)


class Piece(NamedTuple):
    """A paragraph on one line, without space around it; `place` is its position in the source, such as "p. 54"."""

    text: str
    kind: BlockKind | None = None
    place: str = ""


def row(cells: Sequence[str], place: str = "") -> Piece:
    """A row of a table, as Markdown."""
    inner = " | ".join(" ".join(cell.replace("|", "¦").split()) for cell in cells)
    return Piece(f"| {inner} |", "item", place)


def rule(width: int, place: str = "") -> Piece:
    """The line between the header of a table and its rows."""
    return Piece("|" + " --- |" * width, "item", place)


def table(rows: Iterable[Sequence[str]], place: str = "") -> Iterator[Piece]:
    """The rows of a table that are not empty; the first is its header."""
    for count, cells in enumerate(rows):
        if any(cells):
            yield row(cells, place)
            if count == 0:
                yield rule(len(cells), place)


def assemble(pieces: Iterable[Piece | Paragraph]) -> tuple[str, list[Paragraph]]:
    """The pieces as one text, and as paragraphs of it. Blank lines are between them, except between rows of a table."""
    paragraphs: list[Paragraph] = []
    parts: list[str] = []
    start = chunk = 0
    for piece in pieces:
        if paragraphs:
            between = "\n" if is_row(piece.text) and is_row(paragraphs[-1].text) else _BETWEEN
            chunk += between == _BETWEEN
            parts.append(between)
            start += len(between)
        parts.append(piece.text)
        paragraphs.append(Paragraph(piece.text, start, start + len(piece.text), chunk, piece.kind, place=piece.place))
        start += len(piece.text)
    return "".join(parts), paragraphs


def is_row(text: str) -> bool:
    """Tell if a line is a row of a table."""
    return len(text) > 1 and text[0] == text[-1] == "|"


def under_headings(parts: Sequence[Paragraph]) -> list[Paragraph]:
    """The paragraphs with their headings as places; for texts without pages."""
    placed, place = [], ""
    for part in parts:
        if part.kind == "heading":
            heading = part.text if len(part.text) <= _LONGEST_HEADING else f"{part.text[: _LONGEST_HEADING - 1]}…"
            place = f"§ {heading}"
        placed.append(part if part.place else replace(part, place=place))
    return placed


def shape(pieces: Sequence[Piece], known: Metadata, record: Metadata, format_: str, *, whole: bool = False) -> Document:
    """The document made of the pieces. `known` metadata wins over that in the text, and this over the file's `record`;
    only the title of the record wins over the text.

    With `whole` nothing is removed: sheets, books and mails have no boilerplate. Raises UnreadableError if there is no
    text, or far too much.
    """
    if not any(letter.isalnum() for piece in pieces for letter in piece.text):
        raise UnreadableError(Phrase("no text"))
    if len(pieces) > MOST or sum(len(piece.text) for piece in pieces) > MOST_CHARACTERS:
        raise UnreadableError(Phrase("too large (over {most} characters)", most=MOST_CHARACTERS))
    text, parts = assemble(pieces)
    stated = masthead.read(parts, title=not (known.title or record.title))
    metadata = merge(known, _title_of(record), stated, record)
    kept = parts if whole else boilerplate.clean(parts, metadata.title)
    return Document(text, boilerplate.blocks(under_headings(kept)), metadata, format_)


def _title_of(record: Metadata) -> Metadata:
    basis = {"title": record.basis["title"]} if record.title else {}
    return Metadata(title=record.title, basis=basis)


def record_of(properties: Any) -> Metadata:
    """The metadata in the "core properties" of an office file. Its day is that of saving, and so an estimate."""
    created = getattr(properties, "created", None) or getattr(properties, "modified", None)
    author = getattr(properties, "author", None) or getattr(properties, "creator", None)
    return record(getattr(properties, "title", None), author, created)


def record(title: str | None, author: str | None, created: datetime | str | None) -> Metadata:
    """The metadata in a file's own record; the day is an estimate."""
    table = {
        "title": None if not title or _NO_TITLE.fullmatch(title.strip()) else title,
        "author": author if is_author(author) else None,
        "published": dates.believable(dates.normalise(created)),
        "published_estimated": True,
    }
    return from_table(table, "page")
