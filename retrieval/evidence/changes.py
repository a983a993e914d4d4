"""What a statement changes against an earlier one of the same actor.

Only where both take a position, and on one matter: that nothing can be said costs less than a wrong word.
"""

from __future__ import annotations

from retrieval import thresholds
from retrieval.evidence.claim_sentences import Line
from retrieval.evidence.entailment import Claimed, compare
from retrieval.evidence.gaps import Gap
from retrieval.evidence.sentence_selection import Evidence
from retrieval.models import Change
from retrieval.nlp.agents import actor
from retrieval.nlp.annotate import Analysis, annotate
from retrieval.nlp.positions import Matter, strength
from retrieval.nlp.tokens import content_terms
from retrieval.search.hybrid import Found

_GIVEN_UP = 3


def changed(before: Evidence, now: Evidence, found: Found, who: str | None = None) -> Change | None:
    """What a statement changes against the one before of the same actor; None where they tell of other things.

    Whose they are is read from them unless it is told. The matter is what was searched for.
    """
    taken = strength_of(before, who, found), strength_of(now, who, found)
    if not all(taken):
        return None
    stated = annotate(now.sentence.text)
    weights = dict.fromkeys(stated.terms, 1.0) | dict(found.weights)
    claimed = Claimed(now.sentence.text, stated, now.vector, weights)
    compared = compare(claimed, (Line(before.sentence, before.sentence.terms, before.vector, 0.0),))
    if taken[1] == _GIVEN_UP > taken[0] and _stands(stated):
        return "changed" if compared.near >= thresholds.ENTRY_NEAR else None
    if min(compared.near, float(before.vector @ now.vector)) < thresholds.SAME_POSITION:
        return None
    if stated.quantities and compared.said.quantities:
        return None  # of what is counted anew, nobody knows here whether it is another count
    if compared.disputed:
        return "changed"
    return None if Gap.POLARITY in compared.gaps or compared.certain or taken[0] == _GIVEN_UP else "same"


def strength_of(each: Evidence, who: str | None, found: Found) -> int:
    """How a statement takes a position on what was searched for, as `positions.strength` counts it; 0 for none."""
    name = who or actor(each.sentence.text)
    if name is None:
        return 0
    holder = frozenset(content_terms(name))
    matter = frozenset(found.weights) - holder
    named = matter & annotate(each.sentence.text).names
    return strength(each.sentence.text, Matter(holder, named or matter, bool(named), holder)) if matter else 0


def _stands(stated: Analysis) -> bool:
    """Whether that something is given up is not itself denied."""
    return not stated.negations or bool(stated.ended)
