"""How sentences take positions, and which tell that one is given up."""

from __future__ import annotations

import pytest

from retrieval.evidence.positions import is_turn, position
from retrieval.nlp.forms import forms


@pytest.mark.parametrize(
    "text",
    [
        "Norland will no longer pursue membership of the Pact.",
        "Norland has withdrawn its application.",
        "The cable is being shelved, the ministry said.",
        "The demand has disappeared from the plan.",
        "The mayor, who had sworn that nobody would pay, is now open to a trial.",
        "After long resistance Norland has agreed to be neutral.",
        "Wendlandt verzichtet auf den Zuschlag.",
        "Elle en est venue à penser que la confiance vaut plus.",
    ],
)
def test_a_position_that_is_given_up_is_read_in_many_wordings(text: str) -> None:
    assert position(text).turned


@pytest.mark.parametrize(
    "text",
    [
        "Norland will not give up the Pact.",
        "Norland refuses to drop its demand.",
        "Sudmark demands that Norland abandon the Pact.",
        "Norland should withdraw its application.",
        "Gas prices have dropped since June.",
        "The court changed its opening hours.",
    ],
)
def test_what_is_denied_demanded_or_only_sounds_like_it_is_no_turn(text: str) -> None:
    assert not position(text).turned


def test_to_deny_an_end_holds_a_position() -> None:
    assert position("Norland will not give up the Pact.").held


def test_a_reference_to_the_position_of_before_is_one() -> None:
    assert is_turn("The bank cut its rate months after its governor had called such a step unthinkable.")
    assert not is_turn("The bank cut its rate on Thursday.")


@pytest.mark.parametrize(
    ("lemma", "made"),
    [
        ("drop", {"drop", "drops", "dropping", "dropped"}),
        ("give-up", {"give up", "gives up", "giving up", "gave up", "given up"}),
        ("deny", {"deny", "denies", "denying", "denied"}),
        ("agree", {"agree", "agrees", "agreeing", "agreed"}),
        ("dismiss", {"dismiss", "dismisses", "dismissing", "dismissed"}),
    ],
)
def test_a_lemma_makes_its_forms(lemma: str, made: set[str]) -> None:
    assert set(forms(lemma)) == made


@pytest.mark.parametrize("text", ["", "🙂" * 5_000, "give up " * 5_000, "had " * 10_000, "a" * 50_000])
def test_hostile_text_is_read(text: str) -> None:
    assert position(text).taken is ("give up" in text)
