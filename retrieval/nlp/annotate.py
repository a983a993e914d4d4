"""The analysis of a sentence by its words alone, and what two sentences that are otherwise alike differ by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from retrieval import tuned
from retrieval.nlp.clauses import shorten
from retrieval.nlp.entities import entities, is_named, short_forms
from retrieval.nlp.factuality import EVASIONS, polarity
from retrieval.nlp.lexicon import load
from retrieval.nlp.quantities import MONTHS, WEEKDAYS, Quantity, quantities
from retrieval.nlp.tokens import content_terms, terms


@dataclass(frozen=True, slots=True)
class Analysis:
    """The content terms of a text by what it does to them: those that a negation reaches, right behind it (`heads`) or
    by a verb of evasion; those said to be so no longer; what may be and what is to be.

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
def annotate(text: str) -> Analysis:
    """The analysis of a text."""
    text = shorten(text)
    polar = list(polarity(text))
    denied = frozenset(each.term for each in polar if each.cue)
    affirmed = frozenset(each.term for each in polar if not each.cue)
    return Analysis(
        terms=frozenset(content_terms(text)),
        names=_names(text),
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
    """The analysis of several sentences together."""
    if len(parts) == 1:
        return parts[0]
    sets: dict[str, Any] = {
        name: frozenset[str]().union(*(getattr(each, name) for each in parts))
        for name in ("terms", "names", "denied", "affirmed", "heads", "evaded", "ended", "maybe", "to_be")
    }
    sets["denied"], sets["affirmed"] = sets["denied"] - sets["affirmed"], sets["affirmed"] - sets["denied"]
    return Analysis(
        **sets,
        quantities=tuple(quantity for each in parts for quantity in each.quantities),
        negations=sum(each.negations for each in parts),
        order=tuple(term for each in parts for term in each.order),
        initials={short: long for each in parts for short, long in each.initials.items()},
    )


_WORD = re.compile(r"[^\W_][\w’'.&-]*")


def _names(text: str) -> frozenset[str]:
    """The terms of the names in a text."""
    named = frozenset(term for each in entities(text) for term in content_terms(each.name))
    return named - MONTHS - WEEKDAYS


@lru_cache(maxsize=4_096)  # passages that many questions find
def small_terms(text: str) -> frozenset[str]:
    """The content terms of a text that only words in small letters have: no name is among them."""
    words = [match[0] for match in _WORD.finditer(text)]
    small, others = (" ".join(each for each in words if each[0].islower() is own) for own in (True, False))
    return frozenset(content_terms(small)) - frozenset(content_terms(others))


Difference = Literal["number", "date", "name"]
# Who tells it: "According to the mayor, ...", "the ministry said ...", "..., police said on Sunday."
_TELLER = re.compile(
    r"\AAccording to [^,;“”\"]{1,60}, |\A[^,;“”\"0-9]{1,40} (?:said|says|reported)(?: that)? "
    r"|, [^,;“”\"]{1,60}\b(?:said|says|reported)\b[^,;“”\"]{0,40}\Z"
    r"|, according to [^,;“”\"]{1,60}\Z"
)
_ABOUT = frozenset(terms(load("en")["numbers"]["about"]))


def differing(one: str, other: str) -> Difference | None:
    """The kind of name or figure that two sentences differ by that are alike in all other words; None for any others.

    That one side lacks or respells it is no difference, nor is who tells it.
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
        if len(rivals) != 1:
            return None
        return "number" if rivals[0].kind in ("number", "ordinal") else "date"
    named = ours <= first.names and theirs <= second.names
    kin = any(is_named(each, theirs) for each in ours)
    sure = len(shared) > tuned.CONFLICTS.parallel_terms or _did_the_same(first, second, ours, theirs)
    return "name" if named and not kin and sure else None


def _did_the_same(one: Analysis, other: Analysis, ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Tell if two sentences begin with the names by which they differ and go on alike, word for word."""
    first, second = one.order[len(ours) :], other.order[len(theirs) :]
    return first == second and "the" in first and ours.isdisjoint(first) and theirs.isdisjoint(second)
