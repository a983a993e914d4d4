"""Whatever is left out of an answer, no statement leans on it."""

from __future__ import annotations

import random

import pytest

from retrieval.nlp.anaphora import leans, mended, unconnected

ANSWERS = (
    "Norland has left the pact. However, its neighbours stay. They met in Oslo. In addition, Sudland pays more. "
    "This surprised Berg. There are doubts about the date. Meanwhile, He of Oslo wrote a letter. But she was late.",
    "Both Norland and Sudland signed. Both were late. On the other hand, nobody was fined. It was cold. "
    "So far, no bill has come. And the court is silent. Their lawyers wait. Still, hope remains.",
    "Nordland hat den Pakt verlassen. Allerdings bleiben die Nachbarn dabei. Sie trafen sich in Oslo. Zudem zahlt "
    "Südland mehr. Dies überraschte Berg.",
)
OPENINGS = (
    "However",
    "They",
    "In addition",
    "This",
    "Meanwhile",
    "But",
    "On the other",
    "It",
    "And",
    "Their",
    "Still,",
)
GERMAN = ("Allerdings", "Sie", "Zudem", "Dies")


def read(texts: list[str], kept: list[int]) -> list[str]:
    """What is left of statements of which some are kept."""
    made = mended(
        [(at, texts[at]) for at in kept],
        at=lambda each: each[0],
        text=lambda each: each[1],
        write=lambda each, text: (each[0], text),
    )
    return [text for _, text in made]


@pytest.mark.parametrize("seed", range(100))
def test_nothing_dangles_after_random_drops(seed: int) -> None:
    rng = random.Random(seed)
    texts = [f"{each}." for each in rng.choice(ANSWERS).rstrip(".").split(". ")]
    kept = sorted(rng.sample(range(len(texts)), rng.randint(1, len(texts))))
    shown = read(texts, kept)
    # What an answer opens with leans on nothing.
    assert shown or kept[0] > 0
    for at, text in enumerate(shown):
        before = texts.index(text) - 1 if text in texts else -1
        follows = at > 0 and before >= 0 and shown[at - 1] in (texts[before], unconnected(texts[before]))
        assert follows or not text.startswith((*OPENINGS, *GERMAN))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("However, the court waits.", "The court waits."),
        ("But then, the court waits.", "The court waits."),
        ("In addition, Oslo pays.", "Oslo pays."),
        ("So far, no bill has come.", "So far, no bill has come."),
        ("Allerdings, so Berg, zahlt Oslo.", "So Berg, zahlt Oslo."),
        ("Stillwater pays.", "Stillwater pays."),
    ],
)
def test_a_connective_is_taken_off_and_nothing_else(text: str, expected: str) -> None:
    assert unconnected(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He left.", True),
        ("It’s over.", True),
        ("Their plan failed.", True),
        ("There are doubts.", False),
        ("Both Norland and Sudland signed.", False),
        ("Both were late.", True),
        ("Zudem zahlt Südland mehr.", True),
        ("Helsinki signed.", False),
        ("The son of the mayor signed.", False),
    ],
)
def test_what_stands_for_something_told_before_leans(text: str, expected: bool) -> None:
    assert leans(text) == expected
