"""Questions that analysts asked of two corpora before they saw an answer (`analyst_dev`).

shown        every fact that the answer needs stands in what is shown: the answer's text and its excerpts
answered     an answerable question has another standing than "nothing"
near miss    a question that the articles only seem to answer has another standing than "answered"
document     a document that has the answer is cited
"""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.benchmarks.asking import Corpus, Document, Places, open_corpus
from tests.benchmarks.counts import Figures, Key, count, table, total
from tests.benchmarks.judging import cited
from tests.benchmarks.report import Say

CORPORA = ("crs", "de")
MEASURES = ("shown", "answered", "near miss", "document")

# For each measure, the results by kind of question and corpus.
Results = dict[str, dict[Key, list[bool]]]
Row = Mapping[str, Any]


def run(places: Places, say: Say, only: Collection[str] = ()) -> Results:
    """Ask all questions of the corpora, or of those named; what went wrong goes to `say`."""
    results: Results = {measure: defaultdict(list) for measure in MEASURES}
    for name in only or CORPORA:
        lines = (places.evaluation_set("analyst_dev") / f"{name}.jsonl").read_text("utf-8").splitlines()
        with _OPENED[name](places) as corpus:
            for row in map(json.loads, lines):
                document = corpus.ask(row["question"], before=row.get("before", ()))
                for measure, right in judged(row, document):
                    results[measure][row["kind"], name].append(right)
                    if not right:
                        say(f"{row['id']} {standing(document)}, {measure} missed: {row['question']}")
    return results


def judged(row: Row, document: Document) -> Iterator[tuple[str, bool]]:
    """What the measures say of an answer."""
    if not row["answerable"]:
        yield "near miss", standing(document) != "answered"
        return
    yield "shown", all(any(_plain(key) in _plain(shown(document)) for key in group) for group in row["keys"])
    yield "answered", standing(document) != "nothing"
    yield "document", any(file.startswith(tuple(row["gold_docs"])) for file in cited(document))


def standing(document: Document) -> str:
    """How sure the answer is: answered, possible or nothing."""
    if "standing" in document:
        return str(document["standing"])
    if document["grounded"]:
        return "answered"
    return "possible" if document.get("excerpts") else "nothing"


def shown(document: Document) -> str:
    """All text that a reader gets, without titles; code without excerpts shows its citations' quotes."""
    if standing(document) == "nothing":
        return ""
    texts = [each["text"] for each in document["excerpts"]] if "excerpts" in document else []
    return "\n".join([document["answer"], *(texts or [each["quote"] for each in document["citations"]])])


def _plain(text: str) -> str:
    for typographic, plain in {"‑": "-", "–": "-", "’": "'"}.items():
        text = text.replace(typographic, plain)
    return re.sub(r"\s+", " ", text.lower())


@contextmanager
def open_crs(places: Places) -> Iterator[Corpus]:
    """The CRS reports, with the days on which they came out."""
    folder = places.evaluation_set("analyst_dev")
    articles = places.data / "crs-articles"
    if not articles.is_dir():
        shutil.copytree(folder / "crs", articles, copy_function=shutil.copyfile)
        shutil.copyfile(folder / "crs.sources.toml", articles / "sources.toml")
    with open_corpus(articles, places.data / "crs") as corpus:
        yield corpus


@contextmanager
def open_de(places: Places) -> Iterator[Corpus]:
    """The German posts."""
    with open_corpus(places.evaluation_set("analyst_dev") / "de", places.data / "de") as corpus:
        yield corpus


_OPENED: dict[str, Callable[[Places], Any]] = {"crs": open_crs, "de": open_de}


def figures(results: Results) -> Figures:
    """How many came out right, by measure."""
    return {measure: total(map(count, cells.values())) for measure, cells in results.items()}


def report(places: Places, say: Say, only: Collection[str] = ()) -> str:
    """A table for each measure, by kind and corpus."""
    return "\n\n".join(f"{measure}\n{table(cells)}" for measure, cells in run(places, say, only).items())
