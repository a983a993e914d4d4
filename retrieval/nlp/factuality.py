"""Where a sentence states no plain fact: negations, hedges, conditions, and somebody's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from retrieval.nlp.forms import base, forms, one_word
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.tokens import STOPWORDS, content_terms, terms

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
    """A content term with the negation that reaches it ("" for none), the number of that (-1), and the terms between.

    `hedge`: 2 for what may be, 1 for what is to be, 0 for what is.
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


_UNLESS = load("en")["conditions"]
_CONDITION = re.compile(
    "".join(rf"(?<!\b{word} )" for word in _UNLESS["no_if"].split())
    + rf"\bif\b(?!\s+(?:not|so|any|at all)\b)|\b(?:{any_of(_UNLESS['words'])})\b|(?:\A|(?<=[.!?] ))Should\b",
    re.IGNORECASE,
)
# Where what a condition governs ends.
_PART = re.compile(r"[;:—–]\s|,\s+(?:but|while|whereas|although|though)\b|(?<=[.!?])[”\"’']?\s")
# Words that may stand before a condition that opens a sentence ("And even if ...", "He said if ...").
_OPENING = 4
_HEDGE = re.compile(rf"\b(?:{any_of(_UNLESS['hedges'])})\b", re.IGNORECASE)


def conditional(text: str) -> frozenset[str]:
    """The content terms of what a text tells on a condition."""
    governed = (_governed(part, match.start()) for part in _PART.split(text) for match in _CONDITION.finditer(part))
    return frozenset(content_terms(" ".join(governed)))


def _governed(part: str, place: int) -> str:
    """The words that a condition at a place governs: those behind it where it opens, else back to the comma before."""
    before = part[:place].rstrip(" ,")
    return part if len(before.split()) < _OPENING else part[before.rfind(",") + 1 :]


def is_conditional(claim: str) -> bool:
    """Tell if a claim says that it holds on a condition, or is not certain."""
    return bool(_CONDITION.search(claim) or _HEDGE.search(claim))


_SAID = load("en")["attribution"]
_LEAVING = [form for verb in _SAID["leaving"].split() for form in forms(verb)]
_TELLING = [form for verb in _SAID["telling"].split() for form in list(forms(verb))[1:]]
_SAYING = re.compile(
    rf"\b(?!insist\w*\s+on\b)(?:{any_of(_LEAVING)}|maintain(?:s|ed|ing)?(?=\s+that\b))\b(?!\s+to\b)", re.IGNORECASE
)
_HEARSAY = re.compile(rf"\b(?:{any_of(_SAID['hearsay'])})\b", re.I)
# Any word by which a claim leaves what it tells to somebody; not in the passive ("which were announced").
_ATTRIBUTES = re.compile(
    "".join(rf"(?<!\b{word} )" for word in ("is", "are", "was", "were", "been", "be", "to"))
    + rf"\b(?:{any_of([*_LEAVING, *_TELLING, *_SAID['tellings'], *_SAID['hearsay']])})\b|[“”\"]",
    re.I,
)
_QUOTED = re.compile(r"[“\"]([^“”\"]{12,})[”\"]")
# A verb of saying behind its words: `..., Rutte said`, `...," he added on Monday`.
_BEHIND = re.compile(r"[,”\"]\s*(?!(?:who|which|that)\b)(?:[\w’'.-]+\s+){0,8}$")
_COUNTING = re.compile(
    rf"\b(?:{any_of(_SAID['counting'].split())})(?:\s+(?:of|in|for|at)(?:\s+the)?\s+\w+)?(?:\s+(?:also|\w+ly))?\s+(?:said|says?|report(?:s|ed))\b",
    re.IGNORECASE,
)
_THAT = re.compile(r"\s+that\b", re.IGNORECASE)
_INVERTED = re.compile(r"(?:[,”\"]|\b[Ss]o)\s*$")
_AFTER = re.compile(r"\W*(?:[\w’'.,-]+\s*){5,}")


def attributed(text: str) -> frozenset[str]:
    """The content terms of what a sentence leaves to somebody who says it."""
    parts = [match[1] for match in _QUOTED.finditer(text)]
    if _HEARSAY.search(text):
        parts.append(text)
    for match in _SAYING.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        # Before a participle the comma closes no speech: "Kyiv gave in, said Peskov, suggesting ...".
        # Nor before "that": "Stern, who wanted to wait, warned that ...".
        opens = match[0].lower().endswith("ing") or _THAT.match(after)
        behind = None if opens else _BEHIND.search(before)
        if behind:
            parts.append(before[: behind.start()])
        # `..., said Rutte, who ...`: the speaker is not in what is said.
        after = after.partition(",")[2] if _INVERTED.search(before) else after
        # Always: the comma before may close an introduction ("On Monday, police said ...") and no speech.
        if _AFTER.match(after):
            parts.append(after)
    return frozenset(content_terms(" ".join(parts)))


def tellings(text: str) -> int:
    """The number of times that a text leaves something to somebody who says it."""
    return sum(1 for pattern in (_SAYING, _HEARSAY) for _ in pattern.finditer(text))


def is_attributed(text: str) -> bool:
    """Tell if a claim says of itself that somebody says so."""
    return bool(_ATTRIBUTES.search(text))


def opens_quotation(before: str) -> bool:
    """Tell if a quotation stands open at the end of this text."""
    paragraph = before.rpartition("\n\n")[2]
    if "“" in paragraph or "”" in paragraph:
        return paragraph.rfind("“") > paragraph.rfind("”")
    return paragraph.count('"') % 2 == 1


def is_counted(text: str) -> bool:
    """Tell if a sentence has what it tells from those whose office it is to count it: police, a hospital, a board."""
    return bool(_COUNTING.search(text))
