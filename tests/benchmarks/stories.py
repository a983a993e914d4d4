"""How well stories are told apart, on labelled texts: JSON lines with `event`, `date`, `text`, and optionally `title`.

    python -m tests.benchmarks.stories UPDATES.jsonl [--models FOLDER]

B-cubed (A. Bagga and B. Baldwin, "Algorithms for scoring coreference chains", 1998): for every text the share of its
cluster that is of its event, and the share of its event that is in its cluster; precision and recall are the means.
Windows are what a digest sees: each is clustered by itself, and counts by its texts. `apart` is the F1 of leaving
every text by itself. The model is laid out in a temporary folder where none is named.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from retrieval.digest.articles import StoryPiece, find_names
from retrieval.digest.stories import cluster
from retrieval.domain.articles import Block
from retrieval.embedding.base import Embedder, open_embedder
from retrieval.ingestion.prepared_articles import split_passages
from retrieval.nlp.tokens import content_terms
from retrieval.storage.vectors.chroma import DownloadedMiniLM

WINDOWS = (1, 7, 30, 90)


@dataclass(frozen=True, slots=True)
class Score:
    """B-cubed figures of `count` texts."""

    precision: float
    recall: float
    count: int

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def score(groups: Iterable[Sequence[int]], events: Sequence[str]) -> Score:
    """B-cubed of groups of indices into `events`, over the indices that are grouped."""
    found = [list(group) for group in groups]
    sizes = Counter(events[at] for group in found for at in group)
    total, precision, recall = sizes.total(), 0.0, 0.0
    for group in found:
        for event, shared in Counter(events[at] for at in group).items():
            precision += shared * shared / len(group)
            recall += shared * shared / sizes[event]
    return Score(precision / total, recall / total, total)


def load(file: Path, embedder: Embedder) -> tuple[list[StoryPiece], list[str]]:
    """The texts as pieces, and their events. A text is cut into passages as an article is."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    texts = [row["text"] for row in rows]
    spans = [split_passages(text, _blocks(text)) for text in texts]
    cut = [text[start:end] for text, own in zip(texts, spans, strict=True) for start, end in own]
    vectors = np.split(embedder.documents(cut), np.cumsum([len(own) for own in spans])[:-1])
    pieces = [
        StoryPiece(
            id=number,
            published=date.fromisoformat(row["date"][:10]) if row["date"] else None,
            vector=own.mean(axis=0) / np.linalg.norm(own.mean(axis=0)),
            terms=Counter(content_terms(f"{row.get('title') or ''}\n{row['text']}")),
            names=find_names(row["text"]),
            story=number,
            outlet=row.get("outlet"),
        )
        for number, (row, own) in enumerate(zip(rows, vectors, strict=True))
    ]
    return pieces, [row["event"] for row in rows]


def in_windows(pieces: Sequence[StoryPiece], events: Sequence[str], days: int, *, apart: bool = False) -> Score:
    """The mean over consecutive windows of so many days, each clustered by itself, or each text left by itself."""
    windows: defaultdict[int, list[int]] = defaultdict(list)
    for at, each in enumerate(pieces):
        windows[(each.published or date.min).toordinal() // days].append(at)
    scores = []
    for window in windows.values():
        groups = [[at] for at in range(len(window))] if apart else cluster([pieces[at] for at in window])
        scores.append(score(groups, [events[at] for at in window]))
    total = sum(each.count for each in scores)
    return Score(
        sum(each.precision * each.count for each in scores) / total,
        sum(each.recall * each.count for each in scores) / total,
        total,
    )


def main(arguments: Sequence[str]) -> None:
    """Print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks.stories", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("updates", type=Path, metavar="UPDATES.jsonl", help="labelled texts")
    parser.add_argument("--models", type=Path, metavar="FOLDER", help="where the model is, or is to be laid out")
    asked = parser.parse_args(arguments)
    if not asked.updates.is_file():
        parser.error(f"{asked.updates} is not there")
    with tempfile.TemporaryDirectory(prefix="stories-") as folder:
        embedder = open_embedder("minilm", asked.models or Path(folder), fallback=DownloadedMiniLM)
        pieces, events = load(asked.updates, embedder)
    started = time.perf_counter()
    groups = cluster(pieces)
    seconds = time.perf_counter() - started
    print("| texts | precision | recall | F1 | apart |\n|---|---|---|---|---|")
    print(_row(f"all {len(pieces)}", score(groups, events), score([[at] for at in range(len(pieces))], events)))
    for days in WINDOWS:
        name = f"windows of {days} day{'s' if days > 1 else ''}"
        print(_row(name, in_windows(pieces, events, days), in_windows(pieces, events, days, apart=True)))
    print(f"\n{len(set(events))} events, {len(groups)} stories, clustered in {seconds:.2f} s")


def _row(name: str, found: Score, apart: Score) -> str:
    return f"| {name} | {found.precision:.3f} | {found.recall:.3f} | {found.f1:.3f} | {apart.f1:.3f} |"


def _blocks(text: str) -> list[Block]:
    blocks, start = [], 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            blocks.append(Block(start, start + len(line.rstrip())))
        start += len(line)
    return blocks


if __name__ == "__main__":
    main(sys.argv[1:])
