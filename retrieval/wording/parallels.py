"""Sentences that say the same but for a name or a figure."""

from __future__ import annotations

import re

from retrieval import thresholds
from retrieval.wording.statement import is_named, read

# Who tells it: "According to the mayor, ...", "the ministry said ...", "..., police said on Sunday."
_TELLER = re.compile(
    r"\AAccording to [^,;“”\"]{1,60}, |\A[^,;“”\"0-9]{1,40} (?:said|says|reported)(?: that)? "
    r"|, [^,;“”\"]{1,60}\b(?:said|says|reported)\b[^,;“”\"]{0,40}\Z"
    r"|, according to [^,;“”\"]{1,60}\Z"
)


def differing(one: str, other: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """The names and figures by which two sentences differ that are alike in all other words; None for any others.

    A name or a figure that one side lacks, or spells otherwise, is no difference, nor is who tells it.
    """
    first, second = (read(_TELLER.sub("", each)) for each in (one, other))
    ours, theirs = first.terms - second.terms, second.terms - first.terms
    shared = first.terms & second.terms
    if not (ours and theirs) or first.negations != second.negations:
        return None
    # A name of two words that stands for another is one difference, not four.
    alike = len(shared) / (len(shared) + max(len(ours), len(theirs)))
    if len(shared) < thresholds.PARALLEL_TERMS or alike < thresholds.PARALLEL_SHARE:
        return None
    figures = [frozenset[str]().union(*(each.terms for each in said.figures)) for said in (first, second)]
    if ours <= figures[0] and theirs <= figures[1]:
        rivals = [(each, but) for each in first.figures for but in second.figures if each.rivals(but)]
        return (ours, theirs) if len(rivals) == 1 else None
    named = ours <= first.names and theirs <= second.names
    kin = any(is_named(each, theirs) for each in ours)
    return (ours, theirs) if named and not kin else None
