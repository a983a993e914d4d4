"""A timeline for Discord: pages of whole entries, and its picture in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.presentation.digest_wording import TOPIC
from bot.presentation.discord.citations import Link, located
from bot.presentation.discord.markdown import can_link, clean_line, code, escape, length, marker
from bot.presentation.image.layout import grouped
from bot.presentation.message_splitting import LIMIT, shorten, split
from bot.presentation.terminal_timelines import called, counted, dated, edges, extent, quoted, shifts
from bot.presentation.wording import day, summary, titled
from retrieval.domain.citations import Citation
from retrieval.domain.timelines import Timeline, TimelineEntry

# The characters of a name and a file, and those of a picture's description.
_NAME, _FILE, _ALT = 40, 60, 1024
# The characters of the foot of a page, with the line that says why there is no picture.
_FOOT = 220
# The characters that splitting an entry may add.
_SPARE = 20
_SIGN = "🔄"


def pages(timeline: Timeline, actor: str, link: Link) -> list[str]:
    """The timeline in messages of whole entries, oldest first; an entry that is too long is cut.

    Every page names the changes and the number of articles searched, and leaves room for one more line. `actor` is the
    only actor of the timeline, or empty.
    """
    if not timeline.entries:
        return [f"No dated article says anything about {_about(timeline, actor)}. Searched {_searched(timeline)}."]
    head = _head(timeline, actor)
    room = LIMIT - _FOOT - length(head)
    found = [head]
    above = ""
    for heading, part in _parts(timeline, link, room):
        added = f"\n{part}" if heading == above else f"\n\n{heading}\n{part}"
        if above and length(found[-1]) + length(added) + _FOOT > LIMIT:
            found.append(head)
            added = f"\n\n{heading}\n{part}"
        found[-1] += added
        above = heading
    searched = _searched(timeline)
    if len(found) == 1:
        return [f"{found[0]}\n\n-# Searched {searched}"]
    return [f"{page}\n\n-# Page {at} of {len(found)} · searched {searched}" for at, page in enumerate(found, 1)]


def alt_text(timeline: Timeline) -> str:
    """The picture of a timeline in words, for people who cannot see it."""
    return shorten(" ".join(_seen(timeline)), _ALT)


def _parts(timeline: Timeline, link: Link, room: int) -> Iterator[tuple[str, str]]:
    """The entries with the headings of their days; a long entry is split."""
    for each in timeline.entries:
        heading = f"**{day(each.date, each.citation.published_estimated)}**"
        longest = room - length(heading) - 4
        for part in split(_entry(each, link(each.citation), longest - _SPARE), longest):
            yield heading, part


def _entry(entry: TimelineEntry, where: str, longest: int) -> str:
    name = escape(shorten(clean_line(entry.actor or ""), _NAME))
    statement = f"{escape(quoted(clean_line(entry.text)))} {_source(entry.citation, where, longest)}"
    if entry.change == "changed":
        return f"- {_SIGN} **{name}, changed**: {statement}"
    known = " (as before)" if entry.change == "same" else ""
    return f"- **{name}**{known}: {statement}" if name else f"- {statement}"


def _source(citation: Citation, where: str, longest: int) -> str:
    """The number as a link and the outlet; without a link that fits, the file and the line."""
    outlet = escape(shorten(clean_line(citation.outlet or ""), _NAME))
    if can_link(where) and length(linked := marker(citation.number, where)) <= longest:
        return f"{linked} {outlet}".rstrip()
    place = code(located(citation, _FILE))
    return " · ".join(filter(None, (f"[{citation.number}] {place}", outlet)))


def _head(timeline: Timeline, actor: str) -> str:
    changed = (f"{_SIGN} {line}" for line in shifts(timeline, lambda name: escape(clean_line(name))))
    return "\n".join([f"**{_about(timeline, actor)}**: {extent(timeline)}", *changed])


def _about(timeline: Timeline, actor: str) -> str:
    topic, name = (escape(shorten(clean_line(each), TOPIC)) for each in (timeline.topic, actor))
    return f"{name} on {topic or 'this'}" if name else topic or "this"


def _searched(timeline: Timeline) -> str:
    newest = f", the newest of {day(timeline.searched.newest)}" if timeline.searched.newest else ""
    return f"{_count(timeline.searched.articles, 'article')}{newest}"


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
        yield f"{_count(estimated, 'date')} {'is' if estimated == 1 else 'are'} estimated."


def _count(many: int, what: str) -> str:
    return f"{many:,} {what}{'' if many == 1 else 's'}"
