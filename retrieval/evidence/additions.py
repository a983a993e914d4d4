"""What a claim adds: its words that stand nowhere in what it cites."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from retrieval.evidence.sentence_selection import Vectors
from retrieval.nlp.annotate import Analysis
from retrieval.nlp.clauses import shorten
from retrieval.nlp.forms import is_alike, is_form, one_word
from retrieval.nlp.lexicon import load
from retrieval.nlp.tokens import content_terms, terms

_WORD = re.compile(r"[^\W\d_]{3,}(?:['’][^\W\d_]+)*")
# Words that say next to nothing beside others: whose words they are, and verbs of every use.
_LIGHT = frozenset(terms(load("en")["light"]["words"]))
# Words of a claim and of a run that are compared.
_MOST = 60


def strangers(text: str, stated: Analysis, there: frozenset[str], *, alike: bool = False) -> tuple[str, ...]:
    """The words of a claim, names and quantities apart, that do not stand there in any form.

    With `alike` another word of the same meaning counts as well.
    """
    known = is_alike if alike else is_form
    apart = stated.names | _LIGHT | {term for quantity in stated.quantities for term in quantity.terms}
    found = dict.fromkeys(
        match[0].lower()
        for match in _WORD.finditer(one_word(shorten(text)))
        if (made := content_terms(match[0])) and apart.isdisjoint(made) and not any(known(each, there) for each in made)
    )
    return tuple(found)[:_MOST]


def left_out(said: str, stated: Analysis) -> tuple[str, ...]:
    """The words of what is said in whose place a claim may have others."""
    own = frozenset(stated.order)
    found = dict.fromkeys(match[0].lower() for match in _WORD.finditer(said) if own.isdisjoint(terms(match[0])))
    return tuple(found)[:_MOST]


def nearness(words: Sequence[str], others: Sequence[str], vectors: Mapping[str, Vectors]) -> float:
    """How near the one of the words that is farthest from all others lies to the nearest of them; 1 without words."""
    return min(
        (max((float(vectors[one] @ vectors[each]) for each in others), default=0.0) for one in words), default=1.0
    )
