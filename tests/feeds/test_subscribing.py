"""Feeds are subscribed to by their address, by a page that names them or by a list; pages and files come by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from retrieval.domain.articles import SHARED, Filter
from retrieval.domain.reports import Coverage, FailingFeed
from retrieval.errors import NotFoundError, UnreadableError
from retrieval.feeds.entries import FeedError
from retrieval.http.page import FetchError
from retrieval.services.briefing import Briefing
from retrieval.services.feeds import MOST_FEEDS, FullError, Imported, KnownFeedError
from tests.feeds.conftest import HTML, Newsroom, body, headline, page
from tests.publisher import Says

REFUSED = "not a web address that may be fetched"
NAMES_FEEDS = b"""<html><head><title>The Harbour Post</title>
<link rel="alternate" type="application/rss+xml" href="/gone">
<link rel="alternate" type="application/rss+xml" href="/feed">
</head><body><p>News</p></body></html>"""


def test_a_page_that_names_feeds_is_followed_to_the_first_that_is_one(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    newsroom.publisher.says("/", Says(NAMES_FEEDS, headers=HTML))
    added = briefing.feeds.subscribe(newsroom.publisher.url())
    assert (added.url, added.title) == (url, "Harbour Post")
    assert briefing.feeds.poll().added == 1


def test_subscribing_fetches_no_article(newsroom: Newsroom, briefing: Briefing) -> None:
    briefing.feeds.subscribe(newsroom.publish([1]))
    assert newsroom.publisher.paths() == ["/robots.txt", "/feed"]


def test_a_feed_that_is_there_already_is_said_to_be(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    newsroom.publisher.says("/", Says(NAMES_FEEDS, headers=HTML))
    first = briefing.feeds.subscribe(url)
    for again, scope in ((url, SHARED), (url + "#top", SHARED), (newsroom.publisher.url(), SHARED), (url, "7")):
        with pytest.raises(KnownFeedError, match="already there: Harbour Post") as caught:
            briefing.feeds.subscribe(again, scope)
        assert caught.value.subscription == first
    assert briefing.feeds.subscriptions() == [first]


def test_two_servers_may_have_the_same_feed(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    for scope in ("1", "2"):
        briefing.feeds.subscribe(url, scope)
    assert briefing.feeds.poll().added == 2
    assert [briefing.articles.page(Filter(scopes=(SHARED, scope)))[1] for scope in ("1", "2")] == [1, 1]


@pytest.mark.parametrize(
    ("says", "kind", "reason"),
    [
        (Says(page(1), headers=HTML), FeedError, "an HTML page, no feed"),
        (
            Says(NAMES_FEEDS, headers=HTML),
            FeedError,
            "the page links to a feed that cannot be read: the server says there is no such page (404)",
        ),
        (Says(status=403), FetchError, "the server refuses us (403)"),
        (Says(b""), FeedError, "no feed: empty"),
    ],
)
def test_what_is_no_feed_is_refused_with_one_clear_line(
    newsroom: Newsroom, briefing: Briefing, says: Says, kind: type[Exception], reason: str
) -> None:
    newsroom.publisher.says("/news", says)
    with pytest.raises(kind, match=f"^{re.escape(reason)}$"):
        briefing.feeds.subscribe(newsroom.publisher.url("/news"))
    assert briefing.feeds.subscriptions() == []


@pytest.mark.parametrize("url", ["ftp://paper.example/feed", "http://ann:secret@paper.example/feed", "feed", "http://"])
def test_an_address_that_may_not_be_fetched_is_refused(briefing: Briefing, url: str) -> None:
    with pytest.raises(FetchError, match="not a web address that may be fetched"):
        briefing.feeds.subscribe(url)


def test_a_feed_is_removed_by_number_address_or_title_and_its_articles_stay(
    newsroom: Newsroom, briefing: Briefing
) -> None:
    urls = [newsroom.publish([number], f"/feed{number}", title=f"Post {number}") for number in (1, 2, 3)]
    feeds = [briefing.feeds.subscribe(url) for url in urls]
    briefing.feeds.poll()
    for name in (str(feeds[0].id), urls[1], "post 3"):
        assert briefing.feeds.unsubscribe(name).articles == 1
    assert briefing.feeds.subscriptions() == []
    assert briefing.articles.page(Filter())[1] == 3
    with pytest.raises(NotFoundError, match="no feed goes by the name post 3"):
        briefing.feeds.unsubscribe("post 3")


def test_a_title_that_two_feeds_share_names_neither(newsroom: Newsroom, briefing: Briefing) -> None:
    for path in ("/one", "/other"):
        briefing.feeds.subscribe(newsroom.publish([1], path))
    with pytest.raises(NotFoundError, match="2 feeds go by the name Harbour Post"):
        briefing.feeds.unsubscribe("Harbour Post")


def test_a_server_cannot_remove_the_feed_of_another(newsroom: Newsroom, briefing: Briefing) -> None:
    feed = briefing.feeds.subscribe(newsroom.publish([1]), "1")
    for scopes in (("2",), (SHARED,)):
        with pytest.raises(NotFoundError):
            briefing.feeds.unsubscribe(feed.url, scopes)
    assert briefing.feeds.unsubscribe(feed.url, ("1",)) == feed


def test_a_list_of_feeds_is_taken_in_and_the_next_poll_reads_them(newsroom: Newsroom) -> None:
    with newsroom.open() as briefing:
        urls = [newsroom.publish([number], f"/feed{number}", title=f"Post {number}") for number in (1, 2)]
        briefing.feeds.subscribe(urls[0])
        listed = {urls[0]: "First", urls[1]: "", newsroom.publisher.url("/gone"): "Gone", "http://a:b@c.example/": ""}
        lines = "".join(f'<outline text="{title}" xmlUrl="{url}"/>' for url, title in listed.items())
        lines = f'<opml><body><outline text="News">{lines}</outline></body></opml>'
        asked = len(newsroom.publisher.asked)
        refused = FailingFeed("http://a:b@c.example/", "http://a:b@c.example/", f"{REFUSED} (a user name in it)")
        assert briefing.feeds.import_feeds(lines.encode()) == Imported(2, 1, (refused,))
        assert len(newsroom.publisher.asked) == asked
        assert briefing.feeds.import_feeds(lines.encode()) == Imported(0, 3, (refused,))
        assert briefing.feeds.poll().added == 2
        assert [(each.title, each.reason) for each in briefing.feeds.subscriptions()] == [
            ("Post 1", None),
            ("Post 2", None),
            ("Gone", "the server says there is no such page (404)"),
        ]
        with pytest.raises(FeedError, match="no OPML"):
            briefing.feeds.import_feeds(b"<rss/>")


def test_a_server_has_room_for_so_many_feeds_and_everybody_for_more(newsroom: Newsroom, briefing: Briefing) -> None:
    lines = "".join(f'<outline xmlUrl="http://paper.example/{number}"/>' for number in range(MOST_FEEDS + 3))
    many = f"<opml><body>{lines}</body></opml>".encode()
    came = briefing.feeds.import_feeds(many, "7")
    assert (came.added, came.known) == (MOST_FEEDS, 0)
    assert {each.reason for each in came.left_out} == {f"a server may have {MOST_FEEDS} feeds"}
    assert [each.url for each in came.left_out] == [f"http://paper.example/{MOST_FEEDS + more}" for more in range(3)]
    url = newsroom.publish([1])
    with pytest.raises(FullError, match=f"a server may have {MOST_FEEDS} feeds"):
        briefing.feeds.subscribe(url, "7")
    assert newsroom.publisher.asked == []
    assert briefing.feeds.import_feeds(many).added == MOST_FEEDS + 3
    assert briefing.feeds.subscribe(url).scope == SHARED
    assert briefing.feeds.subscribe(newsroom.publish([2], "/own"), "8").scope == "8"


def test_a_page_is_added_by_its_address(newsroom: Newsroom, briefing: Briefing) -> None:
    newsroom.publish([1])
    url = newsroom.publisher.url("/news/1")
    newsroom.publisher.says("/news/1?utm_source=chat", Says(page(1), headers=HTML))
    came = briefing.feeds.add_page(f"{url}?utm_source=chat#top")
    assert (came.state, came.article.metadata.title, came.article.metadata.url) == ("added", headline(1), url)
    assert briefing.feeds.add_page(url).state == "unchanged"
    newsroom.publisher.says("/news/1", Says(page(1, paragraphs=body(1)[:2]), headers=HTML))
    renewed = briefing.feeds.add_page(url)
    assert (renewed.state, renewed.article.key) == ("updated", came.article.key)


def test_a_page_that_everybody_has_is_not_stored_again_for_a_server(newsroom: Newsroom, briefing: Briefing) -> None:
    newsroom.publish([1, 2])
    url, other = (newsroom.publisher.url(f"/news/{number}") for number in (1, 2))
    shared = briefing.feeds.add_page(url)
    again = briefing.feeds.add_page(url, "7")
    assert (again.state, again.article) == ("unchanged", shared.article)
    assert briefing.feeds.add_page(other, "7").article.scope == "7"
    assert briefing.articles.page(Filter())[1] == 2


def test_an_article_added_by_hand_is_not_fetched_for_a_feed(newsroom: Newsroom, briefing: Briefing) -> None:
    briefing.feeds.subscribe(newsroom.publish([1]))
    briefing.feeds.add_page(newsroom.publisher.url("/news/1"))
    assert briefing.feeds.poll().added == 0
    assert newsroom.publisher.paths().count("/news/1") == 1
    assert briefing.feeds.subscriptions()[0].articles == 1


@pytest.mark.parametrize(
    ("says", "kind", "reason"),
    [
        (Says(status=404), FetchError, "the server says there is no such page (404)"),
        (Says(b"<html><title>x</title></html>", headers=HTML), UnreadableError, "no "),
    ],
)
def test_a_page_without_an_article_is_refused_with_its_reason(
    newsroom: Newsroom, briefing: Briefing, says: Says, kind: type[Exception], reason: str
) -> None:
    newsroom.publisher.says("/page", says)
    with pytest.raises(kind, match=re.escape(reason)):
        briefing.feeds.add_page(newsroom.publisher.url("/page"))
    assert briefing.articles.is_empty()


def test_a_file_is_added_once_whatever_it_is_called(briefing: Briefing) -> None:
    text = "\n\n".join([headline(1), *body(1)]).encode()
    came = briefing.feeds.add_file("../../etc/report.txt", text)
    assert (came.state, came.article.file) == ("added", "report.txt")
    assert briefing.feeds.add_file("other.txt", text, "7").state == "unchanged"
    assert briefing.articles.page(Filter())[1] == 1
    own = briefing.feeds.add_file("report.txt", b"Ours alone. " + text, "7")
    assert (own.state, own.article.scope) == ("added", "7")
    assert own.article.file != "report.txt"


def test_what_is_too_long_for_an_article_is_refused_but_as_a_file_on_disk(
    newsroom: Newsroom, briefing: Briefing, tmp_path: Path
) -> None:
    long = "\n\n".join(f"Page {number}. {'The harbour has records that nobody reads. ' * 240}" for number in range(50))
    with pytest.raises(UnreadableError, match="too long for an article"):
        briefing.feeds.add_file("a.txt", long.encode())
    newsroom.publish([1, 2])
    newsroom.publisher.says("/news/1", Says(long.encode(), headers={"Content-Type": "text/plain"}))
    feed = briefing.feeds.subscribe(newsroom.publisher.url("/feed"))
    assert briefing.feeds.poll().added == 1
    (state,) = briefing.feeds.subscriptions()
    reason = "too long for an article (over 500,000 characters)"
    assert (state.id, state.reason) == (feed.id, f"1 of 2 articles could not be fetched: {reason}")
    (tmp_path / "records.txt").write_text(long)
    assert briefing.articles.ingest([tmp_path / "records.txt"]).added == 1


@pytest.mark.parametrize(("name", "data"), [("a.exe", b"MZ"), ("a.txt", b""), ("a.pdf", b"no pdf"), ("a", b"text")])
def test_a_file_that_cannot_be_read_is_refused(briefing: Briefing, name: str, data: bytes) -> None:
    with pytest.raises(UnreadableError):
        briefing.feeds.add_file(name, data)


def test_without_feeds_the_coverage_says_so(briefing: Briefing) -> None:
    assert briefing.feeds.coverage() == Coverage(0, (), None)
    assert briefing.feeds.poll().polled == 0
