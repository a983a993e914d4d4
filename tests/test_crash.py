"""Killed at any moment, the next command repairs.

A few kills by default. For a thorough run:

    CRASH_KILLS=30 uv run pytest tests/test_crash.py

CRASH_SEED chooses other moments.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import commands
from tests.fakes import copy_data
from tests.press import Stored, found, held, stored, write_articles

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("both_databases")]

KILLS = int(os.environ.get("CRASH_KILLS", "3"))
SEED = os.environ.get("CRASH_SEED", "1")
ASKED = range(0, 130, 9)

Moment = tuple[int, bool]
# From nothing, and over what an earlier ingest left.
MOMENTS = [(number, number % 2 == 1) for number in range(KILLS)]
FEWER = MOMENTS[: max(1, KILLS // 3)]


@dataclass(frozen=True, slots=True)
class Calm:
    """What an undisturbed run makes of the articles in a folder, in so many seconds.

    `before` is a data folder that holds an earlier version of them: some have changed since, some are new,
    some have gone.
    """

    folder: Path
    before: Path
    seconds: dict[bool, float]
    content: Stored
    found: dict[tuple[int, str, int], float]


@pytest.fixture(scope="module")
def calm(both_databases: None, tmp_path_factory: pytest.TempPathFactory) -> Calm:  # noqa: ARG001 - where it is kept
    folder, before, after = (tmp_path_factory.mktemp(name) for name in ("articles", "before", "after"))
    # At every thousandth change Chroma rewrites the files it keeps beside its database: once in each of the two runs.
    write_articles(folder, range(120), paragraphs=10)
    seconds = {False: _ingest(before, folder)}
    write_articles(folder, range(30, 60), paragraphs=10, version=1)
    write_articles(folder, range(120, 130), paragraphs=10)
    for number in range(60, 80):
        (folder / f"{number:04}.txt").unlink()
    shutil.copy(folder / "0000.txt", folder / "copy.txt")
    copy_data(before, after)
    seconds[True] = _ingest(after, folder)
    content = stored(after)
    assert len(content.articles) == 111
    assert {"0000.txt", "copy.txt"} in content.stories
    assert held(after) == len(content.passages) > 1_000
    return Calm(folder, before, seconds, content, found(after, ASKED))


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_the_next_ingest_finishes_the_work(calm: Calm, moment: Moment, tmp_path: Path) -> None:
    running = _start(calm, moment, tmp_path)
    running.listen(_chance("any", moment).uniform(0, calm.seconds[moment[1]]))
    running.kill()
    _assert_repaired(calm, tmp_path)


@pytest.mark.parametrize("moment", FEWER)
def test_killed_while_the_vector_index_follows_nothing_is_missing(calm: Calm, moment: Moment, tmp_path: Path) -> None:
    running = _start(calm, moment, tmp_path)
    total = int(running.go_on_until("Indexing ").split()[1])
    chance = _chance("following", moment)
    for _ in range(chance.randrange(total // 50)):
        running.hear()
    running.listen(chance.uniform(0, 0.02))
    running.kill()
    _assert_repaired(calm, tmp_path)


@pytest.mark.parametrize("moment", [(number, True) for number, _ in FEWER])
def test_killed_while_chroma_rewrites_its_files_nothing_is_missing(calm: Calm, moment: Moment, tmp_path: Path) -> None:
    running = _start(calm, moment, tmp_path)
    chance = _chance("rewriting", moment)
    name = chance.choice(["header.bin", "data_level0.bin", "length.bin", "link_lists.bin", "index_metadata.pickle"])
    before = _state(tmp_path, name)
    while _state(tmp_path, name) == before and running.listen(0):
        pass
    running.listen(chance.uniform(0, 0.003))
    running.kill()
    _assert_repaired(calm, tmp_path)


def _state(data_dir: Path, name: str) -> list[tuple[int, int]]:
    files = [file.stat() for file in data_dir.glob(f"chroma/*/{name}")]
    return [(file.st_size, file.st_mtime_ns) for file in files]


@pytest.mark.parametrize("moment", FEWER)
def test_killed_at_the_close_nothing_is_missing(calm: Calm, moment: Moment, tmp_path: Path) -> None:
    running = _start(calm, moment, tmp_path)
    running.go_on_until("closing")
    running.listen(_chance("closing", moment).uniform(0, 0.02))
    running.kill()
    _assert_repaired(calm, tmp_path)


@pytest.mark.parametrize("moment", FEWER)
def test_stopped_at_any_moment_nothing_is_damaged(calm: Calm, moment: Moment, tmp_path: Path) -> None:
    running = _start(calm, moment, tmp_path)
    running.listen(_chance("stopped", moment).uniform(0, calm.seconds[moment[1]]))
    running.process.terminate()
    running.wait()
    _assert_repaired(calm, tmp_path)
    assert not (tmp_path / "chroma.damaged").exists()


def _start(calm: Calm, moment: Moment, data_dir: Path) -> commands.Running:
    """Begin to ingest; reading has begun when this returns."""
    if moment[1]:
        copy_data(calm.before, data_dir)
    running = commands.start(commands.ingest, data_dir, calm.folder)
    assert str(running.hear()).startswith("Reading")
    return running


def _chance(test: str, moment: Moment) -> random.Random:
    return random.Random(f"{SEED} {test} {moment}")


def _ingest(data_dir: Path, folder: Path) -> float:
    """Ingest in peace; the seconds it took from the first article on."""
    running = commands.start(commands.ingest, data_dir, folder)
    running.hear()
    began = time.perf_counter()
    running.go_on_until("closed")
    seconds = time.perf_counter() - began
    assert running.wait() == 0
    return seconds


def _assert_repaired(calm: Calm, data_dir: Path) -> None:
    _ingest(data_dir, calm.folder)
    assert stored(data_dir) == calm.content
    assert found(data_dir, ASKED) == pytest.approx(calm.found, abs=0.01)
    assert held(data_dir) == len(calm.content.passages)
