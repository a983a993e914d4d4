"""Measures this project beside the stock LangChain pipeline: RecursiveCharacterTextSplitter (1000/200),
langchain-chroma and Chroma's default embedding function.

    python -m tests.benchmarks                                    everything, about half an hour on 2 cores
    python -m tests.benchmarks --articles FOLDER --questions FILE side by side on your articles
    python -m tests.benchmarks --index 10000,100000               the index alone, on generated text and vectors
    python -m tests.benchmarks --start-up                         what the commands take from nothing
    python -m tests.benchmarks affairs                            what answers are worth: see tests.benchmarks.answers

Naming a part leaves the others out. Side by side, the articles that are gold for a question come first and
others by name fill up each size; questions whose gold is not all there are left out. Without --articles,
articles are made up of the seeds' words, with planted facts to ask for: good for speed, a toy for quality.
Nothing touches the network: the stock embedding function finds its model, the same weights in 32-bit floats,
laid out in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from retrieval.bootstrap import seeds_folder
from tests.benchmarks.report import Row, document, markdown


def main(arguments: Sequence[str]) -> None:
    """Measure what the arguments name, and print it."""
    if arguments and not arguments[0].startswith("-"):
        from tests.benchmarks import answers

        answers.main(arguments)
        return
    asked = _parse(arguments)
    if (load := os.getloadavg()[0]) > 0.5:
        _say(f"other work is under way here (load {load:.1f}): figures will be worse than the machine's")
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        rows = _measure(asked, Path(folder))
    print(json.dumps(document(rows), indent=2) if asked.json else markdown(rows))


def _measure(asked: argparse.Namespace, work: Path) -> list[Row]:
    everything = not (asked.articles or asked.sizes or asked.index or asked.start_up)
    rows: list[Row] = []
    if everything or asked.start_up:
        from tests.benchmarks import start_up

        rows += start_up.run(work / "start-up", _say)
    if everything or asked.articles or asked.sizes:
        rows += _side_by_side(asked, asked.sizes or [100, 300], work)
    if everything or asked.index:
        from tests.benchmarks import index

        rows += index.run(asked.index or [10_000, 100_000], asked.asked, work / "index", _say)
    return rows


def _side_by_side(asked: argparse.Namespace, sizes: Sequence[int], work: Path) -> list[Row]:
    from tests.benchmarks import press, samples, side_by_side

    articles, questions = asked.articles, asked.questions
    if articles is None:
        articles = work / "press"
        questions = press.write_press(articles, sorted((seeds_folder() or Path("seeds")).glob("*.txt")), max(sizes))
    rows = []
    for size in sizes:
        top = work / f"sample-{size}"
        sample = samples.draw(articles, questions, size, top / "articles")
        rows += side_by_side.run(sample, top, work / "models", _say)
    return rows


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=Path, metavar="FOLDER", help="articles, .txt and .md")
    parser.add_argument("--questions", type=Path, metavar="FILE", help="questions with gold, JSON lines")
    parser.add_argument("--sizes", type=_numbers, metavar="N,N", help="articles side by side [100,300]")
    parser.add_argument("--index", type=_numbers, metavar="N,N", help="passages of the index alone [10000,100000]")
    parser.add_argument(
        "--asked", type=int, default=100, metavar="N", help="questions to each figure of the index [100]"
    )
    parser.add_argument("--start-up", action="store_true", help="time the commands")
    parser.add_argument("--json", action="store_true", help="print JSON instead of Markdown tables")
    asked = parser.parse_args(arguments)
    if asked.questions and not asked.articles:
        parser.error("--questions needs --articles")
    return asked


def _numbers(text: str) -> list[int]:
    return sorted({int(number) for number in text.split(",")})


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
