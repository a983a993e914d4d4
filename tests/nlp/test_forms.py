"""Forms of one word, and words of one meaning."""

from __future__ import annotations

import pytest

from retrieval.nlp.forms import is_alike, one_word
from retrieval.nlp.tokens import terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("gave", "given"),
        ("invite", "invitation"),
        ("sought", "wanted"),
        ("dropped", "relinquishing"),
        ("sign", "signed"),
    ],
)
def test_forms_and_words_of_one_meaning_are_alike(one: str, other: str) -> None:
    assert is_alike(terms(one)[0], terms(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("accept", "reject"), ("rise", "fall"), ("wait", "want"), ("withdraw", "with"), ("undermine", "under")],
)
def test_other_words_are_not(one: str, other: str) -> None:
    assert not is_alike(terms(one)[0], terms(other))


def test_a_verb_of_two_words_is_read_as_one() -> None:
    assert one_word("Kyiv gave up its bid and refuses to call for talks") == (
        "Kyiv relinquished its bid and not demand talks"
    )
