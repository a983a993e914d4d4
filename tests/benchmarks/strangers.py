"""Questions by somebody who had written the articles and not seen the code, over three small corpora.

A nuclear waste site, a port strike, and grid fees in German: reports, columns, bulletins, tables and page furniture,
asked about in other words than theirs. Measured as the analysts' questions are; some of the near misses and of the
questions were looked at to find what to mend, so expect less on others.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from pathlib import Path

from tests.benchmarks.analysts import Results, judged, standing
from tests.benchmarks.asking import Places, open_corpus
from tests.benchmarks.counts import table
from tests.benchmarks.report import Say

FOLDER = Path(__file__).parent / "strangers_corpora"
MEASURES = ("shown", "answered", "near miss")
ASKED_ON = date(2026, 11, 30)


def run(places: Places, say: Say) -> Results:
    """Ask all questions; what went wrong goes to `say`."""
    results: Results = {measure: defaultdict(list) for measure in MEASURES}
    rows = [json.loads(line) for line in (FOLDER / "questions.jsonl").read_text("utf-8").splitlines()]
    for name in dict.fromkeys(row["corpus"] for row in rows):
        with open_corpus(FOLDER / name, places.data / f"strangers-{name}") as corpus:
            for row in (row for row in rows if row["corpus"] == name):
                document = corpus.ask(row["question"], ASKED_ON)
                for measure, right in judged({**row, "gold_docs": ()}, document):
                    if measure not in MEASURES:
                        continue
                    results[measure][row["kind"], name].append(right)
                    if not right:
                        say(f"{row['id']} {standing(document)}, {measure} missed: {row['question']}")
    return results


def report(places: Places, say: Say) -> str:
    """A table for each measure, by kind and corpus."""
    return "\n\n".join(f"{measure}\n{table(cells)}" for measure, cells in run(places, say).items())
