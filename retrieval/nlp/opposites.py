"""Words of opposite meaning: where a claim has one and its source the other, they do not say the same."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from retrieval.nlp.forms import base
from retrieval.nlp.lexicon import load
from retrieval.nlp.tokens import terms

_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non")


def opposites(term: str) -> frozenset[str]:
    """The terms of opposite meaning that are known, of irregular verbs in their base form."""
    made = {prefix + term for prefix in _PREFIXES} | {
        term.removeprefix(prefix) for prefix in _PREFIXES if term.startswith(prefix) and len(term) > len(prefix) + 3
    }
    return _opposites().get(base(term), frozenset()) | made


@cache
def _opposites() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in load("en")["opposites"]["pairs"]:
        one, other = (frozenset(map(base, terms(side))) for side in line.split("/"))
        for term in one | other:
            found.setdefault(term, set()).update(other if term in one else one)
    return {term: frozenset(others) for term, others in found.items()}
