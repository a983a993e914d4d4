"""Deliveries reach their channels once: over refusals, silence, downtime and changes of the clocks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.discord.delivery.attempts import ROOM, Guilds, carries, marked
from bot.discord.delivery.composing import backlog
from bot.discord.delivery.schedules import Schedule, Schedules
from bot.discord.delivery.timetable import Timetable
from bot.discord.delivery.worker import BACK_OFF, LATE, MAX_AGE, REFUSALS, ComposedDigest, DeliveryWorker
from bot.presentation.words import words_in
from bot.web.metrics import Metrics
from retrieval.errors import StoreError
from retrieval.observing import watched_by
from tests.bot.office import DAILY, DAY, DUE, MINUTE, START, Office, World, hang, lose, refuse
from tests.fakes import opened
from tests.shown import words

pytestmark = pytest.mark.usefixtures("both_databases")


@pytest.mark.parametrize("broken", [False, True], ids=["at once", "after a restart"])
async def test_a_digest_without_stories_pings_nobody(office: Office, world: World, broken: bool) -> None:
    office.add(role="9")
    office.told = ()
    if broken:
        world.before["70"] = lose
        await office.run(office.worker(), DUE)
        world.before.clear()
    await office.run(office.worker(), DUE + 2 * MINUTE)
    assert [each.role for each in world.channels["70"]] == [None]


async def test_what_is_due_is_posted_page_by_page_and_once(office: Office, world: World) -> None:
    office.add(role="9")
    office.pages = ("One.", "Two.")
    await office.run(office.worker(), START, DUE, DUE + MINUTE, DUE + timedelta(days=1, seconds=-1))
    assert world.texts("70") == ["One.\n-# digest 1-2606010530/1", "Two.\n-# digest 1-2606010530/2"]
    assert [each.role for each in world.channels["70"]] == ["9", None]
    assert office.composed == [(1, DUE)]


@pytest.mark.parametrize("age", [LATE, LATE + MINUTE, MAX_AGE])
async def test_a_start_after_downtime_delivers_and_says_that_it_is_late(
    office: Office, world: World, age: timedelta
) -> None:
    office.add()
    await office.run(office.worker(), DUE + age)
    (text,) = world.texts("70")
    assert text.startswith("-# Late: this was due at 05:30 on 1 Jun 2026 (UTC).\nNews.\n") == (age > LATE)


async def test_what_is_said_of_a_delivery_is_in_the_words_of_the_server(office: Office, world: World) -> None:
    office.add()
    await office.run(office.worker(guilds=Guilds(words=lambda _guild: words_in("de"))), DUE + LATE + MINUTE)
    assert world.texts("70")[0].startswith("-# Verspätet: Das war am 01.06.2026 um 05:30 fällig (UTC).\nNews.\n")
    world.before["70"] = refuse
    worker = office.worker(guilds=Guilds(words=lambda guild: words_in({7: "fr"}[guild])))
    await office.run(worker, *(DUE + timedelta(days=1, minutes=number) for number in range(200)))
    assert world.told == [
        (
            "ann",
            "Je n’ai pas pu publier la revue dans <#70>, 5 fois de suite : je ne peux pas y écrire. "
            "J’ai suspendu la programmation 1 ; reprenez-la une fois le problème résolu.",
        )
    ]


async def test_a_clock_that_was_a_year_ahead_silences_no_digest(
    office: Office, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    schedule = office.add()
    worker = office.worker()
    await office.run(worker, DUE, DUE + 365 * DAY, DUE + 366 * DAY)
    posted = len(world.channels["70"])
    # The clock is set right; the next digest comes when it is due, and once.
    await office.run(worker, *(DUE + MINUTE * minutes for minutes in (5, 24 * 60 - 1, 24 * 60, 24 * 60 + 1)))
    assert len(world.channels["70"]) == posted + 1
    assert [each.message for each in caplog.records if "clock" in each.message] == [
        f"schedule {schedule.id} was to wait until 2027-06-02 05:30: this machine's clock was ahead; it goes on now"
    ]


async def test_what_is_too_old_is_given_up(office: Office, world: World) -> None:
    office.add()
    days = [timedelta(days=number) for number in range(4)]
    await office.run(office.worker(), DUE + days[3] - MINUTE)
    assert world.texts("70") == []
    await office.run(office.worker(), DUE + days[3])
    assert len(world.texts("70")) == 1
    (schedule,) = office.schedules.running()
    assert schedule.since == DUE + days[3]


async def test_what_was_posted_whole_before_downtime_counts_as_posted_however_long_it_was(
    office: Office, tmp_path: Path
) -> None:
    office.add()
    broken = cast(Schedules, _Broken(office.schedules, {"settle", "fail"}))
    await office.run(DeliveryWorker(broken, office.compose, office.world, lambda: DUE), DUE)
    await office.run(office.worker(), DUE + timedelta(days=1, seconds=-1))
    with opened(tmp_path) as catalog, catalog.reading() as connection:
        assert connection.exec_driver_sql("SELECT state FROM deliveries").scalars().all() == ["posted"]
    assert len(office.world.texts("70")) == 1


async def test_a_channel_that_refuses_is_tried_ever_less_often_then_left_alone_and_its_creator_told(
    office: Office, world: World
) -> None:
    office.add()
    world.before["70"] = refuse
    worker = office.worker()
    await office.run(worker, *(DUE + number * MINUTE for number in range(200)))
    assert [(tried - DUE) // MINUTE for tried in world.tries["70"]] == [0, 1, 6, 31, 91]
    assert len(BACK_OFF) + 1 == REFUSALS == 5
    assert world.told == [
        (
            "ann",
            "I could not post the digest in <#70>, 5 times in a row: I may not write there. "
            "I have paused schedule 1; resume it once the problem is solved.",
        )
    ]
    assert office.composed == [(1, DUE)]
    world.before.clear()
    office.schedules.resume(1, "7", world.now)
    await office.run(worker, DUE + timedelta(days=1))
    assert len(world.texts("70")) == 1


async def test_what_fails_in_passing_is_tried_until_it_is_too_old(office: Office, world: World) -> None:
    office.add()
    world.before["70"] = lose
    await office.run(office.worker(), *(DUE + number * MINUTE for number in (*range(31), *range(31, 24 * 60, 10))))
    assert len(world.tries["70"]) == 4 + (12 * 60 - 31) // 60
    assert world.told == []
    world.before.clear()
    await office.run(office.worker(), DUE + timedelta(days=1))
    assert [each.sent for each in world.channels["70"]] == [DUE + timedelta(days=1)]


@pytest.mark.parametrize("fault", [lose, hang])
async def test_a_page_that_got_through_though_it_seemed_not_to_is_not_posted_again(
    office: Office, world: World, fault: Callable[[], Any]
) -> None:
    office.add()
    office.pages = ("One.", "Two.")
    world.after["70"] = fault
    await office.run(office.worker(patience=0), DUE)
    world.after.clear()
    await office.run(office.worker(), DUE + MINUTE)
    assert [text[:4] for text in world.texts("70")] == ["One.", "Two."]


async def test_a_channel_that_hangs_holds_up_no_other(office: Office, world: World) -> None:
    for channel in ("70", "71", "72"):
        office.add(channel)
        office.add(channel, "05:40")
    hanging = asyncio.Event()

    async def begin_to_hang() -> None:
        hanging.set()
        await hang()

    world.before["71"] = begin_to_hang
    worker = office.worker()
    for moment in (DUE, DUE + 10 * MINUTE):
        world.now = moment
        await worker.round(moment)
        await asyncio.gather(*(task for channel, task in worker._busy.items() if channel != "71"))
    assert [len(world.texts(channel)) for channel in ("70", "71", "72")] == [2, 0, 2]
    await asyncio.wait_for(hanging.wait(), 30)
    assert len(world.tries["71"]) == 1
    await worker.finish(0)
    world.before.clear()
    await office.run(office.worker(), DUE + 11 * MINUTE)
    assert len(world.texts("71")) == 2


async def test_a_digest_that_cannot_be_composed_holds_up_no_other_of_its_channel(office: Office, world: World) -> None:
    office.add(topic="broken")
    office.add()

    async def compose(schedule: Schedule, _due: datetime) -> ComposedDigest:
        if schedule.topic:
            raise StoreError("no space left")
        return ComposedDigest(("News.",))

    worker = DeliveryWorker(office.schedules, compose, world, lambda: world.now)
    await office.run(worker, DUE)
    assert len(world.texts("70")) == 1


async def test_a_digest_without_pages_is_done(office: Office, world: World) -> None:
    office.add()
    office.pages = ()
    await office.run(office.worker(), DUE, DUE + MINUTE)
    assert world.texts("70") == []
    assert len(office.composed) == 1


async def test_a_schedule_paused_while_its_digest_is_composed_posts_nothing(office: Office, world: World) -> None:
    office.add()

    async def compose(schedule: Schedule, _due: datetime) -> ComposedDigest:
        office.schedules.pause(schedule.id, "7")
        return ComposedDigest(("News.",))

    await office.run(DeliveryWorker(office.schedules, compose, world, lambda: world.now), DUE, DUE + MINUTE)
    assert world.texts("70") == []


async def test_two_that_deliver_at_once_post_the_same_pages_under_the_same_marks(office: Office, world: World) -> None:
    # Discord refuses a second message with the nonce of the first.
    office.add()
    both = [office.worker(), office.worker()]
    world.now = DUE
    for worker in both:
        await worker.round(DUE)
    for worker in both:
        await worker.finish()
    assert len(set(world.texts("70"))) == 1


async def test_who_takes_no_private_messages_is_not_written_to_again(office: Office, world: World) -> None:
    office.schedules.stop(office.add().id, "It is paused.")
    world.before["ann"] = refuse
    await office.run(office.worker(), DUE, DUE + MINUTE)
    assert len(world.tries["ann"]) == 1


async def test_who_could_not_be_told_is_told_later_and_others_meanwhile(office: Office, world: World) -> None:
    office.schedules.stop(office.add().id, "It is paused.")
    bobs = office.schedules.add("7", "71", Timetable("05:30", "UTC", DAILY), "bob", START)
    office.schedules.stop(bobs.id, "So is this.")
    world.before["ann"] = lose
    worker = office.worker()
    await office.run(worker, DUE)
    world.before.clear()
    await office.run(worker, DUE + MINUTE, DUE + 2 * MINUTE)
    assert world.told == [("bob", "So is this."), ("ann", "It is paused.")]


async def test_a_store_that_fails_loses_nothing_and_posts_nothing_twice(office: Office, world: World) -> None:
    office.add()
    office.schedules.stop(office.add("71").id, "It is paused.")
    for name in ("running", "claim", "keep", "record", "settle", "warnings", "warned"):
        broken = cast(Schedules, _Broken(office.schedules, {name, "fail"}))
        await office.run(DeliveryWorker(broken, office.compose, world, lambda: world.now), DUE, DUE + MINUTE)
    await office.run(office.worker(), DUE + 2 * MINUTE)
    assert len(world.texts("70")) == 1
    assert world.told[0] == ("ann", "It is paused.")


class _Broken:
    """Schedules some of whose calls fail as on a full disk."""

    def __init__(self, schedules: Schedules, names: set[str]) -> None:
        self._schedules, self._names = schedules, names

    def __getattr__(self, name: str) -> Any:
        if name in self._names:
            return self._fail
        return getattr(self._schedules, name)

    def _fail(self, *_: Any, **__: Any) -> None:
        raise StoreError("no space left")


def test_a_mark_is_found_only_where_it_stands_last() -> None:
    assert carries(words(marked("News.", "1-2606010530/1")), "1-2606010530/1")
    assert carries(f"{marked('News.', '1-2606010530/1')}\n", "1-2606010530/1")
    for mark in ("1-2606010530/11", "11-2606010530/1", "1-2606010530/2"):
        assert not carries(words(marked("News.", mark)), "1-2606010530/1")
    assert not carries("-# digest 1-2606010530/1\nquoted", "1-2606010530/1")


async def test_what_is_put_around_a_page_takes_no_more_than_its_room(office: Office, world: World) -> None:
    longest = Timetable("05:30", "America/Argentina/ComodRivadavia", DAILY)
    office.schedules.add("7", "70", longest, "ann", START)
    await office.run(office.worker(), START + timedelta(hours=9))
    (text,) = world.texts("70")
    assert "Late" in text
    mention = len("<@&> ") + 20
    assert len(text) - len("News.") + mention <= ROOM


# --- A month of days, with the process killed at random moments ---


async def test_monitors_see_what_waits_and_how_late_it_came(office: Office, world: World) -> None:
    seen = Metrics(lambda: backlog(office.schedules._catalog, world.now))

    def metric(name: str) -> float | None:
        lines = dict(line.rsplit(" ", 1) for line in seen.text().decode().splitlines() if not line.startswith("#"))
        return float(lines[name]) if name in lines else None

    office.add()
    world.before["70"] = lose
    worker = office.worker()
    with watched_by(seen):
        await office.run(worker, DUE + MINUTE)
        assert metric('briefing_waiting{queue="digests"}') == 1
        assert metric('briefing_overdue_seconds{queue="digests"}') == 60
        assert metric('briefing_step_failures_total{step="delivery"}') == 1
        world.before.clear()
        await office.run(worker, DUE + 10 * MINUTE)
        assert metric('briefing_waiting{queue="digests"}') == 0
        assert metric('briefing_deliveries_total{kind="digest",state="delivered"}') == 1
        assert metric('briefing_delivery_lag_seconds_sum{kind="digest"}') == 600
        await office.run(worker, DUE + DAY + MAX_AGE + MINUTE)
    assert metric('briefing_deliveries_total{kind="digest",state="given_up"}') == 1
