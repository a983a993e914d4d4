"""Predicates of claims: who does what, or is what, and whether a sentence asserts it of the same subject as surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import dropwhile, takewhile

from retrieval.evidence.gaps import Gap, tie_of
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
    terms_of,
    words,
)
from retrieval.nlp.entities import is_named
from retrieval.nlp.forms import base, is_alike
from retrieval.nlp.roles import kind_of
from retrieval.nlp.tokens import STOPWORDS

# What stands between a noun and whose it is, and within how many words.
_WHOSE, _OWNED = frozenset("of by from among".split()), 6
# Words behind a verb of saying within which the speaker is named, and behind "from" who gives.
_SPEAKER, _GIVERS = 7, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """The predicate of a claim on its subject (names, else nouns): the word that says it and how it is asserted.

    The `object` is a name right behind a verb, the `agent` one behind "by". What somebody has, or is in, is `loose`: it
    may stand on either side.
    `preposition` stands before it: "in force".
    """

    term: str
    subject: frozenset[str]
    object: frozenset[str]
    agent: frozenset[str]
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


def is_unread(claim: str) -> bool:
    """Tell if a claim says where or how something is, and no word shows it: "is in NATO", "is over"."""
    return tie_of(claim) is None and predicate(claim) is None and any(map(is_auxiliary, read(claim)))


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
    before, saying = [word for word in said[:end] if word.terms], not loose and term in listed("roles", "saying")
    return Predicate(
        term=term,
        subject=_subject(before),
        object=frozenset() if loose or saying else _object(said[at + 1 :]),
        agent=_agent(said[at + 1 :]),
        asserted=assertion(said, at),
        loose=loose,
        saying=saying,
        preposition=preposition,
    )


def _object(behind: Sequence[Word]) -> frozenset[str]:
    """The terms of the name right behind a verb: "leads NATO", but not "clarified the US proposals"."""
    start = 1 if behind[:1] and behind[0].text in ("the", "all", "both") else 0
    end = next((at for at in range(start, len(behind)) if not behind[at].name), len(behind))
    names, after = behind[start:end], behind[end : end + 1]
    owning = any(word.text.endswith(("'s", "s'")) for word in names)
    closed = not after or is_mark(after[0]) or after[0].text in words("roles", "prepositions")
    return terms_of(names) if closed and not owning else frozenset()


def _agent(behind: Sequence[Word]) -> frozenset[str]:
    """The last word of the name right behind "by", its terms: who does it in the passive."""
    place = next((at for at, word in enumerate(behind) if word.text == "by"), len(behind))
    named = list(takewhile(lambda word: word.name, dropwhile(is_determiner, behind[place + 1 :])))
    return terms_of(named[-1:])


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
    there = [at for at in places(said, stated.term) if _is_stated(said, at)]
    found = [_gaps(stated, said, assertion(said, at), before) for at in there]
    best = min(found, key=len, default=frozenset((Gap.RELATION,)))
    return frozenset() if best and _is_implied(stated, said) else best


def _is_stated(said: Sequence[Word], at: int) -> bool:
    """Tell if a word stands in a statement: a heading or label without a verb states nothing."""
    colons = [place for place, word in enumerate(said) if word.text == ":"]
    start = max((place + 1 for place in colons if place < at), default=0)
    end = min((place for place in colons if place > at), default=len(said))
    return any(is_auxiliary(said[place]) or _is_verb(said, place) for place in range(start + 1, end))


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
        Gap.ROLE: (bool(stated.subject) and not _is_subject(stated, said, there, before))
        or (bool(stated.object) and not _is_object(stated, said, there))
        or (claimed.passive and there.passive and _has_other_agent(stated, said[there.at + 1 :])),
        Gap.RELATION: bool(stated.preposition) and stated.preposition not in standing,
    }
    return frozenset(gap for gap, lacking in found.items() if lacking)


def _is_subject(stated: Predicate, said: Sequence[Word], there: Assertion, before: str) -> bool:
    """Tell if the claim's subject is that of the word in the sentence: in the passive what stands behind "by"."""
    claimed, near = stated.asserted, there.subject
    if stated.loose:
        near = terms_of(said)
    elif there.nominal:
        near = there.governors | there.heads | _belonging(said[there.at + 1 :])
    elif claimed.passive != there.passive:
        near = there.behind if claimed.passive else there.by
    elif stated.saying:
        near |= terms_of(said[there.at : there.at + _SPEAKER])
    if there.pointing and not there.nominal and _has(stated.subject, terms_of(read(before))):
        return True
    return _has(stated.subject, near)


def _belonging(behind: Sequence[Word]) -> frozenset[str]:
    """The terms that say whose a noun is: the name behind it, or "of the allies" up to the next preposition."""
    if behind[:1] and behind[0].name:
        return terms_of(behind[: next((at for at, word in enumerate(behind) if not word.name), len(behind))])
    place = next((at for at, word in enumerate(behind[:_OWNED]) if word.text in _WHOSE), None)
    if place is None:
        return frozenset()
    rest = behind[place + 1 :]
    end = next((at for at, word in enumerate(rest) if word.text in words("roles", "prepositions")), len(rest))
    return terms_of(rest[:end])


def _is_object(stated: Predicate, said: Sequence[Word], there: Assertion) -> bool:
    """Tell if the claim's object is that of the word in the sentence: what it is done to, before it in the passive."""
    behind = said[there.at + 1 :]
    if there.nominal and kind_of(said[there.at].text):
        # "NATO Secretary-General Rutte said ..." leads nobody who is named behind "said".
        verb = next((at for at, word in enumerate(behind) if is_auxiliary(word) or is_finite(word)), len(behind))
        return _has(stated.object, terms_of(said[max(there.at - _OWNED, 0) : there.at + 1 + verb]))
    if there.nominal or there.passive or stated.asserted.passive:
        return True
    if behind and behind[0].text == "to" and len(behind) > 1 and not behind[1].name:
        return False  # "led to concerns"
    return _has(stated.object, there.behind)


def _has_other_agent(stated: Predicate, behind: Sequence[Word]) -> bool:
    """Tell if somebody else is named behind "by" than by the claim."""
    agent = _agent(behind)
    return bool(stated.agent and agent) and not _has(stated.agent, agent)


def _has(subject: frozenset[str], there: frozenset[str]) -> bool:
    return any(is_named(term, there) or is_alike(term, there) for term in subject)
