"""Joins the lines on pages into paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise, takewhile
from statistics import median

from retrieval.ingestion.cleaning import boilerplate_lines
from retrieval.ingestion.metadata.fields import one_line
from retrieval.ingestion.readers.documents import Piece, row, rule

_EDGE = 2  # lines at the top and bottom of a page that may be headers and footers
_PAGE_NUMBER = re.compile(
    r"\W*(?:page|seite|p\.)?\s*(?:\d{1,4}|[ivxl]{1,6})\s*(?:(?:of|/|von|\|)\s*\d{1,4})?\W*", re.IGNORECASE
)
_BULLET = re.compile(r"[•◦▪‣●■∙]\s*|(?:[–*-]|\(?\d{1,2}[.)])\s+(?=\S)")
_CONJUNCTIONS = {"and", "or", "to", "und", "oder", "et", "ou", "y"}  # as in "short- and long-term"
_AROUND_WORD = ".,;:!?\"'“”‘’()[]"
_LONGEST_HEADING = 200
_MOST_PAGES = 1_500  # larger numbers are years or amounts
_NOTE = re.compile(r"(?:\d{1,3}|[*†‡§¶]{1,3}|\[\d{1,3}\]|[a-z](?=[ .)]))[.)]?\s*\S")

_Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A line on a page (the first is 1), in points from the lower left corner. A row of a table has `cells`."""

    text: str
    left: float = 0
    right: float = 0
    bottom: float = 0
    size: float = 0
    page: int = 1
    cells: tuple[str, ...] = ()


class Layout:
    """The usual font size, line distance and right margin of a document."""

    def __init__(self, lines: list[Line]) -> None:
        placed = [line for line in lines if line.size] or lines
        # By characters, so that the running text decides, and not the many short lines.
        sizes: Counter[float] = Counter()
        for line in placed:
            sizes[round(line.size * 2) / 2] += len(line.text)
        self.size = sizes.most_common(1)[0][0]
        body = [line for line in placed if abs(line.size - self.size) <= 0.5] or placed
        steps = (one.bottom - two.bottom for one, two in pairwise(body))
        self.step = median([step for step in steps if 0 < step < 4 * (self.size or 1)] or [0])
        self.width = median(sorted(len(line.text) for line in body)[len(body) // 2 :])
        self.right = median(sorted(line.right for line in body)[len(body) // 2 :])

    def parts(self, one: Line, two: Line, *, new_page: bool) -> bool:
        """Tell if a paragraph ends between two lines."""
        if _BULLET.match(two.text) or abs(one.size - two.size) > 0.12 * max(one.size, two.size):
            return True
        ended = boilerplate_lines.is_ended(one.text) or one.text.endswith(":")
        if two.text[:1].islower() and not ended:
            return False
        step = one.bottom - two.bottom
        if new_page or step < 0:
            return ended or not self._is_full(one)
        if self.step and step > 1.35 * self.step:
            return not (self.is_heading(one) and step < 1.5 * one.size)
        indented = two.left - one.left > 0.7 * self.size
        if self._is_full(one):
            return ended and indented
        return ended or self.is_heading(one) or self._is_short(one)

    def is_heading(self, line: Line) -> bool:
        return bool(self.size) and line.size > 1.12 * self.size

    def _is_short(self, line: Line) -> bool:
        """Tell if a line ends so early that the next word would fit."""
        return bool(line.size) and line.right - line.left < 0.6 * (self.right - line.left)

    def _is_full(self, line: Line) -> bool:
        if self.right and line.size:
            return line.right > self.right - 6 * self.size
        return len(line.text) > 0.8 * self.width


def arrange(pages: list[list[Line]]) -> tuple[list[Piece], str]:
    """The paragraphs of some pages, footnotes last, without headers, footers and page numbers; and the title, which is
    the line with the largest type on the first page ('' if none stands out)."""
    pages = [page for page in _without_edges(pages) if page]
    lines = list(chain.from_iterable(pages))
    if not lines:
        return [], ""
    layout = Layout(lines)
    largest = _largest(pages[0], layout)
    pages, notes = _without_notes(pages, layout)
    words = Counter(word.strip(_AROUND_WORD) for line in lines for word in line.text.casefold().split())
    found = [piece for part in (pages, notes) for piece in _paragraphs(part, layout, words)]
    return found, largest


def _paragraphs(pages: list[list[Line]], layout: Layout, words: Counter[str]) -> Iterator[Piece]:
    lines = list(chain.from_iterable(pages))
    if not lines:
        return
    tops = {id(page[0]) for page in pages if page}
    groups = [[lines[0]]]
    for one, two in pairwise(lines):
        if one.cells or two.cells or layout.parts(one, two, new_page=id(two) in tops):
            groups.append([])
        groups[-1].append(two)
    width = 0
    for group in groups:
        if cells := group[0].cells:
            yield row(cells, _place(group[0]))
            if not width:
                yield rule(len(cells), _place(group[0]))
        else:
            yield from _piece(group, layout, words)
        width = len(cells)


def _place(line: Line) -> str:
    return f"p. {line.page}"


def _without_notes(pages: list[list[Line]], layout: Layout) -> tuple[list[list[Line]], list[list[Line]]]:
    """The pages without their footnotes, and the footnotes: lines in small type under the text, the first with a mark.
    Without them a sentence goes on from one page to the next."""
    texts, notes = [], []
    for page in pages:
        start = len(page)
        while start and not page[start - 1].cells and 0 < page[start - 1].size < 0.93 * layout.size:
            start -= 1
        while start < len(page) and not _NOTE.match(page[start].text):
            start += 1
        below = start and start < len(page) and page[start].bottom < min(line.bottom for line in page[:start])
        texts.append(page[:start] if below else page)
        notes.append(page[start:] if below else [])
    return texts, notes


def _largest(page: list[Line], layout: Layout) -> str:
    first = max(page, key=lambda line: line.size)
    if first.size < 1.3 * layout.size or not layout.size:
        return ""
    after = page[page.index(first) :]
    title = " ".join(line.text for line in takewhile(lambda line: abs(line.size - first.size) < 0.5, after))
    return title if len(title) <= _LONGEST_HEADING else ""


def _without_edges(pages: list[list[Line]]) -> list[list[Line]]:
    """Drops page numbers, and lines that repeat at the edges of many pages, with or without a page number."""
    counts: Counter[_Key] = Counter()
    for number, page in enumerate(pages):
        counts.update({key for line in _edges(page) for key in _keys(line, number)})
    needed = max(2, min(3, len(pages)), len(pages) // 3)
    repeated = {key for key, count in counts.items() if count >= needed and len(key[0]) <= 150}
    kept: list[list[Line]] = []
    for number, page in enumerate(pages):
        edges = {id(line) for line in _edges(page)}
        kept.append([line for line in page if id(line) not in edges or not _is_edge(line, number, repeated)])
    return kept


def _edges(page: list[Line]) -> list[Line]:
    return page if len(page) <= 2 * _EDGE else page[:_EDGE] + page[-_EDGE:]


def _is_edge(line: Line, number: int, repeated: set[_Key]) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(line.text)) or any(key in repeated for key in _keys(line, number))


def _keys(line: Line, number: int) -> Iterator[_Key]:
    """The keys that a header shares with those of other pages: its words and font size, and these with a number that
    counts the pages. A title in larger type shares no key, nor do slides that differ in their figures."""
    text, size = line.text.casefold(), round(line.size)
    yield text, size
    for found in re.finditer(r"\d{1,4}", text):
        if 0 < (value := int(found[0])) <= _MOST_PAGES:
            yield f"{text[: found.start()]}#{value - number}{text[found.end() :]}", size


def _piece(group: list[Line], layout: Layout, words: Counter[str]) -> Iterator[Piece]:
    # The number of a heading is part of it.
    bullet = None if layout.is_heading(group[0]) else _BULLET.match(group[0].text)
    parts = [group[0].text[bullet.end() :] if bullet else group[0].text]
    for line in group[1:]:
        parts[-1:] = _glue(parts[-1], line.text, words)
    text = one_line(" ".join(parts))
    heading = layout.is_heading(group[0]) and len(text) <= _LONGEST_HEADING
    if text:
        yield Piece(text, "heading" if heading else "item" if bullet else None, _place(group[0]))


def _glue(one: str, two: str, words: Counter[str]) -> list[str]:
    """Two lines, or one: a word broken at the end of a line is joined, with its hyphen if the document writes it so
    elsewhere."""
    head, hyphen = one[:-1], one[-1:]
    if hyphen != "-" or not head[-1:].isalnum() or not two[:1].isalnum():
        return [one, two]
    left, right = (part.casefold().strip(_AROUND_WORD) for part in (head.split()[-1], two.split(maxsplit=1)[0]))
    if right in _CONJUNCTIONS:
        return [one, two]
    kept = words[f"{left}-{right}"] > words[left + right] or not two[:1].islower()
    return [head + ("-" if kept else "") + two]
