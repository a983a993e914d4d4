"""Sentences that tell by themselves who said, held or did something."""

from __future__ import annotations

import pytest

from retrieval.nlp.agents import actor
from retrieval.nlp.event_detection import tells


@pytest.mark.parametrize(
    "text",
    [
        "Norland wants to join the Pact.",
        "Norland does not want to join the Pact.",
        "Norland didn’t drop its bid.",
        "Norland isn't ready to join.",
        "Ada Berg has not supported the plan.",
    ],
)
def test_what_somebody_does_or_does_not_do_is_told(text: str) -> None:
    assert tells(text)


@pytest.mark.parametrize(
    "text",
    [
        "It might join the Pact.",
        "This shows how hard it is.",
        "Ada Berg may support the plan.",
        "Their goal is a pact.",
    ],
)
def test_guesses_and_what_leans_on_other_sentences_are_not(text: str) -> None:
    assert not tells(text)


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
