"""How long commands take from nothing, beside the bare import of chromadb and a bare interpreter."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

from retrieval.bootstrap import seeds_folder
from tests.benchmarks.figures import timed
from tests.benchmarks.report import Row, Say, Target

RUNS = 7

_ROOT = Path(__file__).parents[2]
_BRIEFING = ("-c", "from bot.cli.main import main; main()")
_QUESTION = "Does Ukraine still want to join NATO?"


def run(work: Path, say: Say, runs: int = RUNS) -> list[Row]:
    """Medians of several runs, all commands in turns; `work` is an empty folder."""
    work.mkdir(parents=True, exist_ok=True)
    data, seeds = str(work / "data"), (seeds_folder() or Path("seeds")).resolve()
    _start(work, *_BRIEFING, "ingest", str(seeds), "--data-dir", data)
    commands = {
        "python": ("-c", "pass"),
        "chromadb": ("-c", "import chromadb"),
        "help": (*_BRIEFING, "--help"),
        "ask": (*_BRIEFING, "ask", _QUESTION, "--data-dir", data),
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(runs + 1):
        say(f"starting commands, run {number} of {runs}")
        for name, command in commands.items():
            seconds[name].append(timed(_start, work, *command)[0])
    # The first run compiles and warms the disk cache.
    median = {name: statistics.median(each[1:]) for name, each in seconds.items()}
    table = f"starting up, medians of {runs} runs"
    over, bare = median["ask"] - median["chromadb"], "import chromadb"
    return [
        Row(table, "briefing --help", "s", median["help"], median["python"], "bare python", Target("value", "≤", 0.5)),
        Row(table, "briefing ask", "s", median["ask"], median["chromadb"], bare),
        Row(table, "briefing ask, less the import of chromadb", "s", over, target=Target("value", "≤", 1.5)),
    ]


def _start(work: Path, *arguments: str) -> None:
    """Run Python as a user's second start would: with its compiled files, kept apart from the project's own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BRIEFING_")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment |= {"PYTHONPYCACHEPREFIX": str(work / "compiled"), "PYTHONPATH": str(_ROOT), "NO_COLOR": "1"}
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=work, env=environment)
