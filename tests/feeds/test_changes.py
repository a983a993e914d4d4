"""Sources that change: corrected, moved, under other addresses, or taken back."""

from __future__ import annotations

import pytest

from retrieval.domain.articles import Filter
from retrieval.errors import BriefingError
from retrieval.services.briefing import Briefing
from retrieval.services.feeds import KnownFeedError
from tests.feeds.conftest import HTML, RSS, Newsroom, body, headline, item, page, rss
from tests.publisher import Says


def stored(briefing: Briefing) -> list[str]:
    """The texts of all articles there are."""
    return [briefing.articles.show(each.article.file)[1] for each in briefing.articles.all(Filter())]


@pytest.mark.parametrize("about", [{}, {"link": ""}])
def test_a_corrected_text_under_the_same_id_replaces_the_old(
    newsroom: Newsroom, briefing: Briefing, about: dict[str, str]
) -> None:
    def say(figure: int) -> None:
        told = "".join(f"<p>{each}</p>" for each in [*body(1), f"Police said {figure} people were hurt on the quay."])
        newsroom.publisher.says(
            "/feed", Says(rss([item(newsroom.publisher, 1, description=told, **about)]), headers=RSS)
        )
        newsroom.publisher.says("/news/1", Says(status=403))

    say(40)
    briefing.feeds.subscribe(newsroom.publisher.url("/feed"))
    briefing.feeds.poll()
    say(14)
    assert briefing.feeds.poll(everything=True).updated == 1
    (text,) = stored(briefing)
    assert "14 people" in text
    assert "40 people" not in text


def test_a_page_corrected_behind_a_changed_teaser_is_read_again(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    briefing.feeds.subscribe(url)
    briefing.feeds.poll()
    corrected = item(newsroom.publisher, 1, description="Corrected: the harbour closes in May.")
    newsroom.publisher.says("/feed", Says(rss([corrected]), headers=RSS))
    newsroom.publisher.says("/news/1", Says(page(1, paragraphs=[*body(1), "It closes in May."]), headers=HTML))
    assert briefing.feeds.poll(everything=True).updated == 1
    assert "It closes in May." in stored(briefing)[0]


def test_a_feed_read_before_texts_were_marked_is_not_fetched_anew(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    briefing.feeds.subscribe(url)
    briefing.feeds.poll()
    from sqlalchemy import update

    from retrieval.storage.schema import entries
    from tests.fakes import opened

    with opened(newsroom.data_dir) as catalog, catalog.writing() as connection:
        mark = connection.exec_driver_sql("SELECT mark FROM entries").scalar()
        assert isinstance(mark, str)
        connection.execute(update(entries).values(mark=mark[:32]))
    before = len(newsroom.publisher.asked)
    briefing.feeds.poll(everything=True)
    assert [each.path for each in newsroom.publisher.asked[before:]] == ["/feed"]


@pytest.mark.parametrize("status", [301, 308])
def test_a_feed_that_moved_for_good_is_kept_at_its_new_address(
    newsroom: Newsroom, briefing: Briefing, status: int
) -> None:
    url = newsroom.publish([1])
    briefing.feeds.subscribe(url)
    briefing.feeds.poll()
    there = newsroom.publish([1], feed="/new")
    newsroom.publisher.says("/feed", Says(status=status, headers={"Location": there}))
    briefing.feeds.poll(everything=True)
    assert [each.url for each in briefing.feeds.subscriptions()] == [there]
    with pytest.raises(KnownFeedError):
        briefing.feeds.subscribe(there)


@pytest.mark.parametrize("status", [302, 307])
def test_a_feed_that_moved_for_now_stays(newsroom: Newsroom, briefing: Briefing, status: int) -> None:
    url = newsroom.publish([1])
    briefing.feeds.subscribe(url)
    there = newsroom.publish([1], feed="/new")
    newsroom.publisher.says("/feed", Says(status=status, headers={"Location": there}))
    briefing.feeds.poll(everything=True)
    assert [each.url for each in briefing.feeds.subscriptions()] == [url]


@pytest.mark.parametrize("mark", ["", "/", "?msclkid=7", "?ref=newsletter", "?utm_source=a&mkt_tok=b", "?_ga=1.2#top"])
def test_one_page_under_many_addresses_is_one_article(newsroom: Newsroom, briefing: Briefing, mark: str) -> None:
    newsroom.publish([1])
    own = newsroom.publisher.url("/news/1")
    head = f'<link rel="canonical" href="{own}">'
    for path in ("/news/1", f"/news/1{mark.partition('#')[0]}"):
        newsroom.publisher.says(path, Says(page(1, head=head), headers=HTML))
    for other in ("/amp/1", "/news/1?page=all"):
        newsroom.publisher.says(other, Says(page(1, head=head), headers=HTML))
        briefing.feeds.add_page(newsroom.publisher.url(other))
    briefing.feeds.add_page(own + mark)
    assert [each.article.metadata.url for each in briefing.articles.all(Filter())] == [own]


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_told_as_withdrawn_under_its_old_key(
    newsroom: Newsroom, briefing: Briefing, status: int
) -> None:
    url = newsroom.publish([1])
    briefing.feeds.subscribe(url)
    briefing.feeds.poll()
    (before,) = briefing.articles.all(Filter())
    renamed = item(newsroom.publisher, 1, title="Another title")
    newsroom.publisher.says("/feed", Says(rss([renamed]), headers=RSS))
    newsroom.publisher.says("/news/1", Says(status=status))
    briefing.feeds.poll(everything=True)
    opened = briefing.articles.open(before.article.key)
    assert opened
    assert opened[0].metadata.title == "Withdrawn: Another title"
    assert "withdrawn this article" in opened[1]
    assert body(1)[0] not in opened[1]


@pytest.mark.parametrize("title", ["RETRACTED: {}", "Retraction – {}", "ZURÜCKGEZOGEN: {}", "撤回：{}"])
def test_a_notice_in_an_article_s_place_takes_it(newsroom: Newsroom, briefing: Briefing, title: str) -> None:
    url = newsroom.publish([1])
    briefing.feeds.subscribe(url)
    briefing.feeds.poll()
    told = title.format(headline(1))
    newsroom.publisher.says("/feed", Says(rss([item(newsroom.publisher, 1, title=told)]), headers=RSS))
    notice = page(1, title=told, paragraphs=["This article has been retracted."])
    newsroom.publisher.says("/news/1", Says(notice, headers=HTML))
    briefing.feeds.poll(everything=True)
    (now,) = briefing.articles.all(Filter())
    assert now.article.metadata.title == told
    assert body(1)[1] not in stored(briefing)[0]


def test_a_page_added_by_hand_that_is_gone_says_so(newsroom: Newsroom, briefing: Briefing) -> None:
    newsroom.publish([1])
    address = newsroom.publisher.url("/news/1")
    briefing.feeds.add_page(address)
    newsroom.publisher.says("/news/1", Says(status=410))
    with pytest.raises(BriefingError, match="gone for good"):
        briefing.feeds.add_page(address)
    (now,) = briefing.articles.all(Filter())
    assert now.article.metadata.title == f"Withdrawn: {headline(1)}"
