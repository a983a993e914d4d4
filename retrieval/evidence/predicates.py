"""Predicates of claims: who does what, or is what, and whether a sentence asserts it of the same subject as surely."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.evidence.gaps import Gap
from retrieval.nlp.clauses import (
    Assertion,
    Word,
    assertion,
    is_auxiliary,
    is_content,
    is_determiner,
    is_finite,
    is_mark,
    is_negation,
    is_number,
    listed,
    places,
    read,
    shorten,
    terms_of,
    words,
)
from retrieval.nlp.entities import is_named
from retrieval.nlp.forms import base, is_alike
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.tokens import STOPWORDS, content_terms

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
_DESCRIBING, _BETWEEN, _OWNED = 6, 8, 6


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


def _has_owner(stated: Tie, words: Sequence[str], at: int, before: str) -> bool:
    around = words[max(at - _OWNED, 0) : at + _OWNED + 1]
    near = frozenset(content_terms(" ".join(around)))
    if all(is_named(owner, near) for owner in stated.owners):
        return True
    others = [word for word in around if word[0].isupper() and word != words[at] and not _is_bearer(stated, word)]
    return len(others) <= 1 and _owner_said_before(stated, _TOKEN.findall(before))


def _owner_said_before(stated: Tie, words: Sequence[str]) -> bool:
    """Tell if the owner is named beside the noun further up: "Ukrainian President", then only "the president"."""
    beside = (
        frozenset(content_terms(" ".join(words[max(at - _OWNED, 0) : at + _OWNED + 1])))
        for at, word in enumerate(words)
        if is_alike(stated.noun, content_terms(word))
    )
    return any(all(is_named(owner, near) for owner in stated.owners) for near in beside)


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


# Words behind a verb of saying within which the speaker is named, and behind "from" who gives.
_SPEAKER, _GIVERS = 7, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """The predicate of a claim on its subject (names, else nouns): the word that says it and how it is asserted.

    What somebody has, or is in, is `loose`: it may stand on either side. `preposition` stands before it: "in force".
    """

    term: str
    subject: frozenset[str]
    asserted: Assertion
    loose: bool
    saying: bool
    preposition: str


@lru_cache(maxsize=256)
def predicate(claim: str) -> Predicate | None:
    """The predicate of a claim; None where no word shows it, or where it makes a tie."""
    if tie_of(claim):
        return None
    said = read(claim)
    for at in range(1, len(said)):
        if is_auxiliary(said[at]):
            return _behind_auxiliary(said, at)
        if _is_verb(said, at):
            return _made(said, at, at)
    return None


def _is_verb(said: Sequence[Word], at: int) -> bool:
    word, last = said[at], said[at - 1]
    after = said[at + 1] if at + 1 < len(said) else None
    if not word.terms or word.name or is_determiner(last) or last.text in words("roles", "prepositions"):
        return is_number(last) and _is_known(word)
    if word.text in words("irregular", "unchanged"):
        return after is not None and (after.name or is_determiner(after))
    if is_finite(word):
        # "Tariffs bring": the noun before a verb of another form is none itself.
        verb = after is not None and (_is_known(after) or is_finite(after))
        return not (after and (is_auxiliary(after) or (verb and word.text.endswith("s"))))
    return _is_known(word)


def _is_known(word: Word) -> bool:
    return bool(word.terms) and not word.name and word.text in words("irregular", "present")


def _behind_auxiliary(said: Sequence[Word], at: int) -> Predicate | None:
    """The predicate that an auxiliary at a place goes with: a verb, what somebody has, or where or how something is."""
    place, last = at, said[at]
    while place < len(said) and (is_auxiliary(said[place]) or is_negation(said[place]) or _is_aside(said[place])):
        last = said[place] if is_auxiliary(said[place]) else last
        place += 1
    if place + 1 < len(said) and said[place].text in words("roles", "roughly") and is_number(said[place + 1]):
        place += 1
    if place >= len(said):
        return None
    word, none = said[place], said[place - 1].text == "no"
    be = last.text.removesuffix("n't") in words("roles", "be")
    if be and word.text in words("roles", "prepositions"):
        there = next((each for each in range(place, len(said)) if is_content(said[each]) and not said[each].name), None)
        return _made(said, at, there, loose=True, preposition=word.text)
    if be and not none and word.name:
        return None
    having = base(last.terms[0]) == "have" if last.terms else False
    if none or is_determiner(word) or (having and not is_finite(word)):
        return _made(said, at, _noun(said, place), loose=not be or none)
    return _made(said, at, place)


def _is_aside(word: Word) -> bool:
    return word.text in words("roles", "adverbs") or (word.text.endswith("ly") and not word.name)


def _noun(said: Sequence[Word], place: int) -> int | None:
    """The last word of a group of words that begins at a place."""
    found = None
    for at in range(place, len(said)):
        word, after = said[at], said[at + 1] if at + 1 < len(said) else None
        if is_mark(word) or word.text in words("roles", "prepositions") | words("roles", "subordinators"):
            break
        if is_content(word) and not word.name and not is_number(word):
            found = at
            if after and is_finite(after) and word.text.endswith("s"):
                break
    return found


def _made(
    said: Sequence[Word], end: int, at: int | None, *, loose: bool = False, preposition: str = ""
) -> Predicate | None:
    if at is None or not said[at].terms:
        return None
    term = base(said[at].terms[-1])
    return Predicate(
        term=term,
        subject=_subject([word for word in said[:end] if word.terms]),
        asserted=assertion(said, at),
        loose=loose,
        saying=not loose and term in listed("roles", "saying"),
        preposition=preposition,
    )


def _subject(before: Sequence[Word]) -> frozenset[str]:
    """The names of a subject, else its nouns; without those behind a preposition, unless there are no others."""
    names, nouns, aside, beside = set[str](), set[str](), set[str](), False
    for word in before:
        beside = beside or word.text in words("roles", "prepositions")
        told = set() if is_number(word) else {term for term in word.terms if term not in STOPWORDS}
        if beside:
            aside |= told if word.name else set()
        elif word.name:
            names |= told
        elif not is_auxiliary(word) and not _is_aside(word):
            nouns |= told
    # The first word of a sentence may have its capital from its place.
    opening = frozenset(before[0].terms) if before else frozenset[str]()
    return frozenset(names | nouns if nouns and names <= opening else names or nouns or aside)


def shortfalls(stated: Predicate, text: str, before: str = "") -> frozenset[Gap]:
    """The gaps between a sentence and a claim's predicate; `before` is what its pronouns may stand for."""
    said = read(text)
    found = [_gaps(stated, said, assertion(said, at), before) for at in places(said, stated.term)]
    best = min(found, key=len, default=frozenset((Gap.RELATION,)))
    return frozenset() if best and _is_implied(stated, said) else best


def _is_implied(stated: Predicate, said: Sequence[Word]) -> bool:
    """Tell if another turn of phrase says it: "assurances from Russia", "the 2015 Paris Agreement"."""
    claimed = stated.asserted
    if claimed.denied or claimed.supposed:
        return False
    given, founded = (stated.term in listed("implied", key) for key in ("giving", "origin"))
    for at, word in enumerate(said):
        if given and word.text == "from" and _has(stated.subject, terms_of(said[at : at + _GIVERS])):
            return any(is_alike(term, claimed.behind - stated.subject) for term in terms_of(said[max(at - 2, 0) : at]))
        dated = founded and claimed.passive and is_number(word) and word.text in claimed.behind
        if dated and _has(stated.subject, terms_of(said[at + 1 : at + 3])):
            return True
    return False


def _gaps(stated: Predicate, said: Sequence[Word], there: Assertion, before: str) -> frozenset[Gap]:
    claimed = stated.asserted
    standing = {word.text for word in said[max(there.at - 2, 0) : there.at]}
    found = {
        Gap.POLARITY: there.denied != claimed.denied,
        # To refuse is to say that one will not.
        Gap.MODALITY: there.supposed > max(claimed.supposed, there.denied and claimed.denied),
        Gap.ROLE: bool(stated.subject) and not _is_subject(stated, said, there, before),
        Gap.RELATION: bool(stated.preposition) and stated.preposition not in standing,
    }
    return frozenset(gap for gap, lacking in found.items() if lacking)


def _is_subject(stated: Predicate, said: Sequence[Word], there: Assertion, before: str) -> bool:
    """Tell if the claim's subject is that of the word in the sentence: in the passive what stands behind "by"."""
    claimed, near = stated.asserted, there.subject
    if stated.loose:
        near = terms_of(said)
    elif there.nominal:
        near = there.governors | there.behind | there.heads
    elif claimed.passive != there.passive:
        near = there.behind if claimed.passive else there.by
    elif stated.saying:
        near |= terms_of(said[there.at : there.at + _SPEAKER])
    pronoun = there.pointing and not there.nominal
    return _has(stated.subject, near) or (pronoun and _has(stated.subject, terms_of(read(before))))


def _has(subject: frozenset[str], there: frozenset[str]) -> bool:
    return any(is_named(term, there) or is_alike(term, there) for term in subject)
