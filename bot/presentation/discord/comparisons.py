"""A comparison for Discord: what both sides say about the same matter, one under the other, then what else they say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from bot.presentation.discord.citations import Link, source
from bot.presentation.discord.layouts import Block, Page, Part, Text, Tone, paged, without_button
from bot.presentation.discord.markdown import clean_line, escape, quoted, small
from bot.presentation.message_splitting import shorten
from bot.presentation.wording import articles
from retrieval.domain.citations import Citation
from retrieval.domain.timelines import Column, Comparison
from retrieval.nlp.markup import readable

_TOPIC, _LABEL, _QUOTE = 100, 40, 600

# The lines over the rows about the same matter, and over the other rows.
ALIKE, ELSE = "On the same matter", "What else each side says"


def pages(comparison: Comparison, link: Link, plain: bool = False) -> list[Page]:
    """The comparison in messages of whole rows."""
    about = " · ".join(_say(seen(each), 2 * _LABEL) for each in comparison.columns)
    head = f"## {_say(comparison.topic, _TOPIC) or 'Comparison'}\n{small(about)}"
    return paged(_rows(comparison, link), Tone.NEWS, head=(Text(head),), plain=plain)


def is_empty(comparison: Comparison) -> bool:
    """True if neither side has a statement."""
    return not any(each.statements for each in comparison.columns)


def seen(column: Column) -> str:
    """The name of a side, and its number of articles."""
    return f"{column.label}: {articles(column.articles)}"


def nothing(column: Column) -> str:
    """The text in place of a side without a statement."""
    return "Nothing on this." if column.articles else "No articles."


def _rows(comparison: Comparison, link: Link) -> Iterator[Part]:
    columns = comparison.columns
    rows = list(zip_longest(*(each.statements for each in columns))) or [(None,) * len(columns)]
    for at, row in enumerate(rows):
        heading = ALIKE if at < comparison.alike else ELSE if comparison.alike else ""
        cells = (_cell(column, each, link, at) for column, each in zip(columns, row, strict=True))
        above = (Text(f"### {heading}", heading=True),) if heading else ()
        # The buttons are for the rows that matter most: there is no room for all.
        buttons = heading != ELSE
        yield *above, *(block if buttons else without_button(block) for cell in cells for block in cell)


def _cell(column: Column, statement: Citation | None, link: Link, row: int) -> Iterator[Block]:
    """What one side says in a row; a side that has said all before is left out."""
    name = f"**{_say(column.label, _LABEL) or '?'}**"
    if statement is not None:
        words = escape(shorten(clean_line(readable(statement.quote)), _QUOTE))
        yield Text(quoted(f"{name}: “{words}”"))
        yield source(statement, link)
    elif row == 0:
        yield Text(f"{name}: {nothing(column)}")


def _say(text: str, longest: int) -> str:
    return escape(shorten(clean_line(text), longest))
