"""Copular claims: "Rutte is the secretary general of NATO", and sentences that tie the noun to its bearer as well."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.nlp.clauses import shorten
from retrieval.nlp.entities import is_named
from retrieval.nlp.forms import is_alike
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.tokens import content_terms

_NAME = r"[A-Z][\w’'.-]*(?: (?:of |the )?[A-Z][\w’'.-]*)*"
_IS = re.compile(
    rf"\A(?:[Tt]he )?(?P<subject>{_NAME}),? (?:is|was|are|were|remains?|became|has been|have been)"
    rf" (?:(?:{any_of(load('en')['copula']['between'])}) )*"
    r"(?P<what>(?:(?:an?|the|one of(?: the)?) )?[^,;:]+?)[.!]?\Z"
)
# What is an article's or a name's company is a noun; "is ready" and "is heading" tie nobody to one.
_NOMINAL = re.compile(r"(?:an?|the|one of) |[A-Z]")
_BEHIND_NOUN = re.compile(rf"\b(?:{any_of(load('en')['copula']['behind'].split())})\b")
_TOKEN = re.compile(r"[^\W_](?:[\w’'.-]*\w)?|[,;:()—–]")
_BEING = frozenset(load("en")["copula"]["being"].split())
_PRONOUNS = frozenset("he she it they who which that".split())
_TITLE = frozenset(("of", "for", "the", ","))
_EXAMPLES = frozenset("such like including especially notably namely".split())
_LISTED = _TITLE | {"and", "or", "as", "both"} | _EXAMPLES
# Words between a noun and what ties it to its bearer, between that and the bearer, and around a noun its owner is in.
_DESCRIBING, _BETWEEN, _OWNED = 6, 8, 6


@dataclass(frozen=True, slots=True)
class Tie:
    """The term of the noun, the terms of the name it is said of, and those of the names beside it, if any."""

    subject: frozenset[str]
    noun: str
    owners: frozenset[str]


@lru_cache(maxsize=256)
def tie_of(claim: str) -> Tie | None:
    """The tie that a claim of this form makes, or denies; None for any other claim."""
    found = _IS.match(shorten(claim).strip())
    if not found or not _NOMINAL.match(found["what"]):
        return None
    what = found["what"]
    head = content_terms(_BEHIND_NOUN.split(what, maxsplit=1)[0])
    if not head:
        return None
    names = frozenset(term for each in re.findall(_NAME, what) for term in content_terms(each)) - {head[-1]}
    nouns = frozenset(term for term in content_terms(what) if term not in names)
    subject = frozenset(content_terms(found["subject"]))
    return Tie(subject, head[-1], names - nouns) if subject else None


def is_tied(stated: Tie, text: str, before: str = "") -> bool:
    """Tell if a sentence ties the noun to its bearer; `before` is where its owner may be named if it names no other."""
    words = _TOKEN.findall(shorten(text))
    return any(
        is_alike(stated.noun, content_terms(word))
        and _has_owner(stated, words, at, before)
        and (_follows(stated, words[at + 1 :]) or _precedes(stated, words[:at]))
        for at, word in enumerate(words)
    )


def _has_owner(stated: Tie, words: Sequence[str], at: int, before: str) -> bool:
    around = words[max(at - _OWNED, 0) : at + _OWNED + 1]
    near = frozenset(content_terms(" ".join(around)))
    if all(is_named(owner, near) for owner in stated.owners):
        return True
    others = [word for word in around if word[0].isupper() and word != words[at] and not _is_bearer(stated, word)]
    there = frozenset(content_terms(before))
    return len(others) <= 1 and all(is_named(owner, there) for owner in stated.owners)


def _follows(stated: Tie, words: Sequence[str]) -> bool:
    """Tell if the bearer is named right behind the noun: "President Zelenskyy", "members such as Germany"."""
    allowed = _TITLE
    for word in words:
        if _is_bearer(stated, word):
            return True
        if word in _EXAMPLES:
            allowed = _LISTED
        if word not in allowed and not word[0].isupper():
            return False
    return False


def _precedes(stated: Tie, words: Sequence[str]) -> bool:
    """Tell if the bearer is named before the noun and tied to it by a form of "to be" or by a comma."""
    for back, word in enumerate(reversed(words[-_DESCRIBING:]), 1):
        if word in _BEING:
            return _is_subject(stated, words[:-back])
        if word in ",(—–":
            return len(words) > back and _is_bearer(stated, words[-back - 1])
    return False


def _is_subject(stated: Tie, words: Sequence[str]) -> bool:
    """Tell if the nearest name before a form of "to be" is the bearer's, or a pronoun may stand for it."""
    for word in reversed(words[-_BETWEEN:]):
        if word.casefold() in _PRONOUNS or _is_bearer(stated, word):
            return True
        if word[0].isupper():
            return False
    return False


def _is_bearer(stated: Tie, word: str) -> bool:
    return word[0].isupper() and any(is_named(each, stated.subject) for each in content_terms(word))
