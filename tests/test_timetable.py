"""When a timetable is due, over all that clocks do, and how people write times, weekdays and zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.discord.delivery.timetable import Timetable, due_between, parse_time, parse_weekdays, parse_zone
from retrieval.errors import QuestionError

DAILY = frozenset(range(7))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(zone: str, time: str, after: str, until: str, weekdays: frozenset[int] = DAILY) -> list[str]:
    moments = due_between(Timetable(time, zone, weekdays), utc(after), utc(until))
    return [f"{moment:%Y-%m-%d %H:%M}" for moment in moments]


def test_a_time_follows_the_local_clock_over_a_change() -> None:
    assert due("Europe/Berlin", "07:30", "2026-03-28", "2026-03-30") == ["2026-03-28 06:30", "2026-03-29 05:30"]
    assert due("Europe/Berlin", "07:30", "2026-10-24", "2026-10-26") == ["2026-10-24 05:30", "2026-10-25 06:30"]


@pytest.mark.parametrize(
    ("zone", "time", "after", "until", "moment"),
    [
        ("Europe/Berlin", "02:30", "2026-03-28 12:00", "2026-03-29 12:00", "2026-03-29 01:00"),
        ("America/New_York", "02:00", "2026-03-07 12:00", "2026-03-08 12:00", "2026-03-08 07:00"),
        # By half an hour.
        ("Australia/Lord_Howe", "02:15", "2026-10-03 12:00", "2026-10-04 12:00", "2026-10-03 15:30"),
        # Over midnight.
        ("America/Santiago", "00:20", "2025-09-06 12:00", "2025-09-07 12:00", "2025-09-07 04:00"),
    ],
)
def test_a_time_that_the_clocks_skip_is_due_when_they_have_skipped_it(
    zone: str, time: str, after: str, until: str, moment: str
) -> None:
    assert due(zone, time, after, until) == [moment]


def test_what_is_due_on_a_day_that_is_skipped_is_due_on_the_next() -> None:
    # Samoa had no 30 December 2011, a Friday.
    friday = frozenset({4})
    assert due("Pacific/Apia", "07:30", "2011-12-28", "2012-01-02", friday) == ["2011-12-30 10:00"]
    assert due("Pacific/Apia", "00:00", "2011-12-30 00:00", "2011-12-30 12:00") == ["2011-12-30 10:00"]


@pytest.mark.parametrize(
    ("zone", "time", "after", "until", "moment"),
    [
        ("Europe/Berlin", "02:30", "2026-10-24 12:00", "2026-10-25 12:00", "2026-10-25 00:30"),
        ("Australia/Lord_Howe", "01:45", "2026-04-04 12:00", "2026-04-05 12:00", "2026-04-04 14:45"),
        # At 00:01 it was 23:01 again.
        ("America/St_Johns", "00:00", "2010-11-06 12:00", "2010-11-07 03:00", "2010-11-07 02:30"),
    ],
)
def test_a_time_that_comes_twice_is_due_the_first_time(
    zone: str, time: str, after: str, until: str, moment: str
) -> None:
    assert due(zone, time, after, until) == [moment]


def test_only_what_is_later_than_the_last_look_is_due() -> None:
    assert due("UTC", "07:30", "2026-03-02 07:30", "2026-03-03 07:30") == ["2026-03-03 07:30"]
    assert due("UTC", "07:30", "2026-03-02 07:30", "2026-03-03 07:29") == []
    assert due("UTC", "07:30", "2026-03-03", "2026-03-02") == []


def test_weekdays_are_those_of_the_place() -> None:
    # Monday morning in Sydney is Sunday evening in UTC.
    assert due("Australia/Sydney", "07:00", "2026-06-06", "2026-06-14", frozenset({0})) == ["2026-06-07 21:00"]


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Australia/Sydney", "Asia/Kathmandu"])
@pytest.mark.parametrize("minutes", [1, 600, 100_000])
def test_looking_often_and_looking_seldom_find_the_same(zone: str, minutes: int) -> None:
    timetable, start = Timetable("02:30", zone, DAILY), utc("2026-01-01")
    end, step = start + timedelta(days=365), timedelta(minutes=minutes)
    if minutes == 1:
        start, end = utc("2026-03-28 20:00"), utc("2026-03-29 20:00")
    found, seen = [], start
    while seen < end:
        found += due_between(timetable, seen, min(seen + step, end))
        seen += step
    assert found == due_between(timetable, start, end)
    locals_ = [moment.astimezone(ZoneInfo(zone)) for moment in found]
    assert len({local.date() for local in locals_}) == len(found)
    assert {f"{local:%H:%M}" for local in locals_} <= {"02:30", "03:00"}


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("7:30", "07:30"),
        ("07:30", "07:30"),
        (" 7.30 ", "07:30"),
        ("19h05", "19:05"),
        ("7 am", "07:00"),
        ("7:05 p.m.", "19:05"),
        ("12am", "00:00"),
        ("12 PM", "12:00"),
        ("0:00", "00:00"),
    ],
)
def test_a_time_of_day_is_read_as_people_write_it(text: str, time: str) -> None:
    assert parse_time(text) == time


@pytest.mark.parametrize("text", ["", "7", "24:00", "7:60", "13 pm", "0 am", "7:3", "morning", "٧:٣٠", "7:30\n8:30"])
def test_what_is_no_time_of_day_is_said_with_an_example(text: str) -> None:
    with pytest.raises(QuestionError, match=r"is not a time of day: write it like 07:30\.$"):
        parse_time(text)


@pytest.mark.parametrize(
    ("text", "weekdays"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("Mo, We", {0, 2}),
        ("Tues. Thurs.", {1, 3}),
        ("weds and saturdays", {2, 5}),
        ("sat – mon", {5, 6, 0}),
        ("monday to wednesday; su", {0, 1, 2, 6}),
        ("Daily", DAILY),
        ("every  day", DAILY),
        ("weekdays", {0, 1, 2, 3, 4}),
        ("fr-fr", {4}),
    ],
)
def test_weekdays_are_read_as_people_write_them(text: str, weekdays: set[int]) -> None:
    assert parse_weekdays(text) == weekdays


@pytest.mark.parametrize("text", ["", "m", "mon-wed-fri", "-mon", "mon-", "moonday", ",", "1-5", "day"])
def test_what_names_no_weekdays_is_said_with_examples(text: str) -> None:
    with pytest.raises(QuestionError, match=r"does not name weekdays: write them like mon-fri, or Mo, We, or daily\.$"):
        parse_weekdays(text)


@pytest.mark.parametrize(
    ("text", "zone"),
    [("europe/berlin", "Europe/Berlin"), (" America/New  York", "America/New_York"), ("utc", "UTC")],
)
def test_a_time_zone_is_read_in_any_case(text: str, zone: str) -> None:
    assert parse_zone(text) == zone


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("Europe/Brussel", "Europe/Brussels"),
        ("GMT+2", "America/New_York"),
        ("localtime", "America/New_York"),
        ("../../etc/passwd", "America/New_York"),
        ("", "America/New_York"),
    ],
)
def test_what_is_no_time_zone_is_said_with_what_may_be_meant(text: str, like: str) -> None:
    with pytest.raises(QuestionError, match=rf"is not a time zone I know: write its name, like {like}\b"):
        parse_zone(text)


def test_a_long_text_is_not_repeated_in_full() -> None:
    with pytest.raises(QuestionError) as caught:
        parse_zone("x" * 4_000)
    assert len(str(caught.value)) < 200
