"""Sentences that say the same but for a name or a figure."""

from __future__ import annotations

import re
from typing import Literal

from retrieval import tuned
from retrieval.nlp.annotate import Analysis, annotate
from retrieval.nlp.entities import is_named
from retrieval.nlp.lexicon import load
from retrieval.nlp.quantities import Quantity
from retrieval.nlp.tokens import terms

Difference = Literal["number", "date", "name"]
# Who tells it: "According to the mayor, ...", "the ministry said ...", "..., police said on Sunday."
_TELLER = re.compile(
    r"\AAccording to [^,;“”\"]{1,60}, |\A[^,;“”\"0-9]{1,40} (?:said|says|reported)(?: that)? "
    r"|, [^,;“”\"]{1,60}\b(?:said|says|reported)\b[^,;“”\"]{0,40}\Z"
    r"|, according to [^,;“”\"]{1,60}\Z"
)
_ABOUT = frozenset(terms(load("en")["numbers"]["about"]))


def differing(one: str, other: str) -> Difference | None:
    """What two sentences differ by, a name or a figure, that are alike in all other words; None for any others.

    A name or a figure that one side lacks, or spells otherwise, is no difference, nor is who tells it.
    """
    one, other = (_TELLER.sub("", each) for each in (one, other))
    first, second = annotate(one), annotate(other)
    ours, theirs = first.terms - second.terms - _ABOUT, second.terms - first.terms - _ABOUT
    shared = (first.terms & second.terms) - _ABOUT
    if not (ours and theirs) or first.negations != second.negations or len(shared) < tuned.CONFLICTS.parallel_terms:
        return None
    # A name of two words that stands for another is one difference, not four.
    if len(shared) < tuned.CONFLICTS.parallel_share * (len(shared) + max(len(ours), len(theirs))):
        return None
    figures = [frozenset[str]().union(*(each.terms for each in said.quantities)) for said in (first, second)]
    if ours <= figures[0] and theirs <= figures[1]:
        rivals = [each for each in first.quantities for but in second.quantities if each.rivals(but)]
        return _difference(rivals[0]) if len(rivals) == 1 else None
    named = ours <= first.names and theirs <= second.names
    kin = any(is_named(each, theirs) for each in ours)
    sure = len(shared) > tuned.CONFLICTS.parallel_terms or _did_the_same(first, second, ours, theirs)
    return "name" if named and not kin and sure else None


def _difference(figure: Quantity) -> Difference:
    return "number" if figure.kind in ("number", "ordinal") else "date"


def _did_the_same(one: Analysis, other: Analysis, ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether two sentences begin with the names by which they differ and go on alike, word for word."""
    first, second = one.order[len(ours) :], other.order[len(theirs) :]
    return first == second and "the" in first and ours.isdisjoint(first) and theirs.isdisjoint(second)
