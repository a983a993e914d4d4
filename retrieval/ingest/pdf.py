"""PDF files: the lines on their pages, and what they record about themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median
from threading import Lock
from typing import Any

from retrieval.errors import UnreadableError
from retrieval.ingest import dates
from retrieval.ingest.layout import Line, arrange
from retrieval.ingest.metadata import from_table
from retrieval.ingest.pieces import Piece
from retrieval.models import Metadata

_MOST_PAGES = 2_000
_MOST_CHARACTERS = 5_000_000
_LOCKED = (4, 5)  # PDFium's error codes for a missing password and for a lock it does not know
_PROGRAM_TITLE = re.compile(r"microsoft \w+ - .*|untitled.*|.*\.(?:docx?|pdf|indd|odt|pptx?|tex)|\W*", re.IGNORECASE)
# PDFium writes one of these where a line ends in a hyphen, and no line break.
_LINE = re.compile(r"[^\r\n\ufffe\x02]*[^\s\ufffe\x02][^\r\n\ufffe\x02]*[\ufffe\x02]?")
_HYPHENS = str.maketrans("\ufffe\x02\u00ad", "---")
_ALONE = Lock()  # PDFium does not bear two threads


def extract(data: bytes) -> tuple[list[Piece], Metadata]:
    """The paragraphs of a PDF file, and title, author and date of its own record.

    Headers, footers and page numbers are left out. Raises UnreadableError: password-protected, not a readable
    PDF, too large, or no text (a scan).
    """
    import pypdfium2

    with _ALONE:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            locked = getattr(error, "err_code", None) in _LOCKED or "assword" in str(error)
            raise UnreadableError("password-protected" if locked else "not a readable PDF") from None
        try:
            pages = list(_pages(document))
            record = document.get_metadata_dict()
        except pypdfium2.PdfiumError:
            raise UnreadableError("not a readable PDF") from None
        finally:
            document.close()
    pieces, largest = arrange(pages)
    if not any(letter.isalnum() for piece in pieces for letter in piece.text):
        raise UnreadableError("no text")
    return pieces, _metadata(record, largest)


def _metadata(record: dict[str, str], largest: str) -> Metadata:
    """The file's own record; a title that is only a program's or file's name gives way to the largest line."""
    title = record.get("Title", "")
    table = {
        "title": largest if _PROGRAM_TITLE.fullmatch(title) else title,
        "author": record.get("Author"),
        "published": dates.believable(dates.from_pdf(record.get("CreationDate", ""))),
    }
    return from_table(table, "page")


def _pages(document: Any) -> Iterator[list[Line]]:
    if len(document) > _MOST_PAGES:
        raise UnreadableError(f"too large (over {_MOST_PAGES:,} pages)")
    room = _MOST_CHARACTERS
    for page in document:
        text = page.get_textpage()
        room -= text.count_chars()
        if room < 0:
            raise UnreadableError(f"too large (over {_MOST_CHARACTERS:,} characters)")
        yield list(_lines(text))
        text.close()
        page.close()


def _lines(page: Any) -> Iterator[Line]:
    """The lines of a page. Characters of its text and PDFium's own count run in step, but for rare pages."""
    import pypdfium2.raw as pdfium

    text = page.get_text_range()
    count = page.count_chars()
    for match in _LINE.finditer(text):
        words = " ".join(match[0].translate(_HYPHENS).split())
        first = match.start() + len(match[0]) - len(match[0].lstrip())
        last = match.start() + len(match[0].rstrip()) - 1
        letters = [at for at in range(first, last) if text[at].isalnum()] or [first]
        if last >= count or pdfium.FPDFText_GetUnicode(page, letters[0]) != ord(text[letters[0]]):
            yield Line(words)
            continue
        left, bottom, *_ = page.get_charbox(first, loose=True)
        right = page.get_charbox(last, loose=True)[2]
        yield Line(words, left, right, bottom, _size(page, letters))


def _size(page: Any, letters: list[int]) -> float:
    """The usual height of a line's letters: one may be of a bullet, a footnote's mark or a word of code."""
    boxes = [page.get_charbox(at, loose=True) for at in letters[:: max(1, len(letters) // 5)]]
    return float(median(top - bottom for _, bottom, _, top in boxes))
