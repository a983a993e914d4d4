"""The layout of a timeline's picture: a lane for an actor, and rows within the lanes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from retrieval.domain.timelines import TimelineEntry

# The day that days are counted from.
BEGINNING = date(1970, 1, 1)
# The most lanes, with the one for the other actors.
_LANES = 7
OTHERS = "others"
# The part of the width for the words of a statement, in a timeline of several days and of one day.
_REACH, _ALONE = 0.42, 0.93
# The part of the width that is free at both ends, and the part that a mark takes on both sides.
_EDGE, _MARK = 0.015, 0.01


# A gap longer than this part of the whole is shortened to this part of the rest, if it squeezes so many days together.
_EMPTY, _SHORTENED, _SQUEEZED = 0.5, 0.15, 4


@dataclass(frozen=True, slots=True)
class Break:
    """A shortened gap: its first and last day, and the number of days not drawn."""

    begin: int
    end: int
    hidden: float


@dataclass(frozen=True, slots=True)
class Span:
    """The first and last day of the picture, and the part of its width for the words of a statement."""

    first: float
    last: float
    reach: float
    cut: Break | None = None

    def at(self, entry: TimelineEntry) -> float:
        """The position of a statement, from 0 to 1."""
        return (self.place(day_of(entry)) - self.first) / (self.last - self.first)

    def place(self, day: float) -> float:
        """The position of a day on the axis, which does not count the days that are not drawn."""
        return day - self.cut.hidden if self.cut and day >= self.cut.end else day


@dataclass(frozen=True, slots=True)
class Spot:
    """A statement in a row of its lane, with its words right of its mark, or left if there is no room.

    It may take more than one row.
    """

    entry: TimelineEntry
    row: int
    left: bool
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Lane:
    """The statements of one actor, in as many `rows` as they need without overlapping."""

    name: str
    spots: tuple[Spot, ...]
    rows: int


def day_of(entry: TimelineEntry) -> int:
    """The day of a statement, counted from 1970."""
    return (date.fromisoformat(entry.date[:10]) - BEGINNING).days


def span(entries: Sequence[TimelineEntry]) -> Span:
    """The span of the entries with free room at both ends; a single day stands at the left."""
    days = sorted({day_of(each) for each in entries})
    first, last = days[0], days[-1]
    if first == last:
        return Span(first - _EDGE, first + 1 - _EDGE, _ALONE)
    cut = _break(days)
    drawn = last - first - (cut.hidden if cut else 0)
    edge = drawn * _EDGE / (1 - 2 * _EDGE)
    return Span(first - edge, first + drawn + edge, _REACH, cut)


def _break(days: Sequence[int]) -> Break | None:
    """The longest gap, if it takes room that the statements need."""
    begin, end = max(pairwise(days), key=lambda pair: pair[1] - pair[0])
    rest = days[-1] - days[0] - (end - begin)
    squeezed = max(sum(day <= begin for day in days), sum(day >= end for day in days))
    if end - begin <= _EMPTY * (days[-1] - days[0]) or squeezed < _SQUEEZED:
        return None
    return Break(begin, end, end - begin - rest * _SHORTENED)


def lanes(entries: Sequence[TimelineEntry], over: Span, tall: int = 1) -> list[Lane]:
    """The lanes, the most frequent actors first; all other statements share the last lane.

    A changed position takes `tall` rows.
    """
    return [_lane(name, statements, over, tall) for name, statements in grouped(entries)]


def grouped(entries: Sequence[TimelineEntry]) -> Iterator[tuple[str, list[TimelineEntry]]]:
    """The names of the lanes, with their statements."""
    spoken = Counter(each.actor for each in entries if each.actor)
    unnamed = any(not each.actor for each in entries)
    room = _LANES if len(spoken) + unnamed <= _LANES else _LANES - 1
    own = [name for name, _ in spoken.most_common(room)]
    for name in own:
        yield name, [each for each in entries if each.actor == name]
    if rest := [each for each in entries if each.actor not in own]:
        yield OTHERS, rest


def _lane(name: str, entries: Sequence[TimelineEntry], over: Span, tall: int) -> Lane:
    """A lane with its statements in the first rows where they do not overlap."""
    taken: list[list[tuple[float, float]]] = []
    spots = []
    for entry in sorted(entries, key=day_of):
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
