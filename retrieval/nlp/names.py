"""Names as they stand in a sentence: where they begin and end, without titles, and which of them are of people."""

from __future__ import annotations

import re

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
    """Whether a word is of a name that no person has."""
    return word in _THINGS or bool(_THING.fullmatch(word)) or is_title(word) or is_day(word)


def _is_impersonal(word: str) -> bool:
    return is_thing(word) and not _INITIAL.fullmatch(word)


def owns(name: str, after: str = "") -> bool:
    """Whether a name stands for its owner's: "Rutte's", or "Truss" before an apostrophe."""
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
    words = [word for at, word in enumerate(words) if (word == "May" and 0 < at == last) or not _is_aside(word)]
    if not words or not content_terms(" ".join(words)):
        return None
    return " ".join(words)


def _is_aside(word: str) -> bool:
    return is_day(word) or bool(_ADJECTIVE.fullmatch(word))


def is_title(word: str) -> bool:
    """Whether a word is a title or part of one."""
    made = terms(word)
    return bool(made) and all(each in _TITLES for each in made)


def is_day(word: str) -> bool:
    """Whether a word is a month or a day of the week."""
    return any(each in MONTHS or each in WEEKDAYS for each in terms(word)) or bool(_MONTH.fullmatch(word))


def is_family_name(one: tuple[str, ...], other: tuple[str, ...], names: str) -> bool:
    """Whether one word is the surname of a longer name; a thing is not called by the last word of its name."""
    short, long = sorted((one, other), key=len)
    if len(long) == 1 or " of " in names or any(map(_is_impersonal, names.split())):
        return False
    return short[0] in (long[-1], *(long[:1] if long[0] in _FAMILY_FIRST else ()))


def is_one_person(one: tuple[str, ...], other: tuple[str, ...], names: str) -> bool:
    """Whether two full names are of one person: a surname in common, and first and middle names that agree."""
    short, long = sorted((one, other), key=len)
    if " of " in names or any(map(_is_impersonal, names.split())) or short[-1] != long[-1]:
        return False
    if short == long[-len(short) :] and short[0] in PARTICLES:
        return True
    middle, others = short[1:-1], long[1:-1]
    return _is_forename(short[0], long[0]) and (not middle or all(map(_is_forename, middle, others)))


def _is_forename(one: str, other: str) -> bool:
    """Whether two first names may be one: an initial, or a short form as Alex of Alexander; Erica is not Eric."""
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return short[0] == long[0]
    cut = len(short) >= _FORENAME and len(long) - len(short) > 1 and not long.endswith(("a", "e"))
    return one == other or (cut and long.startswith(short))
