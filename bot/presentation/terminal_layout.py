"""Text at a terminal: in lines that fit, and sides in columns if they fit, else one under the other."""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from collections.abc import Sequence
from itertools import zip_longest

from retrieval.nlp.markup import visible

# The smallest width for two columns, and the largest width used.
_WIDE, _WIDEST = 100, 160
_GAP = "   "


def wrap(text: str, indent: int = 0, hanging: int = 0) -> str:
    """The text in lines that fit the terminal beside an indent; `hanging` indents all but the first."""
    width = max(min(shutil.get_terminal_size().columns, 100) - indent, 40)
    below = " " * hanging
    return textwrap.fill(visible(text), width, subsequent_indent=below, break_long_words=False, break_on_hyphens=False)


def columns(sides: Sequence[Sequence[str]], alike: int = 0, below: str = "") -> str:
    """The sides, the name of each followed by its statements.

    In the first `alike` rows they speak of the same matter; in columns the line `below` divides them from the others.
    """
    if not sides:
        return ""
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    fits = width >= _WIDE * len(sides) // 2 and all(_is_narrow(text) for side in sides for text in side)
    return _beside(sides, width, alike, below) if fits else _below(sides)


def _is_narrow(text: str) -> bool:
    """True if every character takes one cell of a line, so that columns line up."""
    return text.isascii() or not any(
        unicodedata.east_asian_width(each) in "WF" or unicodedata.combining(each) for each in text
    )


def _beside(sides: Sequence[Sequence[str]], width: int, alike: int, below: str) -> str:
    room = (width - len(_GAP) * (len(sides) - 1)) // len(sides)
    heads, *rows = [_row(texts, room) for texts in zip_longest(*sides, fillvalue="")]
    if 0 < alike < len(rows):
        rows.insert(alike, below)
    rule = _GAP.join(["─" * room] * len(sides))
    return "\n".join([heads, rule, "\n\n".join(rows)])


def _row(texts: tuple[str, ...], room: int) -> str:
    lines = zip_longest(*(textwrap.wrap(text, room) for text in texts), fillvalue="")
    return "\n".join(_GAP.join(part.ljust(room) for part in line).rstrip() for line in lines)


def _below(sides: Sequence[Sequence[str]]) -> str:
    return "\n\n".join("\n\n".join([wrap(head), *(wrap(text, hanging=2) for text in said)]) for head, *said in sides)
