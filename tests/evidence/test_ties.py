"""What a sentence says somebody is, and whether another says so too."""

from __future__ import annotations

import pytest

from retrieval.evidence.gaps import is_tied, tie_of


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Ada Berg is the mayor of Oslo.", "Oslo’s mayor Ada Berg opened the bridge."),
        ("Ada Berg is the mayor of Oslo.", "The mayor of Oslo, Ada Berg, opened the bridge."),
        ("Ada Berg is the mayor of Oslo.", "Ada Berg, the newly elected mayor of Oslo, opened the bridge."),
        ("Ada Berg is the mayor of Oslo.", "Berg became mayor of Oslo in May."),
        ("Ada Berg is the mayor of Oslo.", "She is the mayor of Oslo."),
        ("Germany is a member of the Pact.", "Members of the Pact such as France and Germany objected."),
        ("Norland is still a Pact member.", "Norland, a Pact member since 1999, objected."),
        ("Oslo is the capital of Norway.", "They met in Oslo (the capital of Norway)."),
    ],
)
def test_a_noun_is_tied_to_its_bearer_in_several_ways(claim: str, text: str) -> None:
    stated = tie_of(claim)
    assert stated
    assert is_tied(stated, text)


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Norland is a member of the Pact.", "Norland hopes that members of the Pact will agree."),
        ("Norland is a member of the Pact.", "Norland faces opposition, especially from Pact members like France."),
        ("Norland is a member of the Pact.", "Leaders of the Pact’s member states praised Norland."),
        ("Ada Berg is the mayor of Drammen.", "Oslo’s mayor Ada Berg opened the bridge."),
        ("Ada Berg is the mayor of Oslo.", "Oslo’s mayor Jon Dahl thanked Ada Berg."),
        ("Ada Berg is the president of Norland.", "Norland’s president spoke to Ada Berg."),
    ],
)
def test_a_sentence_that_names_both_may_not_tie_them(claim: str, text: str) -> None:
    stated = tie_of(claim)
    assert stated
    assert not is_tied(stated, text)


@pytest.mark.parametrize(
    "claim",
    ["Norland is ready to talk.", "Norland joined the Pact.", "It is a bridge.", ""],
)
def test_other_claims_say_of_nobody_what_they_are(claim: str) -> None:
    assert tie_of(claim) is None
