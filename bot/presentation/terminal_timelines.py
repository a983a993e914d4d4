"""Topics at a terminal: timelines, comparisons and watched topics."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.presentation.links import Bases
from bot.presentation.message_splitting import shorten
from bot.presentation.terminal import linked, looked_through, source
from bot.presentation.terminal_style import PLAIN, Style, columns, wrap
from bot.presentation.wording import (
    ELSE,
    NEWS,
    articles,
    day,
    disagreement,
    extent,
    in_quotes,
    nothing,
    seen,
    shifts,
    summary,
    titled,
)
from retrieval.domain.answers import Column, Comparison, Timeline, TimelineEntry
from retrieval.domain.citations import Citation
from retrieval.domain.reports import BriefStatement, Watch, WatchNews
from retrieval.nlp.markup import readable, visible

# The characters of a topic and a name.
_TOPIC, _NAME = 200, 40


def timeline(timeline: Timeline, bases: Bases, style: Style = PLAIN) -> str:
    """The statements about a topic under their days, the changed ones marked; at the end how much was searched."""
    about = shorten(visible(timeline.topic), _TOPIC)
    about = f"{shorten(visible(timeline.actor), _NAME)} on {about}" if timeline.actor else about
    shown = [wrap(f"No dated article says anything about {about}.")]
    if timeline.entries:
        days = (_day_of(list(group), bases, style) for _, group in groupby(timeline.entries, lambda each: each.date))
        shown = ["\n".join(_heading(timeline, about, style)), *days]
    if series := timeline.series:
        shown.append(wrap(f"{titled(series)}: {summary(series)}"))
    left = timeline.undated
    undated = f" {articles(left)} without a date {'is' if left == 1 else 'are'} left out." if left else ""
    return "\n\n".join([*shown, style.dim(wrap(looked_through(timeline.searched) + undated))])


def _heading(timeline: Timeline, about: str, style: Style) -> Iterator[str]:
    yield style.strong(wrap(f"{about}: {extent(timeline)}"))
    yield from (style.tint(wrap(each), "unsure") for each in shifts(timeline))


def _day_of(entries: Sequence[TimelineEntry], bases: Bases, style: Style) -> str:
    estimated = all(each.citation.published_estimated for each in entries)
    shown = [_entry(each, bases, not estimated and each.citation.published_estimated, style) for each in entries]
    return "\n\n".join([style.strong(day(entries[0].date, estimated)), *shown])


def _entry(entry: TimelineEntry, bases: Bases, estimated: bool, style: Style) -> str:
    changed = entry.change == "changed"
    change = {"changed": "CHANGED", "same": "as before"}.get(entry.change or "", "")
    head = " · ".join(filter(None, (visible(entry.actor or ""), change, "date estimated" if estimated else "")))
    marked = f"{'>>' if changed else '  '} {wrap(head, 3, 3)}\n" if head else ""
    marked = style.tint(marked, "unsure") if changed else style.strong(marked)
    quote = textwrap.indent(wrap(in_quotes(readable(entry.text)), indent=4), "    ")
    return f"{marked}{quote}\n{textwrap.indent(_where(entry.citation, bases, style), '    ')}"


def _where(citation: Citation, bases: Bases, style: Style) -> str:
    """The source of a quote without its day, which stands above."""
    who = ", ".join(filter(None, (citation.title, citation.outlet)))
    line = f"[{citation.number}] {f'{who} · ' if who else ''}{citation.where}"
    return linked(citation, bases, [line], 4, style)


def comparison(comparison: Comparison, bases: Bases, style: Style = PLAIN) -> str:
    """Both sides in their own words, and the sources below."""
    sides = [_side(each) for each in comparison.columns]
    shown = columns(sides, comparison.alike, f"{ELSE}:", style)
    cited = {each.number: each for column in comparison.columns for each in column.statements}
    sources = [source(each, bases, style=style) for _number, each in sorted(cited.items())]
    return "\n\n".join([shown, "\n".join(sources)] if sources else [shown])


def _side(column: Column) -> list[str]:
    """The name of a side, then its statements."""
    statements = [_said(each) for each in column.statements]
    return [visible(seen(column)), *(statements or [nothing(column)])]


def _said(statement: Citation) -> str:
    """The statement with its day and its number."""
    when = day(statement.published, statement.published_estimated)
    return f"{when}: {in_quotes(readable(statement.quote))} [{statement.number}]"


def watch_added(watch: Watch) -> str:
    """The line about a topic that is watched from now on."""
    return wrap(f"Watching topic {_described(watch)}.")


def watch_list(kept: Sequence[Watch]) -> str:
    """The watched topics, one a line."""
    lines = (f"{_described(each)}{', paused' if each.paused else ''}" for each in kept)
    return "\n".join(map(wrap, lines)) if kept else "No topic is watched: `briefing watch add TOPIC` begins."


def watch_news(watched: int, found: Sequence[WatchNews], bases: Bases, style: Style = PLAIN) -> str:
    """The news of the watched topics, with the earlier quote, the new one, and their sources."""
    if not found:
        return f"No news on {watched} watched topic{'' if watched == 1 else 's'}."
    return "\n\n".join("\n".join(_told(each, bases, style)) for each in found)


def _told(each: WatchNews, bases: Bases, style: Style) -> Iterator[str]:
    yield style.strong(wrap(f"{visible(each.topic)}: {NEWS[each.kind]}"))
    if each.was:
        yield wrap(f"before, {_quoted(each.was)}", hanging=2)
    yield wrap(f"now, {_quoted(each.statement)}", hanging=2)
    if each.conflict:
        yield wrap(disagreement(each.conflict), hanging=2)
    yield from (source(quote, bases, style=style) for quote in each.citations)


def _quoted(statement: BriefStatement) -> str:
    marks = " ".join(f"[{number}]" for number in statement.citations)
    return f"{day(statement.published or None)}: {in_quotes(statement.text)} {marks}"


def _described(watch: Watch) -> str:
    return f"{watch.id}: {visible(watch.topic)} ({watch.only})"
