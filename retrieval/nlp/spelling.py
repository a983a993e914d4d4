"""One spelling for the ways a name is written: another alphabet's endings, umlauts, names that vary by language."""

from __future__ import annotations

import re
from functools import lru_cache

from retrieval.nlp.lexicon import lexicon, listed
from retrieval.nlp.tokens import plain, terms

# "Mueller" for "Müller", "Aarhus" for "Århus"; but no "Michael", "Samuel" or "Bauer".
_DIGRAPH = re.compile(r"(?<![aeiougq])(?:([aou])e|a(a))(?=[b-df-hj-np-tv-xz])(?!l\Z)")
# A surname that ends so comes from an alphabet which every language writes in its own way.
_SLAVIC = re.compile(r"(?:sk[iyj]+|enk[oa]|[eo][vw]|[eo]ff|[eo][vw][iy](?:ch|tsch|tch|c))\Z")
_SOUNDS = (
    (re.compile(r"tsch|tch|ch"), "c"),
    (re.compile(r"sch|sh|z"), "s"),
    (re.compile(r"w|ff"), "v"),
    (re.compile(r"[yj]"), "i"),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile(r"i?([eo])v(?=\Z|ic\Z)"), r"\1v"),
    (re.compile(r"(?<=c)ov(?=\Z|ic\Z)"), "ev"),
    (re.compile(r"(?<=sk)i+\Z|(?<=enk)[oa]\Z"), ""),
)
_SHORTEST = 5
_LONGEST = 64  # what is longer is no name


@lru_cache(200_000)
def spelling(word: str) -> str:
    """A word as all its spellings have it: "zelenskyy" and "selenskyj" give one.

    Takes a folded word or a term. By how its end is written, never by how it begins: Martinez is no Martin.
    """
    if known := _VARIANTS.get(word):
        return known
    if not _SHORTEST <= len(word) <= _LONGEST:
        return word
    word = _umlauts(word)
    if not _SLAVIC.search(word):
        return word
    for sound, letters in _SOUNDS:
        word = sound.sub(letters, word)
    return f"{word}~"  # met by no other word


@lru_cache(20_000)
def spellings(words: frozenset[str]) -> frozenset[str]:
    """The spelling of several words."""
    return frozenset(map(spelling, words))


def _umlauts(word: str) -> str:
    short = _DIGRAPH.sub(lambda found: found[1] or found[2], word)
    return short if len(short) >= _SHORTEST else word


def _variants() -> dict[str, str]:
    """Names of the lexicon that vary, as folded words and as terms."""
    found = {}
    for name, others in lexicon("names")["spellings"].items():
        for each in (name, *listed(others, ",")):
            found[plain(each)] = found[terms(each)[0]] = f"{plain(name)}="
    return found


_VARIANTS = _variants()
