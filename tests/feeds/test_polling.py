"""Feeds are polled, and their articles come in: each once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from retrieval.domain.articles import SHARED, Filter
from retrieval.errors import BusyError, EmbeddingError
from retrieval.feeds.entries import MOST_ENTRIES
from retrieval.feeds.entry_processing import MOST_ARTICLES, MOST_TRIES
from retrieval.feeds.polling import waited
from retrieval.ingestion.web_articles import name_of
from retrieval.services.briefing import Briefing
from retrieval.storage.locks import writing_articles
from retrieval.storage.subscriptions import Subscriptions
from tests.fakes import WordVectors, noting, opened
from tests.feeds.conftest import HTML, RSS, Newsroom, body, headline, item, page, rss
from tests.press import held, stored, town
from tests.publisher import Asked, Says

pytestmark = pytest.mark.usefixtures("both_databases")


def files(briefing: Briefing, *scopes: str) -> list[str]:
    found, _ = briefing.articles.page(Filter(scopes=scopes or None), count=1000)
    return sorted(article.file for article in found)


def test_an_answer_cites_the_article_of_a_feed_with_a_link_to_its_page(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish(range(3))
    added = briefing.feeds.subscribe(url)
    assert (added.title, added.articles, added.polled) == ("Harbour Post", 0, None)
    report = briefing.feeds.poll()
    assert (report.polled, report.read, report.added, report.failing, report.skipped) == (1, 1, 3, (), ())
    answer = briefing.asking.ask(f"How many people does the refinery employ in {town(1)}?", Filter())
    assert answer.grounded
    assert answer.citations[0].url == newsroom.publisher.url("/news/1")
    assert (answer.citations[0].title, answer.citations[0].outlet) == (headline(1), "The Harbour Post")
    assert (answer.citations[0].published, answer.citations[0].published_basis) == ("2026-03-01T01:00:00+00:00", "feed")
    state = newsroom.state(briefing, url)
    assert (state.articles, state.failures, state.reason, state.updated) == (3, 0, None, "2026-03-01")


def test_a_feed_that_has_not_changed_is_asked_for_only_whether_it_has(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    tagged = Says(rss([item(newsroom.publisher, 1)]), headers=RSS | {"ETag": '"v1"'})

    def says(asked: Asked) -> Says:
        return Says(status=304) if asked.headers.get("if-none-match") == '"v1"' else tagged

    newsroom.publisher.says("/feed", says)
    briefing.feeds.subscribe(url)
    briefing.feeds.poll()
    asked = len(newsroom.publisher.asked)
    newsroom.clock.move(hours=1)
    report = briefing.feeds.poll()
    assert (report.unchanged, report.read, report.added) == (1, 0, 0)
    assert [each.path for each in newsroom.publisher.asked[asked:]] == ["/feed"]
    assert newsroom.state(briefing, url).worked == newsroom.clock.now.isoformat(timespec="seconds")


def test_a_feed_is_left_alone_until_it_is_due(newsroom: Newsroom, briefing: Briefing) -> None:
    briefing.feeds.subscribe(newsroom.publish([1]))
    assert [briefing.feeds.poll().polled for _ in range(2)] == [1, 0]
    assert briefing.feeds.poll(everything=True).polled == 1
    newsroom.clock.move(minutes=30)
    assert briefing.feeds.poll().polled == 1


def test_what_is_known_of_a_feed_is_not_fetched_again(newsroom: Newsroom, briefing: Briefing) -> None:
    briefing.feeds.subscribe(newsroom.publish([1, 2]))
    briefing.feeds.poll()
    newsroom.publish([1, 2, 3])
    newsroom.clock.move(hours=1)
    assert briefing.feeds.poll().added == 1
    assert sorted(path for path in newsroom.publisher.paths() if "news" in path) == ["/news/1", "/news/2", "/news/3"]


def test_an_entry_that_changed_is_fetched_again_and_its_article_renewed(newsroom: Newsroom, briefing: Briefing) -> None:
    briefing.feeds.subscribe(newsroom.publish([1]))
    briefing.feeds.poll()
    before = briefing.articles.page(Filter())[0][0]
    newsroom.publisher.says(
        "/news/1", Says(page(1, paragraphs=[*body(1), "The court has now stayed it."]), headers=HTML)
    )
    changed = item(newsroom.publisher, 1, title="Court stays the closing")
    newsroom.publisher.says("/feed", Says(rss([changed]), headers=RSS))
    newsroom.clock.move(hours=1)
    report = briefing.feeds.poll()
    assert (report.added, report.updated) == (0, 1)
    (after,), count = briefing.articles.page(Filter())
    assert (count, after.key, after.metadata.title) == (1, before.key, "Court stays the closing")
    assert "stayed it" in briefing.articles.show(after.file)[1]


def test_thirty_articles_of_a_feed_come_in_a_poll_and_the_others_later(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish(range(MOST_ARTICLES + 4))
    newsroom.publisher.says(
        "/feed", Says(rss([item(newsroom.publisher, n) for n in range(34)]), headers=RSS | {"ETag": '"v1"'})
    )
    briefing.feeds.subscribe(url)
    assert briefing.feeds.poll().added == MOST_ARTICLES
    newsroom.clock.move(hours=1)
    assert briefing.feeds.poll().added == 4
    # The tag would have kept the rest from us.
    feeds = [asked for asked in newsroom.publisher.asked if asked.path == "/feed"]
    assert feeds and all("if-none-match" not in asked.headers for asked in feeds)
    newsroom.clock.move(hours=1)
    briefing.feeds.poll()
    assert newsroom.publisher.asked[-1].headers["if-none-match"] == '"v1"'


def test_an_article_of_two_feeds_comes_in_once(newsroom: Newsroom, briefing: Briefing) -> None:
    for path in ("/feed", "/other"):
        briefing.feeds.subscribe(newsroom.publish([1, 2], path))
    assert briefing.feeds.poll().added == 2
    assert len(files(briefing)) == 2
    assert [each.articles for each in briefing.feeds.subscriptions()] == [2, 2]


def test_a_link_that_leads_on_to_an_article_that_is_there_brings_nothing_new(
    newsroom: Newsroom, briefing: Briefing
) -> None:
    url = newsroom.publish([1])
    newsroom.publisher.says("/short", Says(status=302, headers={"Location": "/news/1?utm_source=rss"}))
    newsroom.publisher.says("/news/1?utm_source=rss", Says(page(1), headers=HTML))
    links = [item(newsroom.publisher, 1), item(newsroom.publisher, 2, link=newsroom.publisher.url("/short"))]
    newsroom.publisher.says("/feed", Says(rss(links), headers=RSS))
    briefing.feeds.subscribe(url)
    briefing.feeds.poll()
    assert len(files(briefing)) == 1
    assert newsroom.state(briefing, url).reason is None


def test_entries_that_share_an_id_are_told_apart(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1, 2, 3])
    items = [item(newsroom.publisher, number, guid="the same") for number in (1, 2, 3)]
    newsroom.publisher.says("/feed", Says(rss(items), headers=RSS))
    briefing.feeds.subscribe(url)
    for _ in range(2):
        briefing.feeds.poll(everything=True)
    assert len(files(briefing)) == 3


def test_a_feed_of_thousands_of_entries_is_read_from_its_newest_on(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish(range(20))
    days = [
        item(newsroom.publisher, n % 20, guid=str(n), link=newsroom.publisher.url(f"/news/{n % 20}?{n}"))
        for n in range(2000)
    ]
    newsroom.publisher.says("/feed", Says(rss(days), headers=RSS))
    briefing.feeds.subscribe(url)
    report = briefing.feeds.poll()
    assert (report.read, len(report.skipped)) == (1, MOST_ARTICLES)
    assert newsroom.state(briefing, url).failures == 0
    assert MOST_ENTRIES > MOST_ARTICLES


@pytest.mark.parametrize("date", ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 May 2099 00:00:00 GMT"])
def test_a_date_that_cannot_be_does_not_become_an_articles(newsroom: Newsroom, briefing: Briefing, date: str) -> None:
    url = newsroom.publish([1])
    newsroom.publisher.says("/feed", Says(rss([item(newsroom.publisher, 1, pubDate=date)]), headers=RSS))
    briefing.feeds.subscribe(url)
    assert briefing.feeds.poll().added == 1
    (article,), _ = briefing.articles.page(Filter())
    assert article.metadata.published is None


def test_a_feed_in_another_encoding_than_it_says_is_read(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    entry = item(newsroom.publisher, 1, title="Café à Besançon: les pêcheurs manifestent")
    feed = rss([entry]).decode().replace("?>", ' encoding="utf-8"?>', 1).encode("cp1252")
    newsroom.publisher.says("/feed", Says(feed, headers={"Content-Type": "text/xml"}))
    briefing.feeds.subscribe(url)
    briefing.feeds.poll()
    (article,), _ = briefing.articles.page(Filter())
    assert article.metadata.title == "Café à Besançon: les pêcheurs manifestent"


@pytest.mark.parametrize("page_there", [True, False])
def test_a_feed_that_gives_its_entries_new_ids_each_time_fetches_no_page_for_it_and_does_not_grow(
    newsroom: Newsroom, briefing: Briefing, page_there: bool
) -> None:
    feed = briefing.feeds.subscribe(newsroom.publish([1, 2, 3] if page_there else []))
    for day in range(10):
        titles = {n: headline(n) if page_there else f"{headline(n)} {day}" for n in (1, 2, 3)}
        items = [item(newsroom.publisher, n, guid=f"{day}-{n}", title=title) for n, title in titles.items()]
        newsroom.publisher.says("/feed", Says(rss(items), headers=RSS))
        newsroom.clock.move(days=1)
        briefing.feeds.poll()
    pages = [path for path in newsroom.publisher.paths() if "news" in path]
    assert len(pages) == (3 if page_there else 3 * MOST_TRIES)
    assert rows(newsroom, feed.id) == 3
    assert newsroom.state(briefing, feed.url).articles == (3 if page_there else 0)


def rows(newsroom: Newsroom, feed: int) -> int:
    """How many entries are kept of a feed."""
    with opened(newsroom.data_dir) as catalog:
        return len(Subscriptions(catalog, timedelta(0)).looked(feed))


def test_what_was_taken_out_does_not_come_back_under_a_new_id(newsroom: Newsroom, briefing: Briefing) -> None:
    briefing.feeds.subscribe(newsroom.publish([1]))
    briefing.feeds.poll()
    briefing.articles.remove(newsroom.publisher.url("/news/1"))
    newsroom.publisher.says("/feed", Says(rss([item(newsroom.publisher, 1, guid="new")]), headers=RSS))
    for _ in range(2):
        assert briefing.feeds.poll(everything=True).added == 0


def test_an_id_that_changes_while_another_process_adds_articles_loses_nothing(
    newsroom: Newsroom, briefing: Briefing
) -> None:
    feed = briefing.feeds.subscribe(newsroom.publish([1]))
    briefing.feeds.poll()
    newsroom.publisher.says("/news/1", Says(page(1, paragraphs=body(1)[:2]), headers=HTML))
    renamed = item(newsroom.publisher, 1, guid="new", title="Harbour closed")
    newsroom.publisher.says("/feed", Says(rss([renamed]), headers=RSS))
    with writing_articles(briefing.catalog.hold, newsroom.data_dir):
        assert briefing.feeds.poll(everything=True).updated == 0
    assert newsroom.state(briefing, feed.url).articles == 1
    assert briefing.feeds.poll(everything=True).updated == 1
    assert rows(newsroom, feed.id) == 1


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Post</title><id>a</id><entry><title>{title}</title><id>1</id>
<published>2026-03-01T06:00:00Z</published><updated>{updated}</updated><link href="{link}"/></entry></feed>"""


def test_an_article_that_its_feed_says_was_corrected_is_fetched_again(newsroom: Newsroom, briefing: Briefing) -> None:
    link = newsroom.publisher.url("/news/1")
    corrected = page(1, paragraphs=["Correction: the harbour stays open to tankers from the south.", *body(1)])
    newsroom.publisher.says("/news/1", Says(page(1), headers=HTML), Says(corrected, headers=HTML))
    # The first is from before the article came out, the last is said twice.
    for updated in ("2026-03-01T05:00:00Z", "2026-03-01T06:00:00Z", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z"):
        feed = ATOM.format(title=headline(1), updated=updated, link=link).encode()
        newsroom.publisher.says("/feed", Says(feed, headers=RSS))
        if not briefing.feeds.subscriptions():
            briefing.feeds.subscribe(newsroom.publisher.url("/feed"))
        briefing.feeds.poll(everything=True)
    assert newsroom.publisher.paths().count("/news/1") == 2
    (article,), _ = briefing.articles.page(Filter())
    assert "Correction" in briefing.articles.show(article.file)[1]


def test_a_server_does_not_get_what_everybody_got_while_its_feed_was_read(
    newsroom: Newsroom, briefing: Briefing
) -> None:
    newsroom.publish([0, 1])

    def meanwhile(_asked: Asked) -> Says:
        with newsroom.open() as beside:
            beside.feeds.add_page(newsroom.publisher.url("/news/1"))
        return Says(page(0), headers=HTML)

    newsroom.publisher.says("/news/0", meanwhile)
    briefing.feeds.subscribe(newsroom.publisher.url("/feed"), "11")
    assert briefing.feeds.poll().added == 1
    assert files(briefing, SHARED) == [name_of(newsroom.publisher.url("/news/1"))]
    assert len(files(briefing)) == 2
    assert briefing.feeds.subscriptions()[0].articles == 2


def test_feeds_that_a_poll_has_no_time_for_come_first_in_the_next(newsroom: Newsroom) -> None:
    notes: list[str] = []

    def slow(_asked: Asked) -> Says:
        newsroom.clock.move(minutes=10)
        return Says(rss([]), headers=RSS)

    with newsroom.open(progress=noting(notes)) as briefing:
        urls = [newsroom.publisher.url(f"/{number}/feed") for number in range(20)]
        briefing.feeds.import_feeds(opml(urls), "11")
        newsroom.publisher.says("/0/feed", slow)
        first = briefing.feeds.poll()
        left = 20 - first.polled
        assert 0 < first.polled < 20
        assert notes == [f"this poll has taken long enough: {left} feeds wait for the next"]
        asked = len(newsroom.publisher.asked)
        briefing.feeds.import_feeds(opml([newsroom.publisher.url("/late")]))
        assert briefing.feeds.poll().polled == left + 1
        assert "/0/feed" not in newsroom.publisher.paths()[asked:]


def test_a_server_gets_the_articles_of_its_own_feeds_alone(newsroom: Newsroom, briefing: Briefing) -> None:
    briefing.feeds.subscribe(newsroom.publish([1], "/all"))
    briefing.feeds.subscribe(newsroom.publish([2], "/one"), "1")
    briefing.feeds.poll()
    assert len(files(briefing, SHARED)) == 1
    assert len(files(briefing, SHARED, "1")) == 2
    assert len(files(briefing, SHARED, "2")) == 1
    assert [each.url for each in briefing.feeds.subscriptions(("2",))] == []


def test_a_servers_feed_does_not_store_again_what_everybody_has(newsroom: Newsroom, briefing: Briefing) -> None:
    briefing.feeds.subscribe(newsroom.publish([1], "/all"))
    briefing.feeds.poll()
    briefing.feeds.subscribe(newsroom.publish([1, 2], "/one"), "1")
    assert briefing.feeds.poll().added == 1
    # Not even when its feed says something else of it.
    renamed = [item(newsroom.publisher, number, title=f"Ours: {number}") for number in (1, 2)]
    newsroom.publisher.says("/one", Says(rss(renamed), headers=RSS))
    newsroom.clock.move(hours=1)
    report = briefing.feeds.poll()
    assert (report.added, report.updated) == (0, 1)
    assert briefing.articles.page(Filter(scopes=(SHARED,)))[0][0].metadata.title == headline(1)


def test_what_was_taken_out_does_not_come_back(newsroom: Newsroom, briefing: Briefing) -> None:
    briefing.feeds.subscribe(newsroom.publish([1, 2]))
    briefing.feeds.poll()
    assert briefing.articles.remove(newsroom.publisher.url("/news/1")) == 1
    renamed = [item(newsroom.publisher, number, title=f"Renamed {number}") for number in (1, 2)]
    newsroom.publisher.says("/feed", Says(rss(renamed), headers=RSS))
    report = briefing.feeds.poll(everything=True)
    assert (report.added, report.updated) == (0, 1)
    assert len(files(briefing)) == 1


class Breaking(WordVectors):
    """A model that works for some articles, and then breaks down."""

    def __init__(self, works_for: int) -> None:
        super().__init__()
        self.left = works_for

    def embed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        self.left -= 1
        if self.left < 0:
            raise EmbeddingError("the model is gone")
        return super().embed_documents(texts)


def test_a_poll_that_breaks_down_loses_nothing_and_doubles_nothing(newsroom: Newsroom) -> None:
    urls = [newsroom.publish(range(first, first + 4), f"/feed{first}") for first in (0, 4, 8)]
    for works_for in (0, 1, 1):
        with newsroom.open(Breaking(works_for)) as briefing:
            briefing.feeds.import_feeds(opml(urls))
            with pytest.raises(EmbeddingError):
                briefing.feeds.poll(everything=True)
    with newsroom.open() as briefing:
        briefing.feeds.poll(everything=True)
        assert len(files(briefing)) == 12
        assert [each.articles for each in briefing.feeds.subscriptions()] == [4, 4, 4]
    assert len(stored(newsroom.data_dir).articles) == 12


def test_articles_stored_without_a_note_of_it_are_not_stored_twice(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1, 2])
    feed = briefing.feeds.subscribe(url)
    briefing.feeds.poll()
    briefing.feeds.unsubscribe(str(feed.id))
    assert len(files(briefing)) == 2
    briefing.feeds.subscribe(url)
    report = briefing.feeds.poll()
    assert (report.added, report.updated, len(files(briefing))) == (0, 0, 2)
    assert newsroom.state(briefing, url).articles == 2


def opml(urls: Sequence[str]) -> bytes:
    outlines = "".join(f'<outline type="rss" text="Feed {url[-1]}" xmlUrl="{url}"/>' for url in urls)
    return f'<opml version="2.0"><body>{outlines}</body></opml>'.encode()


def test_closing_ends_a_poll_at_once_and_counts_nothing_against_its_feeds(
    newsroom: Newsroom, briefing: Briefing
) -> None:
    url = newsroom.publish(range(5))
    briefing.feeds.subscribe(url)

    def stop(_asked: Asked) -> Says:
        briefing.feeds.close()
        return Says(page(4), headers=HTML)

    newsroom.publisher.says("/news/4", stop)
    report = briefing.feeds.poll()
    assert (report.added, report.failing, report.skipped) == (0, (), ())
    assert newsroom.state(briefing, url).polled is None
    newsroom.publisher.says("/news/4", Says(page(4), headers=HTML))
    # Whoever was reading the feed holds it until the request has ended.
    reports = iter(briefing.feeds.poll, None)
    assert next(report for report in reports if report.polled).added == 5


@pytest.mark.parametrize("count", [1, 2])
def test_while_another_process_adds_articles_those_of_feeds_wait_for_a_while(newsroom: Newsroom, count: int) -> None:
    notes: list[str] = []
    with newsroom.open(progress=noting(notes)) as briefing:
        url = newsroom.publish(range(count))
        briefing.feeds.subscribe(url)
        with writing_articles(briefing.catalog.hold, newsroom.data_dir):
            report = briefing.feeds.poll()
        assert (report.added, report.failing) == (0, ())
        assert notes == [f"another process is adding articles: {count} wait for the next poll"]
        newsroom.clock.move(minutes=2)
        assert briefing.feeds.poll().added == count


def test_two_polls_at_once_are_one_too_many(newsroom: Newsroom, briefing: Briefing) -> None:
    briefing.feeds.subscribe(newsroom.publish([1]))
    refused: list[str] = []

    def poll_too(_asked: Asked) -> Says:
        with newsroom.open() as other, pytest.raises(BusyError) as caught:
            other.feeds.poll()
        refused.append(str(caught.value))
        return Says(page(1), headers=HTML)

    newsroom.publisher.says("/news/1", poll_too)
    assert briefing.feeds.poll().added == 1
    assert refused == ["another process is polling the feeds: try again when it is done"]


def test_a_feed_that_fails_is_left_alone_for_longer_each_time(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    briefing.feeds.subscribe(url)
    newsroom.publisher.says("/feed", Says(status=503))
    waits = []
    for _ in range(8):
        briefing.feeds.poll()
        state = newsroom.state(briefing, url)
        waits.append(datetime.fromisoformat(state.next_at) - newsroom.clock.now)
        newsroom.clock.now = datetime.fromisoformat(state.next_at)
    assert waits == [timedelta(minutes=m) for m in (30, 60, 120, 240, 480, 960, 1440, 1440)]
    assert (state.failures, state.reason, state.worked) == (8, "the server has a fault of its own (503)", None)
    newsroom.publish([1])
    assert briefing.feeds.poll().added == 1
    assert newsroom.state(briefing, url).failures == 0


def test_a_feed_that_is_gone_is_asked_for_once_a_day_before_long(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    briefing.feeds.subscribe(url)
    newsroom.publisher.says("/feed", Says(status=410))
    for _ in range(3):
        briefing.feeds.poll(everything=True)
    state = newsroom.state(briefing, url)
    assert datetime.fromisoformat(state.next_at) - newsroom.clock.now == timedelta(days=1)


@pytest.mark.parametrize(("asked_for", "waited"), [("7200", 7200), ("900000", 86400), ("5", 1800)])
def test_a_publisher_that_asks_for_a_pause_gets_it_within_a_day(
    newsroom: Newsroom, briefing: Briefing, asked_for: str, waited: int
) -> None:
    url = newsroom.publish([1])
    briefing.feeds.subscribe(url)
    newsroom.publisher.says("/feed", Says(status=429, headers={"Retry-After": asked_for}))
    briefing.feeds.poll()
    state = newsroom.state(briefing, url)
    assert datetime.fromisoformat(state.next_at) - newsroom.clock.now == timedelta(seconds=waited)


def test_a_page_that_asks_for_a_pause_ends_the_walk_through_its_feed(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish(range(5))
    newsroom.publisher.says("/news/4", Says(status=429, headers={"Retry-After": "7200"}))
    briefing.feeds.subscribe(url)
    assert briefing.feeds.poll().added == 0
    assert [path for path in newsroom.publisher.paths() if "news" in path] == ["/news/4"]
    newsroom.clock.move(hours=1)
    assert briefing.feeds.poll().polled == 0
    newsroom.clock.move(hours=1)
    newsroom.publisher.says("/news/4", Says(page(4), headers=HTML))
    assert briefing.feeds.poll().added == 5


def test_a_site_that_is_down_is_not_asked_for_page_after_page(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish(range(8))
    for number in range(8):
        newsroom.publisher.says(f"/news/{number}", Says(status=500))
    briefing.feeds.subscribe(url)
    briefing.feeds.poll()
    assert len([path for path in newsroom.publisher.paths() if "news" in path]) == 3
    assert (
        newsroom.state(briefing, url).reason
        == "3 of 3 articles could not be fetched: the server has a fault of its own (500)"
    )


def test_the_vector_index_follows_a_poll(newsroom: Newsroom, briefing: Briefing) -> None:
    newsroom.bot.release()
    briefing.feeds.subscribe(newsroom.publish([1]))
    briefing.feeds.poll()
    briefing.close()
    assert held(newsroom.data_dir) > 0


def test_a_poll_by_cron_at_the_pace_of_the_settings_finds_feeds_due_each_time(
    newsroom: Newsroom,
) -> None:
    with newsroom.open() as briefing:
        briefing.feeds.subscribe(newsroom.publish([1]))
        polled = []
        for late in (2, 0, 3, 1):
            newsroom.clock.move(seconds=late)
            polled.append(briefing.feeds.poll().polled)
            newsroom.clock.move(minutes=30, seconds=-late)
        assert polled == [1, 1, 1, 1]


def test_what_a_clock_that_was_ahead_made_wait_is_counted() -> None:
    assert waited(1, "feed").startswith("1 feed waited") and waited(2, "feed").startswith("2 feeds waited")
