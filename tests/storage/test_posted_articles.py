"""What a channel was told of is remembered with the delivery that told it, for a while."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.discord.delivery.attempts import Delivery
from bot.discord.delivery.schedules import Schedule, Schedules
from bot.discord.delivery.timetable import Timetable
from retrieval.storage.catalog import Catalog
from retrieval.storage.servers import ARTICLES_KEPT, PostedArticles
from tests.fakes import opened

pytestmark = pytest.mark.usefixtures("both_databases")

DAILY = Timetable("07:30", "UTC", frozenset(range(7)))
NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
DUE = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """Nobody was told anything yet."""
    with opened(tmp_path) as catalog:
        yield catalog


def begin(schedules: Schedules, told: list[str], due: datetime = DUE, channel: str = "70") -> Delivery:
    """A delivery whose page is about to be posted, a minute after it was due."""
    schedule = _of(schedules, channel) or schedules.add("7", channel, DAILY, "ann", NOW)
    delivery = schedules.claim(schedule.id, due, due + timedelta(minutes=1))
    assert delivery
    schedules.keep(delivery, ["page"], told)
    return delivery


def _of(schedules: Schedules, channel: str) -> Schedule | None:
    return next((each for each in schedules.of("7") if each.channel == channel), None)


def test_a_channel_has_seen_what_was_posted_there_and_no_other_channel_has(catalog: Catalog) -> None:
    schedules, seen = Schedules(catalog), PostedArticles(catalog)
    delivery = begin(schedules, ["one", "two"])
    assert (seen.of("70"), seen.last("70")) == (frozenset(), None), "nothing is seen before it is posted"
    schedules.settle(delivery, "posted")
    assert (set(seen.of("70")), seen.last("70")) == ({"one", "two"}, delivery.at)
    assert (seen.of("71"), seen.last("71")) == (frozenset(), None)


def test_what_was_given_up_was_not_seen(catalog: Catalog) -> None:
    schedules, seen = Schedules(catalog), PostedArticles(catalog)
    schedules.settle(begin(schedules, ["one"]), "given_up")
    assert (seen.of("70"), seen.last("70")) == (frozenset(), None)


def test_a_digest_with_nothing_new_counts_as_the_last_one(catalog: Catalog) -> None:
    schedules, seen = Schedules(catalog), PostedArticles(catalog)
    schedules.settle(begin(schedules, ["one"]), "posted")
    quiet = begin(schedules, [], DUE + DAY)
    schedules.settle(quiet, "posted")
    assert (set(seen.of("70")), seen.last("70")) == ({"one"}, quiet.at)


def test_a_channel_has_seen_what_was_kept_first_and_not_what_was_composed_again(catalog: Catalog) -> None:
    schedules, seen = Schedules(catalog), PostedArticles(catalog)
    delivery = begin(schedules, ["one"])
    schedules.keep(delivery, ["another page"], ["other"])
    schedules.settle(delivery, "posted")
    assert seen.of("70") == {"one"}


def test_what_was_posted_while_its_schedule_was_paused_was_seen(catalog: Catalog) -> None:
    schedules, seen = Schedules(catalog), PostedArticles(catalog)
    delivery = begin(schedules, ["one"])
    schedules.pause(delivery.schedule, "7")
    schedules.settle(delivery, "posted")
    assert seen.of("70") == {"one"}


def test_a_channel_remembers_what_it_was_told_when_its_schedule_is_removed(catalog: Catalog) -> None:
    schedules, seen = Schedules(catalog), PostedArticles(catalog)
    delivery = begin(schedules, ["one"])
    schedules.settle(delivery, "posted")
    schedules.remove(delivery.schedule, "7")
    assert (set(seen.of("70")), seen.last("70")) == ({"one"}, delivery.at)
    late = begin(schedules, ["two"])
    schedules.remove(late.schedule, "7")
    schedules.settle(late, "posted")
    assert seen.of("70") == {"one"}


def test_the_later_of_two_digests_is_the_last_whichever_is_settled_first(catalog: Catalog) -> None:
    schedules, seen = Schedules(catalog), PostedArticles(catalog)
    early, late = (begin(schedules, ["one"], due) for due in (DUE, DUE + DAY))
    schedules.settle(late, "posted")
    schedules.settle(early, "posted")
    assert seen.last("70") == late.at


def test_what_channels_were_told_long_ago_is_forgotten_also_where_nothing_is_posted_any_more(catalog: Catalog) -> None:
    schedules, seen = Schedules(catalog), PostedArticles(catalog)
    schedules.settle(begin(schedules, ["elsewhere"], channel="71"), "posted")
    for number in range(ARTICLES_KEPT.days + 20):
        schedules.settle(begin(schedules, [f"{number} one", f"{number} two"], DUE + number * DAY), "posted")
    assert seen.of("71") == frozenset()
    assert seen.last("71") is None
    assert seen.of("70") == {
        f"{number} {each}" for number in range(19, ARTICLES_KEPT.days + 20) for each in ("one", "two")
    }
