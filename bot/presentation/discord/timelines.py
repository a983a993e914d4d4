"""A timeline for Discord, with its picture in words; and a comparison: both sides on the same matter, then the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest

from bot.presentation.digest_wording import TOPIC
from bot.presentation.discord.answers import Link, located, source
from bot.presentation.discord.layouts import Attached, Block, Page, Part, Text, Tone, paged, without_button
from bot.presentation.discord.markdown import (
    STUCK,
    can_link,
    clean_line,
    code,
    escape,
    join,
    length,
    marker,
    quoted,
    shorten,
    small,
)
from bot.presentation.image.layout import OTHERS, grouped
from bot.presentation.wording import (
    ALIKE,
    ELSE,
    capital,
    changed_on,
    dated,
    extent,
    in_quotes,
    nothing,
    searched,
    seen,
    shifts,
    summary,
    titled,
)
from bot.presentation.words import ENGLISH, OwnWords
from retrieval.domain.answers import Column, Comparison, Timeline, TimelineEntry
from retrieval.domain.citations import Citation
from retrieval.nlp.markup import readable

# The characters of a name and a file, and those of a picture's description.
_NAME, _FILE, _ALT = 40, 60, 1024
# The longest link of an entry.
_LONGEST = 800
_SIGN = "🔄"
# The characters of a compared topic, of a side's name and of a quote.
_COMPARED, _LABEL, _QUOTE = 100, 40, 600


def pages(
    timeline: Timeline,
    actor: str,
    link: Link,
    picture: str = "",
    note: str = "",
    plain: bool = False,
    words: OwnWords = ENGLISH,
) -> list[Page]:
    """The timeline in messages of whole entries, oldest first; an entry that is too long is cut.

    Every page names the changes and the number of articles searched, and shows the `picture`, a file of the message, if
    there is one; `note` stands under it. `actor` is the only actor of the timeline, or empty.
    """
    through = searched(timeline.searched, words)
    if not timeline.entries:
        line = words("No dated article says anything about {topic}.", topic=_about(timeline, actor, words))
        return paged([(Text(f"{line} {capital(through)}."),)], Tone.NOTHING, plain=plain)

    def foot(at: int, total: int) -> str:
        paging = words("Page {number} of {total}", number=at, total=total)
        return join(small(capital(through) if total == 1 else f"{paging} · {through}"), note)

    seen = (Attached(picture, alt_text(timeline, words)),) if picture else ()
    head = Text(_head(timeline, actor, words)), *seen
    return paged(_parts(timeline, link, words), Tone.NEWS, head=head, foot=foot, ruled=False, plain=plain)


def alt_text(timeline: Timeline, words: OwnWords = ENGLISH) -> str:
    """The picture of a timeline in words, for people who cannot see it."""
    return shorten(" ".join(_seen(timeline, words)), _ALT)


def _parts(timeline: Timeline, link: Link, words: OwnWords) -> Iterator[Part]:
    """The entries, below the headings of their days."""
    for each in timeline.entries:
        yield Text(f"### {dated(each, words)}", heading=True), Text(_entry(each, link(each.citation), words))


def _entry(entry: TimelineEntry, where: str, words: OwnWords) -> str:
    name = escape(shorten(clean_line(entry.actor or ""), _NAME))
    statement = f"{escape(in_quotes(clean_line(entry.text)))}{STUCK}{_source(entry.citation, where)}"
    if entry.change == "changed":
        return f"- {_SIGN} **{words('{actor}, changed', actor=name)}**: {statement}"
    known = words("{actor} (as before)", actor=f"**{name}**") if entry.change == "same" else f"**{name}**"
    return f"- {known}: {statement}" if name else f"- {statement}"


def _source(citation: Citation, where: str) -> str:
    """The number as a link and the outlet; without a link that fits, the file and the line."""
    outlet = escape(shorten(clean_line(citation.outlet or ""), _NAME))
    if can_link(where) and length(linked := marker(citation.number, where)) <= _LONGEST:
        return f"{linked} {outlet}".rstrip()
    place = code(located(citation, _FILE))
    return " · ".join(filter(None, (f"[{citation.number}] {place}", outlet)))


def _head(timeline: Timeline, actor: str, words: OwnWords) -> str:
    changed = (f"{_SIGN} {line}" for line in shifts(timeline, lambda name: escape(clean_line(name)), words))
    return "\n".join([f"## {_about(timeline, actor, words)}", extent(timeline, words), *changed])


def _about(timeline: Timeline, actor: str, words: OwnWords) -> str:
    topic, name = (escape(shorten(clean_line(each), TOPIC)) for each in (timeline.topic, actor))
    topic = topic or words("this")
    return words("{actor} on {topic}", actor=name, topic=topic) if name else topic


def _seen(timeline: Timeline, words: OwnWords) -> Iterator[str]:
    entries = timeline.entries
    topic = shorten(clean_line(timeline.topic), TOPIC)
    if timeline.actor:
        topic = words("{actor} on {topic}", actor=shorten(clean_line(timeline.actor), _NAME), topic=topic)
    yield words(
        "Timeline of “{topic}”: {extent}, one row for each speaker.", topic=topic, extent=extent(timeline, words)
    )
    names = ((words(OTHERS) if name == OTHERS else name, told) for name, told in grouped(entries))
    lanes = (f"{shorten(clean_line(name), _NAME)} {len(told)}" for name, told in names)
    yield f"{', '.join(lanes)}."
    changed = [changed_on(each, words=words) for each in entries if each.change == "changed"]
    if changed:
        yield words("Marked as a changed position: {names}.", names=", ".join(changed))
    else:
        yield words("Nothing is marked as changed.")
    busiest, most = Counter(each.date for each in entries).most_common(1)[0]
    if 1 < most < len(entries):
        yield words("Most on one day: {number} on {day}.", number=most, day=words.day(busiest))
    if series := timeline.series:
        yield words("Below it a chart: {chart}.", chart=f"{titled(series)}: {summary(series, words)}")
    if estimated := sum(each.citation.published_estimated for each in entries):
        yield words.many("{count} date is estimated.", "{count} dates are estimated.", estimated)


def comparison_pages(comparison: Comparison, link: Link, plain: bool = False, words: OwnWords = ENGLISH) -> list[Page]:
    """The comparison in messages of whole rows."""
    about = " · ".join(_shortened(seen(each, words), 2 * _LABEL) for each in comparison.columns)
    head = f"## {_shortened(comparison.topic, _COMPARED) or words('Comparison')}\n{small(about)}"
    return paged(_rows(comparison, link, words), Tone.NEWS, head=(Text(head),), plain=plain)


def is_empty(comparison: Comparison) -> bool:
    """True if neither side has a statement."""
    return not any(each.statements for each in comparison.columns)


def _rows(comparison: Comparison, link: Link, words: OwnWords) -> Iterator[Part]:
    columns = comparison.columns
    rows = list(zip_longest(*(each.statements for each in columns))) or [(None,) * len(columns)]
    for at, row in enumerate(rows):
        heading = ALIKE if at < comparison.alike else ELSE if comparison.alike else ""
        cells = (_cell(column, each, link, at, words) for column, each in zip(columns, row, strict=True))
        above = (Text(f"### {words(heading)}", heading=True),) if heading else ()
        # The buttons are for the rows that matter most: there is no room for all.
        buttons = heading != ELSE
        yield *above, *(block if buttons else without_button(block) for cell in cells for block in cell)


def _cell(column: Column, statement: Citation | None, link: Link, row: int, words: OwnWords) -> Iterator[Block]:
    """The statement of one side in a row; a side without a further statement is left out."""
    name = f"**{_shortened(column.label, _LABEL) or '?'}**"
    if statement is not None:
        said = escape(shorten(clean_line(readable(statement.quote)), _QUOTE))
        yield Text(quoted(f"{name}: “{said}”"))
        yield source(statement, link, words=words)
    elif row == 0:
        yield Text(f"{name}: {nothing(column, words)}")


def _shortened(text: str, longest: int) -> str:
    return escape(shorten(clean_line(text), longest))
