"""This project and the stock pipeline on the same articles and questions, taking turns in one process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from retrieval.domain.articles import Filter
from retrieval.embedding.base import open_embedder
from retrieval.evaluation import RANKED_PASSAGES, EvalQuestion
from retrieval.services.briefing import Briefing
from tests.benchmarks.alone import Job, ingest_alone
from tests.benchmarks.figures import percentile, quality, ranked, timed
from tests.benchmarks.ours import open_ours
from tests.benchmarks.report import Row, Say, Target
from tests.benchmarks.samples import Sample
from tests.benchmarks.stock import KeptModel, Stock, provide_model

ROUNDS = 3  # times every question is asked for its latency
COUNT = 10

Search = Callable[[EvalQuestion, int], Sequence[str]]


def run(sample: Sample, work: Path, models: Path, say: Say, rounds: int = ROUNDS) -> list[Row]:
    """Ingest, ask, and weigh; `work` is an empty folder, `models` keeps both sides' models between runs."""
    provide_model(models)
    table = f"{sample.size} articles, {len(sample.questions)} questions, real embeddings"
    with ExitStack() as opened:
        embedder = open_embedder("minilm", models)
        ours = opened.enter_context(open_ours(work / "ours", embedder))
        stock, kept = Stock(work / "stock"), Stock(work / "stock", KeptModel())
        opened.callback(stock.close)
        embedder.query("warm")
        kept.search("warm", 1)
        rows = _ingest(table, sample, ours, kept, say)
        searches = {"ours": _ours(ours), "stock": _stock(stock), "stock, model kept loaded": _stock(kept)}
        if sample.questions:
            rows += _latency(table, sample.questions, searches, rounds, say)
            rows += _quality(table, sample.questions, searches, say)
    return rows + _memory(table, sample, work, models, say)


def _ingest(table: str, sample: Sample, ours: Briefing, stock: Stock, say: Say) -> list[Row]:
    """Slice by slice, the sides changing places after each (ABBA), so that a drift of the machine hits both."""
    ingest = ours.articles.ingest
    sides: dict[str, Callable[[Path], object]] = {"ours": lambda top: ingest([top]), "stock": stock.ingest}
    seconds = dict.fromkeys(sides, 0.0)
    for number, top in enumerate(sample.slices, 1):
        say(f"{sample.size} articles: ingesting slice {number} of {len(sample.slices)}")
        for name in sorted(sides, reverse=number % 2 == 0):
            taken, _ = timed(sides[name], top)
            seconds[name] += taken
    again, report = timed(ingest, sample.slices)
    assert not (report.added or report.updated), "an unchanged article was taken for a new one"
    speed = {name: sample.size / each for name, each in seconds.items()}
    second, unit = sample.size / again, "articles/s"
    return [
        Row(table, "ingest", unit, speed["ours"], speed["stock"], target=Target("ratio", "≥", 3)),
        Row(table, "ingest again, unchanged", unit, second, speed["ours"], "first ingest", Target("ratio", "≥", 50)),
    ]


def _latency(
    table: str, questions: Sequence[EvalQuestion], searches: dict[str, Search], rounds: int, say: Say
) -> list[Row]:
    """From a question to its passages, embedding included; the sides take turns, another first in each round."""
    taken: dict[str, list[float]] = {name: [] for name in searches}
    names = list(searches)
    for number in range(rounds):
        say(f"asking {len(questions)} questions, round {number + 1} of {rounds}")
        for name in names[number:] + names[:number]:
            searches[name](questions[0], COUNT)  # warm after the others' turns
            taken[name] += [timed(searches[name], question, COUNT)[0] * 1000 for question in questions]
    ours, *others = names
    return [
        Row(
            table,
            f"query p{percent}",
            "ms",
            percentile(taken[ours], percent),
            percentile(taken[name], percent),
            name,
            Target("ratio", "≤", 0.2) if percent == 50 and name == "stock" else None,
        )
        for percent in (50, 95)
        for name in others
    ]


def _quality(table: str, questions: Sequence[EvalQuestion], searches: dict[str, Search], say: Say) -> list[Row]:
    """By document: the files of as many passages as `briefing eval` ranks, each at its best place."""
    say("weighing what is found")
    figures = {
        name: quality([ranked(search(question, RANKED_PASSAGES), question.gold) for question in questions])
        for name, search in searches.items()
        if name != "stock"
    }
    ours, stock = figures.values()
    return [Row(table, measure, "", ours[measure], stock[measure]) for measure in ours]


def _memory(table: str, sample: Sample, work: Path, models: Path, say: Say) -> list[Row]:
    say(f"{sample.size} articles: ingesting again, each side in a process of its own, for its peak memory")
    folders = [str(top) for top in sample.slices]
    ours = ingest_alone(Job("ours", folders, str(work / "ours-alone"), str(models)))
    stock = ingest_alone(Job("stock", folders, str(work / "stock-alone"), str(models)))
    return [Row(table, "peak memory of ingest (a process each)", "MiB", ours.peak_mib, stock.peak_mib)]


def _ours(briefing: Briefing) -> Search:
    def search(question: EvalQuestion, count: int) -> list[str]:
        hits = briefing.asking.search(question.question, count, Filter(), question.as_of)
        return [hit.passage.article.file for hit in hits]

    return search


def _stock(stock: Stock) -> Search:
    return lambda question, count: stock.search(question.question, count)
