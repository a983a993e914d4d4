"""The sections of a note: the figures, who holds which position, and the sentences that a language model wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.domain.answers import Change, Side, TimelineEntry
from retrieval.domain.llm import CheckedReply
from retrieval.domain.reports import Brief, BriefStatement
from retrieval.evidence.citations import Numbering
from retrieval.evidence.positions import changed, other_terms, position
from retrieval.nlp.actors import Actors
from retrieval.nlp.language import language_of
from retrieval.nlp.markup import readable
from retrieval.nlp.quantities import DATES, quantities
from retrieval.nlp.tokens import content_terms
from retrieval.timeline.trace import Step

# A numeral with a currency before it, or with a sign or words behind it that say what it counts.
_NUMERAL = re.compile(r"(?<![\w.,-])[$€£¥]?\d[\d.,\u202f]*(?<=\d)(?:\s?%|(?:[^\W\d_]{1,2}\b)?(?:[\s-][^\W\d_]+){0,3})")

_OF = (["de"], ["of"])


def find_figures(steps: Sequence[Step]) -> list[tuple[str, Step]]:
    """The figures of these statements, the newest statement first; every value once, one figure a statement."""
    found: dict[str, tuple[str, Step]] = {}
    for step in sorted(steps, key=lambda step: step[0].day, reverse=True):
        value = _figure(readable(step[0].sentence.text))
        if value:
            found.setdefault(value.casefold(), (value, step))
    return list(found.values())


def _figure(text: str) -> str | None:
    """The first number of a sentence that counts or measures something and is no part of a date."""
    dated = {term for each in quantities(text) if each.kind in (*DATES, "ordinal") for term in each.terms}
    language = language_of(text)
    for match in _NUMERAL.finditer(text):
        value = _with_unit(match[0], language)
        numeral = re.split(r"[\s%-]", value)[0]
        if numeral in dated or not _measures(value, numeral):
            continue
        return value
    return None


def _with_unit(value: str, language: str) -> str:
    """A numeral with the one or two words that say what it counts: "32 member nations", "14 millones de euros"."""
    words = value.split()
    words = words[: 4 if words[2:3] in _OF else 3]
    while len(words) > 1 and words[-1] != "%" and (words[-1:] in _OF or not content_terms(words[-1], language)):
        words.pop()
    return " ".join(words)


def _measures(value: str, numeral: str) -> bool:
    unit = numeral[0] in "$€£¥" or numeral[-1].isalpha() or value.endswith("%")
    return unit or bool(content_terms(value.removeprefix(numeral)))


@dataclass(frozen=True, slots=True)
class HeldPosition:
    """An actor's latest position, and the statement it changed."""

    actor: str
    now: Step
    was: Step | None = None


def find_positions(
    steps: Sequence[Step], changes: Sequence[Change | None], matter: frozenset[str], actors: Actors
) -> list[HeldPosition]:
    """The position of every actor on a matter: those that changed first, then the newest.

    `steps` are oldest first, `changes` what they change against those before.
    """
    by_actor: list[list[HeldPosition]] = []
    for place in reversed(range(len(steps))):
        held = _held(steps, changes[place], place, matter, actors)
        if held is None:
            continue
        own = next((each for each in by_actor if actors.agree(each[0].actor, held.actor)), None)
        if own is None:
            by_actor.append([held])
        else:
            own.append(held)
    return sorted((max(own, key=_weight) for own in by_actor), key=_weight, reverse=True)


def _weight(held: HeldPosition) -> tuple[bool, bool]:
    """Changed positions count most, then statements that take one; of equal ones the newest stands first."""
    return held.was is not None, position(held.now[0].sentence.text).taken


def _held(
    steps: Sequence[Step], change: Change | None, place: int, matter: frozenset[str], actors: Actors
) -> HeldPosition | None:
    """The position that a statement takes; None where nobody is known to take it."""
    now = steps[place]
    was = _replaced(steps[:place], now, matter, actors) if change == "changed" else None
    actor = now[0].actor or (was[0].actor if was else None)
    return HeldPosition(actor, now, was) if actor else None


def _replaced(before: Sequence[Step], now: Step, matter: frozenset[str], actors: Actors) -> Step | None:
    """The nearest of the earlier statements that a statement changes."""
    who = now[0].actor
    replaced = [
        step
        for step in before
        if actors.may_agree(step[0].actor, who)
        and changed(step[1], now[1], other_terms(matter, step[0].actor, who), sure=actors.agree(step[0].actor, who))
        == "changed"
    ]
    named = [step for step in replaced if step[0].actor] or replaced
    return max(named, key=lambda step: float(step[1].vector @ now[1].vector), default=None)


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
