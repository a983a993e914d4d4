"""PDF files: lines with their places on the page, put together to paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from statistics import median
from threading import Lock
from typing import Any

from retrieval.errors import UnreadableError
from retrieval.ingest import dates, furniture
from retrieval.ingest.metadata import from_table, strip_controls
from retrieval.ingest.pieces import Piece
from retrieval.models import Metadata

_MOST_PAGES = 2_000
_MOST_CHARACTERS = 5_000_000
_PASSWORD = 4  # PDFium's error codes for a missing password and for a lock it does not know
_LOCKED = 5
_EDGE = 2  # lines at the top and bottom of a page where headers and footers stand
_PAGE_NUMBER = re.compile(r"\W*(?:page|seite|p\.)?\s*(?:\d{1,4}|[ivxl]{1,6})\s*(?:(?:of|/|von|\|)\s*\d{1,4})?\W*", re.I)
_BULLET = re.compile(r"[•◦▪‣●■∙]\s*|(?:[–*-]|\(?\d{1,2}[.)])\s+(?=\S)")
# PDFium writes one of these for a hyphen that it takes for the end of a broken word.
_SOFT_HYPHENS = "\ufffe\u00ad\x02"
_PROGRAM_TITLE = re.compile(
    r"microsoft \w+ - .*|untitled.*|.*\.(?:docx?|pdf|indd|odt|pptx?|tex|qxp)|\W*", re.IGNORECASE
)
_ALONE = Lock()  # PDFium does not bear two threads


@dataclass(frozen=True, slots=True)
class Line:
    """A line on a page; places in points from the lower left corner, all 0 where PDFium gives none."""

    text: str
    left: float = 0
    right: float = 0
    bottom: float = 0
    size: float = 0


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
            locked = getattr(error, "err_code", None) in (_PASSWORD, _LOCKED) or "assword" in str(error)
            raise UnreadableError("password-protected" if locked else "not a readable PDF") from None
        try:
            pages = list(_pages(document))
            record = document.get_metadata_dict()
        except pypdfium2.PdfiumError:
            raise UnreadableError("not a readable PDF") from None
        finally:
            document.close()
    pieces = list(_pieces(_without_edges(pages)))
    if not any(letter.isalnum() for piece in pieces for letter in piece.text):
        raise UnreadableError("no text")
    return pieces, _metadata(record)


def _metadata(record: dict[str, str]) -> Metadata:
    title = record.get("Title", "")
    table = {
        "title": "" if _PROGRAM_TITLE.fullmatch(title) else title,
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
    """The lines of a page. Characters of the text and PDFium's own count run in step, but for rare pages."""
    import pypdfium2.raw as pdfium

    text = page.get_text_range()
    for match in re.finditer(r"[^\r\n]*\S[^\r\n]*", text):
        words = " ".join(match[0].split())
        first = match.start() + len(match[0]) - len(match[0].lstrip())
        last = match.start() + len(match[0].rstrip()) - 1
        if last >= page.count_chars() or pdfium.FPDFText_GetUnicode(page, first) != ord(text[first]):
            yield Line(words)
            continue
        left, bottom, _, top = page.get_charbox(first, loose=True)
        _, _, right, _ = page.get_charbox(last, loose=True)
        yield Line(words, left, right, bottom, top - bottom)


def _without_edges(pages: list[list[Line]]) -> list[list[Line]]:
    """Drops page numbers, and lines that most pages repeat at their top or bottom, numbers in them aside."""
    counts = Counter(key for page in pages for key in {_key(line) for line in _edges(page)})
    needed = max(2, min(3, len(pages)), len(pages) // 3)
    repeated = {key for key, count in counts.items() if count >= needed and len(key) <= 150}

    def is_edge(line: Line) -> bool:
        return bool(_PAGE_NUMBER.fullmatch(line.text)) or _key(line) in repeated

    return [
        [line for line in page if not (any(line is edge for edge in _edges(page)) and is_edge(line))] for page in pages
    ]


def _edges(page: list[Line]) -> list[Line]:
    return page if len(page) <= 2 * _EDGE else page[:_EDGE] + page[-_EDGE:]


def _key(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text.casefold())


def _pieces(pages: list[list[Line]]) -> Iterator[Piece]:
    lines = list(chain.from_iterable(pages))
    if not lines:
        return
    tops = {id(page[0]) for page in pages if page}
    layout = _Layout(lines)
    group = [lines[0]]
    for one, two in pairwise(lines):
        if layout.parts(one, two, new_page=id(two) in tops):
            yield from _piece(group, layout)
            group = []
        group.append(two)
    yield from _piece(group, layout)


class _Layout:
    """What is usual in a document: size of type, distance of lines, right margin."""

    def __init__(self, lines: list[Line]) -> None:
        placed = [line for line in lines if line.size] or lines
        # By characters, so that the running text counts and not the many short lines around it.
        sizes = Counter[float]()
        for line in placed:
            sizes[round(line.size * 2) / 2] += len(line.text)
        self.size = sizes.most_common(1)[0][0]
        body = [line for line in placed if abs(line.size - self.size) <= 0.5] or placed
        steps = [one.bottom - two.bottom for one, two in pairwise(body)]
        self.step = median([step for step in steps if 0 < step < 4 * (self.size or 1)] or [0])
        self.width = median(sorted(len(line.text) for line in body)[len(body) // 2 :])
        self.right = median(sorted(line.right for line in body)[len(body) // 2 :])
        self.words = Counter(word.strip(".,;:!?\"'”’)") for line in lines for word in line.text.casefold().split())

    def parts(self, one: Line, two: Line, *, new_page: bool) -> bool:
        """Whether a paragraph ends between two lines."""
        if _BULLET.match(two.text) or abs(one.size - two.size) > 0.12 * max(one.size, two.size):
            return True
        ended = furniture.is_ended(one.text) or one.text.endswith(":")
        if two.text[:1].islower() and not ended:
            return False
        step = one.bottom - two.bottom
        if new_page or step < 0:
            return ended or not self._is_full(one)
        if self.step and step > 1.35 * self.step:
            return True
        indented = two.left - one.left > 0.7 * self.size
        return (ended and indented) or (not self._is_full(one) and (ended or self.is_heading(one)))

    def is_heading(self, line: Line) -> bool:
        return bool(self.size) and line.size > 1.12 * self.size

    def _is_full(self, line: Line) -> bool:
        if self.right and line.size:
            return line.right > self.right - 6 * self.size
        return len(line.text) > 0.8 * self.width


def _piece(group: list[Line], layout: _Layout) -> Iterator[Piece]:
    heading = layout.is_heading(group[0]) and sum(len(line.text) for line in group) <= 200
    bullet = _BULLET.match(group[0].text)
    text = group[0].text[bullet.end() :] if bullet else group[0].text
    parts = [text]
    for line in group[1:]:
        parts[-1:] = _glue(parts[-1], line.text, layout.words)
    if text := " ".join(strip_controls(" ".join(parts)).split()):
        yield Piece(text, "heading" if heading else "item" if bullet else None)


def _glue(one: str, two: str, words: Counter[str]) -> list[str]:
    """Two lines as they read on: a word broken at the end of the line becomes whole again."""
    if one.endswith(tuple(_SOFT_HYPHENS)):
        return [one[:-1] + two]
    head, hyphen, start = one.rpartition("-")
    if not hyphen or head[-1:].isspace() or start or not two[:1].islower() or not head[-1:].isalpha():
        return [one, two]
    left, right = head.split()[-1].casefold(), two.split(maxsplit=1)[0].casefold().strip(".,;:!?\"'”’)")
    kept = words[f"{left}-{right}"] > words[left.lstrip("\"'“‘(") + right]
    return [head + ("-" if kept else "") + two]
