"""The features by which articles are compared when they are grouped into stories."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from retrieval.nlp.tokens import STOPWORDS, terms

Vector = NDArray[np.float32]

# A word, and a capitalised word inside a sentence; the pattern looks for the capital first, for speed.
_RUN = re.compile(r"[\w’'&-]+")
_NAME = re.compile(r"[A-Z](?:(?<=[\w,;:’”\"“(—–-] [A-Z])|(?<=[“\"‘(—][A-Z]))[\w’'&-]+")
_DAYS = frozenset(
    terms(
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August"
        " September October November December Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr Jun Jul Aug Sept Oct Nov Dec"
    )
)


@dataclass(frozen=True, slots=True)
class StoryPiece:
    """The features of one article. `published` is its date, or the day it was stored where that is not known.

    `vector` is the unit mean of its passages' vectors, `terms` counts the terms of its title and text, `names` is
    the result of `find_names` on its text; both without `closing`, the sentences that its outlet ends other articles
    with. Pieces of the same `story` are copies and rewrites of one origin: one witness.
    """

    id: int
    published: str | None
    vector: Vector
    terms: Mapping[str, int]
    names: frozenset[str]
    story: int
    outlet: str | None
    closing: frozenset[str] = frozenset()


def find_names(text: str) -> frozenset[str]:
    """The terms of capitalised words inside sentences, without days and months.

    A word that the same text also writes in lower case is no name: headings capitalise every word.
    """
    found = {term for word in set(_NAME.findall(text)) for term in _terms(word)}
    written_small = (run for run in set(_RUN.findall(text)) if "a" <= run[0] <= "z" and len(run) > 1)
    small = {term for word in written_small for term in _terms(word)}
    return frozenset(found - small - _DAYS - STOPWORDS)


@lru_cache(maxsize=50_000)
def _terms(word: str) -> tuple[str, ...]:
    """The terms of a word, cached: most words of an article occurred in another one."""
    return tuple(terms(word))
