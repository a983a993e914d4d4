"""A picture as words, lines, marks and bands at places in pixels, and its drawing by matplotlib in its own font."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from tempfile import TemporaryDirectory
from threading import Lock
from types import MappingProxyType
from typing import Any, Literal

_TYPE = "DejaVu Sans"
_loading = Lock()
WIDTH, DPI = 1200, 100
_COLOURS = 128
# The parts of a line's height above and below its baseline, in font sizes.
_ABOVE, _BELOW = 0.78, 0.24
Theme = Literal["light", "dark"]
Align = Literal["left", "center", "right"]
Tone = Literal["paper", "band", "line", "ink", "pale", "first", "same", "changed", "unjudged"]
# The marks of both themes differ in form and brightness too, for people who do not see all colours.
THEMES: Mapping[Theme, Mapping[Tone, str]] = MappingProxyType(
    {
        "light": {
            "paper": "#ffffff",
            "band": "#f1f4f7",
            "line": "#c9d1d9",
            "ink": "#1f2933",
            "pale": "#52606d",
            "first": "#0072B2",
            "same": "#6b7885",
            "changed": "#B34700",
            "unjudged": "#3d4852",
        },
        "dark": {
            "paper": "#1e2126",
            "band": "#272b31",
            "line": "#4a525c",
            "ink": "#eceff2",
            "pale": "#aab4be",
            "first": "#5cb3ea",
            "same": "#8d99a6",
            "changed": "#ff9d5c",
            "unjudged": "#c8d0d8",
        },
    }
)


def letters() -> frozenset[str]:
    """The characters that can be drawn. Call it before anything else of matplotlib; safe in any thread."""
    with _loading:
        return _load()


@cache
def _load() -> frozenset[str]:
    """Load matplotlib with its own font and defaults, ignoring the user's settings and writing no cache."""
    # Otherwise it may warn on standard error about the home folder, and it reads every font of the machine.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    with TemporaryDirectory() as folder, _environment(MPLCONFIGDIR=folder, MPL_IGNORE_SYSTEM_FONTS="1"):
        import matplotlib
        from matplotlib.font_manager import findfont, get_font

        matplotlib.rcdefaults()
    # Letter widths are not rounded to pixels, so a line is as wide as its letters together.
    matplotlib.rcParams["text.hinting"] = "none"
    return frozenset(map(chr, get_font(findfont(_TYPE)).get_charmap()))


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def width(line: str, bold: bool = False) -> float:
    """The approximate width of a line, in font sizes; a hundred times faster than drawing it."""
    return sum(_advance(letter, bold) for letter in line)


@cache
def _advance(letter: str, bold: bool) -> float:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties(family=_TYPE, weight="bold" if bold else "normal")))
    font.set_size(100, 72)
    return font.load_char(ord(letter)).linearHoriAdvance / 65536 / 100


@dataclass(frozen=True, slots=True)
class Box:
    """The place of a part of a picture, in pixels from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """True where the two overlap."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One line of text; `y` is its baseline, `size` in points."""

    x: float
    y: float
    text: str
    size: float
    tone: Tone = "ink"
    align: Align = "left"
    bold: bool = False

    @property
    def box(self) -> Box:
        """The place that the line takes."""
        wide, high = measured(self.text, self.size, self.bold), self.size * DPI / 72
        left = self.x - wide * {"left": 0, "center": 0.5, "right": 1}[self.align]
        return Box(left, self.y - _ABOVE * high, left + wide, self.y + _BELOW * high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """A straight line."""

    x: float
    y: float
    to_x: float
    to_y: float
    tone: Tone = "line"
    width: float = 1.0
    dashed: bool = False

    @property
    def box(self) -> Box:
        """The place between its ends."""
        across, down = sorted((self.x, self.to_x)), sorted((self.y, self.to_y))
        wide, high = (0.5 * (begin == end) for begin, end in (across, down))
        return Box(across[0] - wide, down[0] - high, across[1] + wide, down[1] + high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A mark in one of matplotlib's forms, `size` in points; hollow where its day is estimated."""

    x: float
    y: float
    form: str
    size: float
    tone: Tone
    hollow: bool = False

    @property
    def box(self) -> Box:
        """The place that the mark takes."""
        half = self.size * DPI / 72 / (2 if self.form != "D" else 2**0.5)
        return Box(self.x - half, self.y - half, self.x + half, self.y + half)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A shaded stretch from edge to edge."""

    top: float
    bottom: float


Part = Words | Stroke | Dot | Band


@dataclass(slots=True)
class Sheet:
    """The parts of a picture in the order of their drawing; `height` grows while it is composed."""

    height: float = 0
    parts: list[Part] = field(default_factory=list)

    def add(self, *parts: Part) -> None:
        """Add parts above those there are."""
        self.parts.extend(parts)

    @property
    def words(self) -> list[Words]:
        """The lines of text."""
        return [each for each in self.parts if isinstance(each, Words)]

    @property
    def marks(self) -> list[Dot]:
        """The marks."""
        return [each for each in self.parts if isinstance(each, Dot)]


def measured(line: str, size: float, bold: bool = False) -> float:
    """The width of a line in pixels."""
    return width(line, bold) * size * DPI / 72


def column(x: float, top: float, bottom: float, taken: Iterable[Box]) -> list[Stroke]:
    """An upright line from `top` to `bottom`, interrupted where a box that is taken stands in its way."""
    found, at = [], top
    for box in sorted(taken, key=lambda each: each.top):
        if box.left < x < box.right and box.bottom > top:
            if box.top > at:
                found.append(Stroke(x=x, y=at, to_x=x, to_y=box.top))
            at = max(at, box.bottom)
    return [*found, Stroke(x=x, y=at, to_x=x, to_y=bottom)] if bottom > at else found


def draw(sheet: Sheet, theme: Theme) -> bytes:
    """The picture as a PNG. Safe in any thread."""
    letters()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    colours = THEMES[theme]
    high = round(sheet.height)
    figure = Figure(figsize=(WIDTH / DPI, high / DPI), dpi=DPI, facecolor=colours["paper"])
    canvas: Any = FigureCanvasAgg(figure)  # whose drawing has no types
    axes: Any = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(high, 0))
    axes.set_axis_off()
    for order, part in enumerate(sheet.parts):
        _put(axes, part, colours, order)
    canvas.draw()
    return _png(canvas)


def _put(axes: Any, part: Part, colours: Mapping[Tone, str], order: int) -> None:
    if isinstance(part, Band):
        axes.axhspan(part.top, part.bottom, color=colours["band"], linewidth=0, zorder=order)
    elif isinstance(part, Stroke):
        style: Any = (0, (3, 3)) if part.dashed else "solid"
        look = {"color": colours[part.tone], "linewidth": part.width, "linestyle": style}
        axes.plot((part.x, part.to_x), (part.y, part.to_y), zorder=order, **look)
    elif isinstance(part, Dot):
        colour = colours[part.tone]
        look = {"mfc": colours["paper"] if part.hollow else colour, "mec": colour, "mew": 1.8}
        axes.plot(part.x, part.y, part.form, ms=part.size, clip_on=False, zorder=order, **look)
    else:
        look = {"size": part.size, "color": colours[part.tone], "weight": "bold" if part.bold else "normal"}
        axes.text(part.x, part.y, part.text, ha=part.align, va="baseline", parse_math=False, zorder=order, **look)


def _png(canvas: Any) -> bytes:
    """The picture with few colours: a third of the size without a visible difference."""
    from PIL import Image

    wide, high = canvas.get_width_height()
    whole = Image.frombuffer("RGBA", (wide, high), canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    png = io.BytesIO()
    whole.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(png, "png")
    return png.getvalue()
