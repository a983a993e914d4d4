"""What a statement changes against an earlier one of the same actor."""

from __future__ import annotations

from retrieval import thresholds
from retrieval.answer.comparison import Claimed, compare
from retrieval.answer.evidence import Evidence
from retrieval.answer.lines import Line
from retrieval.models import Change
from retrieval.search.finder import Found
from retrieval.wording.polarity import ENDINGS
from retrieval.wording.statement import read


def changed(before: Evidence, now: Evidence, found: Found) -> Change | None:
    """What a statement changes against the one before of the same actor; None where they tell of other things."""
    stated, said_before = read(now.sentence.text), read(before.sentence.text)
    if (stated.terms & ENDINGS and not said_before.terms & ENDINGS) or stated.ended - said_before.ended - stated.names:
        return "changed"
    claimed = Claimed(now.sentence.text, stated, now.vector, dict.fromkeys(stated.terms, 1.0) | dict(found.weights))
    compared = compare(claimed, (Line(before.sentence, before.sentence.terms, before.vector, 0.0),))
    if compared.near < thresholds.ENTRY_NEAR:
        return None
    return "changed" if compared.denies or compared.differs or compared.opposite else "same"
