"""Which sentences tell the same thing with another name or figure."""

from __future__ import annotations

import pytest

from retrieval.nlp.parallels import differing

BLAST = "The explosion at the Tarnow refinery killed 12 workers on Monday night, officials said."


@pytest.mark.parametrize(
    "other",
    [
        "The court in Vilnius fined the airline for delays in the spring.",
        "The court in Warsaw did not fine the airline 40 million euros for delays in spring.",
        "The Warsaw court fined the airline for delays in spring.",
    ],
)
def test_what_is_told_in_other_words_or_lacks_a_figure_differs_in_none(other: str) -> None:
    assert differing("The court in Warsaw fined the airline 40 million euros for delays in spring.", other) is None


@pytest.mark.parametrize(
    ("one", "other", "disagree"),
    [
        (
            BLAST,
            "On Monday night the explosion at the Tarnow refinery killed fifteen workers, the governor said.",
            True,
        ),
        (BLAST, "The explosion at the Tarnow refinery killed at least 12 workers on Monday night.", False),
        (BLAST, "The explosion at the Tarnow refinery killed at least 15 workers on Monday night.", False),
        (BLAST, f"“{BLAST}”", False),
        ("Some 1.2 million people fled the province.", "The agency said 1,200,000 people fled the province.", False),
        ("Adam Novak set the fire at the Gdansk port.", "Petr Svoboda set the fire at the Gdansk port.", True),
        (
            "Norway signed the treaty with Iceland on 3 March.",
            "Norway signed the treaty with Iceland on 5 March.",
            True,
        ),
        ("The firm hired 200 engineers in Krakow.", "The firm hired 300 engineers in Lodz.", False),
        ("Four people were arrested in Oslo.", "Nine people were arrested in Oslo.", True),
        ("Karin Holm signed the treaty on Monday.", "Ole Brandt signed the treaty on Monday.", True),
        ("Karin Holm signed the treaty on Monday.", "The treaty was signed by Karin Holm on Monday.", False),
        ("Karin Holm signed a petition on Monday.", "Ole Brandt signed a petition on Monday.", False),
        ("Karin Holm spoke on Monday in Oslo.", "Ole Brandt spoke on Monday in Oslo.", False),
    ],
)
def test_only_another_figure_day_or_name_for_the_same_thing_differs(one: str, other: str, disagree: bool) -> None:
    assert (differing(one, other) is not None) == disagree
