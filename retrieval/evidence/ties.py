"""Ties of claims: what somebody is said to be, and whether a sentence ties the same noun to the same bearer."""

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
_NOMINAL = re.compile(r"(?:an?|the|one of) |[A-Z]|\w+ of (?:the )?[A-Z]")
_BEHIND_NOUN = re.compile(rf"\b(?:{any_of(load('en')['copula']['behind'].split())})\b")
_TOKEN = re.compile(r"[^\W_](?:[\w’'.-]*\w)?|[,;:()—–]")
_BEING = frozenset(load("en")["copula"]["being"].split())
_PRONOUNS = frozenset("he she it they who which that".split())
_TITLE = frozenset(("of", "for", "the", ","))
_EXAMPLES = frozenset("such like including especially notably namely".split())
_LISTED = _TITLE | {"and", "or", "as", "both"} | _EXAMPLES
# Words between a noun and what ties it to its bearer, between that and the bearer, and around a noun its owner is in.
_DESCRIBING, _BETWEEN, _BEFORE, _OWNED = 6, 8, 4, 8
_OF = frozenset("of for at in to".split())


@dataclass(frozen=True, slots=True)
class Tie:
    """The term of the noun, which may be a name ("is Russian"), and the terms of its bearer and of names beside it."""

    subject: frozenset[str]
    noun: str
    owners: frozenset[str]
    is_name: bool


@lru_cache(maxsize=256)
def tie_of(claim: str) -> Tie | None:
    """The tie that a claim of this form makes, or denies; None for any other claim."""
    found = _IS.match(shorten(claim).strip())
    if not found or not _NOMINAL.match(found["what"]):
        return None
    head = content_terms(_BEHIND_NOUN.split(found["what"], maxsplit=1)[0])
    subject = frozenset(content_terms(found["subject"]))
    names = frozenset(term for each in re.findall(_NAME, found["what"]) for term in content_terms(each))
    is_name = len(found["what"].split()) == 1 and found["what"][0].isupper()
    return Tie(subject, head[-1], names - {head[-1]}, is_name) if head and subject else None


def is_tied(stated: Tie, text: str, before: str = "") -> bool:
    """Tell if a sentence ties the noun to its bearer; `before` is where its owner may be named if it names no other."""
    words = _TOKEN.findall(shorten(text))
    return any(
        is_alike(stated.noun, content_terms(word))
        and _has_owner(stated, words, at, before)
        and (_follows(stated, words[at + 1 :]) or _precedes(stated, words[:at]))
        for at, word in enumerate(words)
    )


def _has_owner(stated: Tie, words: list[str], at: int, before: str) -> bool:
    """Tell if the noun is the owner's: it is named with it, or with the same noun further up where no other is."""
    near = _named_with(words, at)
    if _names_all(stated.owners, near):
        return True
    others = [word for word in near if word[0].isupper() and not _is_bearer(stated, word)]
    above = _TOKEN.findall(before)
    places = [place for place, word in enumerate(above) if is_alike(stated.noun, content_terms(word))]
    return len(others) <= 1 and any(_names_all(stated.owners, _named_with(above, place)) for place in places)


def _named_with(words: list[str], at: int) -> list[str]:
    """The words before a noun, and those behind its "of": "Ukrainian President", "the president, Smith, of Malta"."""
    behind = words[at + 1 : at + 1 + _OWNED]
    of = next((place for place, word in enumerate(behind) if word in _OF), len(behind))
    titled = all(word[0].isupper() or word == "," for word in behind[:of])
    return words[max(at - _BEFORE, 0) : at] + (behind[of:] if titled else [])


def _names_all(owners: frozenset[str], near: list[str]) -> bool:
    there = frozenset(content_terms(" ".join(near)))
    return all(is_named(owner, there) for owner in owners)


def _follows(stated: Tie, words: Sequence[str]) -> bool:
    """Tell if the bearer is named right behind the noun: "President Zelenskyy", "members such as Germany"."""
    # "Russian President Putin", but not "with Russia, Zelenskyy said".
    allowed = _TITLE - {","} if stated.is_name else _TITLE
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
            # The nearest name before it must be the bearer's, or a pronoun may stand for it.
            named = (each for each in reversed(words[:-back][-_BETWEEN:]) if each[0].isupper() or each in _PRONOUNS)
            nearest = next(named, "")
            return nearest.casefold() in _PRONOUNS or (nearest != "" and _is_bearer(stated, nearest))
        if word in ",(—–":
            return len(words) > back and _is_bearer(stated, words[-back - 1])
    return False


def _is_bearer(stated: Tie, word: str) -> bool:
    return word[0].isupper() and any(is_named(each, stated.subject) for each in content_terms(word))
