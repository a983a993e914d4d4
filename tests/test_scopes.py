"""Who sees what: the articles of one audience are never shown to another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.domain.articles import Block, Document, Filter, Metadata
from retrieval.embedding.base import Embedder
from retrieval.errors import NotFoundError
from retrieval.ingestion.pipeline import Pipeline
from retrieval.ingestion.web_articles import IncomingArticle, place_of
from retrieval.observing import SILENT
from retrieval.services.briefing import Briefing
from retrieval.storage.articles import article_by_path
from tests.fakes import WordVectors, open_with

ONE, OTHER = Filter(scopes=("", "1")), Filter(scopes=("", "2"))
LEAK = "The minister will resign on Friday, a memo says."


@pytest.fixture
def briefing(tmp_path: Path) -> Iterator[Briefing]:
    """An article for all and one for the first server, which tells the same story."""
    for name, text in (("shared", "The minister has not said whether she will resign."), ("secret", LEAK)):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.md").write_text(f"---\noutlet: {name} Post\npublished: 2025-01-01\n---\n{text}\n")
    with open_with(tmp_path / "data") as opened:
        opened.articles.ingest([tmp_path / "shared"])
        opened.articles.ingest([tmp_path / "secret"], scope="1")
        yield opened


def found(briefing: Briefing, only: Filter) -> set[str]:
    return {hit.passage.article.file for hit in briefing.asking.search("Will the minister resign?", 10, only)}


def test_a_server_sees_the_shared_articles_and_its_own(briefing: Briefing) -> None:
    assert found(briefing, ONE) == {"shared.md", "secret.md"}
    assert found(briefing, OTHER) == {"shared.md"}
    assert found(briefing, Filter()) == {"shared.md", "secret.md"}


def test_an_answer_tells_nothing_of_another_servers_articles(briefing: Briefing) -> None:
    given = briefing.asking.ask("Will the minister resign on Friday?", OTHER)
    assert given.searched.articles == 1
    assert {each.file for each in given.citations} | {each.file for each in given.closest} <= {"shared.md"}
    assert briefing.verification.verify(LEAK, OTHER).verdict != "supported"


def test_lists_names_and_outlets_are_a_servers_own(briefing: Briefing) -> None:
    assert briefing.corpus.outlets(OTHER.scopes) == ("shared Post",)
    assert briefing.corpus.outlets(ONE.scopes) == ("secret Post", "shared Post")
    assert briefing.articles.page(OTHER, "secret") == ([], 0)
    assert briefing.articles.page(ONE, "SECRET")[1] == 1
    with pytest.raises(NotFoundError):
        briefing.articles.show("secret.md", OTHER.scopes)


def test_copies_in_another_servers_articles_are_not_named(tmp_path: Path, briefing: Briefing) -> None:
    (tmp_path / "shared" / "copy.md").write_text((tmp_path / "secret" / "secret.md").read_text())
    briefing.articles.ingest([tmp_path / "shared"])
    also = {name for hit in briefing.asking.search("Will the minister resign?", 10, OTHER) for name in hit.also}
    assert "secret.md" not in also


def test_an_article_stays_its_servers_own_until_it_is_said_otherwise(tmp_path: Path, briefing: Briefing) -> None:
    (tmp_path / "secret" / "secret.md").write_text(f"{LEAK} It was leaked.\n")
    briefing.articles.ingest([tmp_path / "secret"])
    assert found(briefing, OTHER) == {"shared.md"}
    briefing.articles.ingest([tmp_path / "secret"], scope="2")
    assert found(briefing, OTHER) == {"shared.md", "secret.md"}
    assert found(briefing, ONE) == {"shared.md"}


def test_an_articles_key_stays_when_it_is_stored_anew(tmp_path: Path, briefing: Briefing) -> None:
    before, _text = briefing.articles.show("secret.md")
    (tmp_path / "secret" / "secret.md").write_text(f"{LEAK} It was leaked.\n")
    briefing.articles.ingest([tmp_path / "secret"])
    after, text = briefing.articles.show("secret.md")
    assert (after.key, after.id != before.id) == (before.key, True)
    opened = briefing.articles.open(before.key)
    assert opened
    assert opened[1] == text


def test_an_ingest_says_how_many_articles_others_see_now(tmp_path: Path, briefing: Briefing) -> None:
    assert briefing.articles.ingest([tmp_path / "shared"], scope="2").rescoped == 1
    assert briefing.articles.ingest([tmp_path / "shared"], scope="2").rescoped == 0
    assert briefing.articles.ingest([tmp_path / "shared"], scope="").rescoped == 1
    assert found(briefing, ONE) == {"shared.md", "secret.md"}


def test_no_name_tells_of_another_servers_article_at_the_same_address(briefing: Briefing) -> None:
    def bring(scope: str) -> str:
        place = place_of("https://press.example/deal", scope)
        body = f"The deal of {scope or 'all'} was signed by both sides on Friday evening."
        document = Document(body, (Block(0, len(body)),), Metadata(title="Deal"), "html")
        with briefing.catalog.reading() as connection:
            known = article_by_path(connection, place)
        assert known is None
        words = lambda: Embedder("words", WordVectors())  # noqa: E731
        Pipeline(briefing.catalog, words, SILENT).take([IncomingArticle(place, "press.example/deal", document)], scope)
        with briefing.catalog.reading() as connection:
            stored = article_by_path(connection, place)
        assert stored
        return stored.file

    assert [bring("1"), bring("2"), bring("")] == ["press.example/deal"] * 3
    for scopes, whose in ((("", "1"), "1"), (("", "2"), "2"), (("", "3"), "all"), (None, "all")):
        assert f"of {whose} was" in briefing.articles.show("press.example/deal", scopes)[1]
