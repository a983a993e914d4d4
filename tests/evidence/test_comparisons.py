"""What sets one thing against another, and what only bounds a number."""

from __future__ import annotations

import pytest

from retrieval.evidence.gaps import compares


@pytest.mark.parametrize(
    "text", ["China holds more than Japan.", "It is larger than the port.", "Worse than last year."]
)
def test_a_thing_is_set_against_another(text: str) -> None:
    assert compares(text)


@pytest.mark.parametrize(
    "text",
    [
        "More than 40 came.",
        "It cost more than US$40 million.",
        "More than about 40 came.",
        "Less than half of it is left.",
        "Talks rather than force.",
        "It came later than planned.",
    ],
)
def test_a_bound_of_a_number_is_no_comparison(text: str) -> None:
    assert not compares(text)
