"""A chart of a figure over time, and the words in a picture: beside marks, and the sources under their numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby, pairwise

from bot.presentation.discord.markdown import shorten
from bot.presentation.image import canvas
from bot.presentation.image.canvas import WIDTH, Align, Box, Dot, Sheet, Stroke, Theme, Words, column, measured
from bot.presentation.image.layout import BEGINNING, span
from bot.presentation.wording import titled
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.answers import FigureSeries
from retrieval.domain.citations import Citation
from retrieval.nlp.markup import readable

_UNDRAWN = phrase("(in letters that this picture lacks)")
_AROUND, _SIZE, _LEADING = 20, 9.5, 18
_MOST, _COLUMNS, _BETWEEN = 12, 2, 24
_OUTLET = 24  # characters


def drawable(text: str, letters: Collection[str], words: OwnWords = ENGLISH) -> str:
    """The characters of the text that can be drawn; a note in its place if most letters cannot."""
    text = readable(text)
    drawn = " ".join("".join(each for each in text if each in letters or each == " ").split())
    spoken = [each for each in text if each.isalnum()]
    lost = sum(each not in letters for each in spoken)
    return drawn if lost * 2 <= len(spoken) else words(_UNDRAWN)


def fold(text: str, lines: int, fits: Callable[[str], bool]) -> str:
    """The text in at most `lines` lines that fit, with an ellipsis if it was cut."""
    folded: list[str] = []
    while text and len(folded) < lines:
        if fits(text):
            return "\n".join([*folded, text])
        mark = "…" if len(folded) + 1 == lines else ""
        line = _head(text, mark, fits)
        folded.append(line + mark)
        text = text[len(line) :].lstrip()
    return "\n".join(folded)


def _head(text: str, mark: str, fits: Callable[[str], bool]) -> str:
    """The beginning that fits, to the end of a word; before an ellipsis a word may be cut. Never empty."""
    most = bisect_left(range(1, len(text)), True, key=lambda size: not fits(text[:size] + mark))
    head = text[: max(most, 1)]
    space = head.rfind(" ") if text[len(head)] != " " else len(head)
    return (head[:space] if space > (len(head) // 2 if mark else 0) else head).rstrip()


def add_sources(sheet: Sheet, cited: Iterable[Citation], letters: Collection[str], words: OwnWords) -> None:
    """Add the articles below what there is, in two columns, one line an article, with the numbers of its quotes."""
    by_article: dict[str, list[Citation]] = {}
    for each in sorted(cited, key=lambda each: each.number):
        by_article.setdefault(each.key, []).append(each)
    articles = list(by_article.values())
    shown = articles if len(articles) <= _MOST else articles[: _MOST - 1]
    wide = (WIDTH - 2 * _AROUND - (_COLUMNS - 1) * _BETWEEN) / _COLUMNS
    lines = [_source(each, letters, wide, words) for each in shown]
    if left := len(articles) - len(shown):
        lines.append(("", words.many("and {count} more article", "and {count} more articles", left)))
    rows = -(-len(lines) // _COLUMNS)
    top = sheet.height
    sheet.add(Stroke(x=_AROUND, y=top, to_x=WIDTH - _AROUND, to_y=top))
    for at, (numbers, known) in enumerate(lines):
        x, y = _AROUND + at // rows * (wide + _BETWEEN), top + 22 + at % rows * _LEADING
        sheet.add(Words(x=x, y=y, text=numbers, size=_SIZE))
        sheet.add(Words(x=x + measured(numbers, _SIZE), y=y, text=known, size=_SIZE, tone="pale"))
    sheet.height = top + 30 + rows * _LEADING


def _source(cited: Sequence[Citation], letters: Collection[str], wide: float, words: OwnWords) -> tuple[str, str]:
    """The numbers of an article, and its title, outlet and day; of these the title is cut where room is short."""
    first = cited[0]
    numbers = f"[{_runs([each.number for each in cited])}] "
    known = drawable(shorten(first.outlet or "", _OUTLET), letters, words), words.day(first.published)
    rest = "".join(f" · {each}" for each in known if each)
    room = wide - measured(numbers + rest, _SIZE)
    title = fold(drawable(first.title or first.file, letters, words), 1, lambda line: measured(line, _SIZE) < room)
    return numbers, title + rest


def _runs(numbers: Sequence[int]) -> str:
    """ "1-3, 7": numbers that follow one another as a run."""
    runs = []
    for _, group in groupby(enumerate(dict.fromkeys(numbers)), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        runs.append(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)))
    return ", ".join(runs)


# In pixels: the margins of the plot, the height of the whole, and the place of the plot.
_MARGIN, _LEFT, _RIGHT, _HIGH, _PLOT = 20, 60, 1140, 250, (66, 206)
_TEXT, _SMALL, _HEAD = 10.5, 9.5, 12  # points
# Where a label may stand beside its point: above, below, on its left and its right, to be tried in this order.
_PLACES: tuple[tuple[float, float, Align], ...] = (
    (0, -14, "center"),
    (0, 26, "center"),
    (-8, -8, "right"),
    (8, -8, "left"),
    (-12, 5, "right"),
    (12, 5, "left"),
)


def draw(series: FigureSeries, theme: Theme = "light", words: OwnWords = ENGLISH) -> bytes:
    """A series as a PNG, with its sources below it. Safe in any thread."""
    letters = canvas.letters()
    sheet = Sheet()
    add_chart(sheet, series, letters, words)
    add_sources(sheet, [each.citation for each in series.points], letters, words)
    return canvas.draw(sheet, theme)


def add_chart(sheet: Sheet, series: FigureSeries, letters: Collection[str], words: OwnWords) -> None:
    """Add the chart below what there is."""
    above = sheet.height
    top, bottom = (above + each for each in _PLOT)
    head = fold(drawable(titled(series), letters, words), 1, lambda line: measured(line, _HEAD) < 900)
    values = [each.value for each in series.points]
    least, most = min(values), max(values)
    said = words(
        "As articles of these days state it. The scale runs from {least} to {most}.",
        least=words.number(least),
        most=words.number(most),
    )
    sheet.add(Words(x=_MARGIN, y=above + 26, text=head, size=_HEAD, bold=True))
    sheet.add(Words(x=_MARGIN, y=above + 46, text=said, size=_SMALL, tone="pale"))
    days = [(date.fromisoformat(each.date) - BEGINNING).days for each in series.points]
    over = span(days)

    def at(number: int, height: float) -> tuple[float, float]:
        share = (height - least) / (most - least) if most > least else 0.5
        return _LEFT + over.share(number) * (_RIGHT - _LEFT), bottom - 34 - share * (bottom - top - 60)

    places = [at(number, height) for number, height in zip(days, values, strict=True)]
    labels = _labels(series, places, words)
    for (x, y), (to_x, to_y) in pairwise(places):
        sheet.add(Stroke(x=x, y=y, to_x=to_x, to_y=to_y, tone="first", width=1.6))
    sheet.add(Stroke(x=_LEFT, y=bottom, to_x=_RIGHT, to_y=bottom))
    _points(sheet, series, places, bottom, [each.box for each in labels], words)
    sheet.add(*labels)
    sheet.height = above + _HIGH


def _points(
    sheet: Sheet,
    series: FigureSeries,
    places: Sequence[tuple[float, float]],
    bottom: float,
    taken: Sequence[Box],
    words: OwnWords,
) -> None:
    """Add the points, and their days below, as many as there is room for."""
    ends = 0.0
    for (x, y), point in zip(places, series.points, strict=True):
        label = words.day(point.date)
        half = measured(label, _SMALL) / 2
        middle = min(max(x, _MARGIN + half), canvas.WIDTH - _MARGIN - half)
        if middle - half > ends:
            ends = middle + half + 8
            sheet.add(*column(x, y + 10, bottom + 6, taken))
            sheet.add(Words(x=middle, y=bottom + 22, text=label, size=_SMALL, tone="pale", align="center"))
        sheet.add(Dot(x=x, y=y, form="o", size=8, tone="first", hollow=point.citation.published_estimated))


def _labels(series: FigureSeries, places: Sequence[tuple[float, float]], words: OwnWords) -> list[Words]:
    """The values with the numbers of their sources, where neither a line nor another label is; else they go without."""
    on_lines = [spot for one, other in pairwise(places) for spot in _along(one, other)]
    kept: list[Words] = []
    for (x, y), point in zip(places, series.points, strict=True):
        text = f"{words.number(point.value)} [{point.citation.number}]"
        for away, up, align in _PLACES:
            label = Words(x=x + away, y=y + up, text=text, size=_TEXT, align=align, bold=True)
            box = label.box
            inside = box.left >= _MARGIN and box.right <= canvas.WIDTH - _MARGIN
            near = Box(box.left - 3, box.top - 2, box.right + 3, box.bottom + 2)
            if inside and not any(near.meets(each) for each in (*on_lines, *(other.box for other in kept))):
                kept.append(label)
                break
    return kept


def _along(one: tuple[float, float], other: tuple[float, float]) -> Iterator[Box]:
    """Small boxes on the line between two points."""
    steps = int(max(abs(other[0] - one[0]), abs(other[1] - one[1])) // 4) + 1
    for step in range(steps + 1):
        x, y = (begin + (end - begin) * step / steps for begin, end in zip(one, other, strict=True))
        yield Box(x - 1, y - 1, x + 1, y + 1)
