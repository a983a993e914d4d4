"""Articles from the web are stored once, keep their links when they change, and no ingest of a folder touches them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from retrieval.domain.articles import SHARED, Article, Document, Filter, IngestReport
from retrieval.embedding.base import Embedder
from retrieval.ingestion.metadata.fields import from_table
from retrieval.ingestion.pipeline import Pipeline
from retrieval.ingestion.web_articles import IncomingArticle, name_of, place_of, read_entry
from retrieval.observing import SILENT
from retrieval.services.briefing import Briefing
from retrieval.storage.articles import article_by_path
from retrieval.storage.catalog import Catalog
from tests.fakes import WordVectors, open_with, opened
from tests.ingestion.samples import FIRST, SECOND, read_text
from tests.press import town, write_articles

ADDRESS = "https://www.harbour.example/news/bridge"
BRIDGE = f"{FIRST}\n\n{SECOND}\n\nThe old ferry was last used in 1962, when the bridge was built by men of the town."
MUSEUM = "The museum of clocks opens again on Friday after a fire.\n\nVisitors will find eleven more rooms than before."


def document(body: str = BRIDGE, **known: str) -> Document:
    found = read_text(body)
    return replace(found, metadata=from_table({"title": "Council Closes Old Bridge", "url": ADDRESS, **known}, "page"))


def incoming(body: str = BRIDGE, url: str = ADDRESS, scope: str = SHARED, **known: str) -> IncomingArticle:
    return IncomingArticle(place_of(url, scope), name_of(url), document(body, **known))


class House:
    """A data folder, and a model that counts what it was asked to embed."""

    def __init__(self, folder: Path) -> None:
        self.data, self.model = folder / "data", WordVectors()

    def take(self, *articles: IncomingArticle, scope: str = SHARED) -> IngestReport:
        self.model.embedded = 0
        with opened(self.data) as catalog:
            return Pipeline(catalog, lambda: Embedder("words", self.model), SILENT).take(articles, scope)

    @contextmanager
    def briefing(self) -> Iterator[Briefing]:
        with open_with(self.data) as briefing:
            yield briefing

    def article(self, url: str = ADDRESS, scope: str = SHARED) -> Article | None:
        with opened(self.data) as catalog, catalog.reading() as connection:
            return article_by_path(connection, place_of(url, scope))

    def added(self) -> list[str]:
        with opened(self.data) as catalog:
            return _column(catalog, "added")

    def names(self) -> list[str]:
        with opened(self.data) as catalog:
            return sorted(_column(catalog, "file"))


def _column(catalog: Catalog, name: str) -> list[str]:
    with catalog.reading() as connection:
        return list(connection.execute(text(f"SELECT {name} FROM articles")).scalars())


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def counts(report: IngestReport) -> tuple[int, int, int]:
    return report.added, report.updated, report.unchanged


def test_a_web_article_is_found_and_cited_by_its_address(house: House) -> None:
    assert counts(house.take(incoming())) == (1, 0, 0)
    with house.briefing() as briefing:
        hit = briefing.asking.search("old bridge ferry", 1, Filter())[0]
    assert hit.passage.article.file == "harbour.example/news/bridge"
    assert hit.passage.article.metadata.url == ADDRESS


def test_what_has_not_changed_is_not_embedded_again(house: House) -> None:
    house.take(incoming())
    assert counts(house.take(incoming(url=f"{ADDRESS}?utm_source=feed#top"))) == (0, 0, 1)
    assert house.model.embedded == 0


def test_a_changed_article_takes_the_place_of_the_old_and_keeps_its_links(house: House) -> None:
    house.take(incoming())
    before = house.article()
    assert counts(house.take(incoming(BRIDGE.replace("ferry", "hovercraft")))) == (0, 1, 0)
    after = house.article()
    assert before and after
    assert (after.key, after.file) == (before.key, before.file)
    with house.briefing() as briefing:
        opened_ = briefing.articles.open(before.key)
        assert opened_ is not None
        assert "hovercraft" in opened_[1]


@pytest.mark.parametrize("known", [{"title": "Bridge Shut"}, {"published": "2024-12-01"}, {"outlet": "Harbour Post"}])
def test_what_is_known_anew_of_an_article_is_stored(known: dict[str, str], house: House) -> None:
    house.take(incoming())
    assert counts(house.take(incoming(**known))) == (0, 1, 0)


def test_of_two_versions_of_an_article_the_last_one_counts(house: House) -> None:
    assert counts(house.take(incoming(), incoming(MUSEUM))) == (1, 0, 0)
    with house.briefing() as briefing:
        assert "museum" in briefing.articles.show("bridge")[1]


def test_an_article_without_text_is_skipped_and_the_others_come_in(house: House) -> None:
    empty = IncomingArticle(
        place_of("https://a.example/x"), "a.example/x", Document("", (), document().metadata, "html")
    )
    report = house.take(empty, incoming())
    assert counts(report) == (1, 0, 0)
    assert [(each.file, each.reason) for each in report.skipped] == [("a.example/x", "no text")]


def test_a_copy_on_another_site_tells_the_same_story(house: House) -> None:
    house.take(incoming())
    report = house.take(incoming(url="https://other.example/copied"))
    assert [(each.file, each.of) for each in report.duplicates] == [
        ("other.example/copied", "harbour.example/news/bridge")
    ]


def test_a_report_does_not_name_what_its_audience_does_not_see(house: House) -> None:
    house.take(incoming(scope="1"), scope="1")
    assert house.take(incoming(url="https://other.example/copied", scope="2"), scope="2").duplicates == ()
    assert len(house.take(incoming(url="https://third.example/copied", scope="1"), scope="1").duplicates) == 1


def test_each_audience_has_its_own_article_and_no_name_tells_of_another(house: House) -> None:
    house.take(incoming(scope="1"), scope="1")
    house.take(incoming(scope="2"), scope="2")
    house.take(incoming())
    # No audience learns from a number in a name that another has the article.
    assert house.names() == ["harbour.example/news/bridge"] * 3
    found = [house.article(scope=scope) for scope in ("1", "2", SHARED)]
    assert [each and each.scope for each in found] == ["1", "2", SHARED]
    assert counts(house.take(incoming(MUSEUM, scope="2"), scope="2")) == (0, 1, 0)


def test_an_ingest_of_folders_leaves_web_articles_alone(house: House, tmp_path: Path) -> None:
    house.take(incoming(), incoming(MUSEUM, "https://museum.example/clocks", "1"))
    write_articles(tmp_path / "articles", range(2))
    with house.briefing() as briefing:
        for folder in (tmp_path / "articles", tmp_path, tmp_path / "articles"):
            assert briefing.articles.ingest([folder]).removed == 0
        (tmp_path / "articles" / "0001.txt").unlink()
        assert briefing.articles.ingest([tmp_path]).removed == 1
    assert house.article() is not None
    assert len(house.names()) == 3


def test_a_new_file_of_the_same_bytes_is_not_a_web_article_that_moved(house: House, tmp_path: Path) -> None:
    write_articles(tmp_path, [0])
    place = "https://harbour.example/0000.txt"
    with house.briefing() as briefing:
        briefing.articles.ingest([tmp_path / "0000.txt"])
    with opened(house.data) as catalog:
        catalog.move(catalog.known()[str(tmp_path / "0000.txt")].id, place, "harbour.example/0000.txt")
    with house.briefing() as briefing:
        assert briefing.articles.ingest([tmp_path / "0000.txt"]).added == 1
    assert house.names() == ["0000.txt", "harbour.example/0000.txt"]
    assert house.article(place) is not None


def test_the_day_an_article_came_in_stays_when_it_changes(house: House) -> None:
    first = datetime.now(UTC).date().isoformat()
    house.take(incoming())
    assert first <= house.added()[0] <= datetime.now(UTC).date().isoformat()
    with opened(house.data) as catalog, catalog.writing() as connection:
        connection.execute(text("UPDATE articles SET added = '2020-01-01'"))
    house.take(incoming(MUSEUM))
    assert house.added() == ["2020-01-01"]


def test_that_a_text_is_the_feeds_own_is_shown(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    from bot.cli.main import run

    known = from_table({"title": "Bridge Shut", "url": ADDRESS}, "feed")
    house.take(IncomingArticle(place_of(ADDRESS), name_of(ADDRESS), read_entry(f"{BRIDGE} {town(1)}.", known)))
    assert run(["show", "harbour.example/news/bridge", "--data-dir", str(house.data), "--json"]) == 0
    shown = capsys.readouterr().out
    assert json.loads(shown)["basis"]["text"] == "feed"
