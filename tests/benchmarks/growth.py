"""What a search and an ingest take as the catalog grows, in SQLite and in PostgreSQL: made-up articles, no model.

    python -m tests.benchmarks.growth FOLDER --articles 60000
    python -m tests.benchmarks.growth FOLDER --articles 60000 --database postgresql+psycopg://postgres@127.0.0.1/growth
    python -m tests.benchmarks.growth FOLDER --articles 60000 --dimensions 384 --exact
    python -m tests.benchmarks.growth FOLDER --articles 60000 --dimensions 384 --ingest 200

An article has five passages. The catalog is filled unless it is there. The vector index answers from memory, so that
the time is the catalog's, or, `--exact`, the stored vectors are compared, as in a process that may not use the index;
one article in fifty is another server's. `--ingest` adds so many articles of the same kind. Processor time, which
others at work on the machine change less, is that of the program and of the database's sessions.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sqlalchemy import event, text

from retrieval.domain.articles import Filter, Vectors
from retrieval.embedding.base import Embedder
from retrieval.ingestion.pipeline import Pipeline
from retrieval.observing import SILENT
from retrieval.question.understanding import understand
from retrieval.search.hybrid import Finder
from retrieval.storage.articles import count_articles
from retrieval.storage.catalog import Catalog, open_catalog
from retrieval.storage.vectors.chroma import Nearest
from retrieval.storage.vectors.exact import ExactVectors
from retrieval.storage.vectors.stored import scan_vectors
from tests.benchmarks.figures import percentile
from tests.bulk import WORDS, fill
from tests.fakes import WordVectors

TODAY = date(2026, 11, 2)
FILTERS = {
    "no filter": Filter(),
    "one server": Filter(scopes=("", "server 1")),
    "an outlet": Filter(outlets=("Outlet 3",)),
    "days": Filter(since="2025-01-01"),
}
QUESTIONS, WARM = 100, 10


class InMemory:
    """A vector index that answers in no time: the neighbours of any vector are those of a few hundred passages."""

    def __init__(self, catalog: Catalog) -> None:
        with catalog.reading() as connection:
            parts = list(scan_vectors(connection))
        self.ids = np.concatenate([ids for ids, _ in parts])
        self.vectors = np.concatenate([vectors for _, vectors in parts])
        self.chance = np.random.default_rng(1)

    def nearest(self, vector: Vectors, count: int) -> list[tuple[int, float]]:
        """The nearest of some passages that stand anywhere, best first."""
        some = np.sort(self.chance.choice(len(self.ids), min(count, len(self.ids)), replace=False))
        cosines = self.vectors[some] @ vector
        return [(int(self.ids[some[at]]), float(cosines[at])) for at in np.argsort(-cosines)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the milliseconds of a search, by filter."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=60_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--dimensions", type=int, default=8)
    parser.add_argument("--exact", action="store_true", help="compare the stored vectors")
    parser.add_argument("--ingest", type=int, metavar="COUNT", help="add so many articles instead of searching")
    asked = parser.parse_args(arguments)
    asked.folder.mkdir(parents=True, exist_ok=True)
    catalog = open_catalog(asked.database or asked.folder / "catalog.sqlite3")
    with catalog.reading() as connection:
        stored = count_articles(connection)
    if not stored:
        began = time.perf_counter()
        fill(catalog, asked.articles, dimensions=asked.dimensions)
        with catalog.writing() as connection:
            connection.execute(text("UPDATE articles SET scope = 'server 2' WHERE id % 50 = 7"))
        _settle(catalog)
        print(f"filled with {asked.articles:,} articles in {time.perf_counter() - began:.0f} s")
    if asked.ingest:
        cost = ingest(catalog, asked.folder, asked.ingest)
        print(f"{catalog.database.kind}: {cost:.1f} ms of processor time an article added to {stored:,}")
        return
    vectors = ExactVectors(catalog, asked.folder) if asked.exact else InMemory(catalog)
    print(f"{catalog.database.kind}: ms of a search, {QUESTIONS} questions each")
    for name, taken in measure(catalog, vectors).items():
        figures = [
            f"p50 {percentile(each, 50):6.1f}   p95 {percentile(each, 95):6.1f}" for each in zip(*taken, strict=True)
        ]
        print(f"{name:12} {'   processor: '.join(figures)}")
    catalog.close()


def _settle(catalog: Catalog) -> None:
    """Let PostgreSQL do at once what autovacuum does within minutes."""
    if catalog.database.on_server:
        with catalog.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def ingest(catalog: Catalog, folder: Path, count: int) -> float:
    """The milliseconds of processor time that an article takes: read, cut, compared with the stored ones, written."""
    with catalog.reading() as connection, TemporaryDirectory(dir=folder) as files:
        stored = count_articles(connection)
        dimensions = next(scan_vectors(connection, 1))[1].shape[1]
        chance, spent = random.Random(stored), _processor(catalog)
        for number in range(count):
            parts = [" ".join(chance.choices(WORDS, k=60)).capitalize() + "." for _ in range(5)]
            Path(files, f"{stored + number}.txt").write_text("\n\n".join(parts))
        pipeline = Pipeline(catalog, lambda: Embedder("words", WordVectors(dimensions)), SILENT)
        used = spent()
        report = pipeline.run([Path(files)])
        return 1000 * (spent() - used) / report.added


def measure(catalog: Catalog, vectors: Nearest) -> dict[str, list[tuple[float, float]]]:
    """The milliseconds of every search and those of the processor, by filter; the filters take turns."""
    with catalog.reading() as connection:
        dimensions = next(scan_vectors(connection, 1))[1].shape[1]
    embedder = Embedder("words", WordVectors(dimensions))
    finder = Finder(catalog, embedder, lambda: vectors)
    chance, spent = random.Random(7), _processor(catalog)
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in FILTERS}
    for number in range(QUESTIONS + WARM):
        asked = " ".join(chance.choices(WORDS, k=chance.randint(2, 8)))
        question = understand(asked, as_of=TODAY, outlets=())
        for name, only in FILTERS.items():
            began, used = time.perf_counter(), spent()
            finder.find(question, 10, only, TODAY)
            if number >= WARM:
                taken[name].append(((time.perf_counter() - began) * 1000, (spent() - used) * 1000))
    return taken


def _processor(catalog: Catalog) -> Callable[[], float]:
    """Tells the seconds of processor time of this process, with those of the sessions on a server of this machine."""
    sessions = set[Path]()

    def note(session: Any, _record: object, _proxy: object) -> None:
        sessions.add(Path(f"/proc/{session.info.backend_pid}/schedstat"))

    if catalog.database.on_server:
        event.listen(catalog.database.engine, "checkout", note)
    return lambda: time.process_time() + sum(int(each.read_text().split()[0]) for each in sessions) / 1e9


if __name__ == "__main__":
    main()
