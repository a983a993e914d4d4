"""Web pages give their article and what they say of it; bombs give an error, soon."""

import logging

import pytest

from retrieval.errors import UnreadableError
from retrieval.ingestion.reading import read
from tests.ingestion.samples import FIRST, PAGE, SECOND, texts


def test_a_page_gives_article_and_metadata(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        document = read(PAGE.encode(), "a.html")
    item = "The ferry leaves every twenty minutes from the old pier."
    last = "Ask the harbour office for a timetable, which will be printed before the end of the month."
    assert texts(document) == [FIRST, "What comes next", SECOND, item, last]
    assert [block.kind for block in document.blocks] == ["paragraph", "heading", "paragraph", "item", "paragraph"]
    assert document.text == "\n\n".join(texts(document))
    found = document.metadata
    assert (found.title, found.author, found.outlet) == ("Council Closes Old Bridge", "Jane Roe", "Harbour Post")
    assert (found.url, found.published) == ("https://harbour.example/bridge", "2024-12-03T09:30:00+01:00")
    assert found.basis["published"] == "page"
    assert not [record for record in caplog.records if record.name.startswith(("trafilatura", "htmldate"))]


def test_the_manifest_wins_over_the_page() -> None:
    found = read(PAGE.encode(), "a.html", {"title": "Given", "published": "2020-05-05"}).metadata
    assert (found.title, found.published, found.basis["title"]) == ("Given", "2020-05-05", "manifest")


@pytest.mark.parametrize(
    "meta",
    [
        "",
        '<meta property="article:published_time" content="2099-01-01">',
        '<meta property="article:published_time" content="1969-01-01">',
        '<meta property="article:published_time" content="someday">',
    ],
)
def test_no_date_is_invented(meta: str) -> None:
    page = PAGE.replace('<meta property="article:published_time" content="2024-12-03T09:30:00+01:00">', meta)
    assert read(page.encode(), "a.html").metadata.published is None


@pytest.mark.parametrize(
    ("encoding", "declared"), [("cp1252", "windows-1252"), ("cp1251", "windows-1251"), ("utf-8", "latin-1")]
)
def test_the_declared_encoding_counts_unless_the_bytes_say_otherwise(encoding: str, declared: str) -> None:
    word = "Брюссель" if encoding == "cp1251" else "Brücke"
    page = PAGE.replace("utf-8", declared).replace("old bridge", word).replace("\u202e", "")
    assert word in read(page.encode(encoding), "a.html").text


@pytest.mark.parametrize(
    "page",
    [
        "<html><body></body></html>",
        "<html><body><script>var a = 1;</script></body></html>",
        "no markup",
        "<a " * 100_000,
        "<!--" * 100_000,
        "<div " + '"' * 50_000,
        "<script>" * 100_000,
        "<div>" * 100_000 + "text" + "</div>" * 100_000,
        "<ul><li>" * 30_000 + "x",
        "<table><tr><td>" * 20_000 + "x",
        "<b><i>" * 50_000 + "x",
    ],
)
def test_a_page_without_an_article_has_no_text(page: str) -> None:
    with pytest.raises(UnreadableError, match="no text"):
        read(page.encode(), "a.html")


@pytest.mark.parametrize(
    "page",
    [
        "<div " + " ".join(f"a{number}='1'" for number in range(20_000)) + ">x</div>",
        "<div " + " ".join(f'a{number}=">"' for number in range(20_000)) + ">x</div>",
        "<p>" + "<span>word </span>" * 20_000,
        "<p>x</p>" * 110_000,
    ],
)
def test_a_page_that_would_take_minutes_is_refused(page: str) -> None:
    with pytest.raises(UnreadableError, match=r"too (tangled|large)"):
        read(page.encode(), "a.html")
