"""The layout of a timeline's picture: a lane for an actor, and rows within the lanes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.answers import TimelineEntry
from retrieval.nlp.entities import same_entity
from retrieval.nlp.names import SPEAKING_BODIES

# The day that days are counted from.
BEGINNING = date(1970, 1, 1)
# The most lanes, with the one for the other actors.
_LANES = 7
OTHERS = phrase("others")
# The least part of the width for the words of a statement, in a timeline of several days and of one day.
_REACH, _ALONE = 0.42, 0.93
# The most days to label, and the days within which all are labelled.
_DAYS = 8
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
        return self.share(day_of(entry))

    def place(self, number: float) -> float:
        """The position of a day on the axis, which does not count the days that are not drawn."""
        return number - self.cut.hidden if self.cut and number >= self.cut.end else number

    def share(self, number: float) -> float:
        """The position of a day, from 0 to 1."""
        return (self.place(number) - self.first) / (self.last - self.first)

    def ticks(self, marked_days: Sequence[int], words: OwnWords = ENGLISH) -> dict[float, str]:
        """The days to label, on both sides of a break in proportion to their widths."""
        cut, whole = self.cut, self.last - self.first
        if cut is None:
            return _ticks(marked_days, _DAYS, words)
        sides = [each for each in marked_days if each <= cut.begin], [each for each in marked_days if each >= cut.end]
        early, late = (_ticks(side, int(_DAYS * (side[-1] - side[0]) / whole), words) for side in sides)
        return early | late


@dataclass(frozen=True, slots=True)
class Spot:
    """A statement in a row of its lane, with its words right of its mark, or left if there is no room.

    `reach` is the part of the width for them: what is free in the row, up to where lines become hard to read.
    """

    entry: TimelineEntry
    row: int
    left: bool
    reach: float = _REACH


@dataclass(frozen=True, slots=True)
class Lane:
    """The statements of one actor, in as many `rows` as they need without overlapping."""

    name: str
    spots: tuple[Spot, ...]
    rows: int


def day_of(entry: TimelineEntry) -> int:
    """The day of a statement, counted from 1970."""
    return (date.fromisoformat(entry.date[:10]) - BEGINNING).days


def in_words(number: float, words: OwnWords) -> str:
    """A day for people, counted from 1970."""
    return words.day((BEGINNING + timedelta(number)).isoformat())


def span(days: Collection[int]) -> Span:
    """The span of some days with free room at both ends; a single day stands at the left."""
    ordered = sorted(set(days))
    first, last = ordered[0], ordered[-1]
    if first == last:
        return Span(first - _EDGE, first + 1 - _EDGE, _ALONE)
    cut = _break(ordered)
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


def _ticks(marked_days: Sequence[int], most: int, words: OwnWords) -> dict[float, str]:
    """The days to label below the lanes, with their labels: only years or months if that is enough."""
    from matplotlib import dates

    first, last = marked_days[0], marked_days[-1]
    found: list[float] = list(marked_days) if len(marked_days) <= most else [first]
    if last - first > _DAYS and most > 2:
        kinds: Any = dates  # which has no types
        calendar = kinds.AutoDateLocator(minticks=3, maxticks=most)
        every = calendar.tick_values(*map(kinds.num2date, (first, last)))
        found = [float(each) for each in every if first <= each <= last] or [first, last]
    days = [BEGINNING + timedelta(each) for each in found]
    if len(days) > 1 and all(each.day == 1 for each in days):
        years = all(each.month == 1 for each in days)
        return {at: str(each.year) if years else words.month(each) for at, each in zip(found, days, strict=True)}
    return {at: in_words(at, words) for at in found}


def lanes(entries: Sequence[TimelineEntry], over: Span, widest: float) -> list[Lane]:
    """The lanes, the most frequent actors first; all other statements share the last lane.

    `widest` is the most of the width for the words of a statement.
    """
    return [_lane(name, statements, over, widest) for name, statements in grouped(entries)]


def grouped(entries: Sequence[TimelineEntry]) -> Iterator[tuple[str, list[TimelineEntry]]]:
    """The names of the lanes, with their statements; whoever speaks for an actor shares the actor's lane."""
    names = Counter(each.actor for each in entries if each.actor)
    speaks = {name: _spoken_for(name, names) for name in names}
    spoken = Counter(speaks[each.actor] for each in entries if each.actor)
    unnamed = any(not each.actor for each in entries)
    room = _LANES if len(spoken) + unnamed <= _LANES else _LANES - 1
    own = [name for name, _ in spoken.most_common(room)]
    for name in own:
        yield name, [each for each in entries if each.actor and speaks[each.actor] == name]
    if rest := [each for each in entries if not each.actor or speaks[each.actor] not in own]:
        yield OTHERS, rest


def _spoken_for(name: str, names: Collection[str]) -> str:
    """The one other actor that a name is: a country of its ministry, the full name of a person; else the name."""
    first, *rest = name.split()
    of_country = bool(rest) and rest[-1].lower() in SPEAKING_BODIES
    others = [
        other
        for other in names
        if other != name
        and (same_entity(first, other) if of_country else len(other) > len(name) and same_entity(name, other))
    ]
    return others[0] if len(others) == 1 else name


def _lane(name: str, entries: Sequence[TimelineEntry], over: Span, widest: float) -> Lane:
    """A lane with its statements in the first rows where they do not overlap, then widened into free room."""
    taken: list[list[tuple[float, float]]] = []
    spots = []
    for entry in sorted(entries, key=day_of):
        at = over.at(entry)
        left = at + over.reach > 1
        begin, end = (at - over.reach, at + _MARK) if left else (at - _MARK, at + over.reach)
        free = [all(end <= a or begin >= b for a, b in held) for held in taken] + [True]
        row = free.index(True)
        taken += [[] for _ in range(row + 1 - len(taken))]
        taken[row].append((begin, end))
        spots.append(Spot(entry, row, left, over.reach))
    return Lane(name, tuple(_widened(spots, over, widest)), len(taken))


def _widened(spots: Sequence[Spot], over: Span, widest: float) -> Iterator[Spot]:
    """The spots with the free room of their rows: up to the next mark, or half the way to words that come nearer."""
    for spot in spots:
        at = over.at(spot.entry)
        row = [(over.at(each.entry), each.left) for each in spots if each.row == spot.row and each is not spot]
        ahead = [(abs(place - at), left) for place, left in row if (place < at if spot.left else place > at)]
        near, faces = min(
            ((far, left != spot.left) for far, left in ahead), default=(2 * at if spot.left else 2.0, False)
        )
        room = near / 2 if faces else near - 2 * _MARK
        edge = at if spot.left else 1 - at
        free = min(room, edge) if ahead else edge
        yield replace(spot, reach=max(over.reach, min(free, widest)))
