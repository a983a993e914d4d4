"""What a sentence states, as far as its wording shows: what it denies, its quantities, its names.

Each is compared as `terms` gives it, so the words listed here go through `terms` too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.nlp.clauses import shorten
from retrieval.nlp.entities import short_forms
from retrieval.nlp.polarity import EVASIONS, polarity
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
