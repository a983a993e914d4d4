"""Which words of a question give a window of publication dates, and which only look like it."""

from __future__ import annotations

from datetime import date

import pytest

from retrieval.question.windows import find_window

AS_OF = date(2024, 12, 4)  # a Wednesday


def read(phrase: str, as_of: date = AS_OF) -> tuple[str | None, str | None, str | None]:
    window = find_window(f"What did Kyiv say {phrase}?", as_of)
    since, until = window.since, window.until
    return since.isoformat() if since else None, until.isoformat() if until else None, window.kind


@pytest.mark.parametrize(
    ("phrase", "since", "until"),
    [
        ("in December 2024", "2024-12-01", "2024-12-31"),
        ("on 3 December 2024", "2024-12-03", "2024-12-03"),
        ("on Dec. 3, 2024", "2024-12-03", "2024-12-03"),
        ("on Tuesday, 3 December", "2024-12-03", "2024-12-03"),
        ("on the 3rd of December 2024", "2024-12-03", "2024-12-03"),
        ("on 2024-12-03", "2024-12-03", "2024-12-03"),
        ("in 2023", "2023-01-01", "2023-12-31"),
        ("since March 2024", "2024-03-01", None),
        ("since 5 March", "2024-03-05", None),
        ("from March 2024 onwards", "2024-03-01", None),
        ("before 2024", None, "2023-12-31"),
        ("after 3 December 2024", "2024-12-04", None),
        ("until June 2023", None, "2023-06-30"),
        ("since March 2024 until June 2024", "2024-03-01", "2024-06-30"),
        ("between 1 and 15 May 2022", "2022-05-01", "2022-05-15"),
        ("between May 1 and 15, 2022", "2022-05-01", "2022-05-15"),
        ("between 28 April and 3 May 2022", "2022-04-28", "2022-05-03"),
        ("from 3 to 9 October 2022", "2022-10-03", "2022-10-09"),
        ("on 3–9 October 2022", "2022-10-03", "2022-10-09"),
        ("from March to June 2022", "2022-03-01", "2022-06-30"),
        ("from November to February 2022", "2021-11-01", "2022-02-28"),
        ("between 2021 and 2023", "2021-01-01", "2023-12-31"),
        ("in early 2024", "2024-01-01", "2024-04-30"),
        ("in mid-2024", "2024-05-01", "2024-08-31"),
        ("at the end of 2023", "2023-09-01", "2023-12-31"),
        ("during summer 2023", "2023-06-01", "2023-08-31"),
        ("in the winter of 2022", "2022-12-01", "2023-02-28"),
        ("in the first quarter of 2024", "2024-01-01", "2024-03-31"),
        ("in the second half of 2023", "2023-07-01", "2023-12-31"),
        ("in Q3 2024", "2024-07-01", "2024-09-30"),
        ("in December", "2024-12-01", "2024-12-31"),
        ("in May", "2024-05-01", "2024-05-31"),
        ("in December last year", "2023-12-01", "2023-12-31"),
        ("in 2022 and in 2024", "2022-01-01", "2024-12-31"),
        ("in the news of AP, in reports from 3 December 2024", "2024-12-03", "2024-12-03"),
    ],
)
def test_a_written_time_gives_a_window(phrase: str, since: str | None, until: str | None) -> None:
    assert read(phrase) == (since, until, "absolute")


@pytest.mark.parametrize(
    ("phrase", "since", "until"),
    [
        ("this week", "2024-11-27", "2024-12-04"),
        ("last week", "2024-11-25", "2024-12-01"),
        ("in the last week", "2024-11-27", "2024-12-04"),
        ("today", "2024-12-04", "2024-12-04"),
        ("yesterday", "2024-12-03", "2024-12-03"),
        ("last night", "2024-12-03", "2024-12-04"),
        ("over the weekend", "2024-11-30", "2024-12-01"),
        ("this month", "2024-12-01", "2024-12-04"),
        ("last month", "2024-11-01", "2024-11-30"),
        ("this year", "2024-01-01", "2024-12-04"),
        ("last year", "2023-01-01", "2023-12-31"),
        ("in the last 3 days", "2024-12-01", "2024-12-04"),
        ("in the past two weeks", "2024-11-20", "2024-12-04"),
        ("over the last six months", "2024-06-04", "2024-12-04"),
        ("on Tuesday", "2024-12-03", "2024-12-03"),
        ("on Wednesday", "2024-12-04", "2024-12-04"),
        ("last Wednesday", "2024-11-27", "2024-11-27"),
        ("since Monday", "2024-12-02", None),
        ("since last week", "2024-11-25", None),
        ("last December", "2023-12-01", "2023-12-31"),
        ("before this week's vote", "2024-11-27", "2024-12-04"),
        ("this week, after the protests in 2014", "2024-11-27", "2024-12-04"),
    ],
)
def test_a_time_counted_from_today_gives_a_window(phrase: str, since: str | None, until: str | None) -> None:
    assert read(phrase) == (since, until, "relative")


def test_this_week_reaches_back_over_seven_days_on_a_monday_too() -> None:
    assert read("this week", date(2024, 12, 2)) == ("2024-11-25", "2024-12-02", "relative")


@pytest.mark.parametrize(
    "phrase",
    [
        "recently",
        "about the 2022 World Cup",
        "about the 1994 Budapest Memorandum",
        "about Agenda 2030",
        "about the World Cup in Qatar",
        "in 2024 election polls",
        "in May 2022 World Cup games",
        "about the 2024 budget",
        "in 2020 dollars",
        "by 2030",
        "in 2030",
        "before 2026",
        "on 5 December 2024",
        "on 31 February 2024",
        "between 2023 and 2030",
        "in 9999",
        "in 0000",
        "in 1789",
        "in 1,600 cases",
        "in the 2010s",
        "since May resigned",
        "in May's cabinet",
        "as they march on",
        "in March Madness",
        "in Mar-a-Lago",
        "on May",
        "of the man who disappeared in 1994",
        "of the pact, signed in 1994",
        "of a man born in 1994",
        "for the first time since 2017",
        "in his last week in office",
        "in the last week of the campaign",
        "later this week",
        "compared with last year",
        "in USA TODAY",
        'about "Saturday Night in December 2023"',
    ],
)
def test_what_only_names_a_thing_or_the_future_or_the_background_gives_none(phrase: str) -> None:
    assert read(phrase) == (None, None, None)


def test_a_weekday_to_come_gives_none() -> None:
    assert find_window("What will the ministers discuss on Tuesday?", AS_OF).kind is None


def test_a_date_that_is_only_told_before_the_question_gives_none() -> None:
    assert find_window("His memoir was released on Dec. 1. He is best known for which sitcom?", AS_OF).kind is None
    assert find_window("The vote was held this week. Who won?", AS_OF).kind == "relative"


def test_the_words_may_and_march_count_in_a_question_typed_without_capitals() -> None:
    assert find_window("what happened in may", AS_OF).since == date(2024, 5, 1)
    assert find_window("What happened in may?", AS_OF).since is None


def test_two_open_ends_that_leave_nothing_out_give_none() -> None:
    assert read("since 2000 and before 2000") == (None, None, None)
    assert read("since 2000 and before 2010") == ("2000-01-01", "2009-12-31", "absolute")


def test_the_spans_are_the_phrases_that_were_read() -> None:
    question = "Who recently resigned in the past two weeks?"
    assert [question[start:end] for start, end in find_window(question, AS_OF).spans] == [
        "recently",
        "in the past two weeks",
    ]


@pytest.mark.parametrize("as_of", [date.min, date(1, 3, 1), date.max])
def test_the_ends_of_the_calendar_are_no_trouble(as_of: date) -> None:
    for phrase in ("this week", "last week", "last month", "last year", "in the last 999 years", "in December"):
        read(phrase, as_of)
