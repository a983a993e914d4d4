"""Emphasis at a terminal: bold if it can, else asterisks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from bot.presentation.excerpts import MARK, UNMARK
from retrieval.nlp.markup import visible

_WIDEST, _NARROWEST = 100, 40


@dataclass(frozen=True, slots=True)
class Style:
    """The codes around bold words and small print. `hidden` codes take no room in a line."""

    bold: tuple[str, str]
    small: tuple[str, str]
    hidden: bool

    def dim(self, text: str) -> str:
        """Lines of small print."""
        return "\n".join(f"{self.small[0]}{line}{self.small[1]}" for line in text.split("\n"))


PLAIN = Style(("**", "**"), ("", ""), hidden=False)
ANSI = Style(("\x1b[1m", "\x1b[22m"), ("\x1b[2m", "\x1b[22m"), hidden=True)


def style_of(output: IO[str], environment: Mapping[str, str]) -> Style:
    """The style for an output: plain for files and pipes, and if `NO_COLOR` is set (no-color.org)."""
    wanted = not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
    return ANSI if wanted and output.isatty() else PLAIN


def wrap_marked(line: str, style: Style, first: str = "", below: str = "") -> str:
    """A line with marks, wrapped to the width of the terminal, the marked words in bold.

    `first` stands before the first of them, `below` before the others.
    """
    width = max(min(shutil.get_terminal_size().columns, _WIDEST) - len(below), _NARROWEST)
    line = visible(line)
    if not style.hidden:
        line = _embolden(line, style)
    wrapped = list(_wrapped(line.split(), width))
    return "\n".join(f"{below if at else first}{each}" for at, each in enumerate(_bold_lines(wrapped, style)))


def _embolden(text: str, style: Style) -> str:
    return text.replace(MARK, style.bold[0]).replace(UNMARK, style.bold[1])


def _wrapped(words: list[str], width: int) -> Iterator[str]:
    line, used = "", 0
    for word in words:
        long = len(word) - word.count(MARK) - word.count(UNMARK)
        if line and used + 1 + long > width:
            yield line
            line, used = "", 0
        line, used = (f"{line} {word}", used + 1 + long) if line else (word, long)
    yield line


def _bold_lines(lines: list[str], style: Style) -> Iterator[str]:
    """The lines with marked words in bold; bold that continues is closed at every end of a line."""
    is_open = False
    for line in lines:
        begun = MARK * is_open + line
        is_open = begun.rfind(MARK) > begun.rfind(UNMARK)
        yield _embolden(begun + UNMARK * is_open, style)
