"""A timeline for Discord, with its picture in words; and a comparison: both sides on the same matter, then the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest

from bot.presentation.digest_wording import TOPIC
from bot.presentation.discord.citations import Link, located, source
from bot.presentation.discord.layouts import Attached, Block, Page, Part, Text, Tone, paged, without_button
from bot.presentation.discord.markdown import can_link, clean_line, code, escape, join, length, marker, quoted, small
from bot.presentation.image.layout import grouped
from bot.presentation.message_splitting import shorten
from bot.presentation.timeline_wording import (
    ALIKE,
    ELSE,
    called,
    counted,
    dated,
    edges,
    extent,
    in_quotes,
    nothing,
    seen,
    shifts,
)
from bot.presentation.wording import day, searched, summary, titled
from retrieval.domain.citations import Citation
from retrieval.domain.timelines import Column, Comparison, Timeline, TimelineEntry
from retrieval.nlp.markup import readable

# The characters of a name and a file, and those of a picture's description.
_NAME, _FILE, _ALT = 40, 60, 1024
# The longest link of an entry.
_LONGEST = 800
_SIGN = "🔄"
# The characters of a compared topic, of a side's name and of a quote.
_COMPARED, _LABEL, _QUOTE = 100, 40, 600


def pages(
    timeline: Timeline, actor: str, link: Link, picture: str = "", note: str = "", plain: bool = False
) -> list[Page]:
    """The timeline in messages of whole entries, oldest first; an entry that is too long is cut.

    Every page names the changes and the number of articles searched, and shows the `picture`, a file of the message, if
    there is one; `note` stands under it. `actor` is the only actor of the timeline, or empty.
    """
    through = searched(timeline.searched)
    if not timeline.entries:
        line = f"No dated article says anything about {_about(timeline, actor)}. Searched {through}."
        return paged([(Text(line),)], Tone.NOTHING, plain=plain)

    def foot(at: int, total: int) -> str:
        paging = "Searched" if total == 1 else f"Page {at} of {total} · searched"
        return join(small(f"{paging} {through}"), note)

    seen = (Attached(picture, alt_text(timeline)),) if picture else ()
    head = Text(_head(timeline, actor)), *seen
    return paged(_parts(timeline, link), Tone.NEWS, head=head, foot=foot, ruled=False, plain=plain)


def alt_text(timeline: Timeline) -> str:
    """The picture of a timeline in words, for people who cannot see it."""
    return shorten(" ".join(_seen(timeline)), _ALT)


def _parts(timeline: Timeline, link: Link) -> Iterator[Part]:
    """The entries, below the headings of their days."""
    for each in timeline.entries:
        heading = f"### {day(each.date, each.citation.published_estimated)}"
        yield Text(heading, heading=True), Text(_entry(each, link(each.citation)))


def _entry(entry: TimelineEntry, where: str) -> str:
    name = escape(shorten(clean_line(entry.actor or ""), _NAME))
    statement = f"{escape(in_quotes(clean_line(entry.text)))} {_source(entry.citation, where)}"
    if entry.change == "changed":
        return f"- {_SIGN} **{name}, changed**: {statement}"
    known = " (as before)" if entry.change == "same" else ""
    return f"- **{name}**{known}: {statement}" if name else f"- {statement}"


def _source(citation: Citation, where: str) -> str:
    """The number as a link and the outlet; without a link that fits, the file and the line."""
    outlet = escape(shorten(clean_line(citation.outlet or ""), _NAME))
    if can_link(where) and length(linked := marker(citation.number, where)) <= _LONGEST:
        return f"{linked} {outlet}".rstrip()
    place = code(located(citation, _FILE))
    return " · ".join(filter(None, (f"[{citation.number}] {place}", outlet)))


def _head(timeline: Timeline, actor: str) -> str:
    changed = (f"{_SIGN} {line}" for line in shifts(timeline, lambda name: escape(clean_line(name))))
    return "\n".join([f"## {_about(timeline, actor)}", extent(timeline), *changed])


def _about(timeline: Timeline, actor: str) -> str:
    topic, name = (escape(shorten(clean_line(each), TOPIC)) for each in (timeline.topic, actor))
    return f"{name} on {topic or 'this'}" if name else topic or "this"


def _seen(timeline: Timeline) -> Iterator[str]:
    entries = timeline.entries
    first, last = edges(timeline)
    when = f"on {first}" if first == last else f"from {first} to {last}"
    topic = shorten(clean_line(timeline.topic), TOPIC)
    topic = f"{shorten(clean_line(timeline.actor), _NAME)} on {topic}" if timeline.actor else topic
    yield f"Timeline of “{topic}”: {counted(timeline)} {when}, one row for each speaker."
    lanes = (f"{shorten(clean_line(name), _NAME)} {len(told)}" for name, told in grouped(entries))
    yield f"{', '.join(lanes)}."
    changed = [f"{called(each)} on {dated(each)}" for each in entries if each.change == "changed"]
    if changed:
        yield f"Marked as a changed position: {', '.join(changed)}."
    else:
        yield "Nothing is marked as changed."
    busiest, most = Counter(each.date for each in entries).most_common(1)[0]
    if 1 < most < len(entries):
        yield f"Most on one day: {most} on {day(busiest)}."
    if series := timeline.series:
        yield f"Below it a chart: {titled(series)}: {summary(series)}."
    if estimated := sum(each.citation.published_estimated for each in entries):
        yield f"{estimated:,} {'date is' if estimated == 1 else 'dates are'} estimated."


def comparison_pages(comparison: Comparison, link: Link, plain: bool = False) -> list[Page]:
    """The comparison in messages of whole rows."""
    about = " · ".join(_shortened(seen(each), 2 * _LABEL) for each in comparison.columns)
    head = f"## {_shortened(comparison.topic, _COMPARED) or 'Comparison'}\n{small(about)}"
    return paged(_rows(comparison, link), Tone.NEWS, head=(Text(head),), plain=plain)


def is_empty(comparison: Comparison) -> bool:
    """True if neither side has a statement."""
    return not any(each.statements for each in comparison.columns)


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
    name = f"**{_shortened(column.label, _LABEL) or '?'}**"
    if statement is not None:
        words = escape(shorten(clean_line(readable(statement.quote)), _QUOTE))
        yield Text(quoted(f"{name}: “{words}”"))
        yield source(statement, link)
    elif row == 0:
        yield Text(f"{name}: {nothing(column)}")


def _shortened(text: str, longest: int) -> str:
    return escape(shorten(clean_line(text), longest))
