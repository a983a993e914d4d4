"""Which days the digest of a schedule is of."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.discord.delivery.composing import window
from bot.discord.delivery.timetable import Timetable
from retrieval.domain.articles import Filter

WORKDAYS, MONDAYS = frozenset(range(5)), frozenset({0})


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("weekdays", "due", "last", "since", "until"),
    [
        # The first reaches back to when it would have been due before: over a weekend, over a week.
        (WORKDAYS, "2026-03-03T07:00", None, "2026-03-02", "2026-03-03"),
        (WORKDAYS, "2026-03-02T07:00", None, "2026-02-27", "2026-03-02"),
        (MONDAYS, "2026-03-02T07:00", None, "2026-02-23", "2026-03-02"),
        # After others, back to the day before: its last articles may have come in after that digest.
        (WORKDAYS, "2026-03-05T07:00", "2026-03-04T07:00", "2026-03-03", "2026-03-05"),
        # After days without one, back to the day before the channel's last.
        (WORKDAYS, "2026-03-05T07:00", "2026-03-01T12:00", "2026-02-28", "2026-03-05"),
        # The last may have been another schedule's.
        (MONDAYS, "2026-03-02T07:00", "2026-03-02T06:00", "2026-02-23", "2026-03-02"),
        # Nobody reads a year's.
        (MONDAYS, "2026-03-02T07:00", "2025-03-02T06:00", "2026-01-30", "2026-03-02"),
    ],
)
def test_a_digest_begins_where_the_channel_was_left(
    weekdays: frozenset[int], due: str, last: str | None, since: str, until: str
) -> None:
    table = Timetable("08:00", "Europe/Berlin", weekdays)
    assert window(table, moment(due), moment(last) if last else None) == Filter(since, until)


def test_days_go_by_the_clocks_of_the_schedules_zone() -> None:
    table = Timetable("08:00", "Pacific/Auckland", frozenset(range(7)))
    assert window(table, moment("2026-03-01T19:00"), None) == Filter("2026-03-01", "2026-03-02")


def test_an_evening_west_of_greenwich_has_what_is_dated_tomorrow_there() -> None:
    table = Timetable("18:00", "America/Los_Angeles", frozenset(range(7)))
    assert window(table, moment("2026-03-03T02:00"), None) == Filter("2026-03-01", "2026-03-03")


def test_a_test_at_any_moment_has_days_as_well() -> None:
    table = Timetable("08:00", "UTC", MONDAYS)
    assert window(table, moment("2026-03-04T15:17"), None) == Filter("2026-03-02", "2026-03-04")
