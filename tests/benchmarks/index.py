"""The index alone, at sizes where real embeddings would take hours: generated text, prepared vectors.

Both sides ingest the same files, each in a process of its own; then they are asked in turns. This project
searches words and vectors; the stock store searches vectors, and filters by a number in its metadata.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from retrieval.domain.articles import Filter
from retrieval.embedding.base import Embedder
from retrieval.observing import SILENT
from retrieval.storage.catalog import open_catalog
from retrieval.storage.vectors.exact import ExactVectors
from retrieval.storage.vectors.sync import open_vectors
from tests.benchmarks.alone import Ingest, Job, ingest_alone
from tests.benchmarks.corpus import DIMENSIONS, LAST_DAY, PreparedVectors, questions, windows, write_corpus
from tests.benchmarks.figures import percentile, timed
from tests.benchmarks.ours import open_ours
from tests.benchmarks.report import Row, Say, Target
from tests.benchmarks.stock import Stock

COUNT = 10
RECALL_QUESTIONS = 50
SHARES = (1.0, 0.01, 0.1, 0.5, 0.9)  # of all days, and so of all passages, that a date filter leaves; 1: no filter
BLOCK = 10  # questions asked before the sides change places

Window = tuple[date, date]
Search = Callable[[str, Window | None], object]


@dataclass(slots=True)
class Figures:
    """What was measured at one size: `taken` is milliseconds by side and share of the days left (1: no filter)."""

    ours: Ingest
    stock: Ingest
    recall: float
    taken: dict[tuple[str, float], list[float]] = field(default_factory=dict)

    def percentile(self, side: str, share: float, percent: int) -> float:
        return percentile(self.taken[side, share], percent)


def run(sizes: Sequence[int], asked: int, work: Path, say: Say) -> list[Row]:
    """Measure at each size with so many questions; `work` is an empty folder."""
    return tabulate({size: _measure(size, asked, work / str(size), say) for size in sizes})


def tabulate(measured: Mapping[int, Figures]) -> list[Row]:
    """The rows of each size, and how the largest compares with the smallest."""
    rows = [row for size, figures in measured.items() for row in _rows(_table(size), figures)]
    small, large = min(measured), max(measured)
    if small < large:
        slow, fast = (measured[size].percentile("ours", 1, 95) for size in (large, small))
        rows.append(Row(_table(large), "search p95", "ms", slow, fast, f"{small:,} passages", Target("ratio", "≤", 3)))
    return rows


def _table(size: int) -> str:
    return f"{size:,} generated passages, prepared vectors"


def _measure(size: int, asked: int, work: Path, say: Say) -> Figures:
    say(f"{size:,} passages: writing them")
    write_corpus(work / "articles", size)
    folders = [str(top) for top in sorted((work / "articles").iterdir())]
    say(f"{size:,} passages: ingesting them")
    ours = ingest_alone(Job("ours", folders, str(work / "ours")))
    assert not ours.embedded, "an unchanged article was embedded again"
    say(f"{size:,} passages: ingesting them into the stock store")
    stock = ingest_alone(Job("stock", folders, str(work / "stock")))
    wanted = questions(work / "articles", asked)
    say(f"{size:,} passages: comparing with an exact search")
    figures = Figures(ours, stock, _recall(work / "ours", wanted[:RECALL_QUESTIONS]))
    with _searches(work) as searches:
        _ask(wanted, searches, figures, say)
    return figures


def _recall(data: Path, wanted: Sequence[str]) -> float:
    """The share of the exact nearest passages that Chroma finds."""
    model, found = PreparedVectors(), 0
    catalog = open_catalog(f"sqlite:///{data / 'catalog.sqlite3'}")
    vectors, exact = open_vectors(catalog, data, None, SILENT), ExactVectors(catalog)
    for question in wanted:
        vector = model.vector(question)
        nearest, truly = (dict(index.nearest(vector, COUNT)) for index in (vectors, exact))
        found += len(nearest.keys() & truly.keys())
    vectors.close()
    catalog.close()
    return found / (COUNT * len(wanted))


@contextmanager
def _searches(work: Path) -> Iterator[dict[str, Search]]:
    with ExitStack() as opened:
        embedder = Embedder("prepared", PreparedVectors(), dimensions=DIMENSIONS)
        briefing = opened.enter_context(open_ours(work / "ours", embedder))
        stock = Stock(work / "stock", PreparedVectors())
        opened.callback(stock.close)

        def ask_ours(question: str, window: Window | None) -> object:
            only = Filter(window[0].isoformat(), window[1].isoformat()) if window else Filter()
            return briefing.asking.search(question, COUNT, only, LAST_DAY)

        def ask_stock(question: str, window: Window | None) -> object:
            if window is None:
                return stock.search(question, COUNT)
            since, until = (each.toordinal() for each in window)
            return stock.search(question, COUNT, {"$and": [{"day": {"$gte": since}}, {"day": {"$lte": until}}]})

        yield {"ours": ask_ours, "stock": ask_stock}


def _ask(wanted: Sequence[str], searches: dict[str, Search], figures: Figures, say: Say) -> None:
    """Every question under every filter of each side, `BLOCK` at a time, so that a drift of the machine hits all."""
    limits = {share: list(windows(share, len(wanted))) if share < 1 else [None] * len(wanted) for share in SHARES}
    for first in range(0, len(wanted), BLOCK):
        say(f"asked {first} of {len(wanted)} questions")
        for share, chosen in limits.items():
            pairs = list(zip(wanted, chosen, strict=True))
            for side in sorted(searches, reverse=first // BLOCK % 2 == 1):
                searches[side](*pairs[first - 1])  # warm after the other side's turn
                taken = [timed(searches[side], *pair)[0] * 1000 for pair in pairs[first : first + BLOCK]]
                figures.taken.setdefault((side, share), []).extend(taken)


def _rows(table: str, figures: Figures) -> list[Row]:
    ours, stock = figures.ours, figures.stock
    speed, again = ours.passages / ours.seconds, ours.passages / ours.again
    rows = [
        Row(table, "ingest without embedding", "passages/s", speed, stock.passages / stock.seconds),
        Row(table, "of that, following into Chroma", "s", ours.indexing, ours.seconds, "whole ingest"),
        Row(table, "ingest again, unchanged", "passages/s", again, speed, "first ingest", Target("ratio", "≥", 50)),
        Row(table, "peak memory of ingest", "MiB", ours.peak_mib, stock.peak_mib, target=Target("value", "≤", 1536)),
        Row(table, "recall@10 of the vector index", "", figures.recall, 1.0, "exact search"),
    ]
    for percent in (50, 95):
        rows += [_latency(table, figures, share, percent) for share in SHARES]
    none = figures.percentile("ours", 1, 95)
    for share in SHARES[1:]:
        measure, slowed = f"p95, {share:.0%} of the days", figures.percentile("ours", share, 95)
        rows.append(Row(table, measure, "ms", slowed, none, "no filter", Target("ratio", "≤", 2)))
    return rows


def _latency(table: str, figures: Figures, share: float, percent: int) -> Row:
    what = f"search p{percent}" + (f", {share:.0%} of the days" if share < 1 else "")
    target = Target("value", "≤", 60) if percent == 95 and share == 1 else None
    ours, stock = (figures.percentile(side, share, percent) for side in ("ours", "stock"))
    return Row(table, what, "ms", ours, stock, target=target)
