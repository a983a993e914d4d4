"""No feed speaks for an outlet that it is not of: neither in that outlet's place, nor under its name."""

from __future__ import annotations

import pytest

from retrieval.domain.articles import Article, Filter
from retrieval.services.briefing import Briefing
from tests.feeds.conftest import HTML, RSS, Newsroom, body, headline, item, page, rss
from tests.publisher import Says

LIE = "The council of the town gave up, and the mayor left for the mountains. " * 20


def other(newsroom: Newsroom, *items: str, title: str = "Other", path: str = "/other") -> str:
    """A feed on another host than the articles; its address."""
    newsroom.publisher.says(path, Says(rss(items, title), headers=RSS))
    return newsroom.publisher.url(path, host="localhost")


def told(newsroom: Newsroom, story: int = 1, **elements: str) -> str:
    return item(newsroom.publisher, story, **elements)


def whole(newsroom: Newsroom, number: int = 1) -> str:
    """An entry that has all of its article."""
    return told(newsroom, number, description="".join(f"<p>{each}</p>" for each in body(number)))


def poll(newsroom: Newsroom, briefing: Briefing) -> tuple[int, int]:
    newsroom.clock.move(hours=1)
    report = briefing.feeds.poll()
    return report.added, report.updated


def articles(briefing: Briefing) -> dict[str, Article]:
    return {article.file.partition("/")[2]: article for article in briefing.articles.page(Filter(), count=100)[0]}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("first", ["other", "own"])
def test_a_feed_that_links_elsewhere_later_leaves_the_article_it_linked_to_first(
    newsroom: Newsroom, briefing: Briefing, first: str, host: str
) -> None:
    own = newsroom.publish([1])
    feed = other(newsroom, told(newsroom, guid="x"))
    for url in (own, feed) if first == "own" else (feed, own):
        briefing.feeds.subscribe(url)
        poll(newsroom, briefing)
    newsroom.publisher.says("/coins", Says(page(7, "Buy coins"), headers=HTML))
    coins = newsroom.publisher.url("/coins", host=host)
    other(newsroom, told(newsroom, guid="x", title="Buy coins", link=coins))
    assert poll(newsroom, briefing) == (1, 0)
    kept = articles(briefing)
    assert {name: article.metadata.title for name, article in kept.items()} == {
        "news/1": headline(1),
        "coins": "Buy coins",
    }
    assert kept["news/1"].metadata.url == newsroom.publisher.url("/news/1")


def test_a_feed_whose_links_change_to_another_scheme_of_the_same_page_renews_its_article(
    newsroom: Newsroom, briefing: Briefing
) -> None:
    briefing.feeds.subscribe(newsroom.publish([1]))
    poll(newsroom, briefing)
    newsroom.publisher.says("/news/1/", Says(page(1, paragraphs=[*body(1), "The court stayed it."]), headers=HTML))
    newsroom.publisher.says("/feed", Says(rss([told(newsroom, link=newsroom.publisher.url("/news/1/"))]), headers=RSS))
    assert poll(newsroom, briefing) == (0, 1)
    assert newsroom.publisher.paths().count("/news/1/") == 1


def test_what_the_page_of_another_outlet_says_of_itself_counts_before_what_a_feed_says_of_it(
    newsroom: Newsroom, briefing: Briefing
) -> None:
    newsroom.publish([1, 2])
    dated = (
        '<meta property="article:published_time" content="2026-02-27T10:00:00Z"><meta name="author" content="Ann Lee">'
    )
    newsroom.publisher.says("/news/1", Says(page(1, head=dated), headers=HTML))
    forged = told(newsroom, title="NATO attacked", author="x@y (Forged Name)", pubDate="Sat, 28 Feb 2026 00:00:00 GMT")
    feed = other(newsroom, forged, told(newsroom, 2, guid="b"), title="Reuters")
    briefing.feeds.subscribe(feed)
    poll(newsroom, briefing)
    found = articles(briefing)
    known = found["news/1"].metadata
    assert (known.title, known.author, known.outlet) == (headline(1), "Ann Lee", "The Harbour Post")
    assert known.published and known.published.startswith("2026-02-27")
    # What the page does not say, the feed may.
    assert found["news/2"].metadata.published == "2026-03-01T02:00:00+00:00"


def test_a_page_without_a_name_of_its_own_does_not_get_that_of_another_outlets_feed(
    newsroom: Newsroom, briefing: Briefing
) -> None:
    newsroom.publisher.says("/news/1", Says(page(1).replace(b"The Harbour Post", b""), headers=HTML))
    briefing.feeds.subscribe(other(newsroom, told(newsroom), title="Reuters"))
    poll(newsroom, briefing)
    assert articles(briefing)["news/1"].metadata.outlet != "Reuters"


def test_a_feed_on_another_host_that_names_the_articles_site_as_its_own_is_of_it(
    newsroom: Newsroom, briefing: Briefing
) -> None:
    newsroom.publish([1])
    channel = rss([told(newsroom, title="Harbour closed")], "Post").replace(
        b"<item>", f"<link>{newsroom.publisher.url()}</link><item>".encode(), 1
    )
    newsroom.publisher.says("/other", Says(channel, headers=RSS))
    briefing.feeds.subscribe(newsroom.publisher.url("/other", host="localhost"))
    poll(newsroom, briefing)
    assert articles(briefing)["news/1"].metadata.title == "Harbour closed"


@pytest.mark.parametrize(
    ("says", "stored"), [(Says(status=410), 1), (Says(page(1, paragraphs=body(1)[:1]), headers=HTML), 0)]
)
def test_a_feeds_own_text_about_another_outlets_page_is_no_article_of_that_outlet(
    newsroom: Newsroom, briefing: Briefing, says: Says, stored: int
) -> None:
    newsroom.publisher.says("/news/1", says)
    feed = other(newsroom, told(newsroom, guid="x", description=LIE), title="Reuters")
    briefing.feeds.subscribe(feed)
    poll(newsroom, briefing)
    found = articles(briefing).values()
    lies = [each for each in found if "mountains" in briefing.articles.show(each.file)[1]]
    assert len(lies) == stored
    for article in lies:
        assert article.metadata.outlet == "localhost"
        assert article.metadata.url is None
        assert article.file.startswith("localhost:")
    newsroom.publish([1])
    briefing.feeds.subscribe(newsroom.publisher.url("/feed"))
    for _ in range(2):
        poll(newsroom, briefing)
    page_ = articles(briefing)["news/1"]
    assert page_.metadata.outlet == "The Harbour Post"
    assert "mountains" not in briefing.articles.show(page_.file)[1]


@pytest.mark.parametrize("how", ["by another feed", "by hand", "by its own feed"])
def test_a_page_takes_the_place_of_the_feeds_own_text_once_it_can_be_had(
    newsroom: Newsroom, briefing: Briefing, how: str
) -> None:
    url = newsroom.publish([1])
    newsroom.publisher.says("/feed", Says(rss([whole(newsroom)]), headers=RSS))
    newsroom.publisher.says("/news/1", Says(status=403), Says(page(1), headers=HTML))
    briefing.feeds.subscribe(url)
    assert poll(newsroom, briefing) == (1, 0)
    before = articles(briefing)["news/1"]
    assert before.metadata.basis["text"] == "feed"
    if how == "by hand":
        assert briefing.feeds.add_page(newsroom.publisher.url("/news/1")).state == "updated"
    elif how == "by another feed":
        briefing.feeds.subscribe(other(newsroom, told(newsroom)))
        assert poll(newsroom, briefing) == (0, 1)
    else:
        newsroom.publisher.says("/feed", Says(rss([told(newsroom, title="Harbour closed")]), headers=RSS))
        assert poll(newsroom, briefing) == (0, 1)
    after = articles(briefing)["news/1"]
    assert "text" not in after.metadata.basis
    assert after.key == before.key


def test_another_feeds_text_does_not_take_the_place_of_the_feeds_own(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    newsroom.publisher.says("/feed", Says(rss([whole(newsroom)]), headers=RSS))
    newsroom.publisher.says("/news/1", Says(status=403))
    briefing.feeds.subscribe(url)
    poll(newsroom, briefing)
    briefing.feeds.subscribe(other(newsroom, told(newsroom, description=LIE)))
    poll(newsroom, briefing)
    other(newsroom, told(newsroom, title="Again", description=LIE))
    poll(newsroom, briefing)
    assert "regional court" in briefing.articles.show(articles(briefing)["news/1"].file)[1]


def test_adding_a_known_page_by_hand_keeps_what_its_feed_had_said_of_it(newsroom: Newsroom, briefing: Briefing) -> None:
    newsroom.publish([1])
    newsroom.publisher.says(
        "/feed", Says(rss([told(newsroom, author="ann@post.example (Ann Lee)", category="Ports")]), headers=RSS)
    )
    briefing.feeds.subscribe(newsroom.publisher.url("/feed"), "11")
    poll(newsroom, briefing)
    address = newsroom.publisher.url("/news/1")
    newsroom.publisher.says("/news/1", Says(page(1, "Harbour stays open"), headers=HTML))
    known = briefing.feeds.add_page(address, "11").article.metadata
    assert (known.title, known.author, known.tags) == ("Harbour stays open", "Ann Lee", ("Ports",))
    assert (known.published, known.basis["published"]) == ("2026-03-01T01:00:00+00:00", "feed")
    assert briefing.feeds.add_page(address, "11").state == "unchanged"
