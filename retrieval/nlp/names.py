"""Names as they stand in a sentence: their bounds and titles, who acts, and which are of people or news agencies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from retrieval.nlp.clauses import is_auxiliary, is_finite, read, words
from retrieval.nlp.lexicon import any_of, listed, load
from retrieval.nlp.quantities import MONTHS, WEEKDAYS
from retrieval.nlp.tokens import content_terms, plain, terms

_WORDS = {name: listed(words) for name, words in load("names")["words"].items()}
_FAMILY_FIRST = frozenset(map(plain, _WORDS["surname_first"]))
OPENING = frozenset((*_WORDS["opening"], *_WORDS["function"]))  # small words a sentence may open with
# Who speaks for its owner: "Ukraine's government" is Ukraine.
SPEAKING_BODIES = frozenset(_WORDS["speaking_bodies"])
# What opens a sentence with a capital and is no name.
_OPENING = rf"(?!(?:{'|'.join(map(str.capitalize, _WORDS['opening']))}|[A-Z][a-z]+(?:ing|ly))\b)"
_NAME_WORD = rf"(?:{'|'.join(_WORDS['short_titles'])})\.|[A-Z][\w’'&-]*[\w]|(?:[A-Z]\.){(2,)}"
NAME_PATTERN = (
    rf"\b{_OPENING}(?:{_NAME_WORD})"
    rf"(?: (?:(?:de|von|van|bin) )?(?:{_NAME_WORD})| of (?=[A-Z])(?:{_NAME_WORD})){{0,6}}"
)
NAME = re.compile(NAME_PATTERN)
# "Ukrainian" is nobody: the leaders or the army may be meant.
DEMONYM = re.compile(r"[A-Z]\w+(?:ish|ese|[eiy]an)|(?:Dutch|French|Greek|Swiss|German)")
_TITLES = frozenset(terms(" ".join(_WORDS["titles"])))
# "Foreign Ministry" is the name of a body whole, and no Ministry behind a title.
_BODY = frozenset(_WORDS["body"])
_ADJECTIVE = re.compile(r"[\w’'&]+-[a-z]+(?:ed|ing)|(?:Pro|Anti)-\w+")
_MONTH = re.compile(rf"(?:{any_of(map(str.capitalize, load('en')['full_stops']['months'].split()))})\.?")
# Words of names that are not of people.
_THINGS = frozenset(each + ending for each in _WORDS["thing"] for ending in ("", "s"))
_THING = re.compile(r"[A-Z.]{2,}|\S*[0-9]\S*|\w*(?:ish|ese|[ei]an)")
_INITIAL = re.compile(r"[^\W\d_]\.?")
_FORENAME = 3  # letters of a short first name, as Dan of Daniel
PARTICLES = frozenset(_WORDS["particles"])


def people(text: str) -> list[str]:
    """The full names of people in a text, and those behind a title, each once and without it."""
    found = [name for match in NAME.finditer(text) if _is_person(match[0]) and (name := bare(match[0]))]
    return list({name.split()[-1]: name for name in reversed(found)}.values())[::-1]


def _is_person(name: str) -> bool:
    words = [re.sub(r"['’]s$", "", word) for word in name.split()]
    titled = any(map(is_title, words[:-1]))
    return titled or (len(words) in (2, 3) and " of " not in name and not any(map(is_thing, words)))


def is_thing(word: str) -> bool:
    """Tell if a word is of a name that no person has."""
    return word in _THINGS or bool(_THING.fullmatch(word)) or is_title(word) or is_day(word)


def _is_impersonal(word: str) -> bool:
    return is_thing(word) and not _INITIAL.fullmatch(word)


def owns(name: str, after: str = "") -> bool:
    """Tell if a name stands for its owner's: "Rutte's", or "Truss" before an apostrophe."""
    return name.endswith(("'s", "’s")) or after.startswith(("'", "’"))


def bare(name: str) -> str | None:
    """A name behind its titles: "NATO Secretary-General Mark Rutte" is Mark Rutte."""
    words = name.split()
    if len(words) > 1 and owns(words[-2]) and not is_title(words[-1]):
        return None  # "Musk's Twitter", "McDonald's Corp": nobody knows which of them it is
    owned = [place for place, word in enumerate(words[:-2]) if owns(word)]
    words = [re.sub(r"['’]s$", "", word) for word in (words[owned[-1] + 1 :] if owned else words)]
    titled = [place for place, word in enumerate(words) if is_title(word)]
    if titled and words[-1] not in _BODY:
        words = words[titled[-1] + 1 :]
    if words[:1] == ["of"]:  # "Mayor of Donetsk Oleksandr Lukianchenko"
        words = words[2:]
    last = len(words) - 1  # "Biden Tuesday", but "Theresa May"
    words = [
        word
        for at, word in enumerate(words)
        if (word == "May" and 0 < at == last) or not (is_day(word) or _ADJECTIVE.fullmatch(word))
    ]
    if not words or not content_terms(" ".join(words)):
        return None
    return " ".join(words)


def is_title(word: str) -> bool:
    """Tell if a word is a title or part of one."""
    made = terms(word)
    return bool(made) and all(each in _TITLES for each in made)


def is_day(word: str) -> bool:
    """Tell if a word is a month or a day of the week."""
    return any(each in MONTHS or each in WEEKDAYS for each in terms(word)) or bool(_MONTH.fullmatch(word))


def is_family_name(one: tuple[str, ...], other: tuple[str, ...], names: str) -> bool:
    """Tell if one word is the surname of a longer name; a thing is not called by the last word of its name."""
    short, long = sorted((one, other), key=len)
    if len(long) == 1 or " of " in names or any(map(_is_impersonal, names.split())):
        return False
    return short[0] in (long[-1], *(long[:1] if long[0] in _FAMILY_FIRST else ()))


def is_one_person(one: tuple[str, ...], other: tuple[str, ...], names: str) -> bool:
    """Tell if two full names are of one person: a surname in common, and first and middle names that agree."""
    short, long = sorted((one, other), key=len)
    if " of " in names or any(map(_is_impersonal, names.split())) or short[-1] != long[-1]:
        return False
    if short == long[-len(short) :] and short[0] in PARTICLES:
        return True
    middle, others = short[1:-1], long[1:-1]
    return _is_forename(short[0], long[0]) and (not middle or all(map(_is_forename, middle, others)))


def _is_forename(one: str, other: str) -> bool:
    """Tell if two first names may be one: an initial, or a short form as Alex of Alexander; Erica is not Eric."""
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return short[0] == long[0]
    cut = len(short) >= _FORENAME and len(long) - len(short) > 1 and not long.endswith(("a", "e"))
    return one == other or (cut and long.startswith(short))


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
    """Tell if a name behind this text says where, when or whose something is."""
    behind = [word for word in before.casefold().split() if word not in _ARTICLES]
    return "".join(behind[-1:]) in words("roles", "prepositions") - words("roles", "prepositional")


def _may_act_behind(before: str) -> bool:
    """Tell if a name behind this text may act: only what says when or where stands there, and words that go with it."""
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
    """Tell if who says or does it is a pronoun: for whom it stands is in the sentences before."""
    return _opening(text) in words("agents", "pointing") or bool(_THEY_SAY.search(text) and not _SAYS.search(text))


def stands_alone(text: str) -> bool:
    """Tell if it names whom it tells of: "Their goal is peace" does not, "Their king, Harald, wants it" does."""
    owned = _opening(text) in words("roles", "possessives") | {"such"}
    return not points_back(text) and not (owned and actor(text) is None)


def _opening(text: str) -> str:
    """The word that a sentence opens with, behind one that joins it to the last."""
    spoken = (word.casefold() for word in _WORD.findall(text)[:2])
    return next((word for word in spoken if word not in words("agents", "joining")), "")


_SHORT = {form: short for short, forms in load("agencies").items() for form in (short, *forms)}
_AGENCY = re.compile(rf"(?<![\w])(?:{'|'.join(map(re.escape, sorted(_SHORT, key=len, reverse=True)))})(?!\w)")


def named_agencies(text: str) -> set[str]:
    """The agencies that a text names, by their short names."""
    return {_SHORT[match[0]] for match in _AGENCY.finditer(text)}


def common_agency(texts: Iterable[str]) -> str | None:
    """The agency that the most of these texts name, by its short name."""
    named = Counter(name for text in texts for name in named_agencies(text))
    return max(named, key=lambda name: (named[name], name)) if named else None
