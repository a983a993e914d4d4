"""The wording of timelines and comparisons for all front ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.presentation.message_splitting import shorten
from bot.presentation.wording import articles
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.timelines import Column, Timeline, TimelineEntry
from retrieval.nlp.markup import visible

# The characters of a name, and how many changes are named.
_NAME, _NAMED = 40, 3
_QUOTES = ("“", '"', "‘", "'", "«", "„")
# The lines over the rows about the same matter, and over the other rows.
ALIKE, ELSE = phrase("On the same matter"), phrase("What else each side says")


def extent(timeline: Timeline, words: OwnWords = ENGLISH) -> str:
    """The number of statements, and the days of the first and the last."""
    return f"{counted(timeline, words)}, {words.span(*edges(timeline, words))}"


def counted(timeline: Timeline, words: OwnWords = ENGLISH) -> str:
    """ "13 statements", or "40 of 96 statements" where there is no room for more."""
    many = len(timeline.entries)
    if timeline.found > many:
        shown = words.number(many)
        return words.many("{shown} of {count} statement", "{shown} of {count} statements", timeline.found, shown=shown)
    return words.many("{count} statement", "{count} statements", many)


def edges(timeline: Timeline, words: OwnWords = ENGLISH) -> tuple[str, str]:
    """The days of the first and the last statement; estimated if no statement of that day has a sure date."""
    first, last = (dated(_whole_day(timeline, place), words) for place in (0, -1))
    return first, last


def dated(entry: TimelineEntry, words: OwnWords = ENGLISH) -> str:
    """The day of a statement: `14 Dec 2025 (date estimated)`."""
    return words.day(entry.date, entry.citation.published_estimated)


def shifts(timeline: Timeline, say: Callable[[str], str] = str, words: OwnWords = ENGLISH) -> Iterator[str]:
    """A line that names the actors whose position changed, the latest first; no line if there are none.

    `say` makes a name fit to be shown.
    """
    changed = [each for each in reversed(timeline.entries) if each.change == "changed"]
    named = ", ".join(changed_on(entry, say, words) for entry in changed[:_NAMED])
    if len(changed) > _NAMED:
        named = words("{names} and {number} more", names=named, number=len(changed) - _NAMED)
    if changed:
        yield words("Changed: {names}", names=named)


def changed_on(entry: TimelineEntry, say: Callable[[str], str] = str, words: OwnWords = ENGLISH) -> str:
    """The actor of a statement and its day: "Volodymyr Zelenskyy on 14 Dec 2025"."""
    name = shorten(visible(entry.actor or ""), _NAME)
    return words("{actor} on {day}", actor=say(name) if name else words("unnamed"), day=dated(entry, words))


def in_quotes(text: str) -> str:
    """A statement in quotation marks, unless it begins with some."""
    return text if text.startswith(_QUOTES) else f"“{text}”"


def _whole_day(timeline: Timeline, place: int) -> TimelineEntry:
    """The first or the last entry; if its date is estimated, one of the same day with a sure date, if there is one."""
    edge = timeline.entries[place]
    sure = (each for each in timeline.entries if each.date == edge.date and not each.citation.published_estimated)
    return next(sure, edge)


def seen(column: Column, words: OwnWords = ENGLISH) -> str:
    """The name of a side, and its number of articles."""
    return f"{column.label}: {articles(column.articles, words)}"


def nothing(column: Column, words: OwnWords = ENGLISH) -> str:
    """The text in place of a side without a statement."""
    return words("Nothing on this.") if column.articles else words("No articles.")
