"""A comparison at a terminal: in two columns if they fit, else one side under the other."""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from itertools import zip_longest

from bot.presentation.discord.comparisons import ELSE, nothing, seen
from bot.presentation.links import Bases
from bot.presentation.terminal import source, wrap
from bot.presentation.wording import day
from retrieval.domain.citations import Citation
from retrieval.domain.timelines import Column, Comparison
from retrieval.nlp.markup import readable, visible

# The smallest width for two columns, and the largest width used.
_WIDE, _WIDEST = 100, 160
_GAP = "   "


def comparison(comparison: Comparison, bases: Bases) -> str:
    """Both sides in their own words, and the sources below."""
    sides = [_side(each) for each in comparison.columns]
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    narrow = all(_is_narrow(text) for side in sides for text in side)
    shown = _beside(comparison, sides, width) if width >= _WIDE and narrow else _below(sides)
    cited = {each.number: each for column in comparison.columns for each in column.statements}
    sources = [source(each, bases) for _number, each in sorted(cited.items())]
    return "\n\n".join([shown, "\n".join(sources)] if sources else [shown])


def _side(column: Column) -> list[str]:
    """The name of a side, then its statements."""
    statements = [_said(each) for each in column.statements]
    return [visible(seen(column)), *(statements or [nothing(column)])]


def _said(statement: Citation) -> str:
    """The statement with its day and its number."""
    when = day(statement.published, statement.published_estimated)
    return f"{when}: “{readable(statement.quote)}” [{statement.number}]"


def _is_narrow(text: str) -> bool:
    """True if every character takes one cell of a line, so that columns line up."""
    return text.isascii() or not any(
        unicodedata.east_asian_width(each) in "WF" or unicodedata.combining(each) for each in text
    )


def _beside(comparison: Comparison, sides: list[list[str]], width: int) -> str:
    room = (width - len(_GAP)) // 2
    heads, *rows = [_row(texts, room) for texts in zip_longest(*sides, fillvalue="")]
    if 0 < comparison.alike < len(rows):
        rows.insert(comparison.alike, ELSE)
    rule = _GAP.join(["─" * room] * len(sides))
    return "\n".join([heads, rule, "\n\n".join(rows)])


def _row(texts: tuple[str, ...], room: int) -> str:
    lines = zip_longest(*(textwrap.wrap(text, room) for text in texts), fillvalue="")
    return "\n".join(_GAP.join(part.ljust(room) for part in line).rstrip() for line in lines)


def _below(sides: list[list[str]]) -> str:
    return "\n\n".join("\n\n".join([wrap(head), *(wrap(text, hanging=2) for text in said)]) for head, *said in sides)
