"""The wording of timelines and comparisons for all front ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.presentation.message_splitting import shorten
from bot.presentation.wording import articles, day
from retrieval.domain.timelines import Column, Timeline, TimelineEntry
from retrieval.nlp.markup import visible

# The characters of a name, and how many changes are named.
_NAME, _NAMED = 40, 3
_QUOTES = ("“", '"', "‘", "'", "«", "„")
# The lines over the rows about the same matter, and over the other rows.
ALIKE, ELSE = "On the same matter", "What else each side says"


def extent(timeline: Timeline) -> str:
    """The number of statements, and the days of the first and the last."""
    first, last = edges(timeline)
    return f"{counted(timeline)}, {first if first == last else f'{first} to {last}'}"


def counted(timeline: Timeline) -> str:
    """ "13 statements", or "40 of 96 statements" where there is no room for more."""
    many = len(timeline.entries)
    if timeline.found > many:
        return f"{many:,} of {timeline.found:,} statements"
    return f"{many:,} statement{'' if many == 1 else 's'}"


def edges(timeline: Timeline) -> tuple[str, str]:
    """The days of the first and the last statement; estimated if no statement of that day has a sure date."""
    first, last = (dated(_whole_day(timeline, place)) for place in (0, -1))
    return first, last


def dated(entry: TimelineEntry) -> str:
    """The day of a statement: `14 Dec 2025 (date estimated)`."""
    return day(entry.date, entry.citation.published_estimated)


def shifts(timeline: Timeline, say: Callable[[str], str] = str) -> Iterator[str]:
    """A line that names the actors whose position changed, the latest first; no line if there are none.

    `say` makes a name fit to be shown.
    """
    changed = [each for each in reversed(timeline.entries) if each.change == "changed"]
    more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
    named = (f"{say(called(entry))} on {dated(entry)}" for entry in changed[:_NAMED])
    if changed:
        yield f"Changed: {', '.join(named)}{more}"


def called(entry: TimelineEntry) -> str:
    """The name of the actor."""
    return shorten(visible(entry.actor or ""), _NAME) or "unnamed"


def in_quotes(text: str) -> str:
    """A statement in quotation marks, unless it begins with some."""
    return text if text.startswith(_QUOTES) else f"“{text}”"


def _whole_day(timeline: Timeline, place: int) -> TimelineEntry:
    """The first or the last entry; if its date is estimated, one of the same day with a sure date, if there is one."""
    edge = timeline.entries[place]
    sure = (each for each in timeline.entries if each.date == edge.date and not each.citation.published_estimated)
    return next(sure, edge)


def seen(column: Column) -> str:
    """The name of a side, and its number of articles."""
    return f"{column.label}: {articles(column.articles)}"


def nothing(column: Column) -> str:
    """The text in place of a side without a statement."""
    return "Nothing on this." if column.articles else "No articles."
