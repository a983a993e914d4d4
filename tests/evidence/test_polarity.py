"""What a claim and a sentence deny, each in its own words."""

from __future__ import annotations

from retrieval.evidence.gaps import flipped
from retrieval.nlp.annotate import annotate


def test_a_claim_that_denies_the_same_in_another_form_contradicts_no_figure_beside_it() -> None:
    stated = annotate("The council rejected the extension by 30 to 29.")
    said = annotate("The council voted 30-29, with 4 abstentions, to reject extending the rules.")
    assert not flipped(stated, said)
    assert flipped(stated, annotate("The council extended the rules by 30 to 29."))
