"""A timeline as a picture: time from left to right, a lane for an actor, a mark for a statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.presentation.discord.markdown import shorten
from bot.presentation.image import canvas
from bot.presentation.image.canvas import Band, Box, Dot, Sheet, Stroke, Theme, Tone, Words, column, measured
from bot.presentation.image.chart import add_chart, add_sources, drawable, fold
from bot.presentation.image.layout import OTHERS, Lane, Span, Spot, day_of, in_words, lanes, span
from bot.presentation.wording import counted, searched
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.answers import Change, Timeline, TimelineEntry

# In pixels: the margin of the picture, the place of the lanes, their top, and their height, which may be exceeded only
# with one line for a statement.
MARGIN, _LEFT, _RIGHT, _TOP, _ROOM = 20, 170, 1175, 76, 840
_TEXT, _SMALL, _HEAD = 10.5, 9.5, 15  # points
# From the top of a row to the baseline of its date, from line to line, and what a row has around its lines.
_DATE, _LEADING, _AROUND = 18, 17, 29
# Of a statement; and the height of a row with its date and words on one line, and with a name of two lines.
_MOST_LINES, _LOW, _NAMED = 6, 21, 38
# The most of the width for the words of a statement, the next where quotes would be cut.
_WIDEST = (0.62, 0.78, 1.0)
_BETWEEN, _GAP = 15, 9  # from a mark to its words, and from a date to what follows it on its line
_AXIS, _KEYS = 34, 30  # the heights of the days' labels and the legend
_TITLE = 90
_MARKS: dict[Change | None, tuple[str, Tone, float, str]] = {
    "first": ("o", "first", 9, phrase("first statement")),
    "same": ("s", "same", 8, phrase("same as before")),
    "changed": ("D", "changed", 10, phrase("changed")),
    None: ("^", "unjudged", 8, phrase("change not judged")),
}


def draw(timeline: Timeline, theme: Theme = "light", words: OwnWords = ENGLISH) -> bytes:
    """A timeline that has entries as a PNG, with its sources below it. Safe in any thread."""
    return canvas.draw(compose(timeline, words), theme)


def compose(timeline: Timeline, words: OwnWords = ENGLISH) -> Sheet:
    """The parts of the picture at their places."""
    letters = canvas.letters()
    over = span([day_of(each) for each in timeline.entries])
    # Longer lines are harder to read, but not as hard as a quote that is cut.
    for widest in _WIDEST:
        picture = _Picture(letters, over, lanes(timeline.entries, over, widest), words)
        if not picture.is_cut:
            break
    picture.fill(timeline)
    sheet = picture.sheet
    cited = {each.citation.number: each.citation for each in timeline.entries}
    if timeline.series:
        sheet.add(Stroke(x=MARGIN, y=sheet.height, to_x=canvas.WIDTH - MARGIN, to_y=sheet.height))
        add_chart(sheet, timeline.series, letters, words)
        cited |= {each.citation.number: each.citation for each in timeline.series.points}
    add_sources(sheet, cited.values(), letters, words)
    return sheet


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a lane: its top, its height, and the lines of a statement; none where they stand beside the date."""

    top: float
    high: float
    lines: int


class _Picture:
    """A picture while it is composed."""

    def __init__(self, letters: frozenset[str], over: Span, drawn: list[Lane], words: OwnWords) -> None:
        self.sheet = Sheet()
        self._own_words = words
        self._letters, self._over, self._drawn = letters, over, drawn
        self.is_cut = False
        self._rows = self._measure(drawn)
        self._blocks: list[Box] = []

    def _measure(self, drawn: list[Lane]) -> list[list[_Row]]:
        """The rows of the lanes, as high as their words need where there is room, changes before others."""
        needed = [[0] * lane.rows for lane in drawn]
        changed = set()
        for at, lane in enumerate(drawn):
            for spot in lane.spots:
                lines = len(self._folded(spot, self._said(spot.entry, lane), _MOST_LINES))
                needed[at][spot.row] = max(needed[at][spot.row], lines)
                if spot.entry.change == "changed":
                    changed.add((at, spot.row))
        every = [(at, row) for at, rows in enumerate(needed) for row in range(len(rows))]
        total = sum(_AROUND + _LEADING * needed[at][row] for at, row in every)
        self.is_cut = total > _ROOM
        while total > _ROOM:
            at, row = max(every, key=lambda place: needed[place[0]][place[1]] - 2 * (place in changed))
            if needed[at][row] <= 1:
                needed = [[0] * len(rows) for rows in needed]
                break
            needed[at][row] -= 1
            total -= _LEADING
        long = [len(self._called(lane, 2)) > lane.rows for lane in drawn]
        return list(_stacked(needed, long))

    def fill(self, timeline: Timeline) -> None:
        """Compose everything but the sources."""
        sheet = self.sheet
        bottom = self._rows[-1][-1].top + self._rows[-1][-1].high
        for rows in self._rows[::2]:
            sheet.add(Band(top=rows[0].top, bottom=rows[-1].top + rows[-1].high))
        self._head(timeline)
        for lane, rows in zip(self._drawn, self._rows, strict=True):
            self._name(lane, rows)
            for spot in lane.spots:
                self._spot(spot, rows[spot.row], lane)
        self._days(sorted({day_of(each) for each in timeline.entries}), bottom)
        self._legend(timeline, bottom + _AXIS)
        sheet.height = bottom + _AXIS + _KEYS

    def _x(self, share: float) -> float:
        return _LEFT + share * (_RIGHT - _LEFT)

    def _head(self, timeline: Timeline) -> None:
        words = self._own_words
        below = f"{counted(timeline, words)} · {searched(timeline.searched, words)}"
        if cut := self._over.cut:
            days = words.span(in_words(cut.begin, words), in_words(cut.end, words))
            below += f" · // {words('nothing {days}', days=days)}"
        topic = timeline.topic
        if timeline.actor:
            topic = words("{actor} on {topic}", actor=timeline.actor, topic=topic)
        topic = shorten(drawable(topic, self._letters, words), _TITLE)
        topic = fold(topic, 1, lambda line: measured(line, _HEAD, bold=True) < canvas.WIDTH - 2 * MARGIN)
        self.sheet.add(Words(x=MARGIN, y=33, text=topic, size=_HEAD, bold=True))
        self.sheet.add(Words(x=MARGIN, y=59, text=below, size=_SMALL, tone="pale"))

    def _name(self, lane: Lane, rows: list[_Row]) -> None:
        first = rows[0].top + (_DATE if rows[0].lines else 15)
        tone: Tone = "pale" if lane.name == OTHERS else "ink"
        lines = int((sum(row.high for row in rows) - _DATE) // _LEADING) + 1
        for at, line in enumerate(self._called(lane, min(lines, 3))):
            y = first + at * _LEADING
            self.sheet.add(Words(x=MARGIN, y=y, text=line, size=_TEXT, tone=tone, bold=lane.name != OTHERS))

    def _called(self, lane: Lane, lines: int) -> list[str]:
        name = drawable(self._own_words(OTHERS) if lane.name == OTHERS else lane.name, self._letters, self._own_words)
        return fold(name, lines, lambda text: measured(text, _TEXT, bold=True) < _LEFT - 32).splitlines()

    def _said(self, entry: TimelineEntry, lane: Lane) -> str:
        """The words of a statement, behind its actor where the lane is of several."""
        actor = entry.actor if lane.name == OTHERS else ""
        return drawable(f"{actor}: {entry.text}" if actor else entry.text, self._letters, self._own_words)

    def _date(self, entry: TimelineEntry, lane: Lane) -> str:
        who = f" · {entry.actor}" if entry.actor and lane.name not in (OTHERS, entry.actor) else ""
        changed = f" · {self._own_words('changed')}" if entry.change == "changed" else ""
        return drawable(f"{self._own_words.day(entry.date)} [{entry.citation.number}]{changed}{who}", self._letters)

    def _room(self, spot: Spot) -> float:
        return spot.reach * (_RIGHT - _LEFT) - 2 * _BETWEEN

    def _folded(self, spot: Spot, text: str, lines: int) -> list[str]:
        return fold(text, lines, lambda line: measured(line, _TEXT) < self._room(spot)).splitlines()

    def _spot(self, spot: Spot, row: _Row, lane: Lane) -> None:
        """A mark with its words beside it: below its date where the row has lines for them, else on the date's line."""
        entry, x = spot.entry, self._x(self._over.at(spot.entry))
        form, tone, size, _ = _MARKS[entry.change]
        y = row.top + (_DATE - 5 if row.lines else _LOW / 2)
        hollow = entry.citation.published_estimated
        self.sheet.add(Dot(x=x, y=y, form=form, size=size, tone=tone, hollow=hollow))
        bold = entry.change == "changed"
        head = Words(x=x, y=row.top, text="", size=_SMALL, tone="changed" if bold else "pale", bold=bold)
        beside = self._below if row.lines else self._on_line
        at, wide = beside(spot, row, lane, head)
        self._blocks.append(Box(min(at, x) - 4, row.top, max(at + wide, x) + 4, row.top + row.high))

    def _begin(self, spot: Spot, wide: float) -> float:
        """Where words of this width begin beside a mark."""
        x = self._x(self._over.at(spot.entry))
        return x - _BETWEEN - wide if spot.left else x + _BETWEEN

    def _below(self, spot: Spot, row: _Row, lane: Lane, head: Words) -> tuple[float, float]:
        """Add the date, and the words on lines below it; returns where they begin and how wide they are."""
        room = self._room(spot)
        date = fold(self._date(spot.entry, lane), 1, lambda line: measured(line, _SMALL, head.bold) < room)
        lines = self._folded(spot, self._said(spot.entry, lane), row.lines)
        wide = max([measured(date, _SMALL, head.bold), *(measured(line, _TEXT) for line in lines)])
        at = self._begin(spot, wide)
        shown = replace(head, x=at, y=row.top + _DATE, text=date)
        self.sheet.add(replace(shown, x=head.x - _BETWEEN, align="right") if spot.left else shown)
        for number, line in enumerate(lines, 1):
            self.sheet.add(Words(x=at, y=row.top + _DATE + number * _LEADING, text=line, size=_TEXT))
        return at, wide

    def _on_line(self, spot: Spot, row: _Row, lane: Lane, head: Words) -> tuple[float, float]:
        """Add the date and as many words as fit behind it; returns where they begin and how wide they are."""
        room = self._room(spot)
        date = fold(self._date(spot.entry, lane), 1, lambda line: measured(line, _SMALL, head.bold) < room / 2)
        taken = measured(date, _SMALL, head.bold) + _GAP
        text = fold(self._said(spot.entry, lane), 1, lambda line: measured(line, _TEXT) < room - taken)
        wide = taken + measured(text, _TEXT)
        at, y = self._begin(spot, wide), row.top + 15
        self.sheet.add(replace(head, x=at, y=y, text=date), Words(x=at + taken, y=y, text=text, size=_TEXT))
        return at, wide

    def _days(self, marked: list[int], bottom: float) -> None:
        """The days below the lanes, with lines upwards that leave out the rows where words are in its way."""
        last = 0.0
        for number, label in self._over.ticks(marked, self._own_words).items():
            x = self._x(self._over.share(number))
            half = measured(label, _SMALL) / 2
            middle = min(x, canvas.WIDTH - MARGIN - half)
            words = Words(x=middle, y=bottom + 22, text=label, size=_SMALL, tone="pale", align="center")
            if words.box.left < last:
                continue
            last = words.box.right + 8
            self.sheet.add(words, *column(x, _TOP, bottom + 6, self._blocks))
        if cut := self._over.cut:
            x = self._x(self._over.share((cut.begin + self._over.place(cut.end)) / 2))
            for rule in column(x, _TOP, bottom, self._blocks):
                self.sheet.add(Stroke(x=x, y=rule.y, to_x=x, to_y=rule.to_y, dashed=True))
            self.sheet.add(Words(x=x, y=bottom + 22, text="//", size=_TEXT, tone="pale", align="center"))

    def _legend(self, timeline: Timeline, top: float) -> None:
        """The marks that are in the picture, with what they mean."""
        seen = {each.change for each in timeline.entries}
        keys = [(*each, False) for change, each in _MARKS.items() if change in seen]
        if any(each.citation.published_estimated for each in timeline.entries):
            keys.append(("o", "unjudged", 9, phrase("hollow: date estimated"), True))
        x = self._x(0.015)
        for form, tone, size, said, hollow in keys:
            words = Words(x=x + _BETWEEN, y=top + 13, text=self._own_words(said), size=_SMALL, tone="pale")
            self.sheet.add(Dot(x=x, y=top + 9, form=form, size=size, tone=tone, hollow=hollow), words)
            x = words.box.right + 32


def _stacked(needed: list[list[int]], long: list[bool]) -> Iterator[list[_Row]]:
    """The rows below one another; a low row of a lane with a long name has room for its second line."""
    top = float(_TOP)
    for lane, named in zip(needed, long, strict=True):
        rows = []
        for lines in lane:
            high = _AROUND + _LEADING * lines if lines else _NAMED if named else _LOW
            rows.append(_Row(top, high, lines))
            top += high
        yield rows
