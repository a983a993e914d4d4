"""Gaps between a claim and its evidence, as far as two analyses set against each other show them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from retrieval.domain.articles import Vectors
from retrieval.nlp.annotate import Analysis
from retrieval.nlp.clauses import shorten
from retrieval.nlp.entities import is_named
from retrieval.nlp.factuality import ENDINGS
from retrieval.nlp.forms import base, is_alike, one_word, opposites
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.tokens import STOPWORDS, content_terms, terms


class Gap(Enum):
    """A kind of thing of a claim that its evidence lacks, or tells otherwise."""

    ENTITY = "entity"
    QUANTITY = "quantity"
    TIME = "time"
    POLARITY = "polarity"
    MODALITY = "modality"
    ROLE = "role"
    RELATION = "relation"


# What stands behind these is where or when something is, and no part of it.
_WHERE = frozenset(terms("at in on during near after before since"))
# Words that make a thing surer than it is told.
_SURE = frozenset(content_terms(load("en")["modality"]["sure"]))


def flipped(stated: Analysis, said: Analysis) -> frozenset[str]:
    """The terms that one side denies and the other affirms; none where both deny something alike.

    One term is enough only right behind the negation: "did not approve the budget" denies no budget.
    """
    # What the claim denies may also be said to be so no longer; to deny an end agrees with none.
    alike = any(is_alike(term, said.denied) for term in stated.denied)
    if alike or (stated.denied & said.ended and stated.denied.isdisjoint(ENDINGS)):
        return frozenset()
    ours, theirs = stated.denied & said.affirmed, (said.denied & stated.affirmed & said.heads) - stated.ended
    return theirs | (ours if ours & stated.heads or len(ours - stated.names) > 1 else frozenset())


def overstates(stated: Analysis, said: Analysis) -> bool:
    """Tell if the claim tells as certain what may be, or as done what is to be."""
    if _SURE & stated.terms - said.terms:
        return True
    certain = stated.terms - stated.maybe - stated.names
    return bool(said.maybe & certain) or bool(said.to_be & certain - stated.to_be - (stated.denied & said.denied))


_NUMBERS = load("en")["numbers"]
_COUNTED = any_of(" ".join(_NUMBERS[name] for name in ("small", "tens", "magnitudes", "about", "measures")).split())
_THAN = re.compile(
    r"(?<!\brather )(?<!\bother )(?<!\blater )\bthan\b"
    rf"(?!\s+(?:the\s+)?(?:[A-Z]{{0,3}}[$£€¥]?\s?[0-9]|(?i:{_COUNTED})\b))"
)


def compares(text: str) -> bool:
    """Tell if an English text sets one thing against another: "holds more than Japan", but not "more than 40"."""
    return bool(_THAN.search(text))


def opposed(stated: Analysis, said: Analysis) -> frozenset[str]:
    """The terms of the claim in whose place their opposite is said, unless one side denies it."""
    ours, theirs = frozenset(map(base, stated.order)), frozenset(map(base, said.order))
    denied, refused = frozenset(map(base, stated.denied)), frozenset(map(base, said.denied))
    return frozenset(
        term
        for term in ours - theirs
        for other in opposites(term) & theirs - ours
        if (term in denied) == (other in refused)
    )


def exchanged(stated: Analysis, said: Analysis) -> bool:
    """Tell if a name stands beside a word where another stands in what is said; in the passive sides trade places."""
    if ("by" in stated.order) != ("by" in said.order):
        return False
    backwards = (replace(each, order=each.order[::-1]) for each in (stated, said))
    return _trades(stated, said) or _trades(*backwards)


def _trades(stated: Analysis, said: Analysis) -> bool:
    """Tell if another name stands right before a word than in what is said, which has the claim's only behind it."""
    alike = respelt(stated, said) | respelt(said, stated)
    once = {term for term, count in Counter(said.order).items() if count == 1} - said.names - STOPWORDS
    for place, term in enumerate(stated.order):
        group = _names_before(stated.order, place, stated.names) if term in once - stated.names else frozenset[str]()
        if group:
            there = said.order.index(term)
            other = _names_before(said.order, there, said.names)
            before = frozenset(said.order[:there])
            if other and not alike & (group | other) and not any(is_named(name, before) for name in group):
                return True
    return False


def is_rearranged(stated: Analysis, said: Analysis) -> bool:
    """Tell if the claim is the sentence but for its names and quantities, which stand in each other's places.

    Those that stand side by side there are one: "September 21".
    """
    if sorted(stated.order) != sorted(said.order):
        return False
    moved = [at for at, (one, other) in enumerate(zip(stated.order, said.order, strict=True)) if one != other]
    filled = stated.names.union(*(each.terms for each in stated.quantities))
    apart = bool(moved) and moved[-1] - moved[0] >= len(moved)
    return apart and all(stated.order[at] in filled for at in moved)


def _names_before(words: Sequence[str], place: int, names: frozenset[str]) -> frozenset[str]:
    """The names that stand right before a place, one after the other; a time or a place in between parts them."""
    found = set[str]()
    for word in reversed(words[:place]):
        if word in names:
            found.add(word)
        elif word not in STOPWORDS or word in _WHERE:
            break
    return frozenset(found)


def respelt(one: Analysis, other: Analysis) -> frozenset[str]:
    """The terms of the long names of one text that the other has by their initials."""
    return frozenset[str]().union(*(one.initials[short] for short in one.initials.keys() & other.terms))


_WORD = re.compile(r"[^\W\d_]{3,}(?:['’][^\W\d_]+)*")
# Words that say next to nothing beside others: whose words they are, and verbs of every use.
_LIGHT = frozenset(terms(load("en")["light"]["words"]))
# Words of a claim and of a run that are compared.
_MOST = 60


def strangers(text: str, stated: Analysis, there: frozenset[str]) -> tuple[str, ...]:
    """The words of a claim, names and quantities apart, that do not stand there in any form or with another word."""
    apart = stated.names | _LIGHT | {term for quantity in stated.quantities for term in quantity.terms}
    found = dict.fromkeys(
        match[0].lower()
        for match in _WORD.finditer(one_word(shorten(text)))
        if (made := content_terms(match[0]))
        and apart.isdisjoint(made)
        and not any(is_alike(each, there) for each in made)
    )
    return tuple(found)[:_MOST]


def left_out(said: str, stated: Analysis) -> tuple[str, ...]:
    """The words of what is said in whose place a claim may have others."""
    own = frozenset(stated.order)
    found = dict.fromkeys(match[0].lower() for match in _WORD.finditer(said) if own.isdisjoint(terms(match[0])))
    return tuple(found)[:_MOST]


def nearness(words: Sequence[str], others: Sequence[str], vectors: Mapping[str, Vectors]) -> float:
    """The cosine of the word that is farthest from all others to its nearest; 1 without words."""
    return min(
        (max((float(vectors[one] @ vectors[each]) for each in others), default=0.0) for one in words), default=1.0
    )


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
