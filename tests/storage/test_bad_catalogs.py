"""A catalog that is gone, damaged, on a read-only disk, or has removed articles: what is said, what goes on."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from bot.cli.main import run
from retrieval.bootstrap import open_briefing
from retrieval.domain.articles import Filter
from retrieval.errors import StoreError
from retrieval.settings import Settings
from tests.fakes import noting, open_with, opened
from tests.press import town, write_articles
from tests.test_bad_places import run_unprivileged


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder of five articles."""
    write_articles(tmp_path / "articles", range(5), paragraphs=12)
    with open_with(tmp_path / "data") as briefing:
        briefing.articles.ingest([tmp_path / "articles"])
    return tmp_path / "data"


def test_a_catalog_that_is_gone_is_not_taken_for_a_new_one(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.move(data / "catalog.sqlite3", data / "elsewhere")
    for _ in range(2):
        assert run(["ask", "Who?", "--data-dir", str(data)]) == 1
        output = capsys.readouterr()
        assert output.err == (
            f"briefing: {data}/catalog.sqlite3 is gone, though the vector index of its articles is there: restore it "
            f"from a copy; or remove {data}/chroma to begin with nothing\n"
        )
        assert output.out == ""
    shutil.rmtree(data / "chroma")
    assert run(["list", "--data-dir", str(data)]) == 0


def test_a_damaged_page_is_found_after_a_stop_that_was_not_clean(data: Path) -> None:
    file = data / "catalog.sqlite3"
    _spoil(file)
    with open_briefing(Settings(data_dir=data)) as briefing:
        assert len(briefing.articles.all(Filter())) == 5
        with pytest.raises(StoreError, match=r"catalog.sqlite3 is damaged \(.*\): restore it from a copy"):
            briefing.health.describe()
    # A process that was killed leaves its log behind.
    with opened(data) as catalog:
        catalog.remember("a", "b")
        log = file.with_name("catalog.sqlite3-wal")
        left = log.read_bytes()
    log.write_bytes(left)
    notes: list[str] = []
    with pytest.raises(StoreError, match=r"is damaged"), open_briefing(Settings(data_dir=data), noting(notes)):
        pass
    assert notes == [f"{file} was not closed properly: looking for damage"]


def _spoil(file: Path) -> None:
    """Overwrite a page of an index that listing articles does not read."""
    with sqlite3.connect(file) as connection:
        page, size = connection.execute(
            "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master "
            "WHERE name = 'feeds_by_address'"
        ).fetchone()
    connection.close()
    with file.open("r+b") as database:
        database.seek((page - 1) * size)
        database.write(b"\x0d" * size)


def test_of_a_removed_article_no_word_stays_in_the_file(data: Path) -> None:
    gone = town(3).encode()
    assert gone in _bytes(data) and gone.lower() in _bytes(data)
    with open_with(data) as briefing:
        briefing.articles.remove("0003.txt")
        assert gone not in _bytes(data)
        assert gone.lower() not in _bytes(data).lower()
    assert town(2).encode() in _bytes(data)


def test_an_index_that_is_loaded_has_nothing_of_the_process_in_its_files(data: Path) -> None:
    for name in ("0003.txt", "0004.txt"):
        with open_with(data) as briefing:
            assert briefing.asking.search("Which town?", 5, Filter())
            briefing.articles.remove(name)
        (file,) = data.glob("chroma/*/data_level0.bin")
        assert not file.read_bytes().strip(b"\0")


def _bytes(data: Path) -> bytes:
    return b"".join(file.read_bytes() for file in data.rglob("*") if file.is_file())


@pytest.mark.slow
def test_on_a_read_only_disk_questions_are_answered(seeds_dir: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(seeds_dir, data, symlinks=True)
    paths = [path for path in (data, *data.rglob("*")) if not path.is_symlink()]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted(data.iterdir())
    write_articles(tmp_path / "articles", [5])
    where = ["--data-dir", data]
    asked, listed, same, added = run_unprivileged(
        ["ask", "Does Ukraine still want to join NATO?", *where],
        ["list", *where],
        ["ingest", *where],
        ["ingest", tmp_path / "articles", *where],
    )
    assert asked == (0, "")
    assert listed == (0, "")
    assert same[0] == 0
    assert added[0] == 1
    assert "check its permissions" in added[1]
    assert sorted(data.iterdir()) == before
    for path in paths:
        path.chmod(0o755)
