"""The vector index follows the catalog, and comes back from it whatever happened to its folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

from retrieval.domain.articles import Filter
from retrieval.errors import StoreError
from retrieval.observing import SILENT, Progress
from retrieval.storage.locks import try_lock
from retrieval.storage.vectors import integrity, synced
from retrieval.storage.vectors.integrity import limit_memory, look_into
from retrieval.storage.vectors.stored import count_changes
from retrieval.storage.vectors.sync import LentVectors, open_vectors
from tests import commands
from tests.fakes import WordVectors, copy_data, noting, open_with, opened
from tests.press import found, held, town, write_articles

pytestmark = pytest.mark.slow

ASKED = range(0, 60, 7)
PASSAGES = 1_080
Found = dict[tuple[int, str, int], float]


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles in a folder and, beside it, the data folder they were brought into, left in good order.

    Over a thousand passages: from there on Chroma keeps files of its own beside its database.
    """
    folder = tmp_path_factory.mktemp("indexed")
    write_articles(folder / "articles", range(60), paragraphs=18)
    with open_with(folder / "data") as briefing:
        assert briefing.articles.ingest([folder / "articles"]).passages == PASSAGES
    return folder


@pytest.fixture(scope="module")
def expected(indexed: Path) -> Found:
    """What searches find there."""
    return found(indexed / "data", ASKED)


@pytest.fixture
def data_dir(indexed: Path, tmp_path: Path) -> Path:
    """A copy of the data folder, to be ruined."""
    return copy_data(indexed / "data", tmp_path / "data")


def segment(folder: Path, name: str) -> Path:
    """One of the files Chroma keeps beside its database."""
    return next(folder.glob(f"*/{name}"))


def cut(name: str) -> Callable[[Path], object]:
    """Loses the second half of a file, as a kill does that comes while it is written."""
    return lambda folder: os.truncate(segment(folder, name), segment(folder, name).stat().st_size // 2)


def shorten(file: Path, size: int) -> None:
    os.truncate(file, file.stat().st_size - size)


def empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "half of the vectors": cut("data_level0.bin"),
    "the last of the vectors": lambda folder: shorten(segment(folder, "data_level0.bin"), 100),
    "half of the header": cut("header.bin"),
    "half of the links": cut("link_lists.bin"),
    "half of the names": cut("index_metadata.pickle"),
    "no vector files": lambda folder: shutil.rmtree(segment(folder, "header.bin").parent),
    "garbage for a database": lambda folder: (folder / "chroma.sqlite3").write_bytes(b"garbage" * 1_000),
    "an empty database": lambda folder: os.truncate(folder / "chroma.sqlite3", 0),
    "half of the database": lambda folder: os.truncate(folder / "chroma.sqlite3", 200_000),
    "nothing at all": empty,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_look_into_a_damaged_folder_tells(damage: str, data_dir: Path) -> None:
    DAMAGES[damage](data_dir / "chroma")
    # In a process of its own here too: some of these make Chroma crash.
    assert commands.start(_look_into, data_dir).wait() != 0


def test_a_look_into_a_healthy_folder_gives_what_it_holds(data_dir: Path) -> None:
    assert commands.start(_look_into, data_dir).wait() == 0


def _look_into(_pipe: Connection, data_dir: Path) -> None:
    limit_memory()
    ids = look_into(data_dir / "chroma", catalog_id(data_dir))
    sys.exit(0 if ids == list(range(1, PASSAGES + 1)) else 1)


def catalog_id(data_dir: Path) -> str:
    with opened(data_dir) as catalog:
        return str(catalog.fact("catalog"))


def test_a_damaged_folder_is_set_aside_and_made_anew_from_the_stored_vectors(data_dir: Path, expected: Found) -> None:
    DAMAGES["half of the vectors"](data_dir / "chroma")
    notes: list[str] = []
    model = WordVectors()
    with open_with(data_dir, model, noting(notes)) as briefing:
        assert briefing.asking.search(town(0), 3, Filter())
    assert notes == [f"the vector index was damaged: it was set aside and rebuilt from {PASSAGES} stored vectors"]
    assert model.embedded == 0
    assert (data_dir / "chroma.damaged").is_dir()
    assert found(data_dir, ASKED) == pytest.approx(expected, abs=0.01)
    assert held(data_dir) == PASSAGES


def test_a_missing_folder_is_made_anew_from_the_stored_vectors(data_dir: Path, expected: Found) -> None:
    shutil.rmtree(data_dir / "chroma")
    notes: list[str] = []
    assert found(data_dir, ASKED, noting(notes)) == pytest.approx(expected, abs=0.01)
    assert notes == [f"repaired the vector index: {PASSAGES} passages from their stored vectors"]
    assert not (data_dir / "chroma.damaged").exists()
    assert held(data_dir) == PASSAGES


def test_a_folder_left_in_good_order_is_not_looked_into(data_dir: Path, expected: Found, probes: list[str]) -> None:
    notes: list[str] = []
    for _ in range(2):
        assert found(data_dir, ASKED, noting(notes)) == expected
    with opened(data_dir) as catalog:
        catalog.remove([60])
    assert held(data_dir) == PASSAGES - 18
    assert held(data_dir) == PASSAGES - 18
    assert (probes, notes) == ([], [])


def test_a_folder_touched_since_it_was_closed_is_looked_into(
    data_dir: Path, expected: Found, probes: list[str]
) -> None:
    os.utime(data_dir / "chroma" / "chroma.sqlite3")
    notes: list[str] = []
    assert found(data_dir, ASKED, noting(notes)) == expected
    assert (probes, notes) == ([str(data_dir / "chroma")], [])


@pytest.mark.parametrize("words", ["", "[]", '{"catalog": 1}', "\x00", '{"catalog": "a", "mark": "b", "files": {}'])
def test_a_seal_that_cannot_be_read_vouches_for_nothing(words: str, tmp_path: Path) -> None:
    for content, vouched in (('{"catalog": "a", "mark": "b", "files": {}}', True), (words, False)):
        (tmp_path / "chroma.seal").write_text(content)
        taken = integrity.take(tmp_path / "chroma", "a", partial(try_lock, tmp_path / "vectors.lock"))
        assert taken is not None
        assert taken.open("b") is vouched
        taken.close(None)


def test_an_index_that_fails_while_it_is_searched_is_mended_by_the_next_command(
    data_dir: Path, expected: Found
) -> None:
    # As a disk goes bad: the file keeps its size and its date, so the seal vouches for it.
    rotten = segment(data_dir / "chroma", "index_metadata.pickle")
    dates = rotten.stat()
    rotten.write_bytes(bytes(dates.st_size))
    os.utime(rotten, ns=(dates.st_atime_ns, dates.st_mtime_ns))
    with pytest.raises(StoreError, match=r"^the vector index failed: .* run the command again, it repairs the index"):
        found(data_dir, ASKED)
    notes: list[str] = []
    assert found(data_dir, ASKED, noting(notes)) == pytest.approx(expected, abs=0.01)
    assert notes == [f"the vector index was damaged: it was set aside and rebuilt from {PASSAGES} stored vectors"]


def test_the_folder_of_another_catalog_is_not_trusted(data_dir: Path, tmp_path: Path) -> None:
    for file in data_dir.glob("catalog.sqlite3*"):
        file.unlink()
    write_articles(tmp_path / "others", range(200, 203))
    with open_with(data_dir) as briefing:
        briefing.articles.ingest([tmp_path / "others"])
    assert held(data_dir) == 6


def test_a_catalog_put_back_from_a_copy_is_not_mixed_up_with_what_came_after_it(data_dir: Path, indexed: Path) -> None:
    with opened(data_dir) as catalog:
        catalog.remove([1, 2, 3])
    write_articles(data_dir.parent / "later", range(200, 205), paragraphs=8)
    with open_with(data_dir) as briefing:
        briefing.articles.ingest([data_dir.parent / "later"])
    shutil.copy(indexed / "data" / "catalog.sqlite3", data_dir)
    # The passages of these get ids which the index knows from those that came later.
    write_articles(data_dir.parent / "other", range(300, 306), paragraphs=8)
    with open_with(data_dir) as briefing:
        briefing.articles.ingest([data_dir.parent / "other"])
    assert held(data_dir) == PASSAGES + 6 * 8
    assert {file for _, file, _ in found(data_dir, [0, 1, 2])} >= {"0000.txt", "0001.txt", "0002.txt"}


def test_following_that_is_stopped_goes_on_where_it_was(data_dir: Path, probes: list[str]) -> None:
    write_articles(data_dir.parent / "new", range(100, 130), paragraphs=6)
    with pytest.raises(KeyboardInterrupt), open_with(data_dir, progress=_stopping("Indexing")) as briefing:
        briefing.articles.ingest([data_dir.parent / "new"])
    with opened(data_dir) as catalog, catalog.reading() as connection:
        assert count_changes(connection) == 30 * 6 - synced.BATCH
    assert held(data_dir) == PASSAGES + 30 * 6
    assert probes == []


def test_mending_that_is_stopped_is_not_vouched_for(data_dir: Path, probes: list[str]) -> None:
    shutil.rmtree(data_dir / "chroma")
    with opened(data_dir) as catalog, pytest.raises(KeyboardInterrupt):
        open_vectors(catalog, data_dir, None, _stopping("Indexing"))
    assert held(data_dir) == PASSAGES
    assert probes == [str(data_dir / "chroma")]


def _stopping(at: str) -> Progress:
    """Somebody presses Ctrl-C after the first step of this work."""

    def stop(_done: int) -> None:
        raise KeyboardInterrupt

    @contextmanager
    def track(work: str, total: int, unit: str) -> Iterator[Callable[[int], object]]:  # noqa: ARG001
        yield stop if work == at else lambda _done: None

    return Progress(track, lambda _line: None)


def test_where_room_runs_out_nothing_is_written_and_nothing_lost(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, probes: list[str]
) -> None:
    write_articles(data_dir.parent / "new", range(100, 103))
    with monkeypatch.context() as context:
        # No disk has as much.
        context.setattr(synced, "ROOM", 1 << 60)
        assert found(data_dir, [7])
        with (
            pytest.raises(StoreError, match=r"MB free for .*: free some space and run the command again, nothing is"),
            open_with(data_dir) as briefing,
        ):
            briefing.articles.ingest([data_dir.parent / "new"])
    assert held(data_dir) == PASSAGES + 6
    assert probes == []


def test_an_emptied_catalog_takes_a_model_with_vectors_of_another_length(tmp_path: Path) -> None:
    write_articles(tmp_path / "articles", range(3))
    with open_with(tmp_path / "data") as briefing:
        briefing.articles.ingest([tmp_path / "articles"])
    for file in (tmp_path / "articles").iterdir():
        file.unlink()
    with open_with(tmp_path / "data") as briefing:
        assert briefing.articles.ingest([tmp_path / "articles"]).articles == 0
    write_articles(tmp_path / "articles", range(3))
    with open_with(tmp_path / "data", WordVectors(32), name="shorter") as briefing:
        briefing.articles.ingest([tmp_path / "articles"])
        assert len(briefing.asking.search(town(1), 6, Filter())) == 6
    assert held(tmp_path / "data") == 6


def test_no_word_of_an_article_is_in_the_chroma_folder(data_dir: Path) -> None:
    files = [each for each in (data_dir / "chroma").rglob("*") if each.is_file()]
    assert any(each.stat().st_size for each in files)
    for file in files:
        assert town(0).encode() not in file.read_bytes()


def test_a_look_ends_with_the_process_that_asked_for_it(data_dir: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "retrieval.storage.vectors.integrity",
        str(data_dir / "chroma"),
        catalog_id(data_dir),
    ]
    # The pipe from a process that was killed is at its end.
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")


def test_the_stored_vectors_give_what_the_index_gives(data_dir: Path) -> None:
    from retrieval.storage.vectors.exact import ExactVectors

    with opened(data_dir) as catalog:
        index, exact = open_vectors(catalog, data_dir, None, SILENT), ExactVectors(catalog)
        for number in range(5):
            vector = np.asarray(WordVectors().embed_query(town(number)), np.float32)
            vector /= np.linalg.norm(vector)
            one, other = dict(index.nearest(vector, 20)), dict(exact.nearest(vector, 20))
            assert len(one.keys() & other.keys()) >= 19
            assert one == pytest.approx({id_: other.get(id_, one[id_]) for id_ in one}, abs=1e-5)
        index.close()


def test_a_worker_has_the_index_only_while_it_applies_changes(data_dir: Path) -> None:
    with opened(data_dir) as catalog:
        opening = partial(open_vectors, catalog, data_dir, None, SILENT)
        lent = LentVectors(catalog, data_dir, opening)
        catalog.remove([1])
        assert lent.follow()
        with catalog.reading() as connection:
            assert count_changes(connection) == 0
        index = opening()
        assert isinstance(index, synced.SyncedVectors)
        catalog.remove([2])
        assert not lent.follow()
        assert index.follow()
        index.close()


def test_one_process_at_a_time_applies_changes_to_a_server(data_dir: Path) -> None:
    with opened(data_dir) as here, opened(data_dir) as there:
        hold = here.hold(synced.FOLLOWING)
        assert hold
        index = synced.SyncedVectors(there, Unasked(), None, SILENT)  # type: ignore[arg-type]
        there.remove([1])
        assert index.follow() == 0
        hold.release()
        with pytest.raises(AssertionError, match="asked"):
            index.follow()


class Unasked:
    """A server that nobody may ask."""

    def remove(self, _ids: object) -> None:
        raise AssertionError("asked")
