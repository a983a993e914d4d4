"""Text at a terminal: bold, colours and links if it can show them, in lines that fit, and sides in columns."""

from __future__ import annotations

import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import IO, Literal
from urllib.parse import quote as percent_encode

from bot.presentation.excerpts import MARK, UNMARK
from retrieval.nlp.markup import visible

Tone = Literal["good", "unsure", "bad"]
Wanted = Literal["auto", "always", "never"]

_WIDEST, _NARROWEST = 100, 20
# The smallest width for two columns, and the largest width used for columns.
_WIDE, _WIDEST_COLUMNS = 100, 160
_GAP = "   "
_TONES: Mapping[Tone, str] = {"good": "\x1b[32m", "unsure": "\x1b[33m", "bad": "\x1b[31m"}
# Terminals that ignore the codes of links, so that the addresses would be lost: by TERM, and by TERM_PROGRAM.
_LINKLESS, _LINKLESS_PROGRAMS = ("linux",), ("Apple_Terminal",)
# Of a link's address terminals take printable ASCII only.
_PRINTABLE = "".join(map(chr, range(33, 127)))
# The codes of this module: colours, and both ends of a link.
_CODES = re.compile(r"\x1b\[\d*m|\x1b\]8;;[^\x1b]*\x1b\\")


@dataclass(frozen=True, slots=True)
class Style:
    """The codes around bold words and small print. `hidden` codes take no room in a line; `links` hide addresses."""

    bold: tuple[str, str]
    small: tuple[str, str]
    hidden: bool
    links: bool = False

    def dim(self, text: str) -> str:
        """Lines of small print."""
        return _around(text, *self.small)

    def strong(self, text: str) -> str:
        """The lines of a heading."""
        return _around(text, *self.bold) if self.hidden else text

    def tint(self, text: str, tone: Tone) -> str:
        """Bold lines in a colour. It only repeats what the words say."""
        return _around(self.strong(text), _TONES[tone], "\x1b[39m") if self.hidden else text

    def link(self, text: str, address: str) -> str:
        """Lines that open an address (OSC 8); the text alone where there are no links."""
        where = percent_encode(visible(address), safe=_PRINTABLE, errors="surrogatepass")
        return _around(text, f"\x1b]8;;{where}\x1b\\", "\x1b]8;;\x1b\\") if self.links else text


PLAIN = Style(("**", "**"), ("", ""), hidden=False)
ANSI = Style(("\x1b[1m", "\x1b[22m"), ("\x1b[2m", "\x1b[22m"), hidden=True, links=True)
_UNLINKED = replace(ANSI, links=False)


def style_of(output: IO[str], environment: Mapping[str, str], wanted: Wanted = "auto") -> Style:
    """The style for an output: plain for files and pipes, and if `NO_COLOR` is set (no-color.org) and not overruled.

    Links are for terminals only: a pipe gets the addresses, even if it gets colours.
    """
    terminal = output.isatty() and environment.get("TERM") != "dumb"
    if wanted == "never" or (wanted == "auto" and (environment.get("NO_COLOR") or not terminal)):
        return PLAIN
    linkless = environment.get("TERM") in _LINKLESS or environment.get("TERM_PROGRAM") in _LINKLESS_PROGRAMS
    return _UNLINKED if linkless or not terminal else ANSI


def note(line: str, failed: bool = False) -> None:
    """Print a line on standard error; at a terminal in lines that fit, the name of the program red for a failure."""
    style = style_of(sys.stderr, os.environ)
    name = style.tint("briefing:", "bad") if failed else style.strong("briefing:")
    shown = f"{name} {visible(line)}"
    print(fit(shown) if sys.stderr.isatty() else shown, file=sys.stderr)  # noqa: T201


def _around(text: str, begin: str, end: str) -> str:
    """Codes around every line, behind its indent."""
    lines = (re.sub(r"\S.*", lambda match: f"{begin}{match[0]}{end}", line, count=1) for line in text.split("\n"))
    return "\n".join(lines)


def many(count: int, thing: str) -> str:
    """A number of things: `1 feed`, `3 feeds`."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def wrap(text: str, indent: int = 0, hanging: int = 0) -> str:
    """The text in lines that fit the terminal beside an indent; `hanging` indents all but the first."""
    width = _width(indent)
    return "\n".join(_wrapped(visible(text).split(" "), width, width - hanging, " " * hanging))


def wrap_marked(line: str, style: Style, first: str = "", below: str = "") -> str:
    """A line with marks, wrapped to the width of the terminal, the marked words in bold.

    `first` stands before the first of them, `below` before the others.
    """
    line = visible(line)
    if not style.hidden:
        line = _embolden(line, style)
    width = _width(len(below))
    wrapped = list(_wrapped(line.split(" "), width, width))
    return "\n".join(f"{below if at else first}{each}" for at, each in enumerate(_bold_lines(wrapped, style)))


def fit(text: str, hanging: int = 4) -> str:
    """Text as it is, but for the lines that the terminal would break within a word."""
    columns = shutil.get_terminal_size().columns
    return "\n".join(line if _cells(line) <= columns else _refit(line, columns, hanging) for line in text.split("\n"))


def _refit(line: str, columns: int, hanging: int) -> str:
    bare = line.lstrip(" ")
    indent = " " * min(len(line) - len(bare), columns // 2)
    below = indent + " " * min(hanging, columns // 4)
    lines = _wrapped(bare.rstrip().split(" "), columns - len(indent), columns - len(below), below)
    return indent + "\n".join(lines)


def _width(indent: int) -> int:
    return max(min(shutil.get_terminal_size().columns, _WIDEST) - indent, _NARROWEST)


def _embolden(text: str, style: Style) -> str:
    return text.replace(MARK, style.bold[0]).replace(UNMARK, style.bold[1])


def _wrapped(words: Sequence[str], width: int, other: int, below: str = "") -> Iterator[str]:
    """Lines of at most `width` cells, the lines after the first of at most `other`. No word is broken."""
    line, used, room = "", 0, width
    for word in words:
        long = _cells(word)
        if line and used + 1 + long > room:
            yield line.rstrip(" ")
            line, used, room = "", 0, other
            word = below + word  # noqa: PLW2901 - an indent belongs to the first word of a line
        line, used = (f"{line} {word}", used + 1 + long) if line else (word, long)
    yield line


def _cells(text: str) -> int:
    """The cells of a line that a text takes: two for a wide letter, none for marks, codes and combining letters."""
    if text.isascii() and "\x1b" not in text:
        return len(text)
    shown = _CODES.sub("", text).replace(MARK, "").replace(UNMARK, "")
    return sum(map(_cells_of, shown))


def _cells_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _bold_lines(lines: list[str], style: Style) -> Iterator[str]:
    """The lines with marked words in bold; bold that continues is closed at every end of a line."""
    is_open = False
    for line in lines:
        begun = MARK * is_open + line
        is_open = begun.rfind(MARK) > begun.rfind(UNMARK)
        yield _embolden(begun + UNMARK * is_open, style)


def columns(sides: Sequence[Sequence[str]], alike: int = 0, below: str = "", style: Style = PLAIN) -> str:
    """The sides, as names followed by statements.

    In the first `alike` rows they speak of the same matter; in columns the line `below` divides them from the others.
    They stand one under the other if the terminal is too narrow, or if columns would not line up.
    """
    if not sides:
        return ""
    width = min(shutil.get_terminal_size().columns, _WIDEST_COLUMNS)
    room = (width - len(_GAP) * (len(sides) - 1)) // len(sides)
    fits = width >= _WIDE * len(sides) // 2 and all(_fits(text, room) for side in sides for text in side)
    return _beside(sides, room, alike, below, style) if fits else _below(sides, style)


def _fits(text: str, room: int) -> bool:
    """True if every character takes one cell of a line, and every word fits."""
    return _cells(text) == len(text) and all(len(word) <= room for word in text.split())


def _beside(sides: Sequence[Sequence[str]], room: int, alike: int, below: str, style: Style) -> str:
    heads, *rows = [_row(texts, room) for texts in zip_longest(*sides, fillvalue="")]
    if 0 < alike < len(rows):
        rows.insert(alike, style.strong(below))
    rule = _GAP.join(["─" * room] * len(sides))
    return "\n".join([style.strong(heads), rule, "\n\n".join(rows)])


def _row(texts: tuple[str, ...], room: int) -> str:
    lines = zip_longest(*(_wrapped(text.split(), room, room) for text in texts), fillvalue="")
    return "\n".join(_GAP.join(part.ljust(room) for part in line).rstrip() for line in lines)


def _below(sides: Sequence[Sequence[str]], style: Style) -> str:
    parts = (
        "\n\n".join([style.strong(wrap(head)), *(wrap(text, hanging=2) for text in said)]) for head, *said in sides
    )
    return "\n\n".join(parts)
