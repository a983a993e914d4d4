"""Where the statements of a timeline stand in its picture: a lane for each actor, and rows in it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.models import Entry

# The day that days are counted from.
BEGINNING = date(1970, 1, 1)
# Lanes, that of the others among them.
_LANES = 7
OTHERS = "others"
# How much of the width the words of a statement take: those of one day alone have all of it.
_REACH, _ALONE = 0.42, 0.93
# What is left free at either end, and what a mark takes to either side, in parts of the width.
_EDGE, _MARK = 0.015, 0.01


@dataclass(frozen=True, slots=True)
class Span:
    """The days from one end of the picture to the other, and how much of it the words of a statement take."""

    first: float
    last: float
    reach: float

    def at(self, entry: Entry) -> float:
        """How far along a statement stands, from 0 to 1."""
        return (day_of(entry) - self.first) / (self.last - self.first)


@dataclass(frozen=True, slots=True)
class Spot:
    """A statement in a row of its lane, its words beside its mark: to the left of it where the right has no room."""

    entry: Entry
    row: int
    left: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """What one actor says or does; `rows` is how many rows it takes so that nothing overlaps."""

    name: str
    spots: tuple[Spot, ...]
    rows: int


def day_of(entry: Entry) -> int:
    """The day of a statement, counted from 1970 on."""
    return (date.fromisoformat(entry.date[:10]) - BEGINNING).days


def span(entries: Sequence[Entry]) -> Span:
    """True distances, with a little room at both ends; a day alone stands at the left."""
    first, last = min(map(day_of, entries)), max(map(day_of, entries))
    if first == last:
        return Span(first - _EDGE, first + 1 - _EDGE, _ALONE)
    edge = (last - first) * _EDGE / (1 - 2 * _EDGE)
    return Span(first - edge, last + edge, _REACH)


def lanes(entries: Sequence[Entry], over: Span) -> list[Lane]:
    """The lanes, whoever speaks most first; the rest, and what nobody in particular says, in one of the others."""
    return [_lane(name, told, over) for name, told in grouped(entries)]


def grouped(entries: Sequence[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """The statements of each lane, with its name."""
    spoken = Counter(each.actor for each in entries if each.actor)
    unnamed = any(not each.actor for each in entries)
    room = _LANES if len(spoken) + unnamed <= _LANES else _LANES - 1
    own = [name for name, _ in spoken.most_common(room)]
    for name in own:
        yield name, [each for each in entries if each.actor == name]
    if rest := [each for each in entries if each.actor not in own]:
        yield OTHERS, rest


def _lane(name: str, told: Sequence[Entry], over: Span) -> Lane:
    """Each statement in the first row where neither its mark nor its words meet another's."""
    taken: list[list[tuple[float, float]]] = []
    spots = []
    for entry in sorted(told, key=day_of):
        at = over.at(entry)
        left = at + over.reach > 1
        begin, end = (at - over.reach, at + _MARK) if left else (at - _MARK, at + over.reach)
        free = (row for row, held in enumerate(taken) if all(end <= a or begin >= b for a, b in held))
        row = next(free, len(taken))
        if row == len(taken):
            taken.append([])
        taken[row].append((begin, end))
        spots.append(Spot(entry, row, left))
    return Lane(name, tuple(spots), len(taken))
