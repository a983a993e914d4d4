"""Which words of a question give a window of publication dates, and which only look like it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from babel import Locale

from retrieval.question.periods import TimeRange
from retrieval.question.time_expressions import read_time

AS_OF = date(2024, 12, 4)  # a Wednesday


def read(phrase: str, as_of: date = AS_OF, language: str = "en") -> tuple[str | None, str | None, str | None]:
    return spelt(read_time(f"What did Kyiv say {phrase}?", as_of, language).time)


def spelt(time: TimeRange | None) -> tuple[str | None, str | None, str | None]:
    if time is None:
        return None, None, None
    since, until = (day.isoformat() if day else None for day in (time.since, time.until))
    return since, until, "relative" if time.relative else "absolute"


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
        ("between 28 April and 3 May 2022", "2022-04-28", "2022-05-03"),
        ("from March to June 2022", "2022-03-01", "2022-06-30"),
        ("from November to February 2022", "2021-11-01", "2022-02-28"),
        ("between 2021 and 2023", "2021-01-01", "2023-12-31"),
        ("in early 2024", "2024-01-01", "2024-12-31"),
        ("at the end of March 2023", "2023-03-01", "2023-03-31"),
        ("in December", "2024-12-01", "2024-12-31"),
        ("in May", "2024-05-01", "2024-05-31"),
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
        "about the 2024 budget",
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
        "as they march on",
        "in Mar-a-Lago",
        "in the last week of the campaign",
    ],
)
def test_what_only_names_a_thing_or_the_future_or_the_background_gives_none(phrase: str) -> None:
    assert read(phrase) == (None, None, None)


def test_two_open_ends_that_leave_nothing_out_give_none() -> None:
    assert read("since 2000 and before 2000") == (None, None, None)
    assert read("since 2000 and before 2010") == ("2000-01-01", "2009-12-31", "absolute")


def test_the_spans_are_the_phrases_that_were_read() -> None:
    question = "Who recently resigned in the past two weeks?"
    assert [question[start:end] for start, end in read_time(question, AS_OF).spans] == [
        "in the past two weeks",
    ]


@pytest.mark.parametrize("as_of", [date.min, date(1, 3, 1), date.max])
def test_the_ends_of_the_calendar_are_no_trouble(as_of: date) -> None:
    for phrase in ("this week", "last week", "last month", "last year", "in the last 999 years", "in December"):
        read(phrase, as_of)


@pytest.mark.parametrize(
    ("language", "question", "since", "until", "kind"),
    [
        ("de", "Was beschloss die NATO im März 2026?", "2026-03-01", "2026-03-31", "absolute"),
        ("de", "Was geschah am 3. Dezember 2024?", "2024-12-03", "2024-12-03", "absolute"),
        ("de", "Was hat sich seit Mai 2025 geändert?", "2025-05-01", None, "absolute"),
        ("de", "Wer gewann zwischen Januar und März 2026?", "2026-01-01", "2026-03-31", "absolute"),
        ("de", "Was war Ende 2025 los?", "2025-01-01", "2025-12-31", "absolute"),
        ("de", "Was geschah letzte Woche?", "2026-04-13", "2026-04-19", "relative"),
        ("de", "Was geschah in den letzten drei Monaten?", "2026-01-22", "2026-04-22", "relative"),
        ("de", "Was passierte gestern?", "2026-04-21", "2026-04-21", "relative"),
        ("fr", "Que s'est-il passé en mars 2026 ?", "2026-03-01", "2026-03-31", "absolute"),
        ("fr", "Qu'a dit le ministre le 1er avril 2026 ?", "2026-04-01", "2026-04-01", "absolute"),
        ("fr", "Qui a démissionné depuis janvier 2026 ?", "2026-01-01", None, "absolute"),
        ("fr", "Qu’a voté l’Assemblée la semaine dernière ?", "2026-04-13", "2026-04-19", "relative"),
        ("es", "¿Qué pasó en marzo de 2026?", "2026-03-01", "2026-03-31", "absolute"),
        ("es", "¿Qué dijo el ministro el 3 de diciembre de 2025?", "2025-12-03", "2025-12-03", "absolute"),
        ("es", "¿Quién dimitió desde enero de 2026?", "2026-01-01", None, "absolute"),
        ("es", "¿Qué artículos hay de 2025?", "2025-01-01", "2025-12-31", "absolute"),
        ("fr", "Quels articles avez-vous de 2025 ?", "2025-01-01", "2025-12-31", "absolute"),
        ("en", "Which articles of 2025 mention tolls?", "2025-01-01", "2025-12-31", "absolute"),
        ("es", "¿Qué pasó ayer?", "2026-04-21", "2026-04-21", "relative"),
        ("es", "¿Qué votó el Congreso la semana pasada?", "2026-04-13", "2026-04-19", "relative"),
        ("de", "Was geschah am Montag?", "2026-04-20", "2026-04-20", "relative"),
        ("de", "Was sagte Merz letzten Freitag?", "2026-04-17", "2026-04-17", "relative"),
        ("de", "Was geschah vergangenen Dienstag?", "2026-04-21", "2026-04-21", "relative"),
        ("de", "Was ist heute passiert?", "2026-04-22", "2026-04-22", "relative"),
        ("de", "Was geschah diesen Monat?", "2026-04-01", "2026-04-22", "relative"),
        ("fr", "Que s'est-il passé lundi ?", "2026-04-20", "2026-04-20", "relative"),
        ("fr", "Qu’a dit Macron vendredi dernier ?", "2026-04-17", "2026-04-17", "relative"),
        ("fr", "Que s'est-il passé hier ?", "2026-04-21", "2026-04-21", "relative"),
        ("fr", "Que s’est-il passé aujourd’hui ?", "2026-04-22", "2026-04-22", "relative"),
        ("fr", "Qui a voté depuis lundi ?", "2026-04-20", None, "relative"),
        ("es", "¿Qué pasó el lunes?", "2026-04-20", "2026-04-20", "relative"),
        ("es", "¿Qué dijo Sánchez el viernes pasado?", "2026-04-17", "2026-04-17", "relative"),
        ("es", "¿Qué pasó desde el lunes?", "2026-04-20", None, "relative"),
        ("es", "¿Qué pasó este mes?", "2026-04-01", "2026-04-22", "relative"),
        ("pl", "Co się stało wczoraj?", "2026-04-21", "2026-04-21", "relative"),
        ("pl", "Co powiedział Tusk w poniedziałek?", "2026-04-20", "2026-04-20", "relative"),
        ("pl", "Co powiedział Tusk w zeszłą środę?", "2026-04-15", "2026-04-15", "relative"),
        ("pl", "Co się zmieniło od poniedziałku?", "2026-04-20", None, "relative"),
        ("pl", "Co się stało w zeszłym tygodniu?", "2026-04-13", "2026-04-19", "relative"),
        ("pl", "Co się stało w tym miesiącu?", "2026-04-01", "2026-04-22", "relative"),
        ("pl", "Co się stało w ciągu ostatnich trzech dni?", "2026-04-19", "2026-04-22", "relative"),
        ("pl", "Co się stało w grudniu 2024 roku?", "2024-12-01", "2024-12-31", "absolute"),
        ("pl", "Co powiedział Zełenski 3 grudnia 2024 r.?", "2024-12-03", "2024-12-03", "absolute"),
        ("pl", "Co się wydarzyło od stycznia 2026?", "2026-01-01", None, "absolute"),
        ("pl", "Kto wygrał między styczniem a marcem 2026?", None, None, None),
        ("uk", "Що сталося вчора?", "2026-04-21", "2026-04-21", "relative"),
        ("uk", "Що сказав Зеленський у понеділок?", "2026-04-20", "2026-04-20", "relative"),
        ("uk", "Що сказав Зеленський у п’ятницю?", "2026-04-17", "2026-04-17", "relative"),
        ("uk", "Що сказав Зеленський минулої п\u02bcятниці?", "2026-04-17", "2026-04-17", "relative"),
        ("uk", "Що змінилося від понеділка?", "2026-04-20", None, "relative"),
        ("uk", "Що сталося минулого тижня?", "2026-04-13", "2026-04-19", "relative"),
        ("uk", "Що відбулося цього місяця?", "2026-04-01", "2026-04-22", "relative"),
        ("uk", "Що сталося за останні три дні?", "2026-04-19", "2026-04-22", "relative"),
        ("uk", "Що сталося у грудні 2024 року?", "2024-12-01", "2024-12-31", "absolute"),
        ("uk", "Що сказав Зеленський 3 грудня 2024 року?", "2024-12-03", "2024-12-03", "absolute"),
        ("uk", "Що сталося 2024 року?", "2024-01-01", "2024-12-31", "absolute"),
        ("de", "Was sagte Mai in der Sitzung?", None, None, None),
        ("it", "Che cosa è successo in 2025?", "2025-01-01", "2025-12-31", "absolute"),
    ],
)
def test_times_are_read_in_other_languages(
    language: str, question: str, since: str | None, until: str | None, kind: str | None
) -> None:
    assert spelt(read_time(question, date(2026, 4, 22), language).time) == (since, until, kind)


_DAYS = {"de": "am {}", "fr": "{}", "es": "el {}", "pl": "w {}", "uk": "у {}"}


@pytest.mark.parametrize("language", _DAYS)
def test_the_months_and_weekdays_of_unicodes_locale_data_are_read(language: str) -> None:
    locale = Locale(language)
    for month in range(1, 13):
        for name in {locale.months[form]["wide"][month] for form in ("format", "stand-alone")}:
            before = {"de": "seit ", "fr": "depuis ", "es": "desde ", "pl": "od ", "uk": "від "}[language]
            time = read_time(f"{before}{name} 2025", date(2026, 4, 22), language).time
            assert time and time.since == date(2025, month, 1), name
    for day in range(7):
        # The accusative, which locale data lack: "w środę".
        named = re.sub("а$", "у", locale.days["stand-alone"]["wide"][day])
        named = re.sub("я$", "ю", re.sub("a$", "ę", named))
        phrase = "we wtorek" if named == "wtorek" else _DAYS[language].format(named)
        time = read_time(f"ok {phrase}", date(2026, 4, 26), language).time
        assert time and time.since == time.until == date(2026, 4, 20 + day), named


def test_the_spans_are_of_the_question_in_whatever_language_it_is() -> None:
    question = "Wer sprach Ende März 2026 in Brüssel?"
    ((start, end),) = read_time(question, date(2026, 4, 22), "de").spans
    assert question[start:end] == "Ende März 2026"


@pytest.mark.parametrize(
    ("question", "language", "published"),
    [
        ("What was published in March 2024?", "en", True),
        ("Which articles from March 2024 mention Rutte?", "en", True),
        ("What was reported on 3 December 2024?", "en", True),
        ("Who wrote in May 2024 that the talks had failed?", "en", True),
        ("What happened in March 2024?", "en", False),
        ("Who reported that the leaders had met in July 2024?", "en", False),
        ("How many attacks have been recorded since March 1, 2024?", "en", False),
        ("Was wurde im März 2024 veröffentlicht?", "de", True),
        ("Was schrieb die Zeitung im März 2024?", "de", True),
    ],
)
def test_a_time_is_when_it_happened_unless_words_of_publishing_stand_before_it(
    question: str, language: str, published: bool
) -> None:
    assert read_time(question, AS_OF, language).of_publication is published


def test_a_year_alone_says_when_in_german_behind_a_verb() -> None:
    time = read_time("Wie viele Anfragen gingen 2019 ein?", AS_OF, "de").time
    assert time and time.since and (time.since.year, time.since.month) == (2019, 1)
    assert read_time("Was steht im Bericht 2019?", AS_OF, "de").time is None
    since = read_time("Was geschah seit 2019?", AS_OF, "de").time
    assert since and since.until is None
