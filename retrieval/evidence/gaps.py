"""Gaps between a claim and its evidence, as far as two analyses set against each other show them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import Enum

from retrieval.domain.articles import Vectors
from retrieval.nlp.annotate import Analysis
from retrieval.nlp.clauses import shorten
from retrieval.nlp.entities import is_named
from retrieval.nlp.factuality import ENDINGS
from retrieval.nlp.forms import base, is_alike, one_word, opposites
from retrieval.nlp.lexicon import load
from retrieval.nlp.tokens import STOPWORDS, content_terms, terms


class Gap(Enum):
    """A kind of thing of a claim that its evidence lacks, or tells otherwise."""

    ENTITY = "entity"
    QUANTITY = "quantity"
    TIME = "time"
    POLARITY = "polarity"
    MODALITY = "modality"
    ROLE = "role"
    RELATION = "relation"


# What stands behind these is where or when something is, and no part of it.
_WHERE = frozenset(terms("at in on during near after before since"))
# Words that make a thing surer than it is told.
_SURE = frozenset(content_terms(load("en")["modality"]["sure"]))


def flipped(stated: Analysis, said: Analysis) -> frozenset[str]:
    """The terms that one side denies and the other affirms; none where both deny something alike.

    One term is enough only right behind the negation: "did not approve the budget" denies no budget.
    """
    # What the claim denies may also be said to be so no longer; to deny an end agrees with none.
    if stated.denied & said.denied or (stated.denied & said.ended and stated.denied.isdisjoint(ENDINGS)):
        return frozenset()
    ours, theirs = stated.denied & said.affirmed, (said.denied & stated.affirmed & said.heads) - stated.ended
    return theirs | (ours if ours & stated.heads or len(ours - stated.names) > 1 else frozenset())


def overstates(stated: Analysis, said: Analysis) -> bool:
    """Tell if the claim tells as certain what may be, or as done what is to be."""
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
    """Tell if a name stands beside a word where another stands in what is said; in the passive sides trade places."""
    if ("by" in stated.order) != ("by" in said.order):
        return False
    backwards = (replace(each, order=each.order[::-1]) for each in (stated, said))
    return _trades(stated, said) or _trades(*backwards)


def _trades(stated: Analysis, said: Analysis) -> bool:
    """Tell if another name stands right before a word than in what is said, which has the claim's only behind it."""
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
    """Tell if the claim is the sentence but for its names and quantities, which stand in each other's places.

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


def respelt(one: Analysis, other: Analysis) -> frozenset[str]:
    """The terms of the long names of one text that the other has by their initials."""
    return frozenset[str]().union(*(one.initials[short] for short in one.initials.keys() & other.terms))


_WORD = re.compile(r"[^\W\d_]{3,}(?:['’][^\W\d_]+)*")
# Words that say next to nothing beside others: whose words they are, and verbs of every use.
_LIGHT = frozenset(terms(load("en")["light"]["words"]))
# Words of a claim and of a run that are compared.
_MOST = 60


def strangers(text: str, stated: Analysis, there: frozenset[str]) -> tuple[str, ...]:
    """The words of a claim, names and quantities apart, that do not stand there in any form or with another word."""
    apart = stated.names | _LIGHT | {term for quantity in stated.quantities for term in quantity.terms}
    found = dict.fromkeys(
        match[0].lower()
        for match in _WORD.finditer(one_word(shorten(text)))
        if (made := content_terms(match[0]))
        and apart.isdisjoint(made)
        and not any(is_alike(each, there) for each in made)
    )
    return tuple(found)[:_MOST]


def left_out(said: str, stated: Analysis) -> tuple[str, ...]:
    """The words of what is said in whose place a claim may have others."""
    own = frozenset(stated.order)
    found = dict.fromkeys(match[0].lower() for match in _WORD.finditer(said) if own.isdisjoint(terms(match[0])))
    return tuple(found)[:_MOST]


def nearness(words: Sequence[str], others: Sequence[str], vectors: Mapping[str, Vectors]) -> float:
    """The cosine of the word that is farthest from all others to its nearest; 1 without words."""
    return min(
        (max((float(vectors[one] @ vectors[each]) for each in others), default=0.0) for one in words), default=1.0
    )
