"""Phrases of the program as they are stored and read again."""

from __future__ import annotations

from datetime import date

import pytest

from retrieval.domain.phrase import Phrase, read, together, write


def test_a_phrase_keeps_its_values_in_store() -> None:
    inner = Phrase("the server is {state}", state="busy")
    outer = Phrase("could not be read ({reason}), {count} times", reason=inner, count=3)
    again = read(write(outer))
    assert again == outer == "could not be read (the server is busy), 3 times"
    assert isinstance(again, Phrase)
    assert again.text == outer.text
    assert again.values == outer.values


def test_days_are_told_in_english_by_default() -> None:
    assert Phrase("since {day}", day=date(2026, 3, 1)) == "since 1 March 2026"


@pytest.mark.parametrize(
    "text", ['{"text": ', '{"text": "a {b}"}', '{"text": "a {b}", "values": {}, "x": 1}', '{"text": 1}', "{braces}", ""]
)
def test_a_text_that_looks_like_a_stored_phrase_is_read_as_something(text: str) -> None:
    assert isinstance(read(write(text)), str)


def test_parts_that_are_missing_leave_no_gap() -> None:
    assert together(["one", None, "", "two"], "; ") == "one; two"
    assert together([None, ""], "; ") is None
