"""How well the order of a digest's stories foretells which of them the press goes on to tell.

    python -m tests.benchmarks.news_value DATA_FOLDER ...   each is copied first

There is no gold for news value: it is the articles of the days after a window that belong to its stories: nDCG of the
first five, by their counts, over windows of one, three and seven days, for weights of recency and size.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import product
from math import log2
from pathlib import Path

import numpy as np

from retrieval.bootstrap import open_briefing
from retrieval.digest.articles import StoryPiece, read_articles
from retrieval.digest.stories import cluster, count_sources
from retrieval.domain.articles import Filter
from retrieval.services.briefing import Briefing
from retrieval.settings import Settings
from retrieval.storage.articles import articles_in_window

WINDOWS = (1, 3, 7)
# The days after a window whose articles count, and the stories at the top of a digest that are judged.
_AFTER, _TOP = 7, 5
RECENCY = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0)
SIZE = (0.0, 0.25, 0.5, 1.0, 1.5)

# A story's witnesses, recency and size as a digest weighs them, and the articles that followed it.
Features = tuple[float, float, float, int]


def pieces_of(briefing: Briefing) -> list[StoryPiece]:
    """All dated articles of a corpus."""
    with briefing.catalog.reading() as connection:
        window = articles_in_window(connection, Filter("0001-01-01", "9999-12-31"))
        return [each.piece for each in read_articles(connection, window) if each.article.metadata.published]


def windows(pieces: Sequence[StoryPiece]) -> Iterator[list[Features]]:
    """The stories of each window that has more of them than are judged, and of which some went on."""
    days = sorted({each.published for each in pieces if each.published})
    for length, last in product(WINDOWS, days):
        first, after = last - timedelta(length - 1), last + timedelta(_AFTER)
        near = [each for each in pieces if each.published and first <= each.published <= after]
        stories = [[near[at] for at in group] for group in cluster(near)]
        found = [each for group in stories if (each := _features(group, first, last))]
        if len(found) > _TOP and any(each[3] for each in found):
            yield found


def _features(group: Sequence[StoryPiece], first: date, last: date) -> Features | None:
    own = [each for each in group if each.published and each.published <= last]
    newest = max((each.published for each in own if each.published), default=None)
    if newest is None:
        return None
    recency = (newest - first).days / max((last - first).days, 1)
    return log2(1 + count_sources(own)), recency, log2(len({each.story for each in own})), len(group) - len(own)


def gain(stories: Sequence[Features], recency: float, size: float) -> float:
    """The nDCG of the first stories."""
    ranked = sorted(stories, key=lambda each: -(each[0] + recency * each[1] + size * each[2]))
    best = sorted((each[3] for each in stories), reverse=True)
    return _dcg([each[3] for each in ranked]) / _dcg(best)


def _dcg(counts: Sequence[int]) -> float:
    return sum(log2(1 + count) / log2(2 + place) for place, count in enumerate(counts[:_TOP]))


def main(folders: Sequence[str]) -> None:
    """Print a table of weights and gains for each corpus."""
    for folder in folders:
        with tempfile.TemporaryDirectory(prefix="news-value-") as work:
            data = shutil.copytree(folder, Path(work) / "data")
            with open_briefing(Settings(data_dir=data)) as briefing:
                found = list(windows(pieces_of(briefing)))
        print(f"{folder}: {len(found)} windows")
        for recency in RECENCY:
            figures = (float(np.mean([gain(each, recency, size) for each in found] or [0])) for size in SIZE)
            print(
                f"recency {recency:4}: "
                + "  ".join(f"size {size} {figure:.3f}" for size, figure in zip(SIZE, figures, strict=True))
            )


if __name__ == "__main__":
    main(sys.argv[1:])
