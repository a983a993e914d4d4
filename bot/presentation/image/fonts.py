"""The font of pictures: matplotlib's own, loaded for the first picture; and the widths of its letters."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from tempfile import TemporaryDirectory
from threading import Lock

_TYPE = "DejaVu Sans"
_loading = Lock()


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
