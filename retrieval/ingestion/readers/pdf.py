"""PDF files: their lines in reading order, columns one after the other, tables row by row; and their own record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from threading import Lock
from typing import Any

from retrieval.domain.articles import Document, Metadata
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion.cleaning import boilerplate
from retrieval.ingestion.metadata import dates, masthead
from retrieval.ingestion.metadata.fields import from_table, merge
from retrieval.ingestion.readers import documents, pdf_glyphs
from retrieval.ingestion.readers.documents import Piece, assemble
from retrieval.ingestion.readers.pdf_glyphs import Run
from retrieval.ingestion.readers.pdf_layout import Line, arrange

_MOST_PAGES = 2_000
_MOST_CHARACTERS = 5_000_000
_LOCKED = (4, 5)  # PDFium's error codes for a missing password and for a lock it does not know
_ALONE = Lock()  # PDFium is not thread-safe


class ScanError(UnreadableError):
    """The file contains pictures of pages, and no text."""


def read(data: bytes, known: Metadata) -> Document:
    """The document in a PDF file; `known` wins over its own metadata, and the day in its text over that of its record,
    which may be the day of printing. Raises UnreadableError."""
    try:
        pieces, record = extract(data)
    except ScanError:
        pieces, record = extract(pdf_glyphs.recognised(data))
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
            pages, scanned = list(_pages(document)), len(document) > 0 and pdf_glyphs.is_scan(document[0])
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


def _pages(document: Any) -> Iterator[list[Line]]:
    if len(document) > _MOST_PAGES:
        raise UnreadableError(Phrase("too large (over {most} pages)", most=_MOST_PAGES))
    room = _MOST_CHARACTERS
    for number, page in enumerate(document, 1):
        text = page.get_textpage()
        room -= text.count_chars()
        if room < 0:
            raise UnreadableError(Phrase("too large (over {most} characters)", most=_MOST_CHARACTERS))
        yield lines(pdf_glyphs.runs(page, text), number)
        text.close()
        page.close()


_DEEPEST = 4  # columns in columns
_LEAST_ROWS = 3  # on both sides of a gutter
_PROSE_WORDS = 3.5  # on average in a line of a column; cells of tables have fewer
_LEVEL = 0.35  # of the font size
_LABELS = 4  # characters of a number or bullet before its text
_MOST_BINS = 400


def lines(runs: Sequence[Run], page: int) -> list[Line]:
    """The lines of a page; rows of tables are lines of their own kind."""
    return list(_read(_without_margin(runs), page, 0))


def _read(runs: Sequence[Run], page: int, depth: int) -> Iterator[Line]:
    rows = _rows(runs)
    gutter = _gutter(rows) if depth < _DEEPEST else None
    if gutter is None:
        yield from _flow(rows, page)
        return
    band: list[list[Run]] = []
    for row in rows:
        if any(run.left < gutter < run.right for run in row):
            yield from _columns(band, gutter, page, depth)
            band = []
            yield from _flow([row], page)
        else:
            band.append(row)
    yield from _columns(band, gutter, page, depth)


def _columns(band: Sequence[Sequence[Run]], gutter: float, page: int, depth: int) -> Iterator[Line]:
    runs = [run for row in band for run in row]
    left, right = [run for run in runs if run.right <= gutter], [run for run in runs if run.left >= gutter]
    if len(left) < 2 or len(right) < 2:
        yield from _flow(band, page)
        return
    yield from _read(left, page, depth + 1)
    yield from _read(right, page, depth + 1)


def _rows(runs: Sequence[Run]) -> list[list[Run]]:
    """The runs as rows, from the top down, and from left to right."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (-run.bottom, run.left)):
        if rows and abs(rows[-1][0].bottom - run.bottom) <= _LEVEL * min(run.size, rows[-1][0].size):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda run: run.left) for row in rows]


def _gutter(rows: Sequence[Sequence[Run]]) -> float | None:
    """The position of the gap between two columns of prose; None if there are none."""
    runs = [run for row in rows for run in row]
    if len(runs) < 2 * _LEAST_ROWS:
        return None
    low, high = min(run.left for run in runs), max(run.right for run in runs)
    best: tuple[float, float] | None = None
    for step in range(1, _MOST_BINS):
        x = low + (high - low) * step / _MOST_BINS
        if not 0.15 < step / _MOST_BINS < 0.85:
            continue
        crossing = sum(run.left < x < run.right for run in runs)
        left = [run for run in runs if run.right <= x]
        right = [run for run in runs if run.left >= x]
        if min(len(left), len(right)) < _LEAST_ROWS or crossing > 0.5 * min(len(left), len(right)) + 3:
            continue
        score = min(len(left), len(right)) - 2 * crossing
        if (best is None or score > best[0]) and _is_prose(left, low, x) and _is_prose(right, x, high):
            best = score, x
    return None if best is None else best[1]


def _is_prose(runs: Sequence[Run], low: float, high: float) -> bool:
    """Tell if the lines between two edges are running text: most of them full, and with several words."""
    words = [len(run.text.split()) for run in runs]
    if sum(words) < _PROSE_WORDS * len(runs):
        return False
    right = sorted(run.right for run in runs)[int(0.9 * (len(runs) - 1))]
    left = min(run.left for run in runs)
    full = sum(run.right - run.left >= 0.75 * (right - left) for run in runs)
    return right - left > 0.5 * (high - low) and full >= 0.5 * len(runs)


def _flow(rows: Sequence[Sequence[Run]], page: int) -> Iterator[Line]:
    """The lines of rows without columns of prose; some are tables."""
    at = 0
    while at < len(rows):
        end = _table_end(rows, at)
        if end - at >= 2:
            yield from _table(rows[at:end], page)
            at = end
        else:
            yield _line(rows[at], page)
            at += 1


def _line(row: Sequence[Run], page: int) -> Line:
    widest = max(row, key=lambda run: len(run.text))
    text = " ".join(run.text for run in row)
    return Line(text, row[0].left, row[-1].right, widest.bottom, widest.size, page)


def _table_end(rows: Sequence[Sequence[Run]], start: int) -> int:
    """The end of the table that starts with this row: rows of several aligned cells."""
    at = start
    while at < len(rows) and _is_cells(rows[at]):
        if at > start and not (_is_under(rows[at], rows[at - 1]) or _is_under(rows[at], rows[start])):
            break
        at += 1
        # A cell of two lines: a single run under a cell, and then another row.
        if (
            at + 1 < len(rows)
            and len(rows[at]) == 1
            and _is_cells(rows[at + 1])
            and _is_under(rows[at + 1], rows[at - 1])
            and _fits(rows[at][0], rows[at - 1])
        ):
            at += 1
    return at


def _is_cells(row: Sequence[Run]) -> bool:
    """Tell if a row has several cells, and not just a number or bullet before its text."""
    return len(row) > 1 and not (len(row) == 2 and len(row[0].text) <= _LABELS and len(row[1].text.split()) > 3)


def _is_under(row: Sequence[Run], other: Sequence[Run]) -> bool:
    """Tell if most cells of the shorter row are aligned with one of the other."""
    shorter, longer = sorted((row, other), key=len)
    return sum(any(_is_aligned(cell, each) for each in longer) for cell in shorter) * 3 >= 2 * len(shorter)


def _is_aligned(one: Run, other: Run) -> bool:
    slack = 0.6 * max(one.size, other.size)
    middles = abs((one.left + one.right) - (other.left + other.right)) / 2
    return min(abs(one.left - other.left), abs(one.right - other.right), middles) <= slack


def _fits(run: Run, row: Sequence[Run]) -> bool:
    cell = next((each for each in row if abs(each.left - run.left) <= 0.6 * run.size), None)
    after = [each.left for each in row if cell is not None and each.left > cell.left]
    step = row[0].bottom - run.bottom
    return cell is not None and step < 1.5 * run.size and (not after or run.right < min(after))


def _table(rows: Sequence[Sequence[Run]], page: int) -> Iterator[Line]:
    columns = _intervals(rows)
    filled: list[list[list[str]]] = []
    edges: list[Sequence[Run]] = []
    for row in rows:
        if len(row) == 1 and filled:
            filled[-1][_column(row[0], columns)].append(row[0].text)
            continue
        cells: list[list[str]] = [[] for _ in columns]
        for run in row:
            cells[_column(run, columns)].append(run.text)
        filled.append(cells)
        edges.append(row)
    for row, cells in zip(edges, filled, strict=True):
        texts = tuple(" ".join(cell) for cell in cells)
        size = median(run.size for run in row)
        yield Line(" ".join(filter(None, texts)), row[0].left, row[-1].right, row[0].bottom, size, page, texts)


def _intervals(rows: Sequence[Sequence[Run]]) -> list[tuple[float, float]]:
    """The left and right edges of the columns of a table; cells that overlap are in one column."""
    whole: list[tuple[float, float]] = []
    for left, right in sorted((run.left, run.right) for row in rows if len(row) > 1 for run in row):
        if whole and left < whole[-1][1] - 0.5:
            whole[-1] = whole[-1][0], max(whole[-1][1], right)
        else:
            whole.append((left, right))
    return whole


def _column(run: Run, columns: Sequence[tuple[float, float]]) -> int:
    middle = (run.left + run.right) / 2
    return min(range(len(columns)), key=lambda at: max(columns[at][0] - middle, middle - columns[at][1], 0))


def _without_margin(runs: Sequence[Run]) -> list[Run]:
    """The runs without line numbers in a margin."""
    numbers = [run for run in runs if run.text.isdecimal() and len(run.text) <= 4]
    others = [run for run in runs if not run.text.isdecimal()]
    if len(numbers) < 5 or not others:
        return list(runs)
    left, right = min(run.left for run in others), max(run.right for run in others)
    margin = [run for run in numbers if run.right < left or run.left > right]
    counted = [int(run.text) for run in sorted(margin, key=lambda run: -run.bottom)]
    steps = {two - one for one, two in pairwise(counted)}
    gone = {id(run) for run in margin} if len(margin) >= 5 and len(steps) == 1 and steps.pop() > 0 else set()
    return [run for run in runs if id(run) not in gone]
