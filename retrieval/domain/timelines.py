"""A topic over time, and as two sides tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retrieval.domain.citations import Citation
from retrieval.domain.searches import Searched

Change = Literal["first", "same", "changed"]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A statement of a timeline: its day, who says or does it, the article's words, and what they change.

    `change` is against the entry before of the same actor; None where nothing can be said of it.
    """

    date: str
    actor: str | None
    text: str
    change: Change | None
    citation: Citation


@dataclass(frozen=True, slots=True)
class Timeline:
    """What was said and done about a topic, oldest first, and what was looked through for it.

    `undated` is how many articles tell of it but have no date, and so no place here. `found` is how many statements
    there were before they were limited to the entries; `actor` is whose alone they are, if anybody's.
    """

    topic: str
    entries: tuple[TimelineEntry, ...]
    searched: Searched
    undated: int = 0
    found: int = 0
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """What one side of a comparison says, in its own words, each with its citation; `articles` is how many it has."""

    label: str
    articles: int
    statements: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A topic as two outlets tell it, or as it was told in two periods. Citations are numbered through.

    The first `alike` statements of both columns speak of the same matter, each beside its like.
    """

    topic: str
    columns: tuple[Column, ...]
    alike: int = 0
