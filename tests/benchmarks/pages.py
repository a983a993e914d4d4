"""Reads saved article pages whose true text is known, and prints how near what we take from them comes to it, beside
trafilatura alone.

    python -m tests.benchmarks.pages FOLDER          --misses lists the pages below .9

FOLDER holds `ground_truth.json` ({name: {"articleBody", "url"}}) and `pages/NAME.html.gz`. Texts are compared as bags
of runs of four words, as the article extraction benchmark of Zyte does: precision and recall of each page, the means
of both over all pages, and F1 of these means. A page that is not taken for an article counts as an empty text.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from retrieval.errors import UnreadableError
from retrieval.ingestion.web_articles import read_page

_RUN = 4  # words
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Score:
    """How much of what was taken from a page is its article, and how much of the article was taken; 0 to 1."""

    page: str
    precision: float
    recall: float
    refused: str | None = None

    @property
    def f1(self) -> float:
        return _f1(self.precision, self.recall)


@dataclass(frozen=True, slots=True)
class Figures:
    """The scores of all pages, and the seconds they took."""

    scores: tuple[Score, ...]
    seconds: float

    @property
    def precision(self) -> float:
        return mean(score.precision for score in self.scores)

    @property
    def recall(self) -> float:
        return mean(score.recall for score in self.scores)

    @property
    def f1(self) -> float:
        return _f1(self.precision, self.recall)


Reader = Callable[[bytes, str], str]


def ours(body: bytes, url: str) -> str:
    """The text that the catalog would hold."""
    return read_page(body, "", url, url).text


def trafilatura_alone(body: bytes, _url: str) -> str:
    """What the library gives by itself, as its own evaluation asks it."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    return trafilatura.extract(body, include_comments=False) or ""


def measure(folder: Path, reader: Reader = ours) -> Figures:
    """The scores of every page that `ground_truth.json` names, in its order."""
    truth = json.loads((folder / "ground_truth.json").read_text("utf-8"))
    started = time.perf_counter()
    scores = [_score(folder, name, known, reader) for name, known in truth.items()]
    return Figures(tuple(scores), time.perf_counter() - started)


def compare(name: str, truth: str, found: str, refused: str | None = None) -> Score:
    """A text beside the true one."""
    true, taken = _runs(truth), _runs(found)
    shared = (true & taken).total()
    if true == taken:
        return Score(name, 1.0, 1.0, refused)
    return Score(name, shared / max(1, taken.total()), shared / max(1, true.total()), refused)


def report(sides: Sequence[tuple[str, Figures]], *, misses: bool = False) -> str:
    """A table, and where asked for the pages that the first side reads badly."""
    lines = [f"{'':<20}{'F1':>7}{'precision':>11}{'recall':>8}{'refused':>9}{'seconds':>9}"]
    for name, side in sides:
        refused = sum(score.refused is not None for score in side.scores)
        figures = f"{side.f1:>7.3f}{side.precision:>11.3f}{side.recall:>8.3f}{refused:>9}{side.seconds:>9.1f}"
        lines.append(f"{name:<20}{figures}")
    first = sides[0][1]
    lines.append(f"{len(first.scores)} pages; {sum(score.f1 >= 0.9 for score in first.scores)} of ours at .9 or above")
    for score in sorted(first.scores, key=lambda score: score.f1) if misses else ():
        if score.f1 < 0.9:
            lines.append(f"  {score.precision:.2f} {score.recall:.2f} {score.page} {score.refused or ''}".rstrip())
    return "\n".join(lines)


def _score(folder: Path, name: str, known: dict[str, str], reader: Reader) -> Score:
    body = gzip.decompress((folder / "pages" / f"{name}.html.gz").read_bytes())
    try:
        return compare(name, known["articleBody"], reader(body, known.get("url", "")))
    except UnreadableError as error:
        return compare(name, known["articleBody"], "", str(error))


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return Counter(tuple(words[first : first + _RUN]) for first in range(max(1, len(words) - _RUN + 1)) if words)


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def main() -> None:
    """Read a folder, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--misses", action="store_true", help="list the pages below .9")
    asked = parser.parse_args()
    sides = [("briefing", measure(asked.folder)), ("trafilatura alone", measure(asked.folder, trafilatura_alone))]
    print(report(sides, misses=asked.misses))


if __name__ == "__main__":
    main()
