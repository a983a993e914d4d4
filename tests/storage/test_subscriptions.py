"""Feeds and what came of their entries: what is kept, when each is due, and what is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retrieval.storage.catalog import Catalog
from retrieval.storage.subscriptions import KEPT, DueFeed, EntryState, Subscriptions
from tests.fakes import opened

pytestmark = pytest.mark.usefixtures("both_databases")

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
EVERY = timedelta(minutes=30)
URL = "https://paper.example/feed"
DAY = timedelta(days=1)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with opened(tmp_path) as found:
        yield found


@pytest.fixture
def subscriptions(catalog: Catalog) -> Subscriptions:
    """One feed, not asked for yet."""
    found = Subscriptions(catalog, EVERY)
    assert found.add([("Paper", URL)], "", NOW) == 1
    return found


def due(subscriptions: Subscriptions) -> DueFeed:
    return subscriptions.due(None)[0]


def looked(entry: str, done: bool = True, **other: str | int | None) -> EntryState:
    return replace(EntryState(entry=entry, mark="m", done=done), **other)  # type: ignore[arg-type]


def test_a_feed_is_there_once_for_each_audience(subscriptions: Subscriptions) -> None:
    assert subscriptions.add([("Paper again", URL), ("Other", URL + "2")], "", NOW) == 1
    assert subscriptions.add([("Paper", URL)], "7", NOW) == 1
    assert [(each.title, each.scope) for each in subscriptions.of()] == [("Paper", ""), ("Other", ""), ("Paper", "7")]
    assert [each.scope for each in subscriptions.of(("7", "8"))] == ["7"]


def test_the_number_of_a_feed_that_is_removed_never_comes_again(subscriptions: Subscriptions) -> None:
    (first,) = subscriptions.of()
    assert subscriptions.remove(first.id)
    assert not subscriptions.remove(first.id)
    subscriptions.add([("Paper", URL)], "", NOW)
    assert subscriptions.of()[0].id != first.id


def test_what_came_of_entries_is_found_again(subscriptions: Subscriptions) -> None:
    feed = due(subscriptions)
    found = [looked("a", place="https://paper.example/a"), looked("b", done=False, tries=2, reason="status 500")]
    subscriptions.read(replace(feed, etag='"1"', modified="yesterday", title="New"), found, NOW, updated="2026-03-01")
    assert list(subscriptions.looked(feed.id).values()) == found
    read = due(subscriptions)
    assert read == replace(feed, etag='"1"', modified="yesterday", title="New", next_at=read.next_at)
    assert read.next_at > feed.next_at
    (state,) = subscriptions.of()
    assert (state.updated, state.reason) == ("2026-03-01", "1 of 2 articles could not be fetched: status 500")


def test_the_reason_told_is_that_of_most(subscriptions: Subscriptions) -> None:
    feed = due(subscriptions)
    reasons = ["paywalled", "paywalled", "status 404", None]
    subscriptions.read(feed, [looked(str(n), reason=reason) for n, reason in enumerate(reasons)], NOW)
    assert subscriptions.of()[0].reason == "3 of 4 articles could not be fetched: paywalled and other reasons"


def test_articles_that_are_only_the_feeds_own_text_are_counted_apart(subscriptions: Subscriptions) -> None:
    feed = due(subscriptions)
    walled = [looked(name, place=f"https://paper.example/{name}", reason="paywalled") for name in "ab"]
    subscriptions.read(feed, [*walled, looked("c", reason="gone"), looked("d", place="https://paper.example/d")], NOW)
    assert subscriptions.of()[0].reason == (
        "1 of 4 articles could not be fetched: gone; 2 of 4 articles from the feed's own text: paywalled"
    )


def test_an_entry_is_forgotten_once_the_feed_has_another_of_the_same_article_or_in_its_stead(
    subscriptions: Subscriptions,
) -> None:
    feed = due(subscriptions)
    place = "https://paper.example/a"
    subscriptions.read(feed, [looked("a", place=place), looked("b"), looked("c")], NOW)
    subscriptions.read(feed, [looked("a2", place=place), looked("b2")], NOW + DAY, gone=["b"])
    assert set(subscriptions.looked(feed.id)) == {"a2", "b2", "c"}


def test_after_a_failure_an_unchanged_feed_has_the_reason_of_its_entries_again(subscriptions: Subscriptions) -> None:
    feed = due(subscriptions)
    subscriptions.read(feed, [looked("a", reason="paywalled")], NOW)
    subscriptions.failed(feed.id, NOW, "status 500")
    assert subscriptions.troubles(None, NOW)[1][0].reason == "status 500"
    subscriptions.unchanged(feed.id, NOW)
    (state,) = subscriptions.of()
    assert (state.reason, state.failures) == ("1 of 1 article could not be fetched: paywalled", 0)
    assert subscriptions.troubles(None, NOW) == (1, (), 0)
    assert subscriptions.troubles(None, NOW + timedelta(days=2)) == (1, (), 1)


def test_what_a_feed_had_long_ago_is_forgotten(subscriptions: Subscriptions) -> None:
    feed = due(subscriptions)
    for day in range(100):
        subscriptions.read(
            feed, [looked("always"), looked(f"day {day}", place=f"https://gone.example/{day}")], NOW + day * DAY
        )
    kept = set(subscriptions.looked(feed.id))
    assert len(kept) == KEPT.days + 2
    assert {"always", "day 99"} <= kept


def test_a_feed_that_was_removed_while_it_was_read_stays_removed(subscriptions: Subscriptions) -> None:
    feed = due(subscriptions)
    subscriptions.remove(feed.id)
    subscriptions.read(feed, [looked("a")], NOW)
    subscriptions.failed(feed.id, NOW, "status 500")
    subscriptions.unchanged(feed.id, NOW)
    assert subscriptions.of() == []
    assert subscriptions.looked(feed.id) == {}


def test_without_a_pace_a_feed_is_due_at_every_poll_but_waits_when_it_fails(catalog: Catalog) -> None:
    subscriptions = Subscriptions(catalog, timedelta(0))
    subscriptions.add([("Paper", URL)], "", NOW)
    subscriptions.read(due(subscriptions), [], NOW)
    assert len(subscriptions.due(NOW)) == 1
    subscriptions.failed(due(subscriptions).id, NOW, "status 500")
    assert subscriptions.due(NOW + timedelta(minutes=29)) == []
    assert len(subscriptions.due(NOW + timedelta(minutes=30))) == 1


def test_the_longest_due_comes_first(subscriptions: Subscriptions) -> None:
    subscriptions.add([("Early", URL + "2")], "", NOW - DAY)
    subscriptions.add([("Own", URL)], "7", NOW - DAY)
    subscriptions.add([("Late", URL + "3")], "", NOW - DAY)
    assert [each.title for each in subscriptions.due(NOW)] == ["Early", "Late", "Own", "Paper"]


def test_an_audience_gets_no_more_feeds_than_it_has_room_for(subscriptions: Subscriptions) -> None:
    more = [(str(number), URL + str(number)) for number in range(3)]
    assert [subscriptions.add(more, scope, NOW, 2) for scope in ("", "", "7")] == [1, 0, 2]


def test_a_feed_stored_by_a_clock_that_was_ahead_is_due_again(subscriptions: Subscriptions) -> None:
    feed, ahead = due(subscriptions), NOW + 800 * DAY
    subscriptions.read(feed, [looked("a", reason="status 500")], ahead)
    assert subscriptions.due(NOW) == []
    assert subscriptions.correct(NOW) == 1
    assert subscriptions.due(NOW) == [feed]
    assert subscriptions.correct(NOW) == 0
    # The entries are forgotten in their time, and not in two years.
    subscriptions.read(feed, [], NOW + KEPT + DAY)
    assert not subscriptions.looked(feed.id)


def test_the_longest_pause_is_no_sign_of_a_wrong_clock(subscriptions: Subscriptions) -> None:
    for _ in range(3):
        subscriptions.failed(due(subscriptions).id, NOW, "gone", lasting=True, wait=3 * DAY)
    subscriptions.read(due(subscriptions), [], NOW, wait=30 * DAY)
    assert subscriptions.correct(NOW) == 0
