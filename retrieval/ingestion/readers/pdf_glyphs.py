"""Joins the visible characters of a PDF page into runs on one line; `ocrmypdf` reads the pictures of a scan first.

Coordinates are in points from the lower left corner of the page as it is read.
"""

from __future__ import annotations

import ctypes
import math
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError

_HYPHENS = frozenset((0xFFFE, 0x02, 0xAD))
_WHITE = 250  # of 255, each colour
_INVISIBLE = 3  # the render mode of invisible text
_SMALLEST = 1.5  # points; smaller type is unreadable
_GAP = 1.2  # of the font size; a wider gap separates cells or columns
_RAISED, _SMALLER = 0.12, 0.87  # of the font size before it; a raised and smaller character is a mark
_MARK = re.compile(r"[\d,*†‡§¶]{1,7}|[a-z]|\(\d{1,3}\)|\[\d{1,3}\]")
# Behind these a raised number is an exponent.
_POWER = re.compile(r"(?:(?<!\d)10|\b(?:[cdkm]?m|ft|in|mi|yd|s))$")
# Of the page; a picture that covers more is a scan, and the invisible text over it was recognised from it.
_PAGE_SHARE = 0.5
_PROGRAM = "ocrmypdf"
_SECONDS = 600
MISSING = Phrase("a scan without text: install ocrmypdf to have scans read")


@dataclass(slots=True)
class Run:
    """Characters that follow one another on a line without a wide gap."""

    left: float
    right: float
    bottom: float  # the baseline
    size: float
    letters: list[str] = field(default_factory=list)
    sizes: Counter[float] = field(default_factory=Counter)

    @property
    def text(self) -> str:
        return " ".join("".join(self.letters).split())


class _Glyph(NamedTuple):
    code: int
    left: float
    right: float
    bottom: float
    size: float


class _Look(NamedTuple):
    """The visibility and direction of the characters of a text object."""

    seen: bool
    turn: int  # quarter turns, clockwise; -1 for any other angle


def runs(page: Any, text: Any) -> list[Run]:
    """The runs of a page in the order of the file, turned pages upright; `text` is PDFium's text page."""
    by_turn: dict[int, list[_Glyph | None]] = {}
    for turn, glyph in _glyphs(page, text):
        by_turn.setdefault(turn, []).append(glyph)
    found: list[Run] = []
    # The most common direction first; `_glyphs` leaves out text at an angle, which is a stamp.
    for _, glyphs in sorted(by_turn.items(), key=lambda pair: -len(pair[1])):
        found.extend(_joined(glyphs))
    return [run for run in found if run.text]


def is_scan(page: Any) -> bool:
    """Tell if a picture covers most of the page."""
    return _Covers(page).is_scan


def _glyphs(page: Any, text: Any) -> Iterator[tuple[int, _Glyph | None]]:
    """The visible characters with the direction of their text; None ends a line."""
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    looks: dict[Any, _Look] = {}
    covers = _Covers(page)
    box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    turn = 0
    for at in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, at)
        if code in (10, 13):
            yield turn, None
            continue
        generated = pdfium.FPDFText_IsGenerated(text, at) == 1
        if generated and code == 32:
            continue  # spaces come from the gaps between the characters
        pdfium.FPDFText_GetLooseCharBox(text, at, box)
        pdfium.FPDFText_GetCharOrigin(text, at, x, y)
        item = pdfium.FPDFText_GetTextObject(text, at)
        key = ctypes.cast(item, ctypes.c_void_p).value
        if key not in looks:
            looks[key] = _look(pdfium, text, at, item, covers, box)
        seen, turn = looks[key]
        if not seen or turn < 0:
            continue
        glyph = _turned(code, box, y.value, x.value, turn)
        if glyph.size >= _SMALLEST and -1 <= box.left <= max(width, height) and box.right >= 0 and box.top >= 0:
            yield turn, glyph


def _look(pdfium: Any, text: Any, at: int, item: Any, covers: _Covers, box: Any) -> _Look:
    angle = pdfium.FPDFText_GetCharAngle(text, at)
    quarter = round(angle / (math.pi / 2))
    turn = quarter % 4 if abs(angle - quarter * math.pi / 2) < 0.1 else -1
    hidden = bool(item) and pdfium.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE and not covers.is_scan
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if pdfium.FPDFText_GetFillColor(text, at, red, green, blue, alpha):
        white = min(red.value, green.value, blue.value) >= _WHITE
        hidden = hidden or alpha.value == 0 or (white and not covers.is_dark(box))
    return _Look(not hidden, turn)


def _turned(code: int, box: Any, y: float, x: float, turn: int) -> _Glyph:
    if turn == 3:
        return _Glyph(code, box.bottom, box.top, -x, box.right - box.left)
    if turn == 2:
        return _Glyph(code, -box.right, -box.left, -y, box.top - box.bottom)
    if turn == 1:
        return _Glyph(code, -box.top, -box.bottom, x, box.right - box.left)
    return _Glyph(code, box.left, box.right, y, box.top - box.bottom)


class _Covers:
    """The fills and pictures of a page, against which white text is visible, and the picture of a scan."""

    def __init__(self, page: Any) -> None:
        self._page = page

    @property
    def is_scan(self) -> bool:
        """Tell if a picture covers most of the page."""
        return self._painted[1]

    def is_dark(self, box: Any) -> bool:
        """Tell if something that is not white is under a box."""
        x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        return any(left <= x <= right and bottom <= y <= top for left, bottom, right, top in self._painted[0])

    @cached_property
    def _painted(self) -> tuple[list[tuple[float, float, float, float]], bool]:
        return _painted(self._page)


def _painted(page: Any) -> tuple[list[tuple[float, float, float, float]], bool]:
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    boxes, scan = [], False
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    for item in page.get_objects(max_depth=3):
        if item.type == pdfium.FPDF_PAGEOBJ_TEXT:
            continue
        left, bottom, right, top = item.get_pos() if hasattr(item, "get_pos") else item.get_bounds()
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            scan = scan or (right - left) * (top - bottom) >= _PAGE_SHARE * width * height
        elif item.type == pdfium.FPDF_PAGEOBJ_PATH:
            filled = pdfium.FPDFPageObj_GetFillColor(item.raw, red, green, blue, alpha)
            if not filled or alpha.value == 0 or min(red.value, green.value, blue.value) >= _WHITE:
                continue
        boxes.append((left, bottom, right, top))
    return boxes, scan


def _joined(glyphs: list[_Glyph | None]) -> Iterator[Run]:
    run: Run | None = None
    mark: list[_Glyph] = []
    for glyph in glyphs:
        if glyph is None:
            if run:
                _settle(run, mark)
                yield run
            run, mark = None, []
            continue
        if run and _is_raised(run, glyph):
            mark.append(glyph)
            continue
        if run:
            _settle(run, mark)
            gap = glyph.left - run.right
            level = abs(glyph.bottom - run.bottom) <= 0.45 * max(run.size, glyph.size)
            if not level or gap > _GAP * run.size or gap < -1.5 * run.size:
                yield run
                run = None
            elif gap > 0.12 * run.size and glyph.code != 32:
                run.letters.append(" ")
        elif mark:
            run = _started(mark)
        mark = []
        if run is None:
            run = Run(glyph.left, glyph.right, glyph.bottom, glyph.size)
        _append(run, glyph)
    if run:
        _settle(run, mark)
        yield run


def _started(mark: list[_Glyph]) -> Run:
    run = Run(mark[0].left, mark[0].right, mark[0].bottom, mark[0].size)
    for glyph in mark:
        _append(run, glyph)
    return run


def _append(run: Run, glyph: _Glyph) -> None:
    run.letters.append("-" if glyph.code in _HYPHENS else chr(glyph.code) if glyph.code else "")
    if glyph.code != 32:
        run.right = max(run.right, glyph.right)
        run.sizes[round(glyph.size * 2) / 2] += 1
        run.size = run.sizes.most_common(1)[0][0] or glyph.size
        if glyph.size >= run.size * 0.95:
            run.bottom = glyph.bottom


def _is_raised(run: Run, glyph: _Glyph) -> bool:
    """Tell if a character is smaller, raised, and right behind a run."""
    rise = glyph.bottom - run.bottom
    near = -0.5 * run.size < glyph.left - run.right < 3 * run.size
    return near and glyph.size < _SMALLER * run.size and _RAISED * run.size < rise < run.size


def _settle(run: Run, mark: list[_Glyph]) -> None:
    """Drop the mark of a note; append an exponent with a caret, or other raised text."""
    if not mark:
        return
    text = "".join(chr(glyph.code) for glyph in mark if glyph.code).strip()
    run.right = max(run.right, mark[-1].right)
    if text.isdigit() and _POWER.search("".join(run.letters[-3:])):
        run.letters.append(f"^{text}")
    elif not _MARK.fullmatch(text):
        run.letters.append(text)
    mark.clear()


def recognised(data: bytes) -> bytes:
    """The PDF with a layer of text, by `ocrmypdf`.

    Raises UnreadableError if the program is not installed, or cannot read the pictures.
    """
    program = shutil.which(_PROGRAM)
    if program is None:
        raise UnreadableError(MISSING)
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder, "scan.pdf"), Path(folder, "read.pdf")
        source.write_bytes(data)
        command = [program, "--force-ocr", "--quiet", "--output-type", "pdf", str(source), str(made)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)  # noqa: S603
            return made.read_bytes()
        except subprocess.TimeoutExpired:
            raise UnreadableError(
                Phrase("a scan that takes over {minutes} minutes to read", minutes=_SECONDS // 60)
            ) from None
        except (subprocess.CalledProcessError, OSError):
            raise UnreadableError(Phrase("a scan that ocrmypdf cannot read")) from None
