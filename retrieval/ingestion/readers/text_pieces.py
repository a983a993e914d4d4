"""Text that is put together from pieces: what a web page, PDF or office file turns into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from retrieval.domain.articles import BlockKind
from retrieval.ingestion.cleaning.paragraphs import Paragraph

_BETWEEN = "\n\n"
_LONGEST_HEADING = 80


class Piece(NamedTuple):
    """A paragraph on one line, without space around it; `place` says where in the source it stands, as "p. 54"."""

    text: str
    kind: BlockKind | None = None
    place: str = ""


def row(cells: Sequence[str], place: str = "") -> Piece:
    """A row of a table, written as Markdown writes it."""
    inner = " | ".join(" ".join(cell.replace("|", "¦").split()) for cell in cells)
    return Piece(f"| {inner} |", "item", place)


def rule(width: int, place: str = "") -> Piece:
    """What stands between the header of a table and its rows."""
    return Piece("|" + " --- |" * width, "item", place)


def assemble(pieces: Iterable[Piece | Paragraph]) -> tuple[str, list[Paragraph]]:
    """The pieces as one text, and where each stands in it: with blank lines between them, rows of a table without."""
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
    """Whether a line is a row of a table."""
    return len(text) > 1 and text[0] == text[-1] == "|"


def under_headings(parts: Sequence[Paragraph]) -> list[Paragraph]:
    """The paragraphs of a text without pages, each with the heading it stands under as its place."""
    placed, place = [], ""
    for part in parts:
        if part.kind == "heading":
            heading = part.text if len(part.text) <= _LONGEST_HEADING else f"{part.text[: _LONGEST_HEADING - 1]}…"
            place = f"§ {heading}"
        placed.append(part if part.place else replace(part, place=place))
    return placed
