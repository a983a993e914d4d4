"""A briefing note as headings, lines and table rows in plain English, the same for every form it is shown in.

Text of articles is not escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.presentation.message_splitting import shorten
from bot.presentation.wording import UNANSWERED, articles, asked, day, newest, summary, titled
from retrieval.domain.briefs import ActorPosition, Brief, BriefCoverage, BriefStatement
from retrieval.domain.timelines import TimelineEntry
from retrieval.nlp.markup import readable

IN_A_SENTENCE = "In a sentence"
NEW = "What is new"
POSITIONS = "Who holds what"
DISAGREE = "Where sources disagree"
COURSE = "How it came to this"
FIGURES = "Figures"
NOT_KNOWN = "Not known"
SOURCES = "Sources"
# What is said of the picture, which stands after the sections, so that they fit on a page.
PICTURE = "How it came to this: the statements above over time"

# The most characters of a title, and outlets to name.
_TITLE, _OUTLETS = 150, 6


@dataclass(frozen=True, slots=True)
class BriefLine:
    """A line with the numbers of its citations; `lead` are words before it, such as its day."""

    text: str
    citations: tuple[int, ...] = ()
    lead: str = ""


@dataclass(frozen=True, slots=True)
class BriefRow:
    """A row of the table of positions: the position, and the one before it, led by "was" or "earlier" and its day.

    Where another actor is known to have taken that, it is named.
    """

    actor: str
    day: str
    position: BriefLine
    before: BriefLine | None = None


@dataclass(frozen=True, slots=True)
class BriefSection:
    """A section of a note: lines, or the rows of its table."""

    heading: str
    lines: tuple[BriefLine, ...] = ()
    rows: tuple[BriefRow, ...] = ()


def title(note: Brief) -> str:
    """The title of a note: its topic on one line, shortened."""
    return shorten(" ".join(note.topic.split()), _TITLE)


def subtitle(note: Brief) -> str:
    """Its day and its reader: "Briefing note as of 29 Nov 2026 for the minister"."""
    reader = f" for {' '.join(note.audience.split())}" if note.audience else ""
    return f"Briefing note as of {day(note.as_of)}{reader}"


def outline(note: Brief) -> list[BriefSection]:
    """The sections of a note that have something to say, in the order in which they are read."""
    wanting = BriefSection(UNANSWERED, tuple(BriefLine(asked(each)) for each in note.unanswered))
    if note.sentence is None:
        return [BriefSection(NOT_KNOWN, (BriefLine(_nothing(note)),)), *([wanting] if wanting.lines else [])]
    sections = [
        BriefSection(IN_A_SENTENCE, (_line(note.sentence),)),
        BriefSection(f"{NEW} since {day(note.since)}", tuple(map(_line, note.new))),
        BriefSection(POSITIONS, rows=tuple(map(_row, note.positions))),
        BriefSection(DISAGREE, tuple(_sides(note))),
        BriefSection(COURSE, tuple(map(_entry, note.timeline.entries))),
        BriefSection(FIGURES, (*_series(note), *(_line(each.statement, f"{each.value}, ") for each in note.figures))),
        BriefSection(NOT_KNOWN, tuple(map(BriefLine, (*note.not_known, extent(note.coverage))))),
        wanting,
    ]
    return [each for each in sections if each.lines or each.rows]


@dataclass(frozen=True, slots=True)
class NotePicture:
    """A PNG image behind the sections of a note, and what is said of it."""

    png: bytes
    caption: str


def pictures(note: Brief) -> list[NotePicture]:
    """The pictures of a note, light as paper is: its timeline, and the chart of a figure."""
    from bot.presentation.image import chart, timeline

    found = []
    if note.timeline.entries:
        found.append(NotePicture(timeline.draw(replace(note.timeline, series=None)), PICTURE))
    if series := note.timeline.series:
        found.append(NotePicture(chart.draw(series), f"Chart of {titled(series)}: {summary(series)}"))
    return found


def made_by(note: Brief) -> str:
    """Who wrote the note: a model, or nobody; with the reason where a model is set but did not write."""
    if note.model:
        left = f"; {note.dropped} statements did not pass" if note.dropped else ""
        return (
            f"Opening written by {note.model}, each statement checked against its source{left}; the rest is verbatim."
        )
    return f"Every line is verbatim from the articles{f' ({note.note})' if note.note else ''}."


def extent(known: BriefCoverage) -> str:
    """The articles that a note rests on: how many, of which days, whose, and how many are one agency's."""
    span = f", {' to '.join(dict.fromkeys(map(day, (known.oldest, known.newest))))}" if known.newest else ""
    said = [f"This note rests on {known.articles:,} of {articles(known.searched)}{span}{_outlets(known)}."]
    said += [f"The day of {known.estimated} is estimated."] if known.estimated else []
    whose = f"{known.agency}'s" if known.agency else "another's"
    said += [f"{known.repeats} print or rewrite {whose} text."] if known.repeats else []
    return " ".join(said)


def _outlets(known: BriefCoverage) -> str:
    """The outlets of the articles, the first by name, as a part of a sentence."""
    if not known.outlets:
        return ", none with a named outlet"
    named = [f"{outlet} ({count})" for outlet, count in known.outlets[:_OUTLETS]]
    more, unnamed = known.outlets[_OUTLETS:], known.articles - sum(count for _, count in known.outlets)
    named += [f"{len(more)} more outlets"] if more else []
    named += [f"{unnamed} without a named outlet"] if unnamed else []
    return f", from {', '.join(named)}"


def _nothing(note: Brief) -> str:
    count = articles(note.coverage.searched)
    return f"No article is clearly about this: I searched {count}{newest(note.timeline.searched)}."


def _line(statement: BriefStatement, lead: str = "") -> BriefLine:
    return BriefLine(statement.text, statement.citations, f"{lead}{_dated(statement)}")


def _dated(statement: BriefStatement) -> str:
    return day(statement.published or None)


def _row(held: ActorPosition) -> BriefRow:
    before = None
    if was := held.was:
        lead = f"{'was' if held.changed else 'earlier'}, {_dated(was)}"
        other = was.actor and not set(was.actor.casefold().split()) & set(held.actor.casefold().split())
        before = BriefLine(was.text, was.citations, f"{lead}, {was.actor}" if other else lead)
    now = BriefLine(held.statement.text, held.statement.citations)
    return BriefRow(held.actor, _dated(held.statement), now, before)


def _series(note: Brief) -> Iterator[BriefLine]:
    """A figure over time, in words."""
    if series := note.timeline.series:
        cited = tuple(each.citation.number for each in series.points)
        yield BriefLine(summary(series), cited, titled(series))


def _sides(note: Brief) -> Iterator[BriefLine]:
    for conflict in note.disagreements:
        for place, side in enumerate(conflict.sides):
            yield BriefLine(f"“{side.said}”", side.citations, "but" if place else "")


def _entry(entry: TimelineEntry) -> BriefLine:
    changed = " (changed)" if entry.change == "changed" else ""
    return BriefLine(readable(entry.text), (entry.citation.number,), f"{day(entry.date)}{changed}")
