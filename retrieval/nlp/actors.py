"""Who says or does what a sentence tells, by the names in it, and who in some texts may speak for whom."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import zip_longest

from retrieval.nlp.clauses import is_auxiliary, is_finite, read, words
from retrieval.nlp.entities import Entity, entities, is_named, same_entity
from retrieval.nlp.lexicon import load
from retrieval.nlp.names import FOREIGN_PREPOSITIONS, KNOWN, OPENING, SPEAKING_BODIES, bare, is_day, is_thing, is_title
from retrieval.nlp.roles import roles
from retrieval.nlp.sentences import LONGEST
from retrieval.nlp.tokens import content_terms

_SAYING = rf"(?:{'|'.join(load('en')['agents']['saying'].split())})"
_SAYS = re.compile(rf"(?: \([A-Z]+\))?(?:,[^,.;“”]{{1,90}},)? (?:also |later |has )?{_SAYING}\b")
_SAID = re.compile(rf"(?:[,”\"’] |\b[Ss]o ){_SAYING} (?:[a-z-]+ ){{0,3}}\Z")
_THEY_SAY = re.compile(rf"\b(?i:{'|'.join(words('roles', 'pronouns'))}) (?:also |later |has |have )?{_SAYING}\b")
_CLOSED = re.compile("[\"”’'»“]\\s")
_MARK = re.compile(r"[,:—–](?!.*[,:—–])", re.DOTALL)
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_ARTICLES = frozenset(("the", "a", "an"))
# "Ukrainian" is nobody: the leaders or the army may be meant.
_DEMONYM = re.compile(r"[A-Z]\w+(?:ish|ese|[eiy]an)|(?:Dutch|French|Greek|Swiss|German)")
_NOUN = re.compile(rf" (?:[a-z]+ )?(?:{'|'.join(SPEAKING_BODIES)})\b| [a-z]+(?![\w-])")
# Of two who act nobody knows which is meant.
_JOINED = re.compile(r"\.?\s+(?:and|or|&)\s+(?:the\s+)?[A-Z]")
_OWNS = ("'", "’")
_PREPOSITIONS = FOREIGN_PREPOSITIONS | words("roles", "prepositions") - words("roles", "prepositional")
_MOST_BESIDE = 4  # words that go with a name


def people(text: str) -> list[str]:
    """The full names of people in a text, and those behind a title, each once and without it."""
    found = [name for each in entities(text) if _is_person(each.name) and (name := bare(each.name))]
    return list({name.split()[-1]: name for name in reversed(found)}.values())[::-1]


def _is_person(name: str) -> bool:
    words_of = name.split()
    titled = any(map(is_title, words_of[:-1])) and not is_thing(words_of[-1])
    return titled or (len(words_of) in (2, 3) and " of " not in name and not any(map(is_thing, words_of)))


def actor(text: str, known: Collection[str] | None = None) -> str | None:
    """The name of who says or does it, without title; None where it is a pronoun, or not to be told.

    A lone word that opens a sentence is a name where it is `known` to be one, or where that is not given.
    """
    text = text[:LONGEST]
    label, colon, rest = text.partition(": ")
    if colon and not any(is_auxiliary(word) or is_finite(word) for word in read(label)):
        text = rest  # the place it is from, or the catchword of an item in a list
    if points_back(text):
        return None
    named = [each for each in entities(text) if known is None or _is_sure(each, text, known)]
    for each in named:
        before, after = text[: each.start], text[each.end :]
        if (_SAYS.match(after) or _SAID.search(before)) and not is_beside(before) and (found := bare(each.name)):
            return found
    for each, following in zip_longest(named, named[1:]):
        if _may_act_behind(text[: each.start]):
            return _acting(each.name, text[each.end :], following.name if following else "")
    return None


def _is_sure(each: Entity, text: str, known: Collection[str]) -> bool:
    """Tell if a name has its capital for being one."""
    if not each.opens or " " in each.name or each.kind == "acronym":
        return True
    return each.name in known or bool(KNOWN.keys(each.name)) or bool(_SAYS.match(text, each.end))


def _acting(name: str, after: str, following: str) -> str | None:
    """The name that acts where a name that may stands before the rest of a sentence."""
    if _JOINED.match(after):
        return None
    if after.startswith(_OWNS):
        owned = [word for word in _WORD.findall(after) if word != "s"][:2]
        # "Ukraine's government", and whoever heads it where no name follows.
        if not SPEAKING_BODIES.isdisjoint(owned) or (owned and is_title(owned[0]) and not owned[-1][0].isupper()):
            return bare(name)
        # "BP's Tony Hayward"
        return bare(following) if after[2:].lstrip().startswith(following) and _is_person(following) else None
    found = bare(name)
    # What is Ukrainian, where the name is that: no leader is the people.
    noun = _NOUN.match(after) if found and _DEMONYM.fullmatch(found) else None
    return f"{found}{noun[0]}" if noun else found


def is_beside(before: str) -> bool:
    """Tell if a name behind this text says where, when or whose something is."""
    behind = [word for word in before.casefold().split() if word not in _ARTICLES]
    return "".join(behind[-1:]) in _PREPOSITIONS


def _may_act_behind(before: str) -> bool:
    """Tell if a name behind this text may act: only what says when or where stands there, and words that go with it."""
    mark = _MARK.search(before)
    opening, own = (before[: mark.start()], before[mark.end() :]) if mark else ("", before)
    first = "".join(_WORD.findall(opening)[:1])
    introduced = first.casefold() not in words("roles", "determiners") and ";" not in opening
    introduced = introduced and (not first or _is_small(first) or first.endswith("ing"))
    beside = _WORD.findall(own)
    # What opens a sentence has a capital anyway: "Education secretary Maud Tierney".
    rest = beside if mark else beside[1:]
    fits = len(beside) <= _MOST_BESIDE and all(_is_small(word) or is_title(word) or is_day(word) for word in rest)
    return introduced and fits and not is_beside(own)


def _is_small(word: str) -> bool:
    return word.casefold() in OPENING or word.endswith("ly")


def points_back(text: str) -> bool:
    """Tell if who says or does it is a pronoun: for whom it stands is in the sentences before."""
    text = text[:LONGEST]
    if _opening(text) in words("agents", "pointing"):
        return True
    said = _THEY_SAY.search(text)
    return said is not None and not any(_is_meant(each, said.start(), text) for each in entities(text))


def _is_meant(each: Entity, pronoun: int, text: str) -> bool:
    """Tell if a name says something itself, or may be whom a pronoun behind it stands for."""
    before = text[: each.start]
    if _SAYS.match(text, each.end) or _SAID.search(before):
        return True
    return each.end < pronoun and not is_beside(before) and _CLOSED.search(text, each.end, pronoun) is None


def stands_alone(text: str) -> bool:
    """Tell if it names whom it tells of: "Their goal is peace" does not, "Their king, Harald, wants it" does."""
    owned = _opening(text) in words("roles", "possessives") | {"such"}
    return not points_back(text) and not (owned and actor(text) is None)


def _opening(text: str) -> str:
    """The word that a sentence opens with, behind one that joins it to the last."""
    spoken = (word.casefold() for word in _WORD.findall(text)[:2])
    return next((word for word in spoken if word not in words("agents", "joining")), "")


class Actors:
    """Who acts in the sentences of some texts, who may be one, and who may speak for another, as the texts tell it."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._fields: dict[str, set[str]] = {}
        self._named = set[str]()
        for text in texts:
            for role in roles(text):
                self._fields.setdefault(_surname(role.name), set()).update(role.places)
            for each in entities(text):
                # A capital at the head of a sentence makes no name.
                if (" " in each.name or not each.opens) and (name := bare(each.name)):
                    self._named |= {name, name.split()[-1]} if _is_person(each.name) else {name}

    def of(self, text: str) -> str | None:
        """Who acts in a sentence, where the name is surely one; None is better than a wrong one."""
        return actor(text, self._named)

    def is_person(self, name: str) -> bool:
        """Tell if a name is surely a person's: it has a title, or somebody of that name has a role in the texts."""
        return any(map(is_title, name.split()[:-1])) or _surname(name) in self._fields

    def may_agree(self, one: str | None, other: str | None) -> bool:
        """Tell if two statements may be of one actor: the same, one that may speak for the other, or not known."""
        if one is None or other is None or same_entity(one, other):
            return True
        return any(self._may_speak(*pair) for pair in ((one, other), (other, one)))

    def agree(self, one: str | None, other: str | None) -> bool:
        """Tell if two statements are of one actor for sure."""
        return bool(one and other) and (self.stands_for(one or "", other or "") or self._speaks(other or "", one or ""))

    def stands_for(self, one: str, other: str) -> bool:
        """Tell if two are the same, or the one is said to have a role in the other, a country or a body."""
        return same_entity(one, other) or self._speaks(one, other)

    def _speaks(self, person: str, other: str) -> bool:
        of = frozenset(self._fields.get(_surname(person), ()))
        return any(is_named(term, of) for term in content_terms(other))

    def _may_speak(self, person: str, other: str) -> bool:
        """Tell if they do, or have a role that names no other: at home ministers go without their country."""
        if _surname(person) not in self._fields or _is_person(other):
            return False
        return not self._fields[_surname(person)] or self._speaks(person, other)


def _surname(name: str) -> str:
    return (content_terms(name) or [""])[-1]
