"""How a sentence asserts a word."""

from __future__ import annotations

import pytest

from retrieval.nlp.clauses import Assertion, assertion, places, read
from retrieval.nlp.tokens import terms


def asserted(sentence: str, word: str) -> Assertion:
    """How a sentence asserts the first place of a word."""
    said = read(sentence)
    return assertion(said, places(said, terms(word)[0])[0])


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("The mayor was reluctant to open the bridge.", "open"),
        ("The mayor would not open the bridge.", "open"),
        ("The mayor shows no urgency to open the bridge.", "open"),
        ("The mayor has yet to open the bridge.", "open"),
        ("The mayor declined to open the bridge.", "open"),
        ("The plan doesn’t include a bridge.", "include"),
        ("The mayor denied that the bridge had opened.", "opened"),
        ("The mayor gave up opening the bridge.", "opening"),
    ],
)
def test_what_is_refused_or_left_undone_is_denied(sentence: str, word: str) -> None:
    assert asserted(sentence, word).denied


@pytest.mark.parametrize(
    "sentence",
    [
        "The mayor not only opened the bridge.",
        "The mayor, who refused an interview, opened the bridge.",
        "The minister did not come, but the mayor opened the bridge.",
    ],
)
def test_a_denial_of_something_else_denies_nothing(sentence: str) -> None:
    assert not asserted(sentence, "opened").denied


@pytest.mark.parametrize(
    ("sentence", "supposed"),
    [
        ("The mayor opened the bridge.", 0),
        ("The mayor began by opening the bridge.", 0),
        ("The mayor will open the bridge.", 1),
        ("The mayor wants to open the bridge.", 1),
        ("The mayor spoke about opening the bridge.", 1),
        ("The mayor could open the bridge.", 2),
        ("If the mayor opens the bridge, traffic flows.", 2),
    ],
)
def test_what_may_be_or_is_wanted_is_supposed(sentence: str, supposed: int) -> None:
    assert asserted(sentence, "open").supposed == supposed


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        ("Kallas opened the bridge.", "Kallas"),
        ("Kallas, the mayor of Riga, opened the bridge.", "Kallas"),
        ("Kallas met Rutte in Riga and opened the bridge.", "Kallas"),
    ],
)
def test_who_stands_before_a_verb_in_its_clause_is_its_subject(sentence: str, subject: str) -> None:
    assert set(terms(subject)) <= asserted(sentence, "opened").subject


def test_in_the_passive_who_does_it_stands_behind_by() -> None:
    found = asserted("The bridge was opened on Monday by Kallas.", "opened")
    assert found.passive
    assert set(terms("Kallas")) <= found.by


@pytest.mark.parametrize(
    "text", ["", "—", "“", "🙂" * 50, "a" * 100_000, "to " * 3_000, "\x00\x07", "Киев не открыл мост."]
)
def test_hostile_text_is_read_too(text: str) -> None:
    said = read(text)
    for at in range(0, len(said), max(len(said) // 20, 1)):
        assert assertion(said, at).at == at
