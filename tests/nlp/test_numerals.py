"""Figures are the same however people of a place write them."""

from __future__ import annotations

import pytest

from retrieval.nlp.numerals import plain
from retrieval.nlp.quantities import quantities


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
    assert plain(text) == text


def test_what_can_be_read_in_two_ways_agrees_with_both() -> None:
    (one,), (english,), (german,) = (list(quantities(f"{each} people came")) for each in ("40.5", "40,500", "40.500"))
    assert german.agrees(english)
    assert not german.rivals(english)
    assert not one.agrees(english)
