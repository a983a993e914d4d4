"""A comparison of two outlets or periods at a terminal."""

from __future__ import annotations

from bot.presentation.discord.comparisons import ELSE, nothing, seen
from bot.presentation.links import Bases
from bot.presentation.terminal import source
from bot.presentation.terminal_layout import columns
from bot.presentation.wording import day
from retrieval.domain.citations import Citation
from retrieval.domain.timelines import Column, Comparison
from retrieval.nlp.markup import readable, visible


def comparison(comparison: Comparison, bases: Bases) -> str:
    """Both sides in their own words, and the sources below."""
    sides = [_side(each) for each in comparison.columns]
    shown = columns(sides, comparison.alike, f"{ELSE}:")
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
