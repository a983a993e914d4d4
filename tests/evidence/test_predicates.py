"""What a sentence says that somebody does, has or is."""

from __future__ import annotations

import pytest

from retrieval.evidence.predicates import predicate


@pytest.mark.parametrize(
    ("text", "term", "loose"),
    [
        ("Some members have expressed hesitation.", "express", False),
        ("The front lines are not shifting eastward.", "shift", False),
        ("Norland is adamant.", "adam", False),
        ("Norland has peace with Sudmark.", "peac", True),
        ("Norland has no soldiers in Oslo.", "soldier", True),
    ],
)
def test_behind_an_auxiliary_stands_a_verb_or_what_somebody_has(text: str, term: str, loose: bool) -> None:
    found = predicate(text)
    assert found
    assert (found.term, found.loose) == (term, loose)
