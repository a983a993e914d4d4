"""PDF files: the lines on their pages, and their own record. `ocrmypdf` reads scans, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any

from retrieval.domain.articles import Document, Metadata
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion.cleaning import boilerplate
from retrieval.ingestion.metadata import dates, masthead
from retrieval.ingestion.metadata.fields import from_table, merge
from retrieval.ingestion.readers import documents, pdf_columns, pdf_glyphs
from retrieval.ingestion.readers.documents import Piece, assemble
from retrieval.ingestion.readers.pdf_layout import Line, arrange

_MOST_PAGES = 2_000
_MOST_CHARACTERS = 5_000_000
_LOCKED = (4, 5)  # PDFium's error codes for a missing password and for a lock it does not know
_ALONE = Lock()  # PDFium is not thread-safe
_PROGRAM = "ocrmypdf"
_SECONDS = 600
MISSING = Phrase("a scan without text: install ocrmypdf to have scans read")


class ScanError(UnreadableError):
    """The file contains pictures of pages, and no text."""


def read(data: bytes, known: Metadata) -> Document:
    """The document in a PDF file; `known` wins over its own metadata, and the day in its text over that of its record,
    which may be the day of printing. Raises UnreadableError."""
    try:
        pieces, record = extract(data)
    except ScanError:
        pieces, record = extract(recognised(data))
    text, parts = assemble(pieces)
    metadata = merge(known, masthead.read(parts, title=False), record, masthead.read(parts))
    return Document(text, boilerplate.blocks(boilerplate.clean(parts, metadata.title)), metadata, "pdf")


def extract(data: bytes) -> tuple[list[Piece], Metadata]:
    """The paragraphs of a PDF file, and title, author and date of its own record.

    Headers, footers and page numbers are left out. Raises UnreadableError, and ScanError for a scan without text.
    """
    import pypdfium2

    with _ALONE:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            locked = getattr(error, "err_code", None) in _LOCKED or "assword" in str(error)
            raise UnreadableError(Phrase("password-protected") if locked else Phrase("not a readable PDF")) from None
        try:
            pages, scanned = list(_pages(document)), _is_scanned(document)
            record = document.get_metadata_dict()
        except pypdfium2.PdfiumError:
            raise UnreadableError(Phrase("not a readable PDF")) from None
        finally:
            document.close()
    pieces, largest = arrange(pages)
    if not any(letter.isalnum() for piece in pieces for letter in piece.text):
        raise ScanError(Phrase("no text")) if scanned else UnreadableError(Phrase("no text"))
    return pieces, _record(record, largest)


def _record(kept: dict[str, str], largest: str) -> Metadata:
    """The file's own record; the largest line stands in for a title that is only the name of a program or file."""
    own = documents.record(kept.get("Title"), kept.get("Author"), dates.from_pdf(kept.get("CreationDate", "")))
    return own if own.title else merge(own, from_table({"title": largest}, "page"))


def _is_scanned(document: Any) -> bool:
    """Tell if the first page is mostly a picture."""
    return len(document) > 0 and pdf_glyphs.is_scan(document[0])


def _pages(document: Any) -> Iterator[list[Line]]:
    if len(document) > _MOST_PAGES:
        raise UnreadableError(Phrase("too large (over {most} pages)", most=_MOST_PAGES))
    room = _MOST_CHARACTERS
    for number, page in enumerate(document, 1):
        text = page.get_textpage()
        room -= text.count_chars()
        if room < 0:
            raise UnreadableError(Phrase("too large (over {most} characters)", most=_MOST_CHARACTERS))
        yield pdf_columns.lines(pdf_glyphs.runs(page, text), number)
        text.close()
        page.close()


def recognised(data: bytes) -> bytes:
    """The PDF with a layer of text, by `ocrmypdf`.

    Raises UnreadableError if the program is not installed, or cannot read the pictures.
    """
    program = shutil.which(_PROGRAM)
    if program is None:
        raise UnreadableError(MISSING)
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder, "scan.pdf"), Path(folder, "read.pdf")
        source.write_bytes(data)
        command = [program, "--force-ocr", "--quiet", "--output-type", "pdf", str(source), str(made)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)  # noqa: S603
            return made.read_bytes()
        except subprocess.TimeoutExpired:
            raise UnreadableError(
                Phrase("a scan that takes over {minutes} minutes to read", minutes=_SECONDS // 60)
            ) from None
        except (subprocess.CalledProcessError, OSError):
            raise UnreadableError(Phrase("a scan that ocrmypdf cannot read")) from None
