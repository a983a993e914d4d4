"""What of an article is compared with others when they are grouped into stories."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.words import STOPWORDS, terms

Vector = NDArray[np.float32]

_WORD = r"[A-Z][\w’'&-]+"
_NAME = re.compile(rf"(?:(?<=[\w,;:’”\"“(—–-] )|(?<=[“\"‘(—])){_WORD}")
_LOWER = re.compile(r"(?<![\w’'&-])[a-z][\w’'&-]+")
_DAYS = frozenset(
    terms(
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August"
        " September October November December Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr Jun Jul Aug Sept Oct Nov Dec"
    )
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One article. `vector` is the unit mean of its passages' vectors, `terms` counts `content_terms` of its title
    and text, `names` is what `find_names` finds in its text.

    Pieces of the same `story` are copies and rewrites of one origin: one witness.
    """

    id: int
    published: str | None
    vector: Vector
    terms: Mapping[str, int]
    names: frozenset[str]
    story: int
    outlet: str | None


def find_names(text: str) -> frozenset[str]:
    """The terms of the words with a capital inside sentences, but for days and months.

    A word that the same text writes small too is no name: headings capitalise everything.
    """
    found = {term for match in _NAME.finditer(text) for term in terms(match[0])}
    small = {term for match in _LOWER.finditer(text) for term in terms(match[0])}
    return frozenset(found - small - _DAYS - STOPWORDS)
