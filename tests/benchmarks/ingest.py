"""Ingest with its embedding, beside an older clone of this project: by turns, on the same articles.

    git clone . ../old && git -C ../old checkout v0.1
    python -m tests.benchmarks.ingest ../old --articles FOLDER

Each side ingests a slice of the articles in a process of its own, the other side first in the next slice, so that a
drift of the machine hits both. Prints articles a second and processor seconds, and how many vectors are the same to
the last bit. Processor seconds change less where other work is under way.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_ALONE = "--alone"  # said by this to the processes of the sides


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("against", type=Path, help="the older clone")
    parser.add_argument("--articles", type=Path, required=True, help="a folder of articles")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--slices", type=int, default=4)
    asked = parser.parse_args(arguments)
    files = sorted(file for file in asked.articles.iterdir() if file.is_file())[: asked.count]
    with tempfile.TemporaryDirectory(prefix="ingest-") as folder:
        print(compare(files, asked.slices, {"old": asked.against.resolve(), "new": _ROOT}, Path(folder)))


def compare(files: Sequence[Path], slices: int, sides: dict[str, Path], work: Path) -> str:
    """The figures of both sides, and of what they stored."""
    taken = {name: [0.0, 0.0] for name in sides}
    for number in range(slices):
        top = work / f"articles-{number}"
        top.mkdir()
        for file in files[number::slices]:
            shutil.copy(file, top)
        for name in sorted(sides, reverse=number % 2 == 0):
            for at, seconds in enumerate(_alone(sides[name], top, work / name)):
                taken[name][at] += seconds
    lines = [f"{len(files)} articles, load {os.getloadavg()[0]:.1f}"]
    for name, (wall, processor) in taken.items():
        lines.append(
            f"{name}: {len(files) / wall:.2f} articles/s, {1000 * processor / len(files):.0f} ms of processor each"
        )
    (wall, processor), (now, busy) = taken["old"], taken["new"]
    lines.append(f"ratio: {wall / now:.2f} times the articles/s, {processor / busy:.2f} by processor seconds")
    same, total = _same(*(_vectors(work / name) for name in sides))
    return "\n".join([*lines, f"vectors the same to the bit: {same} of {total}"])


def _alone(root: Path, articles: Path, data: Path) -> list[float]:
    """Ingest by the code in `root`, in a process of its own; its seconds, and those of the processor."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-P", __file__, _ALONE, str(articles), str(data)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, cwd=data.parent)
    return [float(number) for number in json.loads(done.stdout.splitlines()[-1])]


def _ingest(articles: Path, data: Path) -> None:
    import chromadb  # noqa: F401 (a start takes as long for both)

    from retrieval.bootstrap import open_briefing
    from retrieval.settings import Settings

    models = data.parent / "models"
    models.mkdir(exist_ok=True)
    data.mkdir(exist_ok=True)
    if not (data / "models").exists():
        (data / "models").symlink_to(models)
    with open_briefing(Settings(data_dir=data)) as briefing:
        briefing.corpus.embedder().query("warm")
        began, before = time.perf_counter(), time.process_time()
        briefing.articles.ingest([articles])
        print(json.dumps([time.perf_counter() - began, time.process_time() - before]))


def _vectors(data: Path) -> dict[tuple[str, int], bytes]:
    """The stored vectors by file and place."""
    import sqlite3

    query = (
        "SELECT articles.file, passages.start, vectors.vector FROM vectors "
        "JOIN passages ON passages.id = vectors.passage JOIN articles ON articles.id = passages.article"
    )
    connection = sqlite3.connect(data / "catalog.sqlite3")
    found = {(file, start): vector for file, start, vector in connection.execute(query)}
    connection.close()
    return found


def _same(one: dict[tuple[str, int], bytes], other: dict[tuple[str, int], bytes]) -> tuple[int, int]:
    places = one.keys() | other.keys()
    return sum(one.get(place) == other.get(place) for place in places), len(places)


if __name__ == "__main__":
    if _ALONE in sys.argv:
        _ingest(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
