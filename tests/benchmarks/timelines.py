"""Whether a search with a cut-off finds what was known by then, and nothing later; and how fast a timeline is.

    python -m tests.benchmarks.timelines FOLDER [--models FOLDER] [--vectors FILE] [--every N]

The folder has `updates.jsonl` (`doc_id`, `event`, `date`, `text`) and `backgrounds.jsonl` (`event`, `date`,
`background`): every sentence of a background is searched for among the updates up to its date.

`later`: results of a later day than the cut-off. `earlier in top 5`: queries of which an update of the same event and
of an earlier day is among the first five results; those that have none to find are left out. Then the
timelines of the events by their names, with all updates stored: how many entries are of the event, and the slowest.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from retrieval.domain.articles import Filter
from retrieval.nlp.sentences import sentences
from retrieval.observing import SILENT
from retrieval.services.briefing import Briefing
from retrieval.services.corpus import Corpus
from retrieval.storage.catalog import open_catalog
from retrieval.storage.vectors.exact import ExactVectors
from tests.benchmarks.remembered import remembering
from tests.fakes import catalog_url


def write(updates: Sequence[dict[str, Any]], folder: Path) -> None:
    """The updates as articles."""
    folder.mkdir()
    for update in updates:
        text = f"---\npublished: {update['date']}\n---\n\n{update['text']}\n"
        (folder / f"{update['doc_id']}.md").write_text(text, "utf-8")


def measure(briefing: Briefing, queries: Sequence[tuple[str, str, str]], days: dict[str, str]) -> str:
    """The figures of the searches: of sentences, with their event and their cut-off."""
    later = found = asked = 0
    for event, day, sentence in queries:
        hits = briefing.asking.search(sentence, 5, Filter(until=day))
        files = [Path(hit.passage.article.file).stem for hit in hits]
        later += sum(days[file] > day for file in files)
        if any(name.rpartition("-")[0] == event and known < day for name, known in days.items()):
            asked += 1
            found += any(file.rpartition("-")[0] == event and days[file] < day for file in files)
    share = found / asked if asked else 0.0
    return f"{len(queries)} queries, later: {later}, earlier in top 5: {share:.3f} ({found} of {asked})"


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks.timelines",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--models", type=Path, metavar="FOLDER", help="where the model is, or is to be laid out")
    parser.add_argument("--vectors", type=Path, metavar="FILE", help="keeps vectors for the next run")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth sentence")
    asked = parser.parse_args(arguments)
    if not (asked.folder / "updates.jsonl").is_file():
        parser.error(f"{asked.folder / 'updates.jsonl'} is not there")
    updates, backgrounds = (_read(asked.folder / f"{name}.jsonl") for name in ("updates", "backgrounds"))
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="timelines-") as folder:
        work = Path(folder)
        write(updates, work / "articles")
        catalog = open_catalog(catalog_url(work))
        stored = ExactVectors(catalog)
        with remembering(asked.models or work / "models", asked.vectors) as embedder:
            briefing = Briefing(Corpus(catalog, lambda: embedder, lambda: stored, work, SILENT))
            briefing.articles.ingest([work / "articles"])
            queries = [
                (row["event"], row["date"], row["background"][start:end])
                for row in backgrounds
                for start, end in sentences(row["background"])
            ]
            days = {row["doc_id"]: row["date"] for row in updates}
            print(measure(briefing, queries[:: asked.every], days))
            print(_timed(briefing, sorted({row["event"] for row in updates}), len(updates)))
            briefing.close()
    print(f"\n{time.perf_counter() - started:.0f} s")


def _timed(briefing: Briefing, events: Sequence[str], articles: int) -> str:
    slowest, entries, own, changed = 0.0, 0, 0, 0
    for event in events:
        started = time.perf_counter()
        made = briefing.timelines.trace(event.replace("_", " "), Filter()).entries
        slowest = max(slowest, time.perf_counter() - started)
        entries += len(made)
        own += sum(Path(each.citation.file).stem.rpartition("-")[0] == event for each in made)
        changed += sum(each.change == "changed" for each in made)
    return (
        f"{len(events)} timelines over {articles} articles: {entries} entries, {own} of their own event, "
        f"{changed} marked as changed, the slowest in {slowest:.2f} s"
    )


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    main(sys.argv[1:])
