"""Who says or does what a sentence tells."""

from __future__ import annotations

import pytest

from retrieval.nlp.actors import actor


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Norland is adamant: Pact membership is the only way.", "Norland"),
        ("Security: Norland sees the Pact as its safeguard.", "Norland"),
        ("Amidst hostilities with Sudland, Berg accused the neighbours of dragging out the war.", "Berg"),
        ("Alongside military support, Berg asked for a plan.", "Berg"),
        ("Nine people were arrested in Oslo.", None),
    ],
)
def test_who_acts_is_no_opening_word_and_no_catchword(text: str, name: str | None) -> None:
    assert actor(text) == name
