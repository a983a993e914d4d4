"""Two analyses set against each other: ends that differ, exchanged names, more certainty than there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from retrieval.nlp.annotate import Analysis
from retrieval.nlp.entities import is_named
from retrieval.nlp.forms import base, opposites
from retrieval.nlp.lexicon import load
from retrieval.nlp.polarity import ENDINGS
from retrieval.nlp.tokens import STOPWORDS, content_terms, terms

# What stands behind these is where or when something is, and no part of it.
_WHERE = frozenset(terms("at in on during near after before since"))
# Words that make a thing surer than it is told.
_SURE = frozenset(content_terms(load("en")["modality"]["sure"]))


def agreed_end(stated: Analysis, said: Analysis) -> frozenset[str]:
    """The terms that the claim denies and that are said to be so no longer. To deny an end agrees with none."""
    return stated.denied & said.ended if stated.denied.isdisjoint(ENDINGS) else frozenset()


def flipped(stated: Analysis, said: Analysis) -> frozenset[str]:
    """The terms that one side denies and the other affirms; none where both deny something alike.

    One term is enough only right behind the negation: "did not approve the budget" denies no budget. The negation of
    a claim governs most of it, that of a longer sentence may not.
    """
    if stated.denied & said.denied or agreed_end(stated, said):
        return frozenset()
    ours, theirs = stated.denied & said.affirmed, (said.denied & stated.affirmed & said.heads) - stated.ended
    return theirs | (ours if ours & stated.heads or len(ours - stated.names) > 1 else frozenset())


def overstates(stated: Analysis, said: Analysis) -> bool:
    """Whether the claim tells as certain what may be, or as done what is to be."""
    if _SURE & stated.terms - said.terms:
        return True
    certain = stated.terms - stated.maybe - stated.names
    return bool(said.maybe & certain) or bool(said.to_be & certain - stated.to_be - (stated.denied & said.denied))


def opposed(stated: Analysis, said: Analysis) -> frozenset[str]:
    """The terms of the claim in whose place their opposite is said, unless one side denies it."""
    ours, theirs = frozenset(map(base, stated.order)), frozenset(map(base, said.order))
    denied, refused = frozenset(map(base, stated.denied)), frozenset(map(base, said.denied))
    return frozenset(
        term
        for term in ours - theirs
        for other in opposites(term) & theirs - ours
        if (term in denied) == (other in refused)
    )


def exchanged(stated: Analysis, said: Analysis) -> bool:
    """Whether a name stands in the claim beside a word where another stands in what is said, and it does not.

    In the passive both sides of a verb trade places.
    """
    if ("by" in stated.order) != ("by" in said.order):
        return False
    return _trades(stated, said) or _trades(_backwards(stated), _backwards(said))


def _trades(stated: Analysis, said: Analysis) -> bool:
    """Whether another name stands right before a word than in what is said, which has the claim's only behind it."""
    alike = respelt(stated, said) | respelt(said, stated)
    once = {term for term, count in Counter(said.order).items() if count == 1} - said.names - STOPWORDS
    for place, term in enumerate(stated.order):
        group = _names_before(stated.order, place, stated.names) if term in once - stated.names else frozenset[str]()
        if group:
            there = said.order.index(term)
            other = _names_before(said.order, there, said.names)
            before = frozenset(said.order[:there])
            if other and not alike & (group | other) and not any(is_named(name, before) for name in group):
                return True
    return False


def is_rearranged(stated: Analysis, said: Analysis) -> bool:
    """Whether the claim is the sentence itself but for its names and quantities, which stand in each other's places.

    Those that stand side by side there are one: "September 21".
    """
    if sorted(stated.order) != sorted(said.order):
        return False
    moved = [at for at, (one, other) in enumerate(zip(stated.order, said.order, strict=True)) if one != other]
    filled = stated.names.union(*(each.terms for each in stated.quantities))
    apart = bool(moved) and moved[-1] - moved[0] >= len(moved)
    return apart and all(stated.order[at] in filled for at in moved)


def _names_before(words: Sequence[str], place: int, names: frozenset[str]) -> frozenset[str]:
    """The names that stand right before a place, one after the other; a time or a place in between parts them."""
    found = set[str]()
    for word in reversed(words[:place]):
        if word in names:
            found.add(word)
        elif word not in STOPWORDS or word in _WHERE:
            break
    return frozenset(found)


def _backwards(statement: Analysis) -> Analysis:
    return replace(statement, order=statement.order[::-1])


def respelt(one: Analysis, other: Analysis) -> frozenset[str]:
    """The terms of the long names of one text that the other has by their initials."""
    return frozenset[str]().union(*(one.initials[short] for short in one.initials.keys() & other.terms))
