"""Tables as files: workbooks (XLSX) and CSV. Every cell has the name of its column, so that a row makes sense alone."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO, StringIO
from itertools import chain

from retrieval.domain.articles import Document, Metadata
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion.metadata.fields import one_line
from retrieval.ingestion.readers import decoding
from retrieval.ingestion.readers.decoding import check_office
from retrieval.ingestion.readers.documents import Piece, record_of, row, shape

_MOST_ROWS = 100_000
_MOST_COLUMNS = 200
_LONGEST_CELL = 5_000
_SAMPLE = 8_192
_DELIMITERS = ",;\t|"

Row = tuple[str, Sequence[str]]  # its position, and its cells


def read_workbook(data: bytes, known: Metadata) -> Document:
    """The document in a workbook; `known` wins over its own metadata. Raises UnreadableError."""
    import openpyxl

    check_office(data)
    book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        pieces = list(chain.from_iterable(_sheet(sheet.title, sheet.iter_rows(), len(sheets)) for sheet in sheets))
        return shape(pieces, known, record_of(book.properties), "xlsx", whole=True)
    finally:
        book.close()


def read_csv(data: bytes, known: Metadata) -> Document:
    """The document in a CSV file with any delimiter; `known` wins over its own metadata. Raises UnreadableError."""
    text = decoding.decode(data).removeprefix("\ufeff")
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:_SAMPLE], _DELIMITERS)
    except csv.Error:
        dialect = csv.excel
    reader = csv.reader(StringIO(text), dialect)
    rows: list[Row] = []
    try:
        for cells in reader:
            _check(len(rows))
            rows.append((f"line {reader.line_num}", [_cell(cell) for cell in cells[:_MOST_COLUMNS]]))
    except csv.Error as error:
        raise UnreadableError(Phrase("not readable as {kind}", kind="CSV")) from error
    return shape(list(_table(rows)), known, Metadata(), "csv", whole=True)


def _sheet(name: str, lines: Iterable[Sequence[object]], count: int) -> Iterator[Piece]:
    from openpyxl.utils import get_column_letter

    rows: list[Row] = []
    for number, line in enumerate(lines, 1):
        cells = [_cell(getattr(cell, "value", None)) for cell in line[:_MOST_COLUMNS]]
        filled = [at for at, cell in enumerate(cells, 1) if cell]
        if filled:
            _check(len(rows))
            first, last = (f"{get_column_letter(at)}{number}" for at in (filled[0], filled[-1]))
            rows.append((f"sheet {name}!{first}:{last}" if first != last else f"sheet {name}!{first}", cells))
    if rows and count > 1:
        yield Piece(name, "heading", f"sheet {name}")
    yield from _table(rows)


def _check(count: int) -> None:
    if count >= _MOST_ROWS:
        raise UnreadableError(Phrase("too large (over {most} rows)", most=_MOST_ROWS))


def _table(rows: Sequence[Row]) -> Iterator[Piece]:
    """The rows with the names of columns. A header is a first row without figures, of the table or after a line of one
    cell."""
    header: Sequence[str] = ()
    fresh = True
    for at, (place, cells) in enumerate(rows):
        filled = [cell for cell in cells if cell]
        if len(filled) == 1:
            yield Piece(filled[0], None, place)  # a title over the table, or a note under it
        elif fresh and at + 1 < len(rows) and _is_header(filled):
            header = cells
        elif filled:
            yield row([_labelled(cell, header, column) for column, cell in enumerate(cells) if cell], place)
        fresh = len(filled) == 1


def _is_header(filled: Sequence[str]) -> bool:
    return not any(_is_figure(cell) and not _is_year(cell) for cell in filled)


def _is_figure(cell: str) -> bool:
    return any(map(str.isdecimal, cell)) and sum(map(str.isalpha, cell)) <= 3


def _is_year(cell: str) -> bool:
    return len(cell) == 4 and cell.isdecimal()


def _labelled(cell: str, header: Sequence[str], column: int) -> str:
    label = header[column] if column < len(header) else ""
    return f"{label}: {cell}" if label and label != cell else cell


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        text = value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    elif isinstance(value, date):
        text = value.isoformat()
    elif isinstance(value, float):
        text = f"{value:.10g}" if abs(value) < 1e15 else repr(value)
    else:
        text = str(value)
    return one_line(text[:_LONGEST_CELL])
