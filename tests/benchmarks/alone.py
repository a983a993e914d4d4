"""Ingests in a process of its own, so that its peak memory is that of one side and of nothing else.

    python -m tests.benchmarks.alone JOB

Prints an `Ingest` as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from retrieval.embedding.base import Embedder, open_embedder
from tests.benchmarks.corpus import DIMENSIONS, PreparedVectors, days
from tests.benchmarks.figures import timed

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Job:
    """What to ingest into the folder `data`; `models` is where the side keeps its model, None: prepared vectors."""

    side: Literal["ours", "stock"]
    folders: list[str]
    data: str
    models: str | None = None


@dataclass(frozen=True, slots=True)
class Ingest:
    """What an ingest took; `again` are the seconds of a second one over the same files, `embedded` what that embedded.

    `indexing` are those of the `seconds` in which Chroma followed the catalog.
    """

    passages: int
    seconds: float
    peak_mib: float
    indexing: float = 0.0
    again: float = 0.0
    embedded: int = 0


def ingest_alone(job: Job) -> Ingest:
    """Do the job in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.alone", json.dumps(asdict(job))]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=_ROOT)
    return Ingest(**json.loads(done.stdout.splitlines()[-1]))


def ingest(job: Job) -> Ingest:
    """Do the job in this process."""
    return _stock(job) if job.side == "stock" else _ours(job)


def peak_mib() -> float:
    """The most memory this process has held at a time."""
    status = Path("/proc/self/status")
    if status.exists():
        # Linux' `ru_maxrss` starts at what the parent held when it made this process; this count starts at zero.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _stock(job: Job) -> Ingest:
    from tests.benchmarks.stock import KeptModel, Stock, provide_model

    if job.models:
        provide_model(Path(job.models))
    stock = Stock(Path(job.data), KeptModel() if job.models else PreparedVectors())
    given = {folder: None if job.models else days(Path(folder)) for folder in job.folders}
    seconds, passages = timed(lambda: sum(stock.ingest(Path(folder), each) for folder, each in given.items()))
    stock.close()
    return Ingest(passages, seconds, peak_mib())


def _ours(job: Job) -> Ingest:
    import chromadb  # noqa: F401 (the stock side has it imported before its clock starts)

    from retrieval.ingestion.pipeline import Pipeline
    from retrieval.observing import SILENT
    from retrieval.storage.catalog import open_catalog
    from retrieval.storage.vectors.sync import open_vectors

    data, folders, prepared = Path(job.data), [Path(folder) for folder in job.folders], PreparedVectors()
    embedder = (
        open_embedder("minilm", Path(job.models))
        if job.models
        else Embedder("prepared", prepared, dimensions=DIMENSIONS)
    )
    catalog = open_catalog(f"sqlite:///{data / 'catalog.sqlite3'}")
    pipeline = Pipeline(catalog, lambda: embedder, SILENT)
    writing, report = timed(pipeline.run, folders)
    indexing, vectors = timed(open_vectors, catalog, data, None, SILENT)
    vectors.close()
    peak, embedded = peak_mib(), prepared.embedded
    again, _ = timed(pipeline.run, folders)
    catalog.close()
    return Ingest(report.passages, writing + indexing, peak, indexing, again, prepared.embedded - embedded)


if __name__ == "__main__":
    asked = Job(**json.loads(sys.argv[1]))
    print(json.dumps(asdict(ingest(asked))))
