"""A timeline at a terminal, and the wording of timelines for all front ends."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from bot.presentation.links import Bases, best_link, is_address
from bot.presentation.message_splitting import shorten
from bot.presentation.terminal import looked_through
from bot.presentation.terminal_layout import wrap
from bot.presentation.wording import articles, day
from retrieval.domain.citations import Citation
from retrieval.domain.timelines import Timeline, TimelineEntry
from retrieval.nlp.markup import readable, visible

# The characters of a topic and a name, and how many changes are named.
_TOPIC, _NAME, _NAMED = 200, 40, 3
_QUOTES = ("“", '"', "‘", "'", "«", "„")


def timeline(timeline: Timeline, bases: Bases) -> str:
    """The statements about a topic under their days, the changed ones marked; at the end how much was searched."""
    about = shorten(visible(timeline.topic), _TOPIC)
    about = f"{shorten(visible(timeline.actor), _NAME)} on {about}" if timeline.actor else about
    shown = [wrap(f"No dated article says anything about {about}.")]
    if timeline.entries:
        days = (_day_of(list(group), bases) for _, group in groupby(timeline.entries, lambda each: each.date))
        shown = ["\n".join(map(wrap, [f"{about}: {extent(timeline)}", *shifts(timeline)])), *days]
    left = timeline.undated
    undated = f" {articles(left)} without a date {'is' if left == 1 else 'are'} left out." if left else ""
    return "\n\n".join([*shown, wrap(looked_through(timeline.searched) + undated)])


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


def quoted(text: str) -> str:
    """A statement in quotation marks, unless it begins with some."""
    return text if text.startswith(_QUOTES) else f"“{text}”"


def _whole_day(timeline: Timeline, place: int) -> TimelineEntry:
    """The first or the last entry; if its date is estimated, one of the same day with a sure date, if there is one."""
    edge = timeline.entries[place]
    sure = (each for each in timeline.entries if each.date == edge.date and not each.citation.published_estimated)
    return next(sure, edge)


def _day_of(entries: Sequence[TimelineEntry], bases: Bases) -> str:
    estimated = all(each.citation.published_estimated for each in entries)
    shown = [_entry(each, bases, not estimated and each.citation.published_estimated) for each in entries]
    return "\n\n".join([day(entries[0].date, estimated), *shown])


def _entry(entry: TimelineEntry, bases: Bases, estimated: bool) -> str:
    change = {"changed": "CHANGED", "same": "as before"}.get(entry.change or "", "")
    head = " · ".join(filter(None, (visible(entry.actor or ""), change, "date estimated" if estimated else "")))
    quote = textwrap.indent(wrap(quoted(readable(entry.text)), indent=4), "    ")
    marked = f"{'>>' if entry.change == 'changed' else '  '} {head}\n" if head else ""
    return f"{marked}{quote}\n{textwrap.indent(_where(entry.citation, bases), '    ')}"


def _where(citation: Citation, bases: Bases) -> str:
    """The source of a quote without its day, which stands above."""
    who = ", ".join(filter(None, (citation.title, citation.outlet)))
    lines = wrap(f"[{citation.number}] {f'{who} · ' if who else ''}{citation.where}", 4, 4)
    link = best_link(citation, bases)
    return f"{lines}\n    {visible(link)}" if is_address(link) else lines
