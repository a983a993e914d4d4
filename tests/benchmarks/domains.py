"""Made-up affairs, each with its articles and the commands that are run on them: our ten, and those kept apart.

A folder of affairs has a folder of articles for each, and `questions.jsonl`: a command a line (`corpus`, `id`, `cmd`,
`kind`, `args`, `as_of`, and in `expect` what must come; see `tests.benchmarks.judging`).
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tests.benchmarks.asking import Corpus, Document, Places, open_corpus
from tests.benchmarks.counts import Figures, Key, count, total
from tests.benchmarks.judging import found, is_right
from tests.benchmarks.report import Say

OURS = Path(__file__).parent / "affairs"

Results = dict[Key, list[bool]]


def run(folder: Path, data: Path, say: Say, only: Collection[str] = ()) -> Results:
    """Whether each command came out right, by its kind and its affair; what went wrong goes to `say`.

    `data` is where each affair has its data folder; `only` names the affairs to run.
    """
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    results: Results = defaultdict(list)
    for affair in dict.fromkeys(row["corpus"] for row in rows):
        if only and affair not in only:
            continue
        with open_corpus(folder / affair, data / f"affair-{affair}") as corpus:
            for row in (row for row in rows if row["corpus"] == affair):
                document = run_command(corpus, row)
                right = is_right(row["expect"], document)
                results[row["kind"], affair].append(right)
                if not right:
                    say(f"{row['id']}  {row['cmd']} {row['args'][0]!r}: {found(document)}")
    return results


def run_command(corpus: Corpus, row: dict[str, Any]) -> Document:
    """The document of one command."""
    if row["cmd"] == "ask":
        return corpus.ask(row["args"][0], date.fromisoformat(row["as_of"]))
    if row["cmd"] == "timeline":
        return corpus.timeline(row["args"][0])
    named = _options(row["args"])
    if row["cmd"] == "compare":
        return corpus.compare(named.topic, named.outlet, named.period)
    return corpus.digest(named.since, named.until)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("topic", nargs="?")
    parser.add_argument("--since")
    parser.add_argument("--until")
    for name in ("--outlet", "--period"):
        parser.add_argument(name, action="append", default=[])
    return parser.parse_args(arguments)


def ours(places: Places, say: Say, only: Collection[str] = ()) -> Results:
    """Our ten affairs."""
    return run(OURS, places.data, say, only)


def kept_apart(places: Places, say: Say, only: Collection[str] = ()) -> Results:
    """The affairs of the evaluation set `domains_dev`."""
    return run(places.evaluation_set("domains_dev"), places.data, say, only)


def figures(results: Results) -> Figures:
    """How many commands of each kind came out right, and of all."""
    kinds = dict.fromkeys(kind for kind, _ in results)
    counts = {kind: total(count(values) for (own, _), values in results.items() if own == kind) for kind in kinds}
    return {"all": total(counts.values()), **counts}
