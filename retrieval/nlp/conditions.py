"""What of a sentence holds on a condition only: a claim may not tell it without one."""

from __future__ import annotations

import re

from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.tokens import content_terms

_WORDS = load("en")["conditions"]
_CONDITION = re.compile(
    "".join(rf"(?<!\b{word} )" for word in _WORDS["no_if"].split())
    + rf"\bif\b(?!\s+(?:not|so|any|at all)\b)|\b(?:{any_of(_WORDS['words'])})\b|(?:\A|(?<=[.!?] ))Should\b",
    re.IGNORECASE,
)
# Where what a condition governs ends.
_PART = re.compile(r"[;:—–]\s|,\s+(?:but|while|whereas|although|though)\b|(?<=[.!?])[”\"’']?\s")
# Words that may stand before a condition that opens a sentence ("And even if ...", "He said if ...").
_OPENING = 4
_HEDGE = re.compile(rf"\b(?:{any_of(_WORDS['hedges'])})\b", re.IGNORECASE)


def hinged(text: str) -> frozenset[str]:
    """The content terms of what a text tells on a condition."""
    governed = (_governed(part, match.start()) for part in _PART.split(text) for match in _CONDITION.finditer(part))
    return frozenset(content_terms(" ".join(governed)))


def _governed(part: str, place: int) -> str:
    """What a condition at a place governs: what follows where it opens, else back to the comma before."""
    before = part[:place].rstrip(" ,")
    return part if len(before.split()) < _OPENING else part[before.rfind(",") + 1 :]


def is_hinged(claim: str) -> bool:
    """Whether a claim says that it holds on a condition, or is not certain."""
    return bool(_CONDITION.search(claim) or _HEDGE.search(claim))
