"""A briefing note as headings, lines and table rows in plain English, the same for every form it is shown in.

Text of articles is not escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.presentation.wording import articles, day, summary, titled
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

# The most outlets to name.
_OUTLETS = 6


@dataclass(frozen=True, slots=True)
class BriefLine:
    """A line with the numbers of its citations; `lead` are words before it, such as its day."""

    text: str
    citations: tuple[int, ...] = ()
    lead: str = ""


@dataclass(frozen=True, slots=True)
class BriefRow:
    """A row of the table of positions: the position, and the one before it, led by "was" or "earlier" and its day."""

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
    """The title of a note: its topic, without line ends."""
    return " ".join(note.topic.split())


def subtitle(note: Brief) -> str:
    """Its day and its reader: "Briefing note as of 29 Nov 2026 for the minister"."""
    reader = f" for {' '.join(note.audience.split())}" if note.audience else ""
    return f"Briefing note as of {day(note.as_of)}{reader}"


def outline(note: Brief) -> list[BriefSection]:
    """The sections of a note that have something to say, in the order in which they are read."""
    if note.sentence is None:
        return [BriefSection(NOT_KNOWN, (BriefLine(_nothing(note)),))]
    sections = [
        BriefSection(IN_A_SENTENCE, (_line(note.sentence),)),
        BriefSection(NEW, tuple(map(_line, note.new))),
        BriefSection(POSITIONS, rows=tuple(map(_row, note.positions))),
        BriefSection(DISAGREE, tuple(_sides(note))),
        BriefSection(COURSE, tuple(map(_entry, note.timeline.entries))),
        BriefSection(FIGURES, (*_series(note), *(_line(each.statement, f"{each.value}, ") for each in note.figures))),
        BriefSection(NOT_KNOWN, tuple(map(BriefLine, (*note.not_known, extent(note.coverage))))),
    ]
    return [each for each in sections if each.lines or each.rows]


@dataclass(frozen=True, slots=True)
class NotePicture:
    """A PNG image below a section of a note, and its description."""

    png: bytes
    alt: str


def pictures(note: Brief) -> dict[str, NotePicture]:
    """The pictures of a note by the headings of their sections, light as paper is."""
    from bot.presentation.image import chart, timeline

    found = {}
    if note.timeline.entries:
        drawn = timeline.draw(replace(note.timeline, series=None))
        found[COURSE] = NotePicture(drawn, "Timeline of the statements listed above")
    if series := note.timeline.series:
        found[FIGURES] = NotePicture(chart.draw(series), f"Chart of {titled(series)}: {summary(series)}")
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
    """What the note rests on, in a sentence or two."""
    span = f", {day(known.oldest)} to {day(known.newest)}" if known.newest else ""
    named = [f"{outlet} ({count})" for outlet, count in known.outlets[:_OUTLETS]]
    named += [f"{len(known.outlets) - _OUTLETS} more"] if len(known.outlets) > _OUTLETS else []
    whose = f", from {', '.join(named)}" if named else ""
    repeats = f" {known.repeats} of them print or rewrite another's piece." if known.repeats else ""
    return f"This note rests on {known.articles:,} of {articles(known.searched)}{span}{whose}.{repeats}"


def _nothing(note: Brief) -> str:
    newest = note.timeline.searched.newest
    until = f", the newest of {day(newest)}" if newest else ""
    return f"No article is clearly about this: I searched {articles(note.coverage.searched)}{until}."


def _line(statement: BriefStatement, lead: str = "") -> BriefLine:
    return BriefLine(statement.text, statement.citations, f"{lead}{_dated(statement)}")


def _dated(statement: BriefStatement) -> str:
    return day(statement.published or None)


def _row(held: ActorPosition) -> BriefRow:
    before = None
    if held.was:
        before = BriefLine(
            held.was.text, held.was.citations, f"{'was' if held.changed else 'earlier'}, {_dated(held.was)}"
        )
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
