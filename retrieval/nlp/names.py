"""The words of a name: titles, days and things among them, which are of one person, and the names of news agencies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from retrieval.nlp.lexicon import any_of, listed, load
from retrieval.nlp.quantities import MONTHS, WEEKDAYS
from retrieval.nlp.tokens import content_terms, plain, terms

_WORDS = {name: listed(words) for name, words in load("names")["words"].items()}
_FAMILY_FIRST = frozenset(map(plain, _WORDS["surname_first"]))
OPENING = frozenset((*_WORDS["opening"], *_WORDS["function"]))  # small words a sentence may open with
# Who speaks for its owner: "Ukraine's government" is Ukraine.
SPEAKING_BODIES = frozenset(_WORDS["speaking_bodies"])
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


def is_thing(word: str) -> bool:
    """Tell if a word is of a name that no person has."""
    return word in _THINGS or bool(_THING.fullmatch(word)) or is_title(word) or is_day(word)


def _is_impersonal(word: str) -> bool:
    return is_thing(word) and not _INITIAL.fullmatch(word)


def owns(name: str) -> bool:
    """Tell if a name stands for its owner's: "Rutte's"."""
    return name.endswith(("'s", "’s"))


def bare(name: str) -> str | None:
    """A name behind its titles: "NATO Secretary-General Mark Rutte" is Mark Rutte."""
    words = name.split()
    titled = [place for place, word in enumerate(words) if is_title(word)]
    if titled and words[-1] not in _BODY:
        words = words[titled[-1] + 1 :]
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


_SHORT = {form: short for short, forms in load("agencies").items() for form in (short, *forms)}
_AGENCY = re.compile(rf"(?<![\w])(?:{'|'.join(map(re.escape, sorted(_SHORT, key=len, reverse=True)))})(?!\w)")


def named_agencies(text: str) -> set[str]:
    """The agencies that a text names, by their short names."""
    return {_SHORT[match[0]] for match in _AGENCY.finditer(text)}


def common_agency(texts: Iterable[str]) -> str | None:
    """The agency that the most of these texts name, by its short name."""
    named = Counter(name for text in texts for name in named_agencies(text))
    return max(named, key=lambda name: (named[name], name)) if named else None
