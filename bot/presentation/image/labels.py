"""The words in a picture, cut to fit: those beside marks, and the sources below, under the numbers in the picture."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import groupby

from bot.presentation.image.canvas import WIDTH, Sheet, Stroke, Words, measured
from bot.presentation.message_splitting import shorten
from bot.presentation.words import OwnWords
from retrieval.domain.citations import Citation
from retrieval.nlp.markup import readable

_UNDRAWN = "(in letters that this picture lacks)"
_MARGIN, _SIZE, _LEADING = 20, 9.5, 18
_MOST, _COLUMNS, _BETWEEN = 12, 2, 24
_OUTLET = 24  # characters


def drawable(text: str, letters: Collection[str]) -> str:
    """The characters of the text that can be drawn; a note in its place if most letters cannot."""
    text = readable(text)
    drawn = " ".join("".join(each for each in text if each in letters or each == " ").split())
    spoken = [each for each in text if each.isalnum()]
    lost = sum(each not in letters for each in spoken)
    return drawn if lost * 2 <= len(spoken) else _UNDRAWN


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
    wide = (WIDTH - 2 * _MARGIN - (_COLUMNS - 1) * _BETWEEN) / _COLUMNS
    lines = [_source(each, letters, wide, words) for each in shown]
    if left := len(articles) - len(shown):
        lines.append(("", words.many("and {count} more article", "and {count} more articles", left)))
    rows = -(-len(lines) // _COLUMNS)
    top = sheet.height
    sheet.add(Stroke(x=_MARGIN, y=top, to_x=WIDTH - _MARGIN, to_y=top))
    for at, (numbers, known) in enumerate(lines):
        x, y = _MARGIN + at // rows * (wide + _BETWEEN), top + 22 + at % rows * _LEADING
        sheet.add(Words(x=x, y=y, text=numbers, size=_SIZE))
        sheet.add(Words(x=x + measured(numbers, _SIZE), y=y, text=known, size=_SIZE, tone="pale"))
    sheet.height = top + 30 + rows * _LEADING


def _source(cited: Sequence[Citation], letters: Collection[str], wide: float, words: OwnWords) -> tuple[str, str]:
    """The numbers of an article, and its title, outlet and day; of these the title is cut where room is short."""
    first = cited[0]
    numbers = f"[{_runs([each.number for each in cited])}] "
    known = drawable(shorten(first.outlet or "", _OUTLET), letters), words.day(first.published)
    rest = "".join(f" · {each}" for each in known if each)
    room = wide - measured(numbers + rest, _SIZE)
    title = fold(drawable(first.title or first.file, letters), 1, lambda line: measured(line, _SIZE) < room)
    return numbers, title + rest


def _runs(numbers: Sequence[int]) -> str:
    """ "1-3, 7": numbers that follow one another as a run."""
    runs = []
    for _, group in groupby(enumerate(dict.fromkeys(numbers)), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        runs.append(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)))
    return ", ".join(runs)
