"""Where the statements of a timeline stand in its picture: a lane for each actor, and rows in it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from retrieval.domain.timelines import TimelineEntry

# The day that days are counted from.
BEGINNING = date(1970, 1, 1)
# Lanes, that of the others among them.
_LANES = 7
OTHERS = "others"
# How much of the width the words of a statement take: those of one day alone have all of it.
_REACH, _ALONE = 0.42, 0.93
# What is left free at either end, and what a mark takes to either side, in parts of the width.
_EDGE, _MARK = 0.015, 0.01


# A stretch of more than such a part of the whole without a statement is shortened to such a part of what is left, where
# it squeezes so many days together.
_EMPTY, _SHORTENED, _SQUEEZED = 0.5, 0.15, 4


@dataclass(frozen=True, slots=True)
class Break:
    """A stretch of time that is shortened: between which days, and how many days of it are not drawn."""

    begin: int
    end: int
    hidden: float


@dataclass(frozen=True, slots=True)
class Span:
    """The days from one end of the picture to the other, and how much of it the words of a statement take."""

    first: float
    last: float
    reach: float
    cut: Break | None = None

    def at(self, entry: TimelineEntry) -> float:
        """How far along a statement stands, from 0 to 1."""
        return (self.place(day_of(entry)) - self.first) / (self.last - self.first)

    def place(self, day: float) -> float:
        """Where a day stands on the axis, which counts days but for those that are not drawn."""
        return day - self.cut.hidden if self.cut and day >= self.cut.end else day


@dataclass(frozen=True, slots=True)
class Spot:
    """A statement in a row of its lane, its words beside its mark: to the left of it where the right has no room.

    It may take more than one row.
    """

    entry: TimelineEntry
    row: int
    left: bool
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Lane:
    """What one actor says or does; `rows` is how many rows it takes so that nothing overlaps."""

    name: str
    spots: tuple[Spot, ...]
    rows: int


def day_of(entry: TimelineEntry) -> int:
    """The day of a statement, counted from 1970 on."""
    return (date.fromisoformat(entry.date[:10]) - BEGINNING).days


def span(entries: Sequence[TimelineEntry]) -> Span:
    """True distances but for a break, with a little room at both ends; a day alone stands at the left."""
    days = sorted({day_of(each) for each in entries})
    first, last = days[0], days[-1]
    if first == last:
        return Span(first - _EDGE, first + 1 - _EDGE, _ALONE)
    cut = _break(days)
    drawn = last - first - (cut.hidden if cut else 0)
    edge = drawn * _EDGE / (1 - 2 * _EDGE)
    return Span(first - edge, first + drawn + edge, _REACH, cut)


def _break(days: Sequence[int]) -> Break | None:
    """The longest stretch without a statement, where it takes the room that the statements need."""
    begin, end = max(pairwise(days), key=lambda pair: pair[1] - pair[0])
    told = days[-1] - days[0] - (end - begin)
    squeezed = max(sum(day <= begin for day in days), sum(day >= end for day in days))
    if end - begin <= _EMPTY * (days[-1] - days[0]) or squeezed < _SQUEEZED:
        return None
    return Break(begin, end, end - begin - told * _SHORTENED)


def lanes(entries: Sequence[TimelineEntry], over: Span, tall: int = 1) -> list[Lane]:
    """The lanes, whoever speaks most first; the rest, and what nobody in particular says, in one of the others.

    What is changed takes `tall` rows.
    """
    return [_lane(name, told, over, tall) for name, told in grouped(entries)]


def grouped(entries: Sequence[TimelineEntry]) -> Iterator[tuple[str, list[TimelineEntry]]]:
    """The statements of each lane, with its name."""
    spoken = Counter(each.actor for each in entries if each.actor)
    unnamed = any(not each.actor for each in entries)
    room = _LANES if len(spoken) + unnamed <= _LANES else _LANES - 1
    own = [name for name, _ in spoken.most_common(room)]
    for name in own:
        yield name, [each for each in entries if each.actor == name]
    if rest := [each for each in entries if each.actor not in own]:
        yield OTHERS, rest


def _lane(name: str, told: Sequence[TimelineEntry], over: Span, tall: int) -> Lane:
    """Each statement in the first rows where neither its mark nor its words meet another's."""
    taken: list[list[tuple[float, float]]] = []
    spots = []
    for entry in sorted(told, key=day_of):
        at = over.at(entry)
        left = at + over.reach > 1
        begin, end = (at - over.reach, at + _MARK) if left else (at - _MARK, at + over.reach)
        rows = tall if entry.change == "changed" else 1
        free = [all(end <= a or begin >= b for a, b in held) for held in taken] + [True] * rows
        row = next(row for row in range(len(free)) if all(free[row : row + rows]))
        taken += [[] for _ in range(row + rows - len(taken))]
        for each in taken[row : row + rows]:
            each.append((begin, end))
        spots.append(Spot(entry, row, left, rows))
    return Lane(name, tuple(spots), len(taken))
