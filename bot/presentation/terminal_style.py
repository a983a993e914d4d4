"""How words stand out at a terminal: in bold where it can, else between asterisks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from bot.presentation.excerpts import MARK, UNMARK
from retrieval.nlp.readable import visible

_WIDEST, _NARROWEST = 100, 40


@dataclass(frozen=True, slots=True)
class Style:
    """What opens and closes words that stand out, and small print. What is `hidden` takes no room in a line."""

    bold: tuple[str, str]
    small: tuple[str, str]
    hidden: bool

    def dim(self, text: str) -> str:
        """Lines of small print."""
        return "\n".join(f"{self.small[0]}{line}{self.small[1]}" for line in text.split("\n"))


PLAIN = Style(("**", "**"), ("", ""), hidden=False)
ANSI = Style(("\x1b[1m", "\x1b[22m"), ("\x1b[2m", "\x1b[22m"), hidden=True)


def style_of(output: IO[str], environment: Mapping[str, str]) -> Style:
    """The style an output can show: plain in files and pipes, and where `NO_COLOR` is set (no-color.org)."""
    wanted = not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
    return ANSI if wanted and output.isatty() else PLAIN


def wrap_marked(line: str, style: Style, first: str = "", below: str = "") -> str:
    """A line with marks, in lines that a terminal has room for, the marked words in bold.

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
    """The lines, bold where marked; what runs on is closed at the end of a line, so that nothing beside it is bold."""
    is_open = False
    for line in lines:
        begun = MARK * is_open + line
        is_open = begun.rfind(MARK) > begun.rfind(UNMARK)
        yield _embolden(begun + UNMARK * is_open, style)
