"""Lines of a text, and the paragraphs they make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from retrieval.domain.articles import BlockKind
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion.metadata import dates

MOST = 200_000
_LINE = re.compile(r"[^\r\n]+")
_BULLET = re.compile(r"(?:[•◦▪‣●■·*+–—-]|\d{1,3}[.)])[ \t\xa0]+(?=\S)")
_RULE = re.compile(r"[\s*_=~#•.♦<>\-–—]+")
_SPACE = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029\u200b\u2060\ufeff"
_WIDEST, _NARROWEST = 120, 40  # of hard-wrapped text, in characters
_SLACK = 15  # characters by which a link or a long word may exceed the width
_FULL_SHARE = 0.7
_SENTENCE_ENDS = '.!?…"”’»)'


@dataclass(frozen=True)
class Paragraph:
    """A stretch of the text; `chunk` numbers the groups between blank lines and rules."""

    text: str  # with whitespace collapsed
    start: int
    end: int
    chunk: int
    kind: BlockKind | None = None
    indent: int = 0  # columns of space and bullet before it on its line
    bullet: str = ""  # the mark before an item, or a heading in Markdown
    place: str = ""  # its position in a source without lines

    @cached_property
    def words(self) -> list[str]:
        return self.text.split()

    @property
    def is_row(self) -> bool:
        """Tell if it is a row of a table in Markdown, with or without its first bar."""
        return self.kind == "item" and "|" in self.text

    @property
    def width(self) -> int:
        return self.indent + self.end - self.start


def lines(text: str, start: int = 0) -> Iterator[Paragraph]:
    """The lines with text, trimmed; a line with a bullet mark is an item that starts after the mark.

    Lines end at line feeds and carriage returns only; the other characters at which Python splits are part of the text.
    Raises UnreadableError for more lines than any article has.
    """
    chunk, previous = 0, start
    for count, match in enumerate(_LINE.finditer(text, start)):
        if count > MOST:
            raise UnreadableError(Phrase("too large (over {most} lines)", most=MOST))
        gap = text[previous : match.start()]
        previous = match.end()
        if max(gap.count("\n"), gap.count("\r")) > 1:
            chunk += 1
        line = trim(text, match.start(), match.end(), chunk)
        if line is None or _RULE.fullmatch(line.text):
            chunk += 1
        elif (bullet := _BULLET.match(text, line.start, line.end)) and not dates.opens(
            text[line.start : line.end][:40]
        ):
            item = _collapse(text[bullet.end() : line.end])
            indent = bullet.end() - match.start()
            yield Paragraph(item, bullet.end(), line.end, chunk, "item", indent, bullet[0].strip())
        else:
            yield replace(line, indent=line.start - match.start())


def trim(text: str, start: int, end: int, chunk: int, kind: BlockKind | None = None) -> Paragraph | None:
    """The paragraph between two offsets, without the space around it; None if there is only space."""
    raw = text[start:end]
    stripped = raw.strip(_SPACE).strip()
    if not stripped:
        return None
    start += raw.index(stripped)
    return Paragraph(_collapse(stripped), start, start + len(stripped), chunk, kind)


# A sentence runs on behind a comma, a bracket or a small word ("on", "am", "del"), and ends with a full stop.
_RUNS_ON = re.compile(r"(?:[,;(–—]|(?<!\w)[^\W\d_A-Z]{1,5})\Z")
_RUNNING = (".", ",", ";")


def join(pieces: Iterable[Paragraph], *, soft_breaks: bool = False) -> list[Paragraph]:
    """Joins hard-wrapped lines.

    A line is wrapped if the first word of the next line would not fit into the width that most lines of the file
    share. With `soft_breaks` (Markdown), short lines in a row are one paragraph in any case.
    """
    listed = list(pieces)
    width = _width([(one, two) for one, two in pairwise(listed) if _adjoin(one, two)])
    groups: list[list[Paragraph]] = []
    for line in listed:
        if groups and _adjoin(groups[-1][-1], line) and _continues(groups[-1][-1], line, width, soft_breaks):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [group[0] if len(group) == 1 else _whole(group) for group in groups]


def _whole(group: list[Paragraph]) -> Paragraph:
    return replace(group[0], text=" ".join(line.text for line in group), end=group[-1].end)


def _adjoin(one: Paragraph, two: Paragraph) -> bool:
    return one.chunk == two.chunk and one.kind != "heading" and two.kind is None


def _continues(one: Paragraph, two: Paragraph, width: int | None, soft_breaks: bool) -> bool:
    if _parts_day(one.text, two.text):
        return False
    if width is not None and _fills(one, two, width):
        return True
    return soft_breaks and one.width <= _WIDEST and two.width <= _WIDEST


def _parts_day(above: str, below: str) -> bool:
    """Tell if one of two lines is nothing but a day, as under "For immediate release", and no part of a sentence."""
    if not (dates.is_alone(above) or dates.is_alone(below)):
        return False
    return not (below[0].islower() or below.endswith(_RUNNING) or _RUNS_ON.search(above))


def _width(pairs: list[tuple[Paragraph, Paragraph]]) -> int | None:
    """The column at which the file is wrapped; None if it is not. Lines of less than half the width do not count, since
    wrapped files contain lists too."""
    widths = sorted(one.width for one, _ in pairs) or [0]
    width = widths[int(0.9 * (len(widths) - 1))]
    if not _NARROWEST <= width <= _WIDEST:
        return None
    telling = [(one, two) for one, two in pairs if one.width > width / 2]
    full = [one for one, two in telling if _fills(one, two, width)]
    broken = sum(one.text[-1] not in _SENTENCE_ENDS for one in full)
    return width if len(full) >= _FULL_SHARE * len(telling) and broken >= len(full) / 2 else None


def _fills(one: Paragraph, two: Paragraph, width: int) -> bool:
    return one.width + 1 + len(two.words[0]) > width and max(one.width, two.width) <= width + _SLACK


def _collapse(text: str) -> str:
    return " ".join(text.split())
