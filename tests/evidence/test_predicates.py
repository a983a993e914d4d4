"""What a sentence says that somebody does, has or is."""

from __future__ import annotations

import pytest

from retrieval.evidence.gaps import Gap
from retrieval.evidence.predicates import predicate, shortfalls


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


@pytest.mark.parametrize(
    ("claim", "gaps"),
    [
        ("Norland was represented by President Berg at the talks.", {Gap.ROLE}),
        ("Norland was represented by Minister Hald at the talks.", set()),
    ],
)
def test_in_the_passive_it_is_done_by_whoever_is_named_right_behind_by(claim: str, gaps: set[Gap]) -> None:
    told = "They met in Oslo, with Norland represented by Foreign Minister Jon Hald as President Berg did not attend."
    stated = predicate(claim)
    assert stated
    assert shortfalls(stated, told) == gaps
