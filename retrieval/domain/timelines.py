"""Timelines and comparisons of a topic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retrieval.domain.citations import Citation
from retrieval.domain.searches import Searched

Change = Literal["first", "same", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """A statement of a timeline: its day, its actor and its words from the article.

    `change` compares it with the actor's previous entry; None where that cannot be decided.
    """

    date: str
    actor: str | None
    text: str
    change: Change | None
    citation: Citation


@dataclass(frozen=True, slots=True)
class FigurePoint:
    """A value of a figure, on the ISO day of the article that states it."""

    date: str
    value: float
    citation: Citation


@dataclass(frozen=True, slots=True)
class FigureSeries:
    """A figure over time, oldest first: what it is of, and the unit of its values."""

    quantity: str
    unit: str
    points: tuple[FigurePoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The statements about a topic, oldest first, and the extent of the search.

    `undated` counts the articles about it that have no date and so no place here. `found` counts the statements
    before they were limited to the entries; `actor` is set where only that actor's statements were asked for. `series`
    is a figure of the topic with values of several days, whose statements need not be entries.
    """

    topic: str
    entries: tuple[TimelineEntry, ...]
    searched: Searched
    undated: int = 0
    found: int = 0
    actor: str | None = None
    series: FigureSeries | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One side of a comparison: its statements as citations, and the number of its articles."""

    label: str
    articles: int
    statements: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A topic as two outlets report it, or as it was reported in two periods. Citations are numbered across both
    columns.

    The first `alike` statements of both columns are about the same matter, in the same order.
    """

    topic: str
    columns: tuple[Column, ...]
    alike: int = 0
