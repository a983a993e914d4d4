"""A briefing note as headings, lines and table rows in plain words, the same for every form it is shown in.

Text of articles is not escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from bot.presentation.discord.markdown import shorten
from bot.presentation.wording import UNANSWERED, asked, newest, summary, titled
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.answers import TimelineEntry
from retrieval.domain.reports import ActorPosition, Brief, BriefCoverage, BriefStatement, NotKnown, Unsaid
from retrieval.nlp.markup import readable

# The sections by their headings; that of the news takes a day.
SENTENCE = phrase("In a sentence")
NEW = phrase("What is new since {day}")
POSITIONS = phrase("Who holds what")
DISAGREE = phrase("Where sources disagree")
COURSE = phrase("How it came to this")
FIGURES = phrase("Figures")
NOT_KNOWN = phrase("Not known")
# What is said of the picture, which stands after the sections, so that they fit on a page.
PICTURE = phrase("How it came to this: the statements above over time")

_UNSAID: Mapping[Unsaid, str] = {
    "who": phrase("who decides on it"),
    "when": phrase("when it is decided or takes effect"),
    "cost": phrase("what it costs"),
    "why": phrase("why"),
}
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
    """A section of a note: lines, or the rows of its table. `kind` is one of the headings above, in English."""

    kind: str
    heading: str
    lines: tuple[BriefLine, ...] = ()
    rows: tuple[BriefRow, ...] = ()


def title(note: Brief) -> str:
    """The title of a note: its topic on one line, shortened."""
    return shorten(" ".join(note.topic.split()), _TITLE)


def subtitle(note: Brief, words: OwnWords = ENGLISH) -> str:
    """Its day and its reader: "Briefing note as of 29 Nov 2026 for the minister"."""
    day, reader = words.day(note.as_of), " ".join(note.audience.split())
    if reader:
        return words("Briefing note as of {day} for {reader}", day=day, reader=reader)
    return words("Briefing note as of {day}", day=day)


def outline(note: Brief, words: OwnWords = ENGLISH) -> list[BriefSection]:
    """The sections of a note that have something to say, in the order in which they are read."""
    wanting = BriefSection(UNANSWERED, words(UNANSWERED), _unanswered(note, words))
    if note.sentence is None:
        nothing = BriefSection(NOT_KNOWN, words(NOT_KNOWN), (BriefLine(_nothing(note, words)),))
        return [nothing, *([wanting] if wanting.lines else [])]
    line = partial(_line, words=words)
    gaps = (*(BriefLine(_not_known(note, each, words)) for each in note.not_known), BriefLine(extent(note, words)))
    sections = [
        BriefSection(SENTENCE, words(SENTENCE), (line(note.sentence),)),
        BriefSection(NEW, words(NEW, day=words.day(note.since)), tuple(map(line, note.new))),
        BriefSection(POSITIONS, words(POSITIONS), rows=tuple(_row(each, words) for each in note.positions)),
        BriefSection(DISAGREE, words(DISAGREE), tuple(_sides(note, words))),
        BriefSection(COURSE, words(COURSE), tuple(_entry(each, words) for each in note.timeline.entries)),
        BriefSection(FIGURES, words(FIGURES), (*_series(note, words), *_figures(note, words))),
        BriefSection(NOT_KNOWN, words(NOT_KNOWN), gaps),
        wanting,
    ]
    return [each for each in sections if each.lines or each.rows]


def columns(words: OwnWords = ENGLISH) -> tuple[str, str, str]:
    """The heads of the table of positions."""
    return words("Actor"), words("Position"), words("Day")


@dataclass(frozen=True, slots=True)
class NotePicture:
    """A PNG image behind the sections of a note, and its caption."""

    png: bytes
    caption: str


def pictures(note: Brief, words: OwnWords = ENGLISH) -> list[NotePicture]:
    """The pictures of a note, light as paper is: its timeline, and the chart of a figure."""
    from bot.presentation.image import chart, timeline

    found = []
    if note.timeline.entries:
        found.append(NotePicture(timeline.draw(replace(note.timeline, series=None), words=words), words(PICTURE)))
    if series := note.timeline.series:
        said = words("Chart of {figure}: {values}", figure=titled(series), values=summary(series, words))
        found.append(NotePicture(chart.draw(series, words=words), said))
    return found


def made_by(note: Brief, words: OwnWords = ENGLISH) -> str:
    """Who wrote the note: a model, or nobody; with the reason where a model is set but did not write."""
    if not note.model:
        said = words("Every line is verbatim from the articles.")
        return f"{said} ({words.said(note.note)})" if note.note else said
    said = words(
        "Opening written by {model}, each statement checked against its source; the rest is verbatim.", model=note.model
    )
    left = words.many("{count} statement did not pass.", "{count} statements did not pass.", note.dropped)
    return f"{said} {left}" if note.dropped else said


def extent(note: Brief, words: OwnWords = ENGLISH) -> str:
    """The articles that a note rests on: how many, of which days, whose, and how many are one agency's."""
    known = note.coverage
    days = words.span(words.day(known.oldest), words.day(known.newest)) if known.newest else ""
    said = [
        words.many(
            "This note rests on {shown} of {count} article{about}.",
            "This note rests on {shown} of {count} articles{about}.",
            known.searched,
            shown=words.number(known.articles),
            about="".join(f", {each}" for each in (days, _outlets(known, words)) if each),
        )
    ]
    if known.estimated:
        said.append(words.many("{count} day is estimated.", "{count} days are estimated.", known.estimated))
    if known.repeats:
        said.append(
            words.many(
                "{count} article prints or rewrites the text of {agency}.",
                "{count} articles print or rewrite the text of {agency}.",
                known.repeats,
                agency=known.agency or words("another"),
            )
        )
    return " ".join(said)


def sentences(note: Brief, words: OwnWords = ENGLISH) -> list[str]:
    """The things that the articles do not say, as sentences."""
    return [_not_known(note, each, words) for each in note.not_known]


def _not_known(note: Brief, lacking: NotKnown, words: OwnWords) -> str:
    known = note.coverage
    since, newest = words.day(note.since), words.day(known.newest)
    match lacking.kind:
        case "nothing_new":
            return words("Nothing new since {day}, the day of the newest article about it.", day=since)
        case "nothing_newer":
            return words(
                "Nothing newer than {day}: the newest article about it is of {newest}.", day=since, newest=newest
            )
        case "one_article":
            return words("All of this is from one article.")
        case "one_agency":
            return words("All of this goes back to one agency's piece.")
        case "undated":
            return words.many(
                "{shown} of {count} article about it has no date and is left out of the timeline.",
                "{shown} of {count} articles about it have no date and are left out of the timeline.",
                known.articles,
                shown=words.number(known.undated),
            )
        case "unsaid":
            *others, last = (words(_UNSAID[each]) for each in lacking.unsaid)
            asked = f"{', '.join(others)} {words('or')} {last}" if others else last
            return words("The articles do not say {things}.", things=asked)


def _outlets(known: BriefCoverage, words: OwnWords) -> str:
    """The outlets of the articles, the first by name, as a part of a sentence."""
    if not known.outlets:
        return words("none with a named outlet")
    named = [f"{outlet} ({words.number(count)})" for outlet, count in known.outlets[:_OUTLETS]]
    more, unnamed = len(known.outlets[_OUTLETS:]), known.articles - sum(count for _, count in known.outlets)
    named += [words.many("{count} more outlet", "{count} more outlets", more)] if more else []
    named += [words("{number} without a named outlet", number=words.number(unnamed))] if unnamed else []
    return words("from {outlets}", outlets=", ".join(named))


def _nothing(note: Brief, words: OwnWords) -> str:
    return words.many(
        "No article is clearly about this: I searched {count} article{newest}.",
        "No article is clearly about this: I searched {count} articles{newest}.",
        note.coverage.searched,
        newest=newest(note.timeline.searched, words),
    )


def _unanswered(note: Brief, words: OwnWords) -> tuple[BriefLine, ...]:
    return tuple(BriefLine(asked(each, words=words)) for each in note.unanswered)


def _line(statement: BriefStatement, lead: str = "", words: OwnWords = ENGLISH) -> BriefLine:
    return BriefLine(statement.text, statement.citations, f"{lead}{_dated(statement, words)}")


def _dated(statement: BriefStatement, words: OwnWords) -> str:
    return words.day(statement.published or None)


def _row(held: ActorPosition, words: OwnWords) -> BriefRow:
    before = None
    if was := held.was:
        day = _dated(was, words)
        lead = words("was, {day}", day=day) if held.changed else words("earlier, {day}", day=day)
        other = was.actor and not set(was.actor.casefold().split()) & set(held.actor.casefold().split())
        before = BriefLine(was.text, was.citations, f"{lead}, {was.actor}" if other else lead)
    now = BriefLine(held.statement.text, held.statement.citations)
    return BriefRow(held.actor, _dated(held.statement, words), now, before)


def _series(note: Brief, words: OwnWords) -> Iterator[BriefLine]:
    """A figure over time, in words."""
    if series := note.timeline.series:
        cited = tuple(each.citation.number for each in series.points)
        yield BriefLine(summary(series, words), cited, titled(series))


def _figures(note: Brief, words: OwnWords) -> Iterator[BriefLine]:
    return (_line(each.statement, f"{each.value}, ", words) for each in note.figures)


def _sides(note: Brief, words: OwnWords) -> Iterator[BriefLine]:
    for conflict in note.disagreements:
        for place, side in enumerate(conflict.sides):
            yield BriefLine(f"“{side.said}”", side.citations, words("but") if place else "")


def _entry(entry: TimelineEntry, words: OwnWords) -> BriefLine:
    day = words.day(entry.date)
    lead = words("{day} (changed)", day=day) if entry.change == "changed" else day
    return BriefLine(readable(entry.text), (entry.citation.number,), lead)
