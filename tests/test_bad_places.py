"""Folders that may not be read or written and disks that are full: one line that says what to do, nothing lost."""

from __future__ import annotations

import ctypes
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from retrieval.errors import BriefingError
from retrieval.observing import Progress
from retrieval.storage.vectors import synced
from tests import commands
from tests.fakes import open_with
from tests.press import held, stored, write_articles

pytestmark = pytest.mark.slow

Outcome = tuple[int, str]


def run_unprivileged(*commands: Sequence[object]) -> list[Outcome]:
    """Run the commands one after the other where permissions hold; (status, last line on standard error) of each.

    They do not hold for root, which tests may run as: its process gives up the right to pass over them first.
    """
    code = (
        "import io, json, sys; from contextlib import redirect_stderr, redirect_stdout; from bot.cli.main import run\n"
        "for command in json.loads(sys.argv[1]):\n"
        "    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()) as err: status = run(command)\n"
        "    print(json.dumps([status, err.getvalue()]))"
    )
    given = json.dumps([[str(word) for word in command] for command in commands])
    done = subprocess.run(
        [sys.executable, "-c", code, given],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=_give_up_rights,
    )
    assert done.returncode == 0, done.stderr
    return [(status, error) for status, error in map(json.loads, done.stdout.splitlines())]


def _give_up_rights() -> None:
    if os.geteuid() == 0:
        library = ctypes.CDLL(None, use_errno=True)
        for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            if library.prctl(24, right, 0, 0, 0):  # PR_CAPBSET_DROP
                raise OSError(ctypes.get_errno(), "prctl")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder `articles` of four articles, two of them in `deeper`, and the data folder `data` they are in."""
    write_articles(tmp_path / "articles", range(2))
    write_articles(tmp_path / "articles" / "deeper", range(2, 4))
    with open_with(tmp_path / "data") as briefing:
        briefing.articles.ingest([tmp_path / "articles"])
    return tmp_path


def test_what_may_not_be_read_is_named_and_its_stored_articles_stay(house: Path) -> None:
    articles, data = house / "articles", ["--data-dir", house / "data"]
    before = stored(house / "data")
    (articles / "0000.txt").chmod(0)
    (articles / "deeper").chmod(0)
    inside, top, partly = run_unprivileged(
        ["ingest", articles / "deeper" / "0002.txt", *data],
        ["ingest", articles / "deeper", *data],
        ["ingest", articles, *data],
    )
    (articles / "deeper").chmod(0o755)
    assert inside == (1, f"briefing: {articles}/deeper/0002.txt may not be read: Permission denied\n")
    assert top == (1, f"briefing: the folder {articles}/deeper may not be read: check its permissions\n")
    assert partly == (0, "")
    assert stored(house / "data") == before
    # Whoever may read it again finds nothing changed.
    (articles / "0000.txt").chmod(0o644)
    with open_with(house / "data") as briefing:
        assert briefing.articles.ingest([articles]).unchanged == 4


def test_a_data_folder_that_may_not_be_written_is_named_with_what_to_do(house: Path) -> None:
    data = house / "data"
    before = stored(data)
    for path in (*data.rglob("*"), data):
        path.chmod(0o555 if path.is_dir() else 0o444)
    outcomes = run_unprivileged(
        ["remove", "0000.txt", "--data-dir", data],
        ["ingest", house / "articles", "--data-dir", data / "new"],
    )
    for path in (data, *data.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert len(outcomes) == 2
    for status, error in outcomes:
        assert status == 1
        assert error.count("\n") == 1
        assert str(data) in error
        assert "check its permissions or name another --data-dir" in error
    assert stored(data) == before
    assert held(data) == 8


def test_a_data_folder_that_is_a_file_is_named(house: Path) -> None:
    line = commands.briefing(house, "search", "bridge", "--data-dir", house / "articles" / "0000.txt").err
    assert "0000.txt' is a file" in line


@pytest.mark.parametrize("room", [100_000, 200_000])
def test_a_file_that_may_grow_no_more_is_said_in_one_line_and_nothing_is_lost(room: int, house: Path) -> None:
    before = stored(house / "data")
    write_articles(house / "new", range(100, 160))
    running = commands.start(_ingest_in_small_files, house / "data", house / "new", room)
    said = running.hear()
    assert running.wait() == 0
    assert "\n" not in said
    assert str(house / "data" / "catalog.sqlite3") in said
    assert "check the disk and the space left on it" in said
    assert before.articles <= stored(house / "data").articles
    with open_with(house / "data") as briefing:
        assert briefing.articles.ingest([house / "new"]).articles == 64
    assert held(house / "data") == 128


def _ingest_in_small_files(pipe: Connection, data_dir: Path, folder: Path, room: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        with open_with(data_dir) as briefing:
            briefing.articles.ingest([folder])
    except BriefingError as error:
        pipe.send(str(error))


@pytest.mark.parametrize(
    ("size", "margin", "said"),
    [
        ("600k", 0, "no space left for .*catalog.sqlite3: free some and run the command again, nothing is lost"),
        ("8m", synced.ROOM, "less than 20 MB free for .*chroma: free some space and run the command again"),
        # The disk is filled by others while the index follows, past what was made sure of before.
        ("9m", 0, "the vector index failed: .*; run the command again, it repairs the index from the catalog"),
    ],
)
def test_on_a_full_disk_one_line_says_so_and_with_room_the_next_run_finishes(
    size: str, margin: int, said: str, tmp_path: Path
) -> None:
    write_articles(tmp_path / "articles", range(60))
    (tmp_path / "disk").mkdir()
    running = commands.start(_ingest_on_small_disk, tmp_path, size, margin)
    answer = running.hear()
    if answer == "no disk":
        pytest.skip("this system lets no test mount a disk of its own")
    assert "\n" not in answer
    assert re.search(said, answer), answer
    assert running.hear() == 60
    assert running.hear() == 120
    assert running.wait() == 0


def _ingest_on_small_disk(pipe: Connection, folder: Path, size: str, margin: int) -> None:
    """Say how an ingest fails on a disk of this size, then what is stored and found when the disk has grown."""
    if not _mount(folder / "disk", size):
        pipe.send("no disk")
        return
    synced.ROOM = margin
    try:
        with open_with(folder / "disk" / "data", progress=_filling(folder / "disk")) as briefing:
            briefing.articles.ingest([folder / "articles"])
        pipe.send("it all found room")
    except BriefingError as error:
        pipe.send(str(error))
    (folder / "disk" / "filler").unlink(missing_ok=True)
    assert _mount(folder / "disk", "100m", again=True)
    with open_with(folder / "disk" / "data") as briefing:
        pipe.send(briefing.articles.ingest([folder / "articles"]).articles)
    pipe.send(held(folder / "disk" / "data"))


def _mount(folder: Path, size: str, *, again: bool = False) -> bool:
    """Put a disk of this size in the folder's place, for this process alone; whether that is allowed here."""
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "unshare"):  # not on Linux
        return False
    if not again:
        user, group = os.geteuid(), os.getegid()
        if library.unshare(0x20000 | (0x10000000 if user else 0)):  # CLONE_NEWNS, CLONE_NEWUSER
            return False
        if user:
            Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    remount = 32 if again else 0
    return bool(library.mount(b"disk", os.fsencode(folder), b"tmpfs", remount, b"size=" + size.encode()) == 0)


def _filling(disk: Path) -> Progress:
    """Fills the disk to the last byte when the index begins to follow."""

    @contextmanager
    def track(work: str, total: int, unit: str) -> Iterator[Callable[[int], object]]:  # noqa: ARG001
        if work == "Indexing":
            with suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(1_000))
        yield lambda _done: None

    return Progress(track, lambda _line: None)
