"""What publishers get wrong: each fault is one clear reason on its feed, and the feeds beside it are served."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from itertools import repeat

import pytest

from retrieval.domain.articles import Filter
from retrieval.services.briefing import Briefing
from tests.feeds.conftest import HTML, RSS, Newsroom, body, headline, item, page, rss
from tests.publisher import Says

ENTITIES = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel/></rss>'
LOOP = Says(status=302, headers={"Location": "/broken"})
FAULTS = {
    "a web page": (Says(page(1), headers=HTML), "an HTML page, no feed"),
    "nothing": (Says(b""), "no feed: empty"),
    "JSON": (Says(b'{"news": []}'), "no feed: JSON of another kind"),
    "entities": (Says(ENTITIES, headers=RSS), "no feed: it declares entities"),
    "endless": (Says(repeat(b"<item>" + b" " * 60_000)), "too large: over 5 MB"),
    "a bomb": (
        Says(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"}),
        "too large: over 5 MB",
    ),
    "gone": (Says(status=404), "the server says there is no such page (404)"),
    "down": (Says(status=502), "the server has a fault of its own (502)"),
    "a loop": (LOOP, "too many redirects"),
    "cut short": (Says(b"<rss>", length=5000), "the answer broke off, or is not HTTP"),
    "not HTTP": (Says(raw=b"220 mail ready\r\n"), "the answer broke off, or is not HTTP"),
}


@pytest.mark.parametrize(("says", "reason"), FAULTS.values(), ids=FAULTS)
def test_a_feed_with_a_fault_has_one_clear_reason_and_others_are_read(
    newsroom: Newsroom, briefing: Briefing, says: Says, reason: str
) -> None:
    good = newsroom.publish([1, 2])
    bad = newsroom.publish([3], "/broken", title="Broken News")
    for url in (bad, good):
        briefing.feeds.subscribe(url)
    newsroom.publisher.says("/broken", says)
    report = briefing.feeds.poll()
    assert (report.read, report.added) == (1, 2)
    assert [(each.title, each.reason) for each in report.failing] == [("Broken News", reason)]
    state = newsroom.state(briefing, bad)
    assert (state.failures, state.reason, state.worked) == (1, reason, None)
    coverage = briefing.feeds.coverage()
    assert (coverage.feeds, coverage.failing, coverage.newest) == (2, report.failing, "2026-03-01")


def drip() -> Iterator[bytes]:
    yield b"<rss>"


def test_a_feed_that_only_drips_holds_up_no_other(newsroom: Newsroom, briefing: Briefing) -> None:
    slow = newsroom.publish([3], "/slow")
    for url in (slow, newsroom.publish([1])):
        briefing.feeds.subscribe(url)
    newsroom.publisher.says("/slow", Says(drip(), hang=True))
    report = briefing.feeds.poll()
    assert report.added == 1
    assert newsroom.state(briefing, slow).reason == "timed out after 0.2 s"


def test_a_feed_that_works_again_has_no_reason_left(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    briefing.feeds.subscribe(url)
    newsroom.publisher.says("/feed", Says(status=500))
    briefing.feeds.poll()
    newsroom.publish([1])
    briefing.feeds.poll(everything=True)
    state = newsroom.state(briefing, url)
    assert (state.failures, state.reason, briefing.feeds.coverage().failing) == (0, None, ())


PAYWALL = '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>'
CONSENT = b"<html><head><title>Before you continue</title></head><body><h1>Before you continue</h1><p>We and our 842 \
partners store cookies on your device. Accept all or manage your choices to go on.</p></body></html>"
SOFT_404 = b"<html><head><title>Page not found</title></head><body><h1>Page not found</h1><p>Sorry.</p></body></html>"
WALLS = {
    "paywall": (
        Says(page(9, paragraphs=body(9)[:1], head=PAYWALL), headers=HTML),
        "paywalled: only its beginning can be read",
    ),
    "consent": (Says(CONSENT, headers=HTML), "a consent page, not the article"),
    "soft 404": (Says(SOFT_404, headers=HTML), "page not found (served as if it were there)"),
    "gone": (Says(status=404), "the server says there is no such page (404)"),
    "loop": (Says(status=302, headers={"Location": "/news/9"}), "too many redirects"),
    "too large": (Says(repeat(b"<p>" + b"x" * 60_000)), "too large: over 5 MB"),
    "a picture": (Says(b"\x89PNG", headers={"Content-Type": "image/png"}), "not a web page, PDF or text (image/png)"),
}


@pytest.mark.parametrize(("says", "reason"), WALLS.values(), ids=WALLS)
def test_a_page_that_is_no_article_is_named_on_the_feed_and_the_others_come_in(
    newsroom: Newsroom, briefing: Briefing, says: Says, reason: str
) -> None:
    url = newsroom.publish([1, 2, 9])
    newsroom.publisher.says("/news/9", says)
    briefing.feeds.subscribe(url)
    report = briefing.feeds.poll()
    assert report.added == 2
    assert [(each.file, each.reason) for each in report.skipped] == [(newsroom.publisher.url("/news/9"), reason)]
    state = newsroom.state(briefing, url)
    assert (state.failures, state.reason) == (0, f"1 of 3 articles could not be fetched: {reason}")
    asked = len(newsroom.publisher.asked)
    assert briefing.feeds.poll(everything=True).skipped == ()
    assert [each.path for each in newsroom.publisher.asked[asked:]] == ["/feed"]


def test_a_page_that_robots_may_not_read_is_not_asked_for(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1, 2])
    newsroom.publisher.says("/robots.txt", Says(b"User-agent: *\nDisallow: /news/2\n"))
    briefing.feeds.subscribe(url)
    assert briefing.feeds.poll().added == 1
    assert "/news/2" not in newsroom.publisher.paths()
    assert newsroom.state(briefing, url).reason == "1 of 2 articles could not be fetched: robots.txt forbids it"


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        (Says(status=403), "the server refuses us (403)"),
        WALLS["paywall"],
        (Says(page(1, paragraphs=body(1)[:1]), headers=HTML), None),
    ],
)
def test_the_feeds_own_text_stands_in_for_a_page_that_has_less_and_the_feed_says_why(
    newsroom: Newsroom, briefing: Briefing, says: Says, reason: str | None
) -> None:
    url = newsroom.publish([1])
    whole = item(newsroom.publisher, 1, description="".join(f"<p>{each}</p>" for each in body(1)))
    newsroom.publisher.says("/feed", Says(rss([whole]), headers=RSS))
    newsroom.publisher.says("/news/1", says)
    briefing.feeds.subscribe(url)
    assert briefing.feeds.poll().added == 1
    (article,), _ = briefing.articles.page(Filter())
    assert article.metadata.basis["text"] == "feed"
    assert article.metadata.url == newsroom.publisher.url("/news/1")
    assert "regional court" in briefing.articles.show(article.file)[1]
    assert newsroom.state(briefing, url).reason == (reason and f"1 of 1 article from the feed's own text: {reason}")


def test_a_page_that_may_come_yet_is_asked_for_three_times(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    newsroom.publisher.says("/news/1", Says(status=500))
    briefing.feeds.subscribe(url)
    reasons = [[each.reason for each in briefing.feeds.poll(everything=True).skipped] for _ in range(4)]
    assert reasons == [*[["the server has a fault of its own (500)"]] * 3, []]
    assert newsroom.publisher.paths().count("/news/1") == 3
    assert (
        newsroom.state(briefing, url).reason
        == "1 of 1 article could not be fetched: the server has a fault of its own (500)"
    )


def test_a_page_that_comes_at_the_second_time_is_an_article(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    newsroom.publisher.says("/news/1", Says(status=500), Says(page(1), headers=HTML))
    briefing.feeds.subscribe(url)
    assert [briefing.feeds.poll(everything=True).added for _ in range(2)] == [0, 1]


def test_an_article_stays_as_it_was_while_its_page_is_down(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    briefing.feeds.subscribe(url)
    briefing.feeds.poll()
    renamed = item(newsroom.publisher, 1, title="Another title", description=" ".join(body(1)[:2]))
    newsroom.publisher.says("/feed", Says(rss([renamed]), headers=RSS))
    newsroom.publisher.says("/news/1", Says(status=503))
    briefing.feeds.poll(everything=True)
    (article,), _ = briefing.articles.page(Filter())
    assert article.metadata.title == headline(1)
    assert "text" not in article.metadata.basis


def test_an_entry_without_a_link_is_an_article_by_its_own_text(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    told = item(newsroom.publisher, 1, link="", description="".join(f"<p>{each}</p>" for each in body(1)))
    newsroom.publisher.says("/feed", Says(rss([told]), headers=RSS))
    briefing.feeds.subscribe(url)
    assert [briefing.feeds.poll(everything=True).added for _ in range(2)] == [1, 0]
