"""The first sentence of a note and its news as a language model wrote them, where they passed the checks."""

from __future__ import annotations

from dataclasses import replace

from retrieval.domain.answers import Side
from retrieval.domain.briefs import Brief, BriefStatement
from retrieval.domain.llm import CheckedReply
from retrieval.domain.timelines import TimelineEntry
from retrieval.evidence.citations import Numbering


def with_written(note: Brief, reply: CheckedReply) -> Brief:
    """The note with the model's statements: the first is its sentence, the others are its news.

    A note whose reply has no statement left keeps its own.
    """
    note = replace(note, dropped=reply.dropped, note=reply.note or note.note)
    if not reply.sentences:
        return note
    numbering = Numbering()
    numbering.number(note.citations)
    first, *others = (
        BriefStatement(
            text=each.text,
            citations=numbering.number(each.citations),
            published=max(citation.day for citation in each.citations),
        )
        for each in reply.sentences
    )
    since = note.since
    late = {note.citations[number - 1].key for each in note.new for number in each.citations}
    cited = numbering.citations
    news = tuple(
        each for each in others if each.published > since or late & {cited[number - 1].key for number in each.citations}
    )
    return replace(note, sentence=first, new=news or note.new, citations=numbering.citations, model=reply.model)


def in_reading_order(note: Brief) -> Brief:
    """The note with its citations numbered as a reader meets them, without those of lines that are left out."""
    renumbered = _Renumbering(note)
    return replace(
        note,
        sentence=note.sentence and renumbered.statement(note.sentence),
        new=tuple(map(renumbered.statement, note.new)),
        positions=tuple(
            replace(
                each, statement=renumbered.statement(each.statement), was=each.was and renumbered.statement(each.was)
            )
            for each in note.positions
        ),
        disagreements=tuple(
            replace(each, sides=tuple(map(renumbered.side, each.sides))) for each in note.disagreements
        ),
        timeline=replace(note.timeline, entries=tuple(map(renumbered.entry, note.timeline.entries))),
        figures=tuple(replace(each, statement=renumbered.statement(each.statement)) for each in note.figures),
        citations=renumbered.numbering.citations,
    )


class _Renumbering:
    """Numbers the citations of a note anew, in the order in which its lines are handed in."""

    def __init__(self, note: Brief) -> None:
        self._cited = {each.number: each for each in note.citations}
        self.numbering = Numbering()

    def _number(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        return self.numbering.number(self._cited[each] for each in numbers)

    def statement(self, one: BriefStatement) -> BriefStatement:
        return replace(one, citations=self._number(one.citations))

    def side(self, one: Side) -> Side:
        return replace(one, citations=self._number(one.citations))

    def entry(self, one: TimelineEntry) -> TimelineEntry:
        (number,) = self._number((one.citation.number,))
        return replace(one, citation=replace(one.citation, number=number))
