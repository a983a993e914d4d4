"""Which words of a text a negation reaches, which are hedged, and which are said to have come to an end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from retrieval.nlp.forms import base, forms, one_word
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.tokens import STOPWORDS, terms

# Negations with an auxiliary, and of two words.
_SHORT = (
    (re.compile(r"\bwon['’]t\b", re.IGNORECASE), "will not"),
    (re.compile(r"\bcan['’]t\b|\bcannot\b", re.IGNORECASE), "can not"),
    (re.compile(r"n['’]t\b", re.IGNORECASE), " not"),
    (re.compile(r"['’]ll\b", re.IGNORECASE), " will"),
)
_WORDS = load("en")["negation"]
_CLAUSE = re.compile(r"[;:!?()—–]|[.,](?=\s|$)|\s-\s|\b(?:but|although|though|while|whereas|however)\b", re.IGNORECASE)
_NO_NEGATION = re.compile(
    r"\b(?:not\s+(?:only|just|merely|least)|no\s+(?:doubt|less)|nothing\s+but|without\s+(?:a\s+)?doubt)\b",
    re.IGNORECASE,
)
_NEGATIONS = frozenset(terms(_WORDS["words"]) + terms(_WORDS["refusing"]))
# Too loose to rest a contradiction on: "aims to avoid" and "seeks to prevent" are one.
EVASIONS = frozenset(terms(_WORDS["evading"]))
# What follows is so no more, as "no longer" says it too.
ENDINGS = frozenset(map(base, terms(_WORDS["ending"])))
# How many content terms a negation reaches, and words beside the function words that do not count.
_REACH = 4
_IDLE = frozenset(terms("longer anymore"))

# What may be, and what is to be. With a capital they are a month, a power or a man.
_SURENESS = load("en")["modality"]
_MAYBE = re.compile(
    rf"\b(?:{any_of(_SURENESS['maybe'].split())}|(?:is|are|was|were)\s+(?:likely|considering))\b(?!\s+not\b)"
)
_INTENDING = any_of([*_SURENESS["bound"], *(form for verb in _SURENESS["intending"].split() for form in forms(verb))])
_TO_BE = re.compile(rf"\b(?:will|shall|would|must|should|ha(?:ve|s)\s+to|(?:{_INTENDING})\s+to)\b")
_MARKS = {"qmaybeq": 2, "qtobeq": 1}
# Content terms behind a hedge of each strength that are hedged: the verb, and past an adverb what may be.
_HEDGED = (0, 1, 2)


class Polar(NamedTuple):
    """A content term with the negation that reaches it ("" for none), and how many terms stand between.

    `denial` is the number of that negation, -1 for none. `hedge`: 2 for what may be, 1 for what is to be, 0 for what
    is.
    """

    term: str
    cue: str
    distance: int
    denial: int
    ended: bool
    hedge: int


def polarity(text: str) -> Iterator[Polar]:
    """The content terms of a text, in order, with what a negation, a hedge or an end does to them."""
    for short, long in _SHORT:
        text = short.sub(long, text)
    text = one_word(text)
    text = _TO_BE.sub(" qtobeq ", _MAYBE.sub(" qmaybeq ", text))
    denials = count()
    for clause in _CLAUSE.split(text):
        yield from _clause(terms(_NO_NEGATION.sub(" ", clause)), denials)


def _clause(words: list[str], denials: Iterator[int]) -> Iterator[Polar]:
    cue, distance, denial, since, hedge, hedged = "", _REACH, -1, _REACH, 0, 0
    for term in words:
        if term in _NEGATIONS or term in EVASIONS:
            cue, distance, denial = term, 0, next(denials)
        elif term in _IDLE:
            since = distance
        elif term in _MARKS:
            hedge, hedged = (_MARKS[term] if hedged else max(hedge, _MARKS[term])), 0
        elif term not in STOPWORDS:
            denied, certain = distance < _REACH, hedged >= _HEDGED[hedge]
            number, level = denial if denied else -1, 0 if certain else hedge
            yield Polar(term, cue * denied, distance, number, since < _REACH, level)
            distance, hedged = distance + 1, hedged + 1
            since = 0 if base(term) in ENDINGS and not denied else since + 1
