"""Reads made-up reports of 60 and 300 pages with a table on every third, and prints what that takes of one core and of
memory, in a process of its own each; the text alone, without embedding.

    python -m tests.benchmarks.reports               --pages 60,300

    passages a CPU second    read, cleaned, cut into passages, and their words counted as the index does
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from retrieval.ingestion.prepared_articles import split_passages
from retrieval.ingestion.reading import read
from retrieval.nlp.tokens import terms
from tests.benchmarks.alone import peak_mib
from tests.benchmarks.report import Row, Target, markdown

_ROOT = Path(__file__).parents[2]
_WORDS = (
    "council harbour bridge ferry report minister county budget tariff port quay region survey office plan water road"
    " school energy market price summer winter court rule member project public service supply worker village river"
).split()
_LINES, _ROWS, _TABLE_EVERY = 42, 12, 3
_SPEED, _MEMORY = Target("value", "≥", 25), Target("value", "≤", 500)


def write_report(path: Path, pages: int) -> None:
    """A report in PDF with headings, running heads, prose, and tables of counties and years."""
    from fpdf import FPDF

    chance = random.Random(pages)
    file = FPDF()
    for number in range(1, pages + 1):
        file.add_page()
        file.set_font("Helvetica", size=8)
        file.cell(0, 5, f"Annual report of the survey, page {number}", new_x="LMARGIN", new_y="NEXT")
        file.set_font("Helvetica", "B", 14)
        file.cell(
            0,
            9,
            f"{number}. The {chance.choice(_WORDS)} and the {chance.choice(_WORDS)}",
            new_x="LMARGIN",
            new_y="NEXT",
        )
        file.set_font("Helvetica", size=10)
        file.multi_cell(
            0, 5, _prose(chance, _LINES - _ROWS * (number % _TABLE_EVERY == 0)), new_x="LMARGIN", new_y="NEXT"
        )
        if number % _TABLE_EVERY == 0:
            with file.table(first_row_as_headings=True) as table:
                table.row(("County", "2023", "2024"))
                for row in range(_ROWS):
                    table.row((f"County {row}", str(chance.randint(100, 999)), str(chance.randint(100, 999))))
    file.output(str(path))


def _prose(chance: random.Random, lines: int) -> str:
    sentences = (
        f"The {' '.join(chance.choices(_WORDS, k=11))} {chance.randint(2, 900)} of them." for _ in range(lines)
    )
    return " ".join(sentences)


def measure(path: Path) -> dict[str, float]:
    """What reading a file takes of this process: its passages, CPU seconds and peak memory."""
    data = path.read_bytes()
    started = time.process_time()
    document = read(data, path.name)
    spans = split_passages(document.text, document.blocks)
    for start, end in spans:
        terms(document.text[start:end])
    return {"passages": len(spans), "seconds": time.process_time() - started, "peak": peak_mib()}


def main(arguments: Sequence[str]) -> None:
    """Print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks.reports", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", default="60,300", help="how many pages the reports have [60,300]")
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.alone:
        print(json.dumps(measure(asked.alone)))
        return
    rows = []
    with tempfile.TemporaryDirectory(prefix="reports-") as folder:
        for pages in map(int, asked.pages.split(",")):
            path = Path(folder) / f"report-{pages}.pdf"
            write_report(path, pages)
            command = [sys.executable, "-m", "tests.benchmarks.reports", "--alone", str(path)]
            found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=_ROOT).stdout)
            title = f"a report of {pages} pages"
            speed = found["passages"] / found["seconds"]
            rows += [
                Row(title, "passages", "", found["passages"]),
                Row(title, "passages a CPU second of text work", "", speed, target=_SPEED),
                Row(title, "peak memory", "MiB", found["peak"], target=_MEMORY),
            ]
    print(markdown(rows))


if __name__ == "__main__":
    main(sys.argv[1:])
