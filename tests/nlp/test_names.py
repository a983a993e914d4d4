"""Who says or does what a sentence tells."""

from __future__ import annotations

import pytest

from retrieval.nlp.actors import Actors, actor


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


TEXTS = (
    "Prices rose. Inflation rose too, and Berg said so to Carl Lund. The Norland Bank met in Norland.",
    "Interrogée mardi, la ministre Solène Abgrall a exclu le retrait. Les images seraient conservées trente jours.",
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Inflation rose again in May.", None),
        ("Another ship has left the port.", None),
        ("Les images seraient conservées.", None),
        ("Berg rejected the plan.", "Berg"),
        ("Lund rejected the plan.", "Lund"),
        ("Miller said the plan is dead.", "Miller"),
        ("Education secretary Maud Tierney rejected the plan.", "Maud Tierney"),
        ("Late on Wednesday the Norland Bank kept its rate.", "Norland Bank"),
        ("Norland’s president rejected the plan.", "Norland"),
        ("The Norlandish trade ministry rejected the plan.", "Norlandish trade ministry"),
        ("Berg and Lund rejected the plan.", None),
        ("Pläne gibt es nur bei Berg.", None),
        ("Hay planes solo para Berg.", None),
    ],
)
def test_an_actor_is_somebody_whom_the_texts_name(text: str, name: str | None) -> None:
    assert Actors(TEXTS).of(text) == name
