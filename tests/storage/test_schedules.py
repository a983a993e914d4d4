"""Schedules and their deliveries: who sees them, what is still to be made, and what is never made again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.discord.delivery.attempts import CreatorWarning, Delivery
from bot.discord.delivery.schedules import KEPT, Schedule, Schedules
from bot.discord.delivery.timetable import Timetable
from retrieval.storage.catalog import open_catalog
from tests.fakes import catalog_url

pytestmark = pytest.mark.usefixtures("both_databases")

MORNING = Timetable("07:30", "Europe/Berlin", frozenset({0, 2}))
NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
DUE = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5))


@pytest.fixture
def schedules(tmp_path: Path) -> Iterator[Schedules]:
    """Nothing scheduled yet."""
    catalog = open_catalog(catalog_url(tmp_path))
    yield Schedules(catalog)
    catalog.close()


def add(schedules: Schedules, scope: str = "7", **other: Any) -> Schedule:
    return schedules.add(scope, "70", MORNING, "ann", NOW, **other)


def claim(schedules: Schedules, schedule: Schedule, due: datetime = DUE) -> Delivery:
    delivery = schedules.claim(schedule.id, due, due)
    assert delivery
    return delivery


def test_a_schedule_comes_back_whole_after_a_restart(tmp_path: Path, schedules: Schedules) -> None:
    added = add(schedules, topic="sanctions", role="9")
    catalog = open_catalog(catalog_url(tmp_path))
    assert Schedules(catalog).of("7") == [added]
    catalog.close()
    assert (added.timetable, added.topic, added.role, added.since) == (MORNING, "sanctions", "9", NOW)


def test_a_schedule_is_not_seen_or_changed_from_another_server(schedules: Schedules) -> None:
    added = add(schedules)
    assert schedules.of("8") == []
    assert not schedules.pause(added.id, "8")
    assert not schedules.resume(added.id, "8", NOW)
    assert not schedules.remove(added.id, "8")
    assert schedules.of("7") == schedules.running() == [added]


def test_the_number_of_a_schedule_that_is_removed_never_comes_again(schedules: Schedules) -> None:
    first = add(schedules)
    assert schedules.remove(first.id, "7")
    assert add(schedules).id != first.id


def test_a_delivery_that_was_claimed_is_taken_up_where_it_was_left(schedules: Schedules) -> None:
    schedule = add(schedules)
    delivery = claim(schedules, schedule)
    assert (delivery.pages, delivery.messages) == (None, ())
    schedules.keep(delivery, ["one", "two"], ["article"])
    schedules.record(delivery, 0, "100")
    again = schedules.claim(schedule.id, DUE, DUE + DAY)
    assert again == Delivery(
        schedule=schedule.id, due=DUE, at=DUE, pages=("one", "two"), messages=("100",), told=("article",)
    )


def test_the_pages_that_were_kept_first_stay(schedules: Schedules) -> None:
    delivery = claim(schedules, add(schedules))
    assert schedules.keep(delivery, ["one"], []) == schedules.keep(delivery, ["another"], []) == ("one",)


def test_a_page_is_recorded_once(schedules: Schedules) -> None:
    schedule = add(schedules)
    delivery = claim(schedules, schedule)
    schedules.keep(delivery, ["one", "two"], [])
    for message in ("100", "200"):
        schedules.record(delivery, 0, message)
    assert claim(schedules, schedule).messages == ("100",)


@pytest.mark.parametrize("state", ["posted", "given_up"])
def test_what_is_settled_and_what_was_due_before_is_never_made_again(schedules: Schedules, state: Any) -> None:
    schedule = add(schedules)
    schedules.settle(claim(schedules, schedule, DUE + DAY), state)
    assert schedules.claim(schedule.id, DUE, DUE) is None
    assert schedules.claim(schedule.id, DUE + DAY, DUE + DAY) is None
    assert [each.since for each in schedules.running()] == [DUE + DAY]
    assert schedules.claim(schedule.id, DUE + 2 * DAY, DUE + 2 * DAY)


def test_nothing_is_delivered_of_what_was_due_during_a_pause(schedules: Schedules) -> None:
    schedule = add(schedules)
    assert schedules.pause(schedule.id, "7")
    assert schedules.running() == []
    assert schedules.claim(schedule.id, DUE, DUE) is None
    assert schedules.resume(schedule.id, "7", DUE + DAY)
    assert schedules.claim(schedule.id, DUE, DUE + DAY) is None
    assert schedules.claim(schedule.id, DUE + 2 * DAY, DUE + 2 * DAY)


@pytest.mark.parametrize("end", ["pause", "remove"])
def test_a_delivery_that_is_being_composed_ends_with_its_schedule(schedules: Schedules, end: str) -> None:
    schedule = add(schedules)
    delivery = claim(schedules, schedule)
    getattr(schedules, end)(schedule.id, "7")
    assert schedules.keep(delivery, ["one"], []) is None
    schedules.record(delivery, 0, "100")
    assert schedules.claim(schedule.id, DUE, DUE) is None


def test_each_failure_waits_longer_until_it_works_again(schedules: Schedules) -> None:
    schedule = add(schedules)
    waits = []
    for _ in range(3):
        schedules.fail(schedule.id, NOW, BACK_OFF, refused=False)
        (failed,) = schedules.running()
        assert failed.retry_at
        waits.append(failed.retry_at - NOW)
    assert waits == [BACK_OFF[0], BACK_OFF[1], BACK_OFF[1]]
    schedules.settle(claim(schedules, schedule), "posted")
    (worked,) = schedules.running()
    assert (worked.failures, worked.retry_at) == (0, None)


def test_refusals_are_counted_until_something_is_posted(schedules: Schedules) -> None:
    schedule = add(schedules)
    counts = [schedules.fail(schedule.id, NOW, BACK_OFF, refused) for refused in (True, False, True)]
    assert counts == [1, 1, 2]
    schedules.settle(claim(schedules, schedule), "given_up")
    assert schedules.fail(schedule.id, NOW, BACK_OFF, refused=True) == 3
    schedules.settle(claim(schedules, schedule, DUE + DAY), "posted")
    assert schedules.fail(schedule.id, NOW, BACK_OFF, refused=True) == 1
    schedules.remove(schedule.id, "7")
    assert schedules.fail(schedule.id, NOW, BACK_OFF, refused=True) == 0


def test_who_set_up_a_schedule_that_was_stopped_is_to_be_told_once(schedules: Schedules) -> None:
    schedule = add(schedules)
    add(schedules)
    schedules.stop(schedule.id, "It is paused.")
    assert schedules.of("7")[0].paused
    assert schedules.warnings() == [CreatorWarning(schedule.id, "ann", "7", "It is paused.")]
    schedules.warned(schedule.id, "One mail was refused.")
    assert len(schedules.warnings()) == 1
    schedules.warned(schedule.id, "It is paused.")
    assert schedules.warnings() == []


def test_deliveries_settled_long_ago_are_forgotten(tmp_path: Path, schedules: Schedules) -> None:
    schedule = add(schedules)
    for number in range(300):
        schedules.settle(claim(schedules, schedule, DUE + number * DAY), "posted")
    catalog = open_catalog(catalog_url(tmp_path))
    with catalog.reading() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM deliveries").scalar_one()
    catalog.close()
    assert count == KEPT.days + 1
