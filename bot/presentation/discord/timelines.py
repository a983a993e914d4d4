"""A timeline as Discord shows it: pages of whole entries, and its picture in words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.presentation.digest_wording import TOPIC
from bot.presentation.discord.citations import Link, located
from bot.presentation.discord.markdown import can_link, clean_line, code, escape, length, marker
from bot.presentation.image.layout import grouped
from bot.presentation.message_splitting import LIMIT, shorten, split
from bot.presentation.terminal_timelines import called, counted, dated, edges, extent, quoted, shifts
from bot.presentation.wording import day
from retrieval.domain.citations import Citation
from retrieval.domain.timelines import Timeline, TimelineEntry

# The characters of a name and a file, and those of a picture's description.
_NAME, _FILE, _ALT = 40, 60, 1024
# What the foot of a page takes, with the line that says why there is no picture.
_FOOT = 220
# What an entry that was cut may begin and end with, beside what it was cut from.
_SPARE = 20
_SIGN = "🔄"


def pages(traced: Timeline, actor: str, link: Link) -> list[str]:
    """The timeline in messages of whole entries, oldest first; an entry that fits none is cut.

    Every page says what changed and what was searched, and leaves room for a line more. `actor` is whose statements
    alone it has, if anybody's.
    """
    if not traced.entries:
        return [f"No dated article says anything about {_about(traced, actor)}. Searched {_searched(traced)}."]
    head = _head(traced, actor)
    room = LIMIT - _FOOT - length(head)
    found = [head]
    above = ""
    for heading, part in _parts(traced, link, room):
        added = f"\n{part}" if heading == above else f"\n\n{heading}\n{part}"
        if above and length(found[-1]) + length(added) + _FOOT > LIMIT:
            found.append(head)
            added = f"\n\n{heading}\n{part}"
        found[-1] += added
        above = heading
    searched = _searched(traced)
    if len(found) == 1:
        return [f"{found[0]}\n\n-# Searched {searched}"]
    return [f"{page}\n\n-# Page {at} of {len(found)} · searched {searched}" for at, page in enumerate(found, 1)]


def alt_text(traced: Timeline) -> str:
    """What is to be seen in the picture of a timeline, for those who do not see it."""
    return shorten(" ".join(_seen(traced)), _ALT)


def _parts(traced: Timeline, link: Link, room: int) -> Iterator[tuple[str, str]]:
    """The entries, each with the heading of its day; what has no room is parted."""
    for each in traced.entries:
        heading = f"**{day(each.date, each.citation.published_estimated)}**"
        longest = room - length(heading) - 4
        for part in split(_entry(each, link(each.citation), longest - _SPARE), longest):
            yield heading, part


def _entry(entry: TimelineEntry, where: str, longest: int) -> str:
    name = escape(shorten(clean_line(entry.actor or ""), _NAME))
    said = f"{escape(quoted(clean_line(entry.text)))} {_source(entry.citation, where, longest)}"
    if entry.change == "changed":
        return f"- {_SIGN} **{name}, changed**: {said}"
    known = " (as before)" if entry.change == "same" else ""
    return f"- **{name}**{known}: {said}" if name else f"- {said}"


def _source(citation: Citation, where: str, longest: int) -> str:
    """The number as a link and who published it; the file and the line where there is no link, or no room for it."""
    outlet = escape(shorten(clean_line(citation.outlet or ""), _NAME))
    if can_link(where) and length(linked := marker(citation.number, where)) <= longest:
        return f"{linked} {outlet}".rstrip()
    place = code(located(citation, _FILE))
    return " · ".join(filter(None, (f"[{citation.number}] {place}", outlet)))


def _head(traced: Timeline, actor: str) -> str:
    changed = (f"{_SIGN} {line}" for line in shifts(traced, lambda name: escape(clean_line(name))))
    return "\n".join([f"**{_about(traced, actor)}**: {extent(traced)}", *changed])


def _about(traced: Timeline, actor: str) -> str:
    topic, name = (escape(shorten(clean_line(each), TOPIC)) for each in (traced.topic, actor))
    return f"{name} on {topic or 'this'}" if name else topic or "this"


def _searched(traced: Timeline) -> str:
    newest = f", the newest of {day(traced.searched.newest)}" if traced.searched.newest else ""
    return f"{_count(traced.searched.articles, 'article')}{newest}"


def _seen(traced: Timeline) -> Iterator[str]:
    entries = traced.entries
    first, last = edges(traced)
    when = f"on {first}" if first == last else f"from {first} to {last}"
    topic = shorten(clean_line(traced.topic), TOPIC)
    topic = f"{shorten(clean_line(traced.actor), _NAME)} on {topic}" if traced.actor else topic
    yield f"Timeline of “{topic}”: {counted(traced)} {when}, one row for each speaker."
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
    if estimated := sum(each.citation.published_estimated for each in entries):
        yield f"{_count(estimated, 'date')} {'is' if estimated == 1 else 'are'} estimated."


def _count(many: int, what: str) -> str:
    return f"{many:,} {what}{'' if many == 1 else 's'}"
