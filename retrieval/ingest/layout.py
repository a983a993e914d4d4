"""Lines with their places on pages, put together to the paragraphs they were set from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise, takewhile
from statistics import median

from retrieval.ingest import furniture
from retrieval.ingest.metadata import strip_controls
from retrieval.ingest.pieces import Piece

_EDGE = 2  # lines at the top and bottom of a page where headers and footers stand
_PAGE_NUMBER = re.compile(
    r"\W*(?:page|seite|p\.)?\s*(?:\d{1,4}|[ivxl]{1,6})\s*(?:(?:of|/|von|\|)\s*\d{1,4})?\W*", re.IGNORECASE
)
_BULLET = re.compile(r"[•◦▪‣●■∙]\s*|(?:[–*-]|\(?\d{1,2}[.)])\s+(?=\S)")
_CONJUNCTIONS = {"and", "or", "to", "und", "oder", "et", "ou", "y"}  # as in "short- and long-term"
_AROUND_WORD = ".,;:!?\"'“”‘’()[]"
_LONGEST_HEADING = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A line on a page; places in points from the lower left corner, all 0 where they are not known."""

    text: str
    left: float = 0
    right: float = 0
    bottom: float = 0
    size: float = 0


class Layout:
    """What is usual in a document: size of type, distance of lines, right margin."""

    def __init__(self, lines: list[Line]) -> None:
        placed = [line for line in lines if line.size] or lines
        # Counted in characters: the running text decides, not the many short lines around it.
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
            return not (self.is_heading(one) and step < 1.5 * one.size)
        indented = two.left - one.left > 0.7 * self.size
        if self._is_full(one):
            return ended and indented
        return ended or self.is_heading(one) or self._is_short(one)

    def is_heading(self, line: Line) -> bool:
        return bool(self.size) and line.size > 1.12 * self.size

    def _is_short(self, line: Line) -> bool:
        """Whether a line ends so early that the next word would surely have fitted."""
        return bool(line.size) and line.right - line.left < 0.6 * (self.right - line.left)

    def _is_full(self, line: Line) -> bool:
        if self.right and line.size:
            return line.right > self.right - 6 * self.size
        return len(line.text) > 0.8 * self.width


def arrange(pages: list[list[Line]]) -> tuple[list[Piece], str]:
    """The paragraphs of some pages without headers, footers and page numbers; and the line set largest on the
    first page, which is the title if anything is ('' where none stands out)."""
    pages = [page for page in _without_edges(pages) if page]
    lines = list(chain.from_iterable(pages))
    if not lines:
        return [], ""
    layout = Layout(lines)
    tops = {id(page[0]) for page in pages}
    words = Counter(word.strip(_AROUND_WORD) for line in lines for word in line.text.casefold().split())
    groups = [[lines[0]]]
    for one, two in pairwise(lines):
        if layout.parts(one, two, new_page=id(two) in tops):
            groups.append([])
        groups[-1].append(two)
    return list(chain.from_iterable(_piece(group, layout, words) for group in groups)), _largest(pages[0], layout)


def _largest(page: list[Line], layout: Layout) -> str:
    first = max(page, key=lambda line: line.size)
    if first.size < 1.3 * layout.size or not layout.size:
        return ""
    after = page[page.index(first) :]
    title = " ".join(line.text for line in takewhile(lambda line: abs(line.size - first.size) < 0.5, after))
    return title if len(title) <= _LONGEST_HEADING else ""


def _without_edges(pages: list[list[Line]]) -> list[list[Line]]:
    """Drops page numbers, and lines that many pages repeat at their top or bottom, numbers in them aside."""
    counts = Counter(key for page in pages for key in {_key(line) for line in _edges(page)})
    needed = max(2, min(3, len(pages)), len(pages) // 3)
    repeated = {key for key, count in counts.items() if count >= needed and len(key[0]) <= 150}
    kept: list[list[Line]] = []
    for page in pages:
        edges = {id(line) for line in _edges(page)}
        kept.append([line for line in page if id(line) not in edges or not _is_edge(line, repeated)])
    return kept


def _edges(page: list[Line]) -> list[Line]:
    return page if len(page) <= 2 * _EDGE else page[:_EDGE] + page[-_EDGE:]


def _is_edge(line: Line, repeated: set[tuple[str, int]]) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(line.text)) or _key(line) in repeated


def _key(line: Line) -> tuple[str, int]:
    """What a header shares with those of other pages; the title they repeat is set larger, and stays."""
    return re.sub(r"\d+", "#", line.text.casefold()), round(line.size)


def _piece(group: list[Line], layout: Layout, words: Counter[str]) -> Iterator[Piece]:
    bullet = _BULLET.match(group[0].text)
    parts = [group[0].text[bullet.end() :] if bullet else group[0].text]
    for line in group[1:]:
        parts[-1:] = _glue(parts[-1], line.text, words)
    text = " ".join(strip_controls(" ".join(parts)).split())
    heading = layout.is_heading(group[0]) and len(text) <= _LONGEST_HEADING
    if text:
        yield Piece(text, "heading" if heading else "item" if bullet else None)


def _glue(one: str, two: str, words: Counter[str]) -> list[str]:
    """Two lines as they read on: a word broken at the end of a line becomes whole again, unless the document
    writes it with its hyphen elsewhere."""
    head, hyphen = one[:-1], one[-1:]
    if hyphen != "-" or not head[-1:].isalnum() or not two[:1].isalnum():
        return [one, two]
    left, right = (part.casefold().strip(_AROUND_WORD) for part in (head.split()[-1], two.split(maxsplit=1)[0]))
    if right in _CONJUNCTIONS:
        return [one, two]
    kept = words[f"{left}-{right}"] > words[left + right] or not two[:1].islower()
    return [head + ("-" if kept else "") + two]
