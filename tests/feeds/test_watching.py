"""Folders are read again as their files change; one that is not there takes nothing out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest

from bot.settings import load_bot_settings
from retrieval.domain.articles import Filter, IngestReport
from retrieval.errors import BusyError
from retrieval.ingestion.folder_sync import FolderWatch
from tests.fakes import open_with
from tests.ingestion.samples import ARTICLE

NOTHING = IngestReport(
    added=0, updated=0, unchanged=0, removed=0, duplicates=(), skipped=(), articles=0, passages=0, seconds=0.0
)
PATIENCE = 60  # seconds at most, on a machine with a lot to do


@contextmanager
def running(watch: FolderWatch) -> Iterator[None]:
    thread = Thread(target=watch.run)
    thread.start()
    try:
        yield
    finally:
        watch.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_a_file_that_is_saved_is_an_article_at_once(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (share / "old.txt").write_text(ARTICLE)
    reports: Queue[int] = Queue()
    with open_with(tmp_path / "data") as briefing:

        def ingest(folders: Sequence[Path]) -> IngestReport:
            report = briefing.articles.ingest(folders)
            reports.put(report.articles)
            return report

        with running(FolderWatch(ingest, [share])):
            assert reports.get(timeout=PATIENCE) == 1
            (share / "new.txt").write_text(ARTICLE.replace("Bridge", "Pier"))
            assert reports.get(timeout=PATIENCE) == 2
            (share / "old.txt").unlink()
            assert reports.get(timeout=PATIENCE) == 1
        assert [each.article.file for each in briefing.articles.all(Filter())] == ["new.txt"]


@pytest.mark.slow
def test_while_another_process_adds_articles_the_folder_waits(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    tries: Queue[bool] = Queue()
    busy = iter((True, False))

    def ingest(_folders: Sequence[Path]) -> IngestReport:
        waits = next(busy)
        tries.put(waits)
        if waits:
            raise BusyError("busy")
        return NOTHING

    with running(FolderWatch(ingest, [tmp_path])):
        assert [tries.get(timeout=PATIENCE) for _ in range(2)] == [True, False]


def test_a_drive_that_is_not_mounted_takes_no_articles_out(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    asked: list[Sequence[Path]] = []

    def ingest(folders: Sequence[Path]) -> IngestReport:
        asked.append(folders)
        return NOTHING

    watch = FolderWatch(ingest, [share, tmp_path / "gone"])
    watch.stop()
    watch.run()
    assert asked == []


def test_the_settings_name_the_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEFING_FOLDERS", "/srv/share/reports, ~/clippings,")
    assert load_bot_settings().folders == (Path("/srv/share/reports"), Path.home() / "clippings")
