"""Citations and excerpts: verbatim parts of stored articles with their location.

Offsets are character offsets, end-exclusive, into an article's stored text: the decoded file itself for text and
Markdown, the extracted text for all other formats.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Basis = Literal["front_matter", "manifest", "feed", "page", "text", "unknown"]


# The endings of files whose stored text is their own.
LINED = (".txt", ".md", ".markdown")


def has_lines(file: str) -> bool:
    """True where the stored text of a file is the file's own, line by line."""
    return file.lower().removesuffix(".gz").endswith(LINED)


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote and its location: `quote` is the text of the article `key` from `start` to `end`.

    `locator` says where to look in the source: "line 9", "p. 54", "slide 3", "sheet Trade!B4:B9", "§ 2.1 Tariffs";
    it is empty where the source has no such places. The lines are those of the stored text; they are the file's
    where `is_lined`.
    """

    number: int
    file: str
    title: str | None
    outlet: str | None
    author: str | None
    published: str | None
    published_basis: Basis
    published_estimated: bool
    quote: str
    start: int
    end: int
    line_start: int
    line_end: int
    url: str | None
    key: str
    on_disk: bool = True
    locator: str = ""

    @property
    def is_lined(self) -> bool:
        """True where the lines are those of the file."""
        return has_lines(self.file)

    @property
    def where(self) -> str:
        """The file and the place in it: `notes.md:9`, `report.pdf, p. 54`."""
        if self.is_lined:
            return f"{self.file}:{self.line_start}"
        return f"{self.file}, {self.locator}" if self.locator else self.file

    @property
    def day(self) -> str:
        """The ISO day of publication, empty where it is not known."""
        return (self.published or "")[:10]


@dataclass(frozen=True, slots=True)
class QuoteInContext:
    """A quote with the rest of its paragraph, word for word."""

    before: str
    quote: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A run of sentences of one article that can be read on its own.

    `text` is the article's text from `start` to `end`; `marked` are the ranges in it that answer, also as offsets
    into the article's text. `citation` is the number of the citation of its first marked range. `heading` is the
    heading above it, `lead` the lead-in or table header it depends on, both as people read them. `line` is the line
    it starts on, counted from 1.
    """

    citation: int
    file: str
    key: str
    text: str
    start: int
    end: int
    marked: tuple[tuple[int, int], ...]
    line: int
    heading: str | None = None
    lead: str | None = None
