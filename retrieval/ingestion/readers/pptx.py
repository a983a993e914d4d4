"""Slides (PPTX): titles, text, tables and speaker's notes, slide by slide; hidden slides are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from retrieval.domain.articles import BlockKind, Document, Metadata
from retrieval.ingestion.metadata.fields import one_line
from retrieval.ingestion.readers.documents import Piece, record_of, row, rule, shape
from retrieval.ingestion.readers.zip_package import check_office

_DEEPEST = 20  # groups in groups


def read(data: bytes, known: Metadata) -> Document:
    """The document in a file of slides; `known` wins over its own metadata. Raises UnreadableError."""
    import pptx

    check_office(data)
    slides = pptx.Presentation(BytesIO(data))
    pieces = [
        piece
        for number, slide in enumerate(slides.slides, 1)
        if slide.element.get("show") != "0"
        for piece in _slide(slide, f"slide {number}")
    ]
    return shape(pieces, known, record_of(slides.core_properties), "pptx", whole=True)


def _slide(slide: Any, place: str) -> Iterator[Piece]:
    title = slide.shapes.title
    if title is not None and (text := one_line(title.text_frame.text)):
        yield Piece(text, "heading", place)
    others = (each for each in slide.shapes if title is None or each.shape_id != title.shape_id)
    yield from _shapes(others, place, 0)
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
        for paragraph in frame.paragraphs:
            if text := one_line(paragraph.text):
                yield Piece(f"Notes: {text}", None, place)


def _shapes(shapes: Iterable[Any], place: str, depth: int) -> Iterator[Piece]:
    for shape_ in shapes:
        if getattr(shape_, "has_table", False):
            yield from _table(shape_.table, place)
        elif getattr(shape_, "has_text_frame", False):
            yield from _text(shape_.text_frame, place)
        elif hasattr(shape_, "shapes") and depth < _DEEPEST:
            yield from _shapes(shape_.shapes, place, depth + 1)


def _text(frame: Any, place: str) -> Iterator[Piece]:
    several = len(frame.paragraphs) > 1
    kind: BlockKind | None = "item" if several else None
    for paragraph in frame.paragraphs:
        struck = [run for run in paragraph.runs if _is_struck(run)]
        kept = "".join(run.text for run in paragraph.runs if not _is_struck(run)) if struck else paragraph.text
        if text := one_line(kept):
            yield Piece(text, kind, place)


def _is_struck(run: Any) -> bool:
    look = run._r.find("{http://schemas.openxmlformats.org/drawingml/2006/main}rPr")
    return look is not None and (look.get("strike") or "noStrike") != "noStrike"


def _table(table: Any, place: str) -> Iterator[Piece]:
    for count, line in enumerate(table.rows):
        cells = [one_line(cell.text_frame.text) for cell in line.cells]
        if any(cells):
            yield row(cells, place)
            if count == 0:
                yield rule(len(cells), place)
