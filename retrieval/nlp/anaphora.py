"""Whether a sentence leans on the one before it: it opens with a word that points back."""

from __future__ import annotations

import re
from functools import cache

from retrieval.nlp.lexicon import load

_WORD = re.compile(r"[^\W\d_]+")
# Words at the head of a sentence among which a pronoun points back, unless a name stands there too.
_OPENING = 4


def leans_back(text: str) -> bool:
    """Whether one needs the sentence before to know of whom or what this one tells.

    Read from function words of the languages in the lexicon; in any other nothing leans.
    """
    words = _WORD.findall(text)[:_OPENING]
    if not words:
        return False
    named = any(word[0].isupper() for word in words[1:])
    pronoun = any(word.casefold() in _listed("pronouns") for word in words)
    return words[0].casefold() in _listed("openers") or (pronoun and not named)


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(word for table in load("anaphora").values() for word in table[name].split())
