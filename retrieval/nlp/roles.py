"""Public roles of people, read from a noun beside a name; the nouns are data (`lexicon/roles.toml`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from retrieval.nlp.annotate import annotate
from retrieval.nlp.entities import is_named
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.tokens import content_terms

_TABLE = load("roles")
_KINDS = {noun: kind for kind, nouns in _TABLE["kinds"].items() for noun in nouns.split()}
_TOGETHER = {kind: frozenset(others.split()) for kind, others in _TABLE["together"].items()}
_PORTFOLIO = {term: name for name, words in _TABLE["portfolios"].items() for term in content_terms(words)}
_SMALL = frozenset(content_terms(_TABLE["small"]["words"]))
_AREAS = frozenset(content_terms(_TABLE["areas"]["words"]))
_BUT = "|".join(map(re.escape, sorted(_TABLE["but"]["words"].split(), key=len, reverse=True)))

# Nothing here is without bounds, and nothing begins within a word: articles may be a single long one.
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w’'-]{1,40}"
_NAME = rf"{_CAPITAL}(?: (?:(?:de|del|van|von|der|bin|al|la) ){{0,2}}{_CAPITAL}){{1,2}}"
_WORD = re.compile(r"(?<![\w’'-])[^\W\d_][\w-]{2,40}")
_TWO_WORDS = re.compile(r"\b(prime|secretary|director)[ -](minister|general)\b", re.IGNORECASE)
_OF = rf"(?: (?:{any_of(_TABLE['of']['words'].split())}) ?[^,.;:()“”\"«»\n]{{1,60}}?)?"
# "Corwin Haas, head of the grid operator Orlanet, ..." and "the trade minister of Zambeko, Solomon Vay, ...".
_BEHIND = re.compile(rf"(?<![\w’'-])(?P<name>{_NAME}), (?P<before>(?:[\w’'.-]{{1,40}} ){{0,4}})\Z")
_OWN = re.compile(rf"{_OF}(?=[,.;:)]|$| (?:and|und|et|y|who|wer)\b)")
_BEFORE = re.compile(rf"(?:,? (?P<name>{_NAME})|(?P<of>{_OF}), (?P<apart>{_NAME})(?=[,.;]|$| (?:and|und|et|y)\b))")
# What says of what a role is, before it: names, and one word in small letters ("energy minister").
_QUALIFIED = re.compile(rf"(?:(?:{_CAPITAL}|U\.S\.|US|UK|EU) ){{0,4}}(?:(?P<small>[a-zà-ÿ][\w-]{{2,30}}) )?\Z")
_OTHER_TIME = re.compile(rf"(?<![\w’'])(?:{_BUT})\b[\w ’'.-]{{0,24}}\Z", re.IGNORECASE)
_TO_BE = re.compile(rf"\s?-?\s?(?:{_BUT})\b", re.IGNORECASE)
_WAS = re.compile(r",? (?:at th(?:e|at) time|back then|in those days|until|(?:in|from) (?:\w+ )?(?:19|20)\d\d)\b")
# How far before a role its name may begin, and what says that it is not held now.
_SEEN, _NEAR = 160, 60
# The letters of the shortest noun that German compounds end in.
_COMPOUND = 4
# The president of a federation is at its head; of a country they govern it.
_OF_COMMON = re.compile(r"\b(?:of|de|del|des|der) (?:the |la |los |las )?[a-zà-ÿ]")
_SAID = frozenset(("said", "says", "told", "tells"))


@dataclass(frozen=True, slots=True)
class Role:
    """A role of somebody: the name in small letters, its kind, the terms of what it is of, and its words."""

    name: str
    kind: str
    field: frozenset[str]
    phrase: str

    def is_of(self, kind: str, field: Iterable[str]) -> bool:
        """Tell if it is a role of this kind in a country, a body or a portfolio, by their terms."""
        return self.kind == kind and all(is_named(term, self.field) for term in field)

    @property
    def places(self) -> frozenset[str]:
        """The terms of the names that it is of: of a country or a body, no portfolio."""
        names = annotate(f"by {self.phrase}").names & self.field
        return names - _PORTFOLIO.keys() - _AREAS


@lru_cache(maxsize=2_048)
def roles(text: str) -> tuple[Role, ...]:
    """The roles that a sentence or passage gives people now; the same ones are read for many questions."""
    joined = one_word(text)
    found = (_role(text, joined, match) for match in _WORD.finditer(joined))
    return tuple(each for each in found if each)


def one_word(text: str) -> str:
    """A text of the same length whose roles of two words are one: "prime-minister"."""
    return _TWO_WORDS.sub(lambda match: f"{match[1]}-{match[2]}", text)


def kind_of(word: str) -> str | None:
    """The kind of role that a noun alone names; None for any other word."""
    return _KINDS.get(word.casefold())


def nouns_of(kind: str) -> list[str]:
    """The nouns for a kind of role, in all languages."""
    return [noun for noun, own in _KINDS.items() if own == kind]


def differ(one: Role, other: Role) -> bool:
    """Tell if two roles are another's of one person, and none that one person holds together."""
    if one.name != other.name or other.kind in _TOGETHER[one.kind]:
        return False
    if one.kind != other.kind:
        return True
    return one.kind == "minister" and bool(one.field and other.field) and not _portfolios(one) & _portfolios(other)


def _kind(word: str) -> tuple[str, str] | None:
    """The kind of role that a noun names, and of what where that is in the noun: "Gesundheitsministerin"."""
    small = word.casefold()
    if small in _KINDS:
        # Small letters make speakers of a conference.
        return None if small == "speaker" and word[0].islower() else (_KINDS[small], "")
    ends = [noun for noun in _KINDS if len(noun) > _COMPOUND and small.endswith(noun)] if word[0].isupper() else []
    return (_KINDS[noun], small.removesuffix(noun)) if ends and (noun := max(ends, key=len)) else None


def _role(text: str, joined: str, noun: re.Match[str]) -> Role | None:
    """The role that a noun gives the person named behind it, or before it and a comma."""
    ahead = _WORD.match(joined, noun.end() + 1)
    if not (named := _kind(noun[0])) or (ahead and _kind(ahead[0])):
        return None
    kind, of = named
    before = joined[max(noun.start() - _SEEN, 0) : noun.start()]
    if _OTHER_TIME.search(before[-_NEAR:]) or _TO_BE.match(joined, noun.end()):
        return None
    apposed, own = _BEHIND.search(before), _OWN.match(joined, noun.end())
    if apposed and own:
        start, end = noun.start() - len(before) + apposed.start(), own.end()
        name, field = apposed["name"], f"{of} {apposed['before']} {own[0]}"
    elif follows := _BEFORE.match(joined, noun.end()):
        words = "" if of else _qualifiers(before)
        start, end = noun.start() - len(words), follows.end()
        name, field = follows["name"] or follows["apart"], f"{of} {words} {follows['of'] or ''}"
    else:
        return None
    if _WAS.match(joined, end) or (kind == "speaker" and not field.strip()):
        return None
    if kind == "president" and _OF_COMMON.search(field):
        kind = "head"
    person = re.sub(r"['’]s?\Z", "", name)
    return Role(
        person.casefold(), kind, frozenset(content_terms(field)) - _SMALL, text[start : end - len(name) + len(person)]
    )


def _qualifiers(before: str) -> str:
    """The words before a role that say of what it is."""
    words = found[0] if (found := _QUALIFIED.search(before[-_NEAR:])) else ""
    small = found["small"] if found else None
    if small and (small.endswith("ed") or small in _SAID or not content_terms(small)):
        return ""
    first = words.partition(" ")
    return words if content_terms(first[0]) else first[2]


def _portfolios(role: Role) -> frozenset[str]:
    return frozenset(_PORTFOLIO.get(term, term) for term in role.field)
