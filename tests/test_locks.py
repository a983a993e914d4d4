"""Several processes at one data folder: one writes, one has the vector index, all may read; who is stopped lets go."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli.main import run
from retrieval.domain.articles import Filter
from tests import commands
from tests.fakes import WordVectors, noting, open_with
from tests.press import found, held, town, write_articles

pytestmark = pytest.mark.slow

SEEDS = Path(__file__).parents[1] / "seeds"
ASKED = range(0, 40, 6)
BUSY = 75
STOPPED = 130


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder with forty articles of two passages."""
    write_articles(tmp_path / "articles", range(40))
    with open_with(tmp_path / "data") as briefing:
        briefing.articles.ingest([tmp_path / "articles"])
    return tmp_path / "data"


def chroma_files(data_dir: Path) -> dict[Path, tuple[int, int]]:
    files = (data_dir / "chroma").rglob("*")
    return {file: (file.stat().st_size, file.stat().st_mtime_ns) for file in files if file.is_file()}


def test_beside_a_process_that_has_the_index_searches_find_the_same_without_touching_it(data_dir: Path) -> None:
    expected = found(data_dir, ASKED)
    holder = commands.start(commands.hold, data_dir)
    assert holder.hear() == "SyncedVectors"
    before = chroma_files(data_dir)
    notes: list[str] = []
    assert found(data_dir, ASKED, noting(notes)) == pytest.approx(expected, abs=0.01)
    asked = commands.briefing(data_dir.parent / "ask", "ask", f"What about {town(7)}?", "--data-dir", data_dir)
    assert (asked.status, asked.err) == (0, "")
    assert chroma_files(data_dir) == before
    assert notes == []
    holder.say("close")
    assert holder.wait() == 0


def test_whoever_waits_for_the_index_says_so_once(data_dir: Path) -> None:
    holder = commands.start(commands.hold, data_dir)
    assert holder.hear() == "SyncedVectors"
    notes: list[str] = []
    with open_with(data_dir, progress=noting(notes)) as briefing:
        briefing.articles.remove("0003.txt")
        for _ in range(3):
            briefing.corpus.follow()
    assert len(notes) == 1
    assert notes[0].startswith("another process holds the vector index")
    holder.say("close")
    assert holder.wait() == 0


def test_what_is_ingested_beside_a_process_that_has_the_index_is_taken_in_by_that_process(
    data_dir: Path, probes: list[str]
) -> None:
    holder = commands.start(commands.hold, data_dir)
    holder.hear()
    write_articles(data_dir.parent / "articles", range(40, 45))
    (data_dir.parent / "articles" / "0000.txt").unlink()
    arguments = ("ingest", data_dir.parent / "articles", "--data-dir", data_dir, "--json")
    done = commands.briefing(data_dir.parent / "ingest", *arguments)
    assert done.status == 0
    assert json.loads(done.out)["added"] == 5
    assert (
        done.err
        == "briefing: another process holds the vector index: it applies the changes, or the next command does\n"
    )
    # Found at once by whoever reads, from the stored vectors.
    assert {file for _, file, _ in found(data_dir, [42])} >= {"0042.txt"}
    holder.say("follow")
    assert holder.hear() == 5 * 2 + 2
    holder.say("close")
    assert holder.wait() == 0
    assert held(data_dir) == 44 * 2
    assert probes == []


def test_a_second_ingest_says_in_one_line_that_it_is_not_its_turn(tmp_path: Path) -> None:
    write_articles(tmp_path / "articles", range(3))
    first = commands.start(commands.ingest, tmp_path / "data", tmp_path / "articles", True)
    first.hear()
    second = commands.briefing(tmp_path, "ingest", tmp_path / "articles", "--data-dir", tmp_path / "data")
    assert (second.status, second.out) == (BUSY, "")
    line = f"briefing: another process is adding articles to {tmp_path / 'data'}: try again when it is done\n"
    assert second.err == line
    first.say("go on")
    first.go_on_until("closed")
    assert first.wait() == 0
    again = commands.briefing(tmp_path, "ingest", tmp_path / "articles", "--data-dir", tmp_path / "data")
    assert (again.status, again.err) == (0, "")


def test_a_question_to_an_empty_folder_that_another_process_fills_waits_its_turn(tmp_path: Path) -> None:
    write_articles(tmp_path / "articles", range(3))
    filling = commands.start(commands.ingest, tmp_path / "data", tmp_path / "articles", True)
    filling.hear()
    asked = commands.briefing(tmp_path, "ask", "What happened?", "--data-dir", tmp_path / "data", "--json")
    assert (asked.status, asked.out) == (BUSY, "")
    brings, waits = asked.err.splitlines()
    assert "bringing in the 5 sample articles" in brings and "try again when it is done" in waits
    filling.kill()
    asked = commands.briefing(tmp_path, "ask", "Who leads NATO?", "--data-dir", tmp_path / "data", "--json")
    assert asked.status == 0
    assert json.loads(asked.out)["searched"]["articles"] == len(list(SEEDS.glob("*.txt")))


def test_while_an_ingest_fills_the_index_a_search_answers_from_the_stored_vectors(tmp_path: Path) -> None:
    write_articles(tmp_path / "articles", range(5))
    filling = commands.start(commands.ingest, tmp_path / "data", tmp_path / "articles", True)
    filling.go_on_until("Indexing 10 passages")
    searched = commands.briefing(tmp_path, "search", town(2), "-k", "2", "--json", "--data-dir", tmp_path / "data")
    assert (searched.status, searched.err) == (0, "")
    assert [passage["file"] for passage in json.loads(searched.out)["passages"]] == ["0002.txt"] * 2
    filling.say("go on")
    filling.go_on_until("closed")
    assert filling.wait() == 0


def rows(data_dir: Path, table: str) -> int:
    """How many rows a table has; none where there is no catalog yet."""
    try:
        with closing(sqlite3.connect(f"file:{data_dir / 'catalog.sqlite3'}?mode=ro", uri=True)) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def wait_until(happens: Callable[[], bool]) -> None:
    end = time.monotonic() + commands.PATIENCE
    while not happens():
        assert time.monotonic() < end, "it does not happen"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    ("step", "times", "kept"),
    # Articles are embedded and stored 32 at a time, while the next are read; the index follows in two batches.
    [("Reading 40", 1, 0), ("Reading: 1 done", 36, 32), ("Indexing 80", 1, 40), ("Indexing: 50 done", 1, 40)],
)
def test_an_ingest_that_is_asked_to_stop_leaves_everything_in_order(
    number: signal.Signals, step: str, times: int, kept: int, tmp_path: Path, probes: list[str]
) -> None:
    write_articles(tmp_path / "articles", range(40))
    data_dir = tmp_path / "data"
    command = commands.start_briefing(tmp_path, "ingest", tmp_path / "articles", "--data-dir", data_dir, pausing=True)
    command.running.go_on_until(step)
    for _ in range(times - 1):
        command.running.say("go on")
        command.running.go_on_until(step)
    assert command.running.process.pid is not None
    os.kill(command.running.process.pid, number)
    ended = command.ended()
    assert (ended.status, ended.out, ended.err.strip()) == (STOPPED, "", "briefing: stopped; what was done is kept")
    model = WordVectors()
    with open_with(data_dir, model) as briefing:
        report = briefing.articles.ingest([tmp_path / "articles"])
    # What is being embedded when the next are read may be stored or not.
    assert report.unchanged == kept or (report.unchanged == 0 and step == "Reading: 1 done")
    assert report.added == 40 - report.unchanged
    assert model.embedded == report.added * 2
    assert held(data_dir) == 80
    assert probes == []


def test_the_real_command_killed_while_it_reads_is_made_good_by_the_next(
    models_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SEEDS, tmp_path / "articles")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models_dir)
    where = ["--data-dir", str(tmp_path / "data")]
    program = "from bot.cli.main import main; main()"
    command = [sys.executable, "-c", program, "ingest", str(tmp_path / "articles"), *where]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as ingest:
        wait_until(lambda: rows(tmp_path / "data", "articles") > 0)
        ingest.kill()
        assert ingest.wait() == -signal.SIGKILL
    assert run(["ingest", str(tmp_path / "articles"), *where]) == 0
    capsys.readouterr()
    assert run(["ask", "Who is NATO's secretary general?", "--json", *where]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert "Mark Rutte" in answer["answer"]
    assert answer["searched"]["articles"] == 5


def test_a_search_finds_nothing_and_says_nothing_wrong_where_nothing_is_stored(tmp_path: Path) -> None:
    with open_with(tmp_path / "data") as briefing:
        assert briefing.asking.search("anything", 5, Filter()) == ()
    with open_with(tmp_path / "data") as briefing:
        assert not briefing.asking.ask("Anything?", Filter()).grounded
