"""Who does what to whom: whether a sentence asserts what a claim says, of the same subject, as surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from retrieval.evidence.gaps import Gap
from retrieval.nlp.annotate import is_named
from retrieval.nlp.clauses import (
    Assertion,
    Word,
    assertion,
    is_auxiliary,
    is_content,
    is_finite,
    is_mark,
    is_negation,
    listed,
    places,
    read,
    words,
)
from retrieval.nlp.forms import base, is_alike
from retrieval.nlp.tokens import STOPWORDS


@dataclass(frozen=True, slots=True)
class Predicate:
    """What a claim says of its subject: the word that says it, and how the claim asserts it.

    `subject` are the names of its subject, or its nouns where it has none. What somebody has, or is in, is `loose`:
    it may stand on either side of them. `preposition` is what it has to stand behind: "in force".
    """

    term: str
    subject: frozenset[str]
    asserted: Assertion
    loose: bool = False
    saying: bool = False
    preposition: str = ""


@lru_cache(maxsize=256)
def predicates(claim: str) -> tuple[Predicate, ...]:
    """What a claim says of its subject, and what it has its subject say of another."""
    said, found, start = read(claim), list[Predicate](), 0
    while len(found) < 3 and (made := _predicate(said, start)):
        found.append(made)
        if not made.saying:
            break
        start = made.asserted.at + 1
        while start < len(said) and (is_mark(said[start]) or said[start].text == "that"):
            start += 1
    return tuple(found)


def _predicate(said: Sequence[Word], start: int) -> Predicate | None:
    for at in range(start, len(said)):
        if at > start and is_auxiliary(said[at]):
            return _behind_auxiliary(said, start, at)
        if at > start and _is_verb(said, at):
            return _made(said, start, at, at)
    return None


def _is_verb(said: Sequence[Word], at: int) -> bool:
    word, last = said[at], said[at - 1]
    if not word.terms or word.name or last.text in words("roles", "determiners") | words("roles", "prepositions"):
        return False
    after = said[at + 1] if at + 1 < len(said) else None
    if is_finite(word) and not last.text[:1].isdigit():
        # "Tariffs bring": the noun before a verb of another form is none itself.
        return not (after and (is_auxiliary(after) or (word.text.endswith("s") and (_is_known(after) or is_finite(after)))))
    if word.text in words("irregular", "unchanged"):
        return after is not None and (after.name or after.text in words("roles", "determiners") or after.text[:1].isdigit())
    return _is_known(word)


def _is_known(word: Word) -> bool:
    return bool(word.terms) and not word.name and word.text in words("irregular", "present")


def _behind_auxiliary(said: Sequence[Word], start: int, at: int) -> Predicate | None:
    place, last = at, said[at]
    while place < len(said) and (is_auxiliary(said[place]) or is_negation(said[place]) or _is_aside(said[place])):
        last = said[place] if is_auxiliary(said[place]) else last
        place += 1
    if place >= len(said):
        return None
    while place + 1 < len(said) and said[place].text in words("roles", "roughly") and said[place + 1].text[:1].isdigit():
        place += 1
    word = said[place]
    be = last.text.removesuffix("n't") in words("roles", "be")
    if be and word.text in words("roles", "prepositions"):
        there = next((each for each in range(place, len(said)) if is_content(said[each]) and not said[each].name), None)
        return _made(said, start, at, there, loose=True, preposition=word.text) if there else None
    number = word.text[:1].isdigit()
    if word.text in words("roles", "determiners") or number or said[place - 1].text == "no" or (be and word.name):
        if be and said[place - 1].text != "no":
            return None  # what somebody is, is read elsewhere
        return _made(said, start, at, _noun(said, place), loose=True)
    having = base(last.terms[0]) == "have" if last.terms else False
    if having and not is_finite(word):
        return _made(said, start, at, _noun(said, place), loose=True)
    return _made(said, start, at, place)


def _is_aside(word: Word) -> bool:
    return word.text in words("roles", "adverbs") or (word.text.endswith("ly") and not word.name)


def _noun(said: Sequence[Word], place: int) -> int | None:
    """The last word of a group of words that begins at a place."""
    found = None
    for at in range(place, len(said)):
        if is_mark(said[at]) or said[at].text in words("roles", "prepositions") | words("roles", "subordinators"):
            break
        if is_content(said[at]) and not said[at].name and not said[at].text[:1].isdigit():
            found = at
            if at + 1 < len(said) and is_finite(said[at + 1]) and said[at].text.endswith("s"):
                break
    return found


def _made(
    said: Sequence[Word], start: int, end: int, at: int | None, *, loose: bool = False, preposition: str = ""
) -> Predicate | None:
    if at is None or not said[at].terms:
        return None
    before = [word for word in said[start:end] if word.terms]
    term = base(said[at].terms[-1])
    saying = not loose and term in listed("roles", "saying")
    return Predicate(term, _subject(before), assertion(said, at), loose, saying, preposition)


def _subject(before: Sequence[Word]) -> frozenset[str]:
    """The names of a subject, else its nouns; without those behind a preposition, unless there are no others."""
    names, nouns, beside, aside = set[str](), set[str](), False, set[str]()
    before = [word for word, after in zip_longest(before, before[1:]) if not (after and after.name and _is_common(word))]
    for word in before:
        beside = beside or word.text in words("roles", "prepositions")
        told = {term for term in word.terms if term not in STOPWORDS and not term[:1].isdigit()}
        if word.name and not beside:
            names |= told
        elif beside:
            aside |= told if word.name else set()
        elif not is_auxiliary(word) and not _is_aside(word):
            nouns |= told
    # The first word of a sentence may have its capital from its place.
    opening = frozenset(before[0].terms) if before else frozenset[str]()
    return frozenset(names | nouns if nouns and names <= opening else names or nouns or aside)


def _is_common(word: Word) -> bool:
    """Whether a word of a name says little without the next: "New START", "North Korea"."""
    return word.name and word.text in words("roles", "common_names")


def shortfalls(stated: Predicate, text: str, before: str = "") -> frozenset[Gap]:
    """What a sentence lacks of what a claim says of its subject; `before` is what its pronouns may stand for."""
    said = read(text)
    best: frozenset[Gap] = frozenset((Gap.RELATION,))
    for at in places(said, stated.term, alike=True):
        found = _gaps(stated, said, assertion(said, at), before)
        if len(found) < len(best) or best == {Gap.RELATION}:
            best = found
    if best and _is_implied(stated, said):
        return frozenset()
    return best


def _is_implied(stated: Predicate, said: Sequence[Word]) -> bool:
    """Whether another turn of phrase says it: "assurances from Russia", "the 2015 Paris Agreement"."""
    claimed = stated.asserted
    if claimed.denied or claimed.supposed:
        return False
    for at, word in enumerate(said):
        if word.text == "from" and stated.term in listed("giving", "words"):
            behind = frozenset(term for each in said[at : at + 8] for term in each.terms)
            given = any(is_alike(term, claimed.behind - stated.subject) for each in said[max(at - 2, 0) : at] for term in each.terms)
            if given and _has(stated.subject, behind):
                return True
        if _is_year(word) and stated.term in listed("origin", "words") and claimed.passive and word.text in claimed.behind:
            if _has(stated.subject, frozenset(term for each in said[at + 1 : at + 3] for term in each.terms)):
                return True
    return False


def _is_year(word: Word) -> bool:
    return len(word.text) == 4 and word.text.isdigit()


def _gaps(stated: Predicate, said: Sequence[Word], there: Assertion, before: str) -> frozenset[Gap]:
    claimed, found = stated.asserted, set[Gap]()
    if there.denied != claimed.denied:
        found.add(Gap.POLARITY)
    if there.supposed > claimed.supposed:
        found.add(Gap.MODALITY)
    if stated.subject and not _is_subject(stated, said, there, before):
        found.add(Gap.ROLE)
    if stated.preposition and stated.preposition not in {word.text for word in said[max(there.at - 2, 0) : there.at]}:
        found.add(Gap.RELATION)
    return frozenset(found)


def _is_subject(stated: Predicate, said: Sequence[Word], there: Assertion, before: str) -> bool:
    """Whether the claim's subject is that of the word in the sentence: in the passive what stands behind "by"."""
    claimed = stated.asserted
    near = there.subject
    if stated.loose:
        near = frozenset(term for word in said for term in word.terms)
    elif there.nominal:
        near = there.governors | there.behind | there.heads
    elif claimed.passive != there.passive:
        near = there.behind if claimed.passive else there.by
    elif stated.saying:
        near |= frozenset(term for word in said[there.at : there.at + 7] for term in word.terms)
    if _has(stated.subject, near):
        return True
    return there.pointing and bool(before) and _has(stated.subject, frozenset(t for w in read(before) for t in w.terms))


def _has(subject: frozenset[str], there: frozenset[str]) -> bool:
    return any(is_named(term, there) or is_alike(term, there) for term in subject)
