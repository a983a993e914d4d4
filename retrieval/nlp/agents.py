"""Who says or does what a sentence tells: the name before its verb, or beside a word of saying.

Precision first: a name that only stands where, whose or when something is acts nothing, nor does one further inside.
"""

from __future__ import annotations

import re

from retrieval.nlp.clauses import is_auxiliary, is_finite, read, words
from retrieval.nlp.lexicon import load
from retrieval.nlp.names import DEMONYM, NAME, NAME_PATTERN, OPENING, SPEAKING_BODIES, bare, is_title, owns

SAYING = rf"(?:{'|'.join(load('en')['agents']['saying'].split())})"
_SAYS = re.compile(
    rf"(?P<name>{NAME_PATTERN})(?: \([A-Z]+\))?(?:,[^,.;“”]{{1,90}},)? (?:also |later )?{SAYING}\b"
    rf"|(?:[,”\"’] |\b[Ss]o ){SAYING} (?:[a-z]+ ){{0,3}}(?P<behind>{NAME_PATTERN})"
)
_THEY_SAY = re.compile(rf"\b(?i:{'|'.join(words('roles', 'pronouns'))}) (?:also |later |has |have )?{SAYING}\b")
_MARK = re.compile(r"[,:—–](?!.*[,:—–])", re.DOTALL)
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_NOUN = re.compile(r" [a-z]+(?![\w-])")
_ARTICLES = frozenset(("the", "a", "an"))
_MOST_BESIDE = 4  # words that go with a name


def actor(text: str) -> str | None:
    """The name of who says or does it, without title; None where it is a pronoun, or not to be told."""
    found = acting(text)
    return found[0] if found else None


def acting(text: str) -> tuple[str, str] | None:
    """The name of who says or does it, and what the sentence goes on with: for "..., said Rutte" the word of saying."""
    label, colon, rest = text.partition(": ")
    if colon and not any(is_auxiliary(word) or is_finite(word) for word in read(label)):
        text = rest  # the place it is from, or the catchword of an item in a list
    return None if points_back(text) else _speaking(text) or _first(text)


def _speaking(text: str) -> tuple[str, str] | None:
    start = 0
    while match := _SAYS.search(text, start):
        side = "name" if match["name"] else "behind"
        if not _is_beside(text[: match.start(side)]) and not owns(match[side]) and (found := bare(match[side])):
            return found, text[match.end(side) :] if side == "name" else " said"
        start = match.end(side)
    return None


def _first(text: str) -> tuple[str, str] | None:
    for match in NAME.finditer(text):
        if _may_act_behind(text[: match.start()]):
            after = text[match.end() :]
            found, owner = bare(match[0]), owns(match[0], after)
            if found and (not owner or not SPEAKING_BODIES.isdisjoint(_WORD.findall(after)[:2])):
                # What is Ukrainian, where the name is that: no leader is the people.
                noun = _NOUN.match(after) if DEMONYM.fullmatch(found) else None
                return (found + noun[0], after[noun.end() :]) if noun else (found, after)
            if found or owner:
                return None
    return None


def _is_beside(before: str) -> bool:
    """Whether a name behind this text says where, when or whose something is."""
    behind = [word for word in before.casefold().split() if word not in _ARTICLES]
    return "".join(behind[-1:]) in words("roles", "prepositions") - words("roles", "prepositional")


def _may_act_behind(before: str) -> bool:
    """Whether a name behind this text may act: only what says when or where stands there, and words that go with it."""
    mark = _MARK.search(before)
    opening, own = (before[: mark.start()], before[mark.end() :]) if mark else ("", before)
    first = "".join(_WORD.findall(opening)[:1])
    introduced = first.casefold() not in words("roles", "determiners") and ";" not in opening
    introduced = introduced and (not first or _is_small(first) or first.endswith("ing"))
    beside = _WORD.findall(own)
    fits = len(beside) <= _MOST_BESIDE and all(_is_small(word) or is_title(word) for word in beside)
    return introduced and fits and not _is_beside(own)


def _is_small(word: str) -> bool:
    return word.casefold() in OPENING or word.endswith("ly")


def points_back(text: str) -> bool:
    """Whether who says or does it is a pronoun: for whom it stands is in the sentences before."""
    return _opening(text) in words("agents", "pointing") or bool(_THEY_SAY.search(text) and not _SAYS.search(text))


def stands_alone(text: str) -> bool:
    """Whether it names whom it tells of: "Their goal is peace" does not, "Their king, Harald, wants it" does."""
    owned = _opening(text) in words("roles", "possessives") | {"such"}
    return not points_back(text) and not (owned and actor(text) is None)


def _opening(text: str) -> str:
    """The word that a sentence opens with, behind one that joins it to the last."""
    spoken = (word.casefold() for word in _WORD.findall(text)[:2])
    return next((word for word in spoken if word not in words("agents", "joining")), "")
