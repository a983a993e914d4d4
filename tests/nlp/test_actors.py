"""Who says or does what a sentence tells, and whether it names them."""

from __future__ import annotations

import pytest

from retrieval.nlp.actors import actor, points_back


@pytest.mark.parametrize(
    "sentence",
    [
        "Minister Ada Berg is against the toll, she told the crews.",
        "Berg dropped the toll because the crews hated it, he said.",
    ],
)
def test_a_pronoun_behind_the_name_that_it_stands_for_points_back_to_no_other_sentence(sentence: str) -> None:
    assert not points_back(sentence)
    assert actor(sentence) in ("Ada Berg", "Berg")


@pytest.mark.parametrize(
    "sentence",
    [
        "In Norvik, she told the crews that the toll was off.",
        "“Berg is wrong about the toll,” she told the crews.",
        "Over the weekend, however, he told his party's conference that the toll was off.",
    ],
)
def test_a_pronoun_points_back_where_only_a_place_or_somebody_quoted_is_named_before_it(sentence: str) -> None:
    assert points_back(sentence)
