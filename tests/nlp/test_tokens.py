"""Terms of texts: words of many scripts, and figures in whatever form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.nlp.quantities import quantities
from retrieval.nlp.tokens import STOPWORDS, content_terms, plain_figures, terms


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a fund of 2 750 000 crowns", "2750000"),
        ("a fund of 2\u202f750\u202f000 crowns", "2750000"),
        ("a fund of 2’750’000 francs", "2750000"),
        ("a fund of 2.750.000 euros", "2750000"),
        ("a fund of 27,50,000 rupees", "2750000"),
        ("a fund of 2,75 million euros", "2750000"),
        ("a fund of 2¾ million euros", "2750000"),
        ("a fund of 2 3/4 million euros", "2750000"),
        ("a fund of 27.5 lakh rupees", "2750000"),
        ("homes for 2.75m people", "2750000"),
        ("٢٧٥٠٠٠٠", "2750000"),
        ("a rise of 4,5 percent", "4.5"),
        ("a rise of 0,125 points", "0.125"),
        ("a bill of 1.234,50 euros", "1234.5"),
        ("18 000 seats", "18000"),
        ("EUR 18 000", "18000"),
        ("half a million people", "500000"),
        ("½ of them", "0.5"),
    ],
)
def test_one_figure_is_written_in_many_ways(text: str, value: str) -> None:
    assert [each.value for each in quantities(text)] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "On 12 December 300 people came",
        "the Boeing 737 800 times",
        "In 2024 300 people came",
        "on 1/2/2024",
        "a wave of 30m height, a 100m race",
        "1,600 soldiers, 45.7 percent and 3.125 of it",
    ],
)
def test_two_figures_stay_two_and_english_ones_as_they_are(text: str) -> None:
    assert plain_figures(text) == text


def test_what_can_be_read_in_two_ways_agrees_with_both() -> None:
    (one,), (english,), (german,) = (list(quantities(f"{each} people came")) for each in ("40.5", "40,500", "40.500"))
    assert german.agrees(english)
    assert not german.rivals(english)
    assert not one.agrees(english)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ukraine's peacekeepers", ["ukrain", "peacekeep"]),
        ("Ukraine’s peacekeepers’", ["ukrain", "peacekeep"]),
        ("short-sightedness", ["short", "sighted"]),
        ("café CAFÉ cafe\u0301", ["cafe", "cafe", "cafe"]),
        ("Łódź Straße ﬁne", ["lodz", "strass", "fine"]),
        ("1,600 and 1600", ["1600", "and", "1600"]),
        ("1,600.50", ["1600.50"]),
        ("45.7%", ["45.7"]),
        ("$3.7M £2.9m $3.7bn", ["3.7", "million", "2.9", "million", "3.7", "billion"]),
        ("600m people", ["600", "million", "peopl"]),
        ("a 600m race", ["a", "600", "m", "race"]),
        ("5G in the 1990s", ["5g", "in", "the", "1990s"]),
        ("2024-12-03", ["2024", "12", "03"]),
        ("Covid-19", ["covid", "19"]),
        ("don't", ["dont"]),
        ("O’Brien of AT&T", ["obrien", "of", "att"]),
        ("at 4 p.m. in the U.N.", ["at", "4", "pm", "in", "the", "un"]),
        ("", []),
        (" . , ’ $ — ", []),
    ],
)
def test_words_are_folded_and_stemmed(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_the_country_and_the_pronoun_are_two_terms() -> None:
    assert terms("The U.S. told us; US, USA, U.S.A. and America’s") == [
        "the", "usa", "told", "us", "usa", "usa", "usa", "and", "america",
    ]  # fmt: skip
    assert content_terms("the US") == ["usa"]
    assert content_terms("told us") == ["told"]


def test_the_health_organisation_is_no_question_word() -> None:
    assert content_terms("What did the WHO say, and who heard it?") == ["whoorg", "say", "heard"]


def test_function_and_question_words_carry_no_content() -> None:
    assert content_terms("Why doesn't he say what she'd been told?") == ["say", "told"]
    assert content_terms("Shell quit in May") == ["shell", "quit", "may"]


def test_stopwords_are_in_the_form_of_terms() -> None:
    assert {"becaus", "the", "which", "befor"} <= STOPWORDS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Зеленський і Україна", ["зеленськ", "і", "україн"]),
        ("हिन्दी भाषा", ["हिन्द", "भाष"]),
        ("سلام عليكم", ["سلام", "علي"]),
        ("한국어", ["한국", "국어"]),
        ("東京都 2024年", ["東京", "京都", "2024", "年"]),
        ("中", ["中"]),
        ("0A㐀", ["0", "a", "㐀"]),
        ("ـ", ["ـ"]),
    ],
)
def test_other_scripts_are_stemmed_or_cut_in_pairs_or_pass(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_what_is_longer_than_any_word_is_cut() -> None:
    assert [len(term) for term in terms("x" * 100_000)] == [64]


@given(st.text())
def test_terms_hold_neither_space_nor_capital(text: str) -> None:
    for term in terms(text):
        assert term
        assert not any(char.isspace() for char in term)
        assert not any(char in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for char in term)
