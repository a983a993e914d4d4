"""The day of a page is the one that it states of its article; any other day on it is not."""

from __future__ import annotations

import pytest

from retrieval.ingestion.reading import read
from tests.ingestion.samples import FIRST, SECOND

DATA = '<script type="application/ld+json">{"@type": "%s", "datePublished": "%s"}</script>'


def page(head: str = "", over: str = "", inside: str = "", after: str = "") -> bytes:
    return (
        f"<!doctype html><html lang=en><head><title>Council Closes Old Bridge</title>{head}</head><body><main><article>"
        f"<h1>Council Closes Old Bridge</h1>{over}<p>{FIRST}{inside}</p><p>{SECOND} {FIRST}</p>{after}</article></main>"
        "</body></html>"
    ).encode()


def day(data: bytes) -> str | None:
    """The day, if the page is said to state it."""
    found = read(data, "a.html").metadata
    return None if found.published_estimated else found.day or None


@pytest.mark.parametrize(
    "inside",
    [
        " The hearing is on <time datetime='2024-03-20'>20 March</time>.",
        " It was built on 5 May 1962.",
        " By 1 May 2024.",
    ],
)
def test_the_day_of_an_event_is_not_that_of_the_article(inside: str) -> None:
    assert day(page(inside=inside)) is None


def test_the_day_of_an_event_is_not_guessed_at_either() -> None:
    hearing = " The hearing is on <time datetime='2024-03-20'>20 March</time>."
    assert read(page(inside=hearing), "a.html").metadata.published is None


@pytest.mark.parametrize(
    "after",
    [
        "<aside><h3>Related</h3><ul><li><time datetime='2021-05-05'>5 May 2021</time> Old story</li></ul></aside>",
        "<section id='comments'><p>By joe, 2 March 2024</p></section>",
        "<div class='related-stories'><p>3 June 2021</p></div>",
        "<footer><p>Updated 4 June 2021</p></footer>",
    ],
)
def test_other_stories_and_comments_lend_no_day(after: str) -> None:
    assert day(page(after=after)) is None


@pytest.mark.parametrize("kind", ["VideoObject", "Comment", "Event", "Organization"])
def test_data_of_other_things_gives_way_to_that_of_the_article(kind: str) -> None:
    assert day(page(DATA % (kind, "2024-01-01T00:00:00Z"))) is None
    both = DATA % (kind, "2024-01-01T00:00:00Z") + DATA % ("NewsArticle", "2024-02-28T09:00:00Z")
    assert day(page(both)) == "2024-02-28"


@pytest.mark.parametrize(
    "over",
    [
        "<p class='updated'>Updated: March 1, 2024</p><p class='pub'>Published: November 3, 2023</p>",
        "<p>Letzte Aktualisierung: 1. März 2024</p><p>Veröffentlicht am 3. November 2023</p>",
        "<span itemprop='datePublished' content='2023-11-03'>Nov 3</span>",
        "<header><time datetime='2023-11-03T10:00:00Z'>10:00</time></header>",
        "<p class='date'>2023年11月3日</p>",
        "<div>Le 3 novembre 2023</div>",
        "<div class='meta'><span>3 listopada 2023</span></div>",
    ],
)
def test_the_day_over_the_article_is_its_own(over: str) -> None:
    assert day(page(over=over)) == "2023-11-03"


def test_the_day_is_that_of_the_stated_zone() -> None:
    head = '<meta property="article:published_time" content="2024-02-28T23:59:59-08:00">'
    assert day(page(head)) == "2024-02-28"
