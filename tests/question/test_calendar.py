"""What an option may say for a day, and the calendar behind it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.presentation.words import LANGUAGES, words_in
from retrieval.errors import QuestionError
from retrieval.question.calendar import parse_day
from retrieval.question.periods import Period, days_before, latest, months_before, period_of

TODAY = date(2024, 12, 4)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-12-03", date(2024, 12, 3), date(2024, 12, 3)),
        (" 2024-02 ", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("today", TODAY, TODAY),
        ("Yesterday", date(2024, 12, 3), date(2024, 12, 3)),
        ("3 Dec 2024", date(2024, 12, 3), date(2024, 12, 3)),
        ("3 Dec 2024 (date estimated)", date(2024, 12, 3), date(2024, 12, 3)),
        ("29  february 2024", date(2024, 2, 29), date(2024, 2, 29)),
        ("Sept. 2024", date(2024, 9, 1), date(2024, 9, 30)),
        ("last week", date(2024, 11, 25), date(2024, 12, 1)),
        ("this month", date(2024, 12, 1), TODAY),
        ("Monday", date(2024, 12, 2), date(2024, 12, 2)),
        ("30 days ago", date(2024, 11, 4), date(2024, 11, 4)),
        ("two weeks ago", date(2024, 11, 20), date(2024, 11, 20)),
        ("heute", TODAY, TODAY),
        ("gestern", date(2024, 12, 3), date(2024, 12, 3)),
        ("letzte Woche", date(2024, 11, 25), date(2024, 12, 1)),
        ("Montag", date(2024, 12, 2), date(2024, 12, 2)),
        ("vor 30 Tagen", date(2024, 11, 4), date(2024, 11, 4)),
        ("vor zwei Wochen", date(2024, 11, 20), date(2024, 11, 20)),
        ("3. Dezember 2024", date(2024, 12, 3), date(2024, 12, 3)),
        ("März 2024", date(2024, 3, 1), date(2024, 3, 31)),
        ("3.12.2024", date(2024, 12, 3), date(2024, 12, 3)),
        ("hier", date(2024, 12, 3), date(2024, 12, 3)),
        ("aujourd’hui", TODAY, TODAY),
        ("la semaine dernière", date(2024, 11, 25), date(2024, 12, 1)),
        ("lundi", date(2024, 12, 2), date(2024, 12, 2)),
        ("il y a 3 jours", date(2024, 12, 1), date(2024, 12, 1)),
        ("1er décembre 2024", date(2024, 12, 1), date(2024, 12, 1)),
        ("ayer", date(2024, 12, 3), date(2024, 12, 3)),
        ("hoy", TODAY, TODAY),
        ("la semana pasada", date(2024, 11, 25), date(2024, 12, 1)),
        ("hace 2 meses", date(2024, 10, 4), date(2024, 10, 4)),
        ("3 de diciembre de 2024", date(2024, 12, 3), date(2024, 12, 3)),
        ("wczoraj", date(2024, 12, 3), date(2024, 12, 3)),
        ("dzisiaj", TODAY, TODAY),
        ("w zeszłym tygodniu", date(2024, 11, 25), date(2024, 12, 1)),
        ("poniedziałek", date(2024, 12, 2), date(2024, 12, 2)),
        ("3 dni temu", date(2024, 12, 1), date(2024, 12, 1)),
        ("3 grudnia 2024 r.", date(2024, 12, 3), date(2024, 12, 3)),
        ("вчора", date(2024, 12, 3), date(2024, 12, 3)),
        ("минулого тижня", date(2024, 11, 25), date(2024, 12, 1)),
        ("у понеділок", date(2024, 12, 2), date(2024, 12, 2)),
        ("п’ять днів тому", date(2024, 11, 29), date(2024, 11, 29)),
        ("3 грудня 2024 року", date(2024, 12, 3), date(2024, 12, 3)),
    ],
)
def test_an_option_names_a_day_or_the_first_or_last_of_a_month_or_year(text: str, first: date, last: date) -> None:
    assert parse_day(text, today=TODAY) == first
    assert parse_day(text, end=True, today=TODAY) == last


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
@pytest.mark.parametrize("month", range(1, 13))
def test_a_day_is_taken_as_answers_print_it(language: str, month: int) -> None:
    day, words = date(2024, month, 9), words_in(language)
    shown = day.isoformat()
    for printed in (words.day(shown), words.day(shown, estimated=True), words.long_day(shown)):
        assert parse_day(printed, today=TODAY) == day, printed
    assert parse_day(words.month(day), today=TODAY) == day.replace(day=1), words.month(day)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3 days",
        "vor 3 days ago",
        "soon",
        "3 December",
        "2024-13",
        "2024-02-30",
        "0000",
        "31 Nov 2024",
        "3 Decade 2024",
        "3 De 2024",
        "03/12/2024",
        "20241203",
        "2024-W01",
        "٢٠٢٤",
        "x" * 500,
    ],
)
def test_anything_else_is_refused_in_one_line_with_an_example(text: str) -> None:
    with pytest.raises(QuestionError) as refusal:
        parse_day(text)
    message = str(refusal.value)
    assert "2024-12-03" in message
    assert "\n" not in message
    assert len(message) < 150


def test_a_day_the_calendar_does_not_have_is_no_period() -> None:
    assert period_of(2023, 2, 29) is None
    assert period_of(0) is None
    assert period_of(10_000) is None
    assert period_of(None) is None


def test_the_latest_month_may_be_the_one_that_runs() -> None:
    assert latest(12, None, TODAY) == Period(date(2024, 12, 1), date(2024, 12, 31))
    assert latest(12, 5, TODAY) == Period(date(2023, 12, 5), date(2023, 12, 5))
    assert latest(2, 29, date(2023, 6, 1)) == Period(date(2020, 2, 29), date(2020, 2, 29))
    assert latest(2, 30, TODAY) is None


def test_counting_back_ends_where_the_calendar_does() -> None:
    assert days_before(date.min, 1) == date.min
    assert days_before(date(1, 1, 3), 500) == date.min
    assert months_before(date(1, 3, 1), 40) == date.min
    assert months_before(date(2024, 3, 31), 1) == date(2024, 2, 29)
