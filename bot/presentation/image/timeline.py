"""A timeline as a picture, drawn by matplotlib."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.presentation.image import fonts
from bot.presentation.image.labels import drawable, fold
from bot.presentation.image.layout import BEGINNING, OTHERS, Lane, Span, Spot, day_of, lanes, span
from bot.presentation.message_splitting import shorten
from bot.presentation.terminal_timelines import counted
from bot.presentation.wording import day
from retrieval.domain.timelines import Timeline

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# In pixels: the width of the picture, the margins around the lanes, and the height of the lanes, which may be exceeded
# with one line for a statement.
_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM, _ROOM = 1200, 170, 25, 76, 84, 840
_DPI, _COLOURS = 100, 128
# The height of a row by its number of lines, and the distance from its middle up to the date.
_ROWS = {3: 66, 2: 46, 1: 21}
_UP = {3: 14, 2: 4, 1: -5}
_MORE = {3: 4, 2: 2, 1: 1}  # the additional lines of another row
_BETWEEN, _GAP = 14, 9  # pixels from a mark to its words, and from a date to what follows it on its line
_TEXT, _SMALL, _HEAD = 10.5, 9.5, 15  # points
_TITLE, _DAYS = 90, 8
# The rows that a change takes, where there is room.
_TALL = 2
_INK, _PALE, _BAND, _LINE, _PAPER = "#1f2933", "#52606d", "#f1f4f7", "#d5dbe1", "#ffffff"
# The marks differ in form and brightness, for people who do not see all colours.
_MARKS = {
    "first": ("o", "#0072B2", 9, "first statement"),
    "same": ("s", "#7f8c99", 8, "same as before"),
    "changed": ("D", "#C44E00", 11, "changed"),
    None: ("^", "#3d4852", 8, "change not judged"),
}


def draw(timeline: Timeline) -> bytes:
    """A timeline that has entries as a PNG: time from left to right, a lane for each actor, a mark for each statement.

    Safe in any thread.
    """
    letters = fonts.letters()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    over = span(timeline.entries)
    drawn = lanes(timeline.entries, over, _TALL)
    rows = sum(lane.rows for lane in drawn)
    if rows * _ROWS[2] > _ROOM:
        drawn = lanes(timeline.entries, over)
        rows = sum(lane.rows for lane in drawn)
    lines = next((lines for lines, each in _ROWS.items() if rows * each <= _ROOM), 1)
    high = rows * _ROWS[lines] + _TOP + _BOTTOM
    figure = Figure(figsize=(_WIDTH / _DPI, high / _DPI), dpi=_DPI, facecolor=_PAPER)
    canvas: Any = FigureCanvasAgg(figure)  # whose drawing has no types
    _Picture(figure, letters, over, lines, rows).fill(timeline, drawn)
    canvas.draw()
    return _png(canvas)


def _png(canvas: Any) -> bytes:
    """The picture with few colours: a third of the size without a visible difference."""
    from PIL import Image

    wide, high = canvas.get_width_height()
    whole = Image.frombuffer("RGBA", (wide, high), canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    png = io.BytesIO()
    whole.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(png, "png")
    return png.getvalue()


class _Picture:
    """A picture while it is drawn; its axes count days to the right and rows downwards."""

    def __init__(self, figure: Figure, letters: frozenset[str], over: Span, lines: int, rows: int) -> None:
        high, wide = rows * _ROWS[lines], _WIDTH - _LEFT - _RIGHT
        self._figure, self._letters, self._lines, self._high = figure, letters, lines, high + _TOP + _BOTTOM
        box = (_LEFT / _WIDTH, _BOTTOM / self._high, wide / _WIDTH, high / self._high)
        self._axes = figure.add_axes(box, xlim=(over.first, over.last), ylim=(rows, 0), facecolor="none")
        self._room = over.reach * wide - 2 * _BETWEEN
        self._over = over

    def fill(self, timeline: Timeline, drawn: list[Lane]) -> None:
        """Draw everything."""
        self._head(timeline)
        self._days(timeline)
        top = 0
        for number, lane in enumerate(drawn):
            self._lane(lane, top, shaded=number % 2 == 0)
            top += lane.rows
        self._legend(timeline)

    def _head(self, timeline: Timeline) -> None:
        searched = timeline.searched
        newest = f", the newest of {day(searched.newest)}" if searched.newest else ""
        below = f"{counted(timeline)} · searched {searched.articles:,} articles{newest}"
        if cut := self._over.cut:
            below += f" · // nothing from {_day(cut.begin)} to {_day(cut.end)}"
        topic = f"{timeline.actor} on {timeline.topic}" if timeline.actor else timeline.topic
        topic = shorten(drawable(topic, self._letters), _TITLE)
        for at, text, size, colour in ((26, topic, _HEAD, _INK), (54, below, _SMALL, _PALE)):
            place = 20 / _WIDTH, 1 - at / self._high
            self._figure.text(*place, text, size=size, color=colour, va="center", parse_math=False)

    def _days(self, timeline: Timeline) -> None:
        axes, ticks = self._axes, self._ticks(sorted({day_of(each) for each in timeline.entries}))
        axes.set_xticks(list(map(self._over.place, ticks)), list(ticks.values()), size=_SMALL, color=_PALE)
        axes.set_yticks([])
        axes.tick_params(length=0, pad=8)
        axes.grid(axis="x", color=_LINE, linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines[:].set_visible(False)

        if cut := self._over.cut:
            middle = (cut.begin + self._over.place(cut.end)) / 2
            axes.axvline(middle, color=_LINE, linewidth=1.2, linestyle=(0, (3, 3)), zorder=0.5)
            look: dict[str, Any] = {"ha": "center", "va": "top", "size": _HEAD, "color": _PALE}
            axes.annotate("//", (middle, axes.get_ylim()[0]), (0, -4), textcoords="offset pixels", **look)

    def _ticks(self, marked_days: list[int]) -> dict[float, str]:
        """The days to label on both sides of a break, in proportion to their widths."""
        cut, whole = self._over.cut, self._over.last - self._over.first
        if cut is None:
            return _ticks(marked_days, _DAYS)
        sides = [each for each in marked_days if each <= cut.begin], [each for each in marked_days if each >= cut.end]
        early, late = (_ticks(side, int(_DAYS * (side[-1] - side[0]) / whole)) for side in sides)
        return early | late

    def _lane(self, lane: Lane, top: int, shaded: bool) -> None:
        if shaded:
            left = -_LEFT / (_WIDTH - _LEFT - _RIGHT)
            self._axes.axhspan(top, top + lane.rows, left, color=_BAND, linewidth=0, clip_on=False, zorder=0)
        # Where rows are low, a name of two lines takes two of them.
        lines = 2 if self._lines > 1 or lane.rows > 1 else 1
        name = fold(drawable(lane.name, self._letters), lines, lambda text: _wide(text, _TEXT) < _LEFT - 36)
        middle = top + (1 if self._lines == 1 and "\n" in name else 0.5)
        at, place = (self._axes.get_xlim()[0], middle), (20 - _LEFT, 0)
        look: dict[str, Any] = {"va": "center", "parse_math": False, "annotation_clip": False}
        self._axes.annotate(name, at, place, textcoords="offset pixels", size=_TEXT, color=_INK, **look)
        for spot in lane.spots:
            self._mark(spot, top, named=lane.name == OTHERS)

    def _mark(self, spot: Spot, top: int, named: bool) -> None:
        entry, at = spot.entry, (self._over.place(day_of(spot.entry)), top + spot.row + 0.5)
        form, colour, size, _ = _MARKS[entry.change]
        face = _PAPER if entry.citation.published_estimated else colour
        self._axes.plot(*at, form, ms=size, mfc=face, mec=colour, mew=1.8, clip_on=False, zorder=3)
        text = f"{entry.actor}: {entry.text}" if named and entry.actor else entry.text
        head = f"{day(entry.date)} [{entry.citation.number}]" + " changed" * (entry.change == "changed")
        self._words(spot, at, head, drawable(text, self._letters))

    def _words(self, spot: Spot, at: tuple[float, float], head: str, text: str) -> None:
        """The date, and as much of the statement as fits, below it or on the same line."""
        up = _UP[self._lines]
        colour = _MARKS["changed"][1] if spot.entry.change == "changed" else _PALE
        if self._lines > 1:
            text = fold(
                text,
                self._lines - 1 + (spot.rows - 1) * _MORE[self._lines],
                lambda line: _wide(line, _TEXT) < self._room,
            )
            self._write(spot, at, head, (0, up), size=_SMALL, color=colour)
            self._write(spot, at, text, (0, up - 4), va="top")
            return
        taken = _wide(head, _SMALL) + _GAP
        text = fold(text, 1, lambda line: _wide(line, _TEXT) < self._room - taken)
        self._write(spot, at, head, (_wide(text, _TEXT) + _GAP if spot.left else 0, up), size=_SMALL, color=colour)
        self._write(spot, at, text, (0 if spot.left else taken, up))

    def _write(self, spot: Spot, at: tuple[float, float], text: str, away: tuple[float, float], **look: Any) -> None:
        """Write text beside a mark, shifted by `away` pixels."""
        aside = _BETWEEN + away[0]
        look = {"ha": "right" if spot.left else "left", "size": _TEXT, "color": _INK, "parse_math": False, **look}
        place = (-aside if spot.left else aside, away[1])
        self._axes.annotate(text, at, place, textcoords="offset pixels", **look)

    def _legend(self, timeline: Timeline) -> None:
        """Draw the legend of the marks in the picture."""
        from matplotlib.lines import Line2D

        seen = {each.change for each in timeline.entries}
        forms = [each for change, each in _MARKS.items() if change in seen]
        keys = [Line2D([], [], marker=form, ls="", ms=size, c=colour, label=said) for form, colour, size, said in forms]
        if any(each.citation.published_estimated for each in timeline.entries):
            label = "hollow: date estimated"
            keys.append(Line2D([], [], marker="o", ls="", ms=9, mfc=_PAPER, mec=_INK, mew=1.8, label=label))
        place = (_LEFT / _WIDTH, 8 / self._high)
        look: dict[str, Any] = {"fontsize": _SMALL, "labelcolor": _PALE, "frameon": False, "handletextpad": 0.3}
        self._figure.legend(handles=keys, loc="lower left", bbox_to_anchor=place, ncols=5, borderaxespad=0, **look)


def _wide(line: str, size: float) -> float:
    """The width of a line in pixels."""
    return fonts.width(line) * size * _DPI / 72


def _day(number: float) -> str:
    """A day for people."""
    return day((BEGINNING + timedelta(number)).isoformat())


def _ticks(marked_days: list[int], most: int) -> dict[float, str]:
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
        form = "%Y" if all(each.month == 1 for each in days) else "%b %Y"
        return {at: format(each, form) for at, each in zip(found, days, strict=True)}
    return {at: _day(at) for at in found}
