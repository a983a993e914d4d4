"""Watches over the seeds, with the real embedder: told once of a reversal, never of a copy or a changed page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.settings import load_bot_settings
from retrieval.bootstrap import open_briefing
from retrieval.domain.articles import SHARED
from retrieval.domain.reports import WatchNews
from retrieval.embedding.local_model import package_folder
from retrieval.services.briefing import Briefing

pytestmark = pytest.mark.skipif(package_folder() is None, reason="needs the weights of the default embedder")

SEEDS = Path(__file__).parents[1] / "seeds"
NEWEST = "001_82df3489a97b2c5e.txt"
TOPIC = "Ukraine NATO membership"
DAY = date(2025, 12, 15)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """The seeds of 2024."""
    folder = tmp_path / "inbox"
    shutil.copytree(SEEDS, folder)
    (folder / NEWEST).unlink()
    return folder


@pytest.fixture
def briefing(tmp_path: Path, inbox: Path, models_dir: Path) -> Iterator[Briefing]:
    """The briefing over them, with a watch on their topic."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "models").symlink_to(models_dir)
    with open_briefing(load_bot_settings(data)) as opened:
        opened.articles.ingest([inbox])
        opened.watches.add(SHARED, TOPIC, "anything", DAY)
        yield opened


def news(briefing: Briefing) -> WatchNews | None:
    """What a look at the watched topic tells, and keeps."""
    [watch] = briefing.watches.kept.of(SHARED)
    look = briefing.watches.check(watch, briefing.watches.arrivals(), DAY)
    briefing.watches.kept.keep(watch.id, look.state)
    return look.news


def test_a_reversal_is_told_once_with_the_old_and_the_new_quote(briefing: Briefing, inbox: Path) -> None:
    assert news(briefing) is None
    shutil.copy(SEEDS / NEWEST, inbox)
    briefing.articles.ingest([inbox])
    told = news(briefing)
    assert told is not None and told.kind == "changed" and told.was is not None
    cited = {each.number: each for each in told.citations}
    now, was = cited[told.statement.citations[0]], cited[told.was.citations[0]]
    assert now.file == NEWEST and was.day < now.day == "2025-12-14"
    for each in (now, was):
        assert (SEEDS / each.file).read_bytes().decode()[each.start : each.end] == each.quote
    assert news(briefing) is None


def test_neither_a_copy_nor_a_changed_page_is_news(briefing: Briefing, inbox: Path) -> None:
    old = next(path for path in sorted(inbox.glob("*.txt")))
    shutil.copy(old, inbox / "again.txt")
    old.write_bytes(old.read_bytes() + b"\n\nRead also: Ten things to know about Ukraine and NATO membership.\n")
    assert briefing.articles.ingest([inbox]).updated == 1
    assert news(briefing) is None


def test_articles_on_another_matter_are_no_news(briefing: Briefing, inbox: Path) -> None:
    text = (
        "Published: 15 December 2025\n\nThe herring festival has been moved indoors, the harbour master said on Monday."
    )
    (inbox / "festival.txt").write_text(text, "utf-8")
    assert briefing.articles.ingest([inbox]).added == 1
    assert news(briefing) is None


def test_what_was_not_kept_is_told_again(briefing: Briefing, inbox: Path) -> None:
    shutil.copy(SEEDS / NEWEST, inbox)
    briefing.articles.ingest([inbox])
    [watch] = briefing.watches.kept.of(SHARED)
    looks = [briefing.watches.check(watch, briefing.watches.arrivals(), DAY) for _ in range(2)]
    assert looks[0].news and looks[0] == looks[1]


def test_a_watch_for_disagreements_is_silent_about_changes(briefing: Briefing, inbox: Path) -> None:
    shutil.copy(SEEDS / NEWEST, inbox)
    briefing.articles.ingest([inbox])
    [watch] = briefing.watches.kept.of(SHARED)
    look = briefing.watches.check(replace(watch, only="disagreements"), briefing.watches.arrivals(), DAY)
    assert look.news is None or look.news.kind == "disagreement"
