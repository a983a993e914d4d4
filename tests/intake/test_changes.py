"""Sources that change: corrected, moved, under other addresses, or taken back."""

from __future__ import annotations

import pytest

from retrieval.briefing import Briefing
from retrieval.errors import BriefingError
from retrieval.intake.intake import KnownFeedError
from retrieval.models import Filter
from tests.intake.conftest import HTML, RSS, Newsroom, body, headline, item, page, rss
from tests.publisher import Says


def stored(briefing: Briefing) -> list[str]:
    """The texts of all articles there are."""
    return [briefing.show(each.article.file)[1] for each in briefing.listed(Filter())]


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
    briefing.intake.subscribe(newsroom.publisher.url("/feed"))
    briefing.intake.poll()
    say(14)
    assert briefing.intake.poll(everything=True).updated == 1
    (text,) = stored(briefing)
    assert "14 people" in text
    assert "40 people" not in text


def test_a_page_corrected_behind_a_changed_teaser_is_read_again(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    briefing.intake.subscribe(url)
    briefing.intake.poll()
    corrected = item(newsroom.publisher, 1, description="Corrected: the harbour closes in May.")
    newsroom.publisher.says("/feed", Says(rss([corrected]), headers=RSS))
    newsroom.publisher.says("/news/1", Says(page(1, paragraphs=[*body(1), "It closes in May."]), headers=HTML))
    assert briefing.intake.poll(everything=True).updated == 1
    assert "It closes in May." in stored(briefing)[0]


def test_a_feed_read_before_texts_were_marked_is_not_fetched_anew(newsroom: Newsroom, briefing: Briefing) -> None:
    url = newsroom.publish([1])
    briefing.intake.subscribe(url)
    briefing.intake.poll()
    from sqlalchemy import update

    from retrieval.storage.schema import entries
    from tests.fakes import opened

    with opened(newsroom.data_dir) as catalog, catalog.writing() as connection:
        mark = connection.exec_driver_sql("SELECT mark FROM entries").scalar()
        assert isinstance(mark, str)
        connection.execute(update(entries).values(mark=mark[:32]))
    before = len(newsroom.publisher.asked)
    briefing.intake.poll(everything=True)
    assert [each.path for each in newsroom.publisher.asked[before:]] == ["/feed"]


@pytest.mark.parametrize("status", [301, 308])
def test_a_feed_that_moved_for_good_is_kept_at_its_new_address(
    newsroom: Newsroom, briefing: Briefing, status: int
) -> None:
    url = newsroom.publish([1])
    briefing.intake.subscribe(url)
    briefing.intake.poll()
    there = newsroom.publish([1], feed="/new")
    newsroom.publisher.says("/feed", Says(status=status, headers={"Location": there}))
    briefing.intake.poll(everything=True)
    assert [each.url for each in briefing.intake.subscriptions()] == [there]
    with pytest.raises(KnownFeedError):
        briefing.intake.subscribe(there)


@pytest.mark.parametrize("status", [302, 307])
def test_a_feed_that_moved_for_now_stays(newsroom: Newsroom, briefing: Briefing, status: int) -> None:
    url = newsroom.publish([1])
    briefing.intake.subscribe(url)
    there = newsroom.publish([1], feed="/new")
    newsroom.publisher.says("/feed", Says(status=status, headers={"Location": there}))
    briefing.intake.poll(everything=True)
    assert [each.url for each in briefing.intake.subscriptions()] == [url]


@pytest.mark.parametrize("mark", ["", "/", "?msclkid=7", "?ref=newsletter", "?utm_source=a&mkt_tok=b", "?_ga=1.2#top"])
def test_one_page_under_many_addresses_is_one_article(newsroom: Newsroom, briefing: Briefing, mark: str) -> None:
    newsroom.publish([1])
    own = newsroom.publisher.url("/news/1")
    head = f'<link rel="canonical" href="{own}">'
    for path in ("/news/1", f"/news/1{mark.partition('#')[0]}"):
        newsroom.publisher.says(path, Says(page(1, head=head), headers=HTML))
    for other in ("/amp/1", "/news/1?page=all"):
        newsroom.publisher.says(other, Says(page(1, head=head), headers=HTML))
        briefing.intake.add_page(newsroom.publisher.url(other))
    briefing.intake.add_page(own + mark)
    assert [each.article.metadata.url for each in briefing.listed(Filter())] == [own]


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_told_as_withdrawn_under_its_old_key(
    newsroom: Newsroom, briefing: Briefing, status: int
) -> None:
    url = newsroom.publish([1])
    briefing.intake.subscribe(url)
    briefing.intake.poll()
    (before,) = briefing.listed(Filter())
    renamed = item(newsroom.publisher, 1, title="Another title")
    newsroom.publisher.says("/feed", Says(rss([renamed]), headers=RSS))
    newsroom.publisher.says("/news/1", Says(status=status))
    briefing.intake.poll(everything=True)
    opened = briefing.open(before.article.key)
    assert opened
    assert opened[0].metadata.title == "Withdrawn: Another title"
    assert "taken this article back" in opened[1]
    assert body(1)[0] not in opened[1]


@pytest.mark.parametrize("title", ["RETRACTED: {}", "Retraction – {}", "ZURÜCKGEZOGEN: {}", "撤回：{}"])
def test_a_notice_in_an_article_s_place_takes_it(newsroom: Newsroom, briefing: Briefing, title: str) -> None:
    url = newsroom.publish([1])
    briefing.intake.subscribe(url)
    briefing.intake.poll()
    told = title.format(headline(1))
    newsroom.publisher.says("/feed", Says(rss([item(newsroom.publisher, 1, title=told)]), headers=RSS))
    notice = page(1, title=told, paragraphs=["This article has been retracted."])
    newsroom.publisher.says("/news/1", Says(notice, headers=HTML))
    briefing.intake.poll(everything=True)
    (now,) = briefing.listed(Filter())
    assert now.article.metadata.title == told
    assert body(1)[1] not in stored(briefing)[0]


def test_a_page_added_by_hand_that_is_gone_says_so(newsroom: Newsroom, briefing: Briefing) -> None:
    newsroom.publish([1])
    address = newsroom.publisher.url("/news/1")
    briefing.intake.add_page(address)
    newsroom.publisher.says("/news/1", Says(status=410))
    with pytest.raises(BriefingError, match="gone for good"):
        briefing.intake.add_page(address)
    (now,) = briefing.listed(Filter())
    assert now.article.metadata.title == f"Withdrawn: {headline(1)}"
