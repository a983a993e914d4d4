"""The analysis of a sentence by its words alone, and what two sentences that are otherwise alike differ by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from retrieval import tuned
from retrieval.nlp.clauses import shorten
from retrieval.nlp.entities import is_named, short_forms
from retrieval.nlp.factuality import EVASIONS, polarity
from retrieval.nlp.lexicon import load
from retrieval.nlp.quantities import MONTHS, WEEKDAYS, Quantity, quantities
from retrieval.nlp.tokens import content_terms, terms


@dataclass(frozen=True, slots=True)
class Analysis:
    """A text taken apart. `denied` and `affirmed` are the content terms that a negation reaches and that none does.

    `heads` stand right behind a negation, `evaded` are denied by a verb of evasion; `ended` is what is said to be so no
    longer, or to be given up. `negations` is how many there are. `maybe` and `to_be` are what may be and what is to be.
    `order` are all terms as they come; `initials` has the terms of long names by their initials.
    """

    terms: frozenset[str]
    names: frozenset[str]
    quantities: tuple[Quantity, ...]
    denied: frozenset[str]
    affirmed: frozenset[str]
    heads: frozenset[str]
    evaded: frozenset[str]
    ended: frozenset[str]
    negations: int
    maybe: frozenset[str]
    to_be: frozenset[str]
    order: tuple[str, ...]
    initials: Mapping[str, frozenset[str]]


@lru_cache(maxsize=4_096)
def annotate(text: str, usual: frozenset[str] = frozenset()) -> Analysis:
    """What a text states, read once. `usual` are terms that are no names where they open a sentence."""
    text = shorten(text)
    polar = list(polarity(text))
    denied = frozenset(each.term for each in polar if each.cue)
    affirmed = frozenset(each.term for each in polar if not each.cue)
    return Analysis(
        terms=frozenset(content_terms(text)),
        names=_names(text, usual),
        quantities=tuple(quantities(text)),
        denied=denied - affirmed,
        affirmed=affirmed - denied,
        heads=frozenset(each.term for each in polar if each.distance == 0),
        evaded=frozenset(each.term for each in polar if each.cue in EVASIONS),
        ended=frozenset(each.term for each in polar if each.ended),
        negations=max((each.denial for each in polar), default=-1) + 1,
        maybe=frozenset(each.term for each in polar if each.hedge == 2),
        to_be=frozenset(each.term for each in polar if each.hedge == 1),
        order=tuple(terms(text)),
        initials=short_forms(text),
    )


def joined(parts: Sequence[Analysis]) -> Analysis:
    """What sentences state together."""
    if len(parts) == 1:
        return parts[0]
    denied, affirmed = _union(each.denied for each in parts), _union(each.affirmed for each in parts)
    return Analysis(
        terms=_union(each.terms for each in parts),
        names=_union(each.names for each in parts),
        quantities=tuple(quantity for each in parts for quantity in each.quantities),
        denied=denied - affirmed,
        affirmed=affirmed - denied,
        heads=_union(each.heads for each in parts),
        evaded=_union(each.evaded for each in parts),
        ended=_union(each.ended for each in parts),
        negations=sum(each.negations for each in parts),
        maybe=_union(each.maybe for each in parts),
        to_be=_union(each.to_be for each in parts),
        order=tuple(term for each in parts for term in each.order),
        initials={short: long for each in parts for short, long in each.initials.items()},
    )


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*sets)


_WORD = re.compile(r"[^\W_][\w’'.&-]*")
_COMMON_ENDING = re.compile(r"(?:ing|ly|ed|[^aiou]s)$")


def _names(text: str, usual: frozenset[str]) -> frozenset[str]:
    """The terms of the words that a capital marks, the first of a sentence too unless it looks like a usual word."""
    found: set[str] = set()
    for match in _WORD.finditer(text):
        if match[0][0].isupper():
            made = content_terms(match[0])
            common = _COMMON_ENDING.search(match[0]) or usual.issuperset(made)
            if not (common and _opens(text[: match.start()])):
                found.update(made)
    return frozenset(found - MONTHS - WEEKDAYS)


def _opens(before: str) -> bool:
    """Whether a sentence begins after this text."""
    before = before.rstrip("\"'“‘( ")
    return not before or before[-1] in ".!?:"


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
