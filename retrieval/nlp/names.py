"""Words of names, which are of one person, ways to write a name and what it stands for, and names of news agencies."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

from retrieval.nlp.lexicon import any_of, listed, load
from retrieval.nlp.quantities import MONTHS, WEEKDAYS
from retrieval.nlp.tokens import content_terms, plain, terms

_WORDS = {name: listed(words) for name, words in load("names")["words"].items()}
_FAMILY_FIRST = frozenset(map(plain, _WORDS["surname_first"]))
# Small words a sentence may open with.
OPENING = frozenset((*_WORDS["opening"], *_WORDS["function"], *load("en")["roles"]["prepositions"].split()))
FOREIGN_PREPOSITIONS = frozenset(_WORDS["prepositions"])
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


# "Mueller" for "Müller", "Aarhus" for "Århus"; but no "Michael", "Samuel" or "Bauer".
_DIGRAPH = re.compile(r"(?<![aeiougq])(?:([aou])e|a(a))(?=[b-df-hj-np-tv-xz])(?!l\Z)")
# A surname that ends so comes from an alphabet which every language writes in its own way.
_SLAVIC = re.compile(r"(?:sk[iyj]+|enk[oa]|[eo][vw]|[eo]ff|[eo][vw][iy](?:ch|tsch|tch|c))\Z")
_SOUNDS = (
    (re.compile(r"tsch|tch|ch"), "c"),
    (re.compile(r"sch|sh|z"), "s"),
    (re.compile(r"w|ff"), "v"),
    (re.compile(r"[yj]"), "i"),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile(r"i?([eo])v(?=\Z|ic\Z)"), r"\1v"),
    (re.compile(r"(?<=c)ov(?=\Z|ic\Z)"), "ev"),
    (re.compile(r"(?<=sk)i+\Z|(?<=enk)[oa]\Z"), ""),
)
_SHORTEST_SPELT = 5
_LONGEST_SPELT = 64  # what is longer is no name


@lru_cache(200_000)
def spelling(word: str) -> str:
    """A folded word or term as all its spellings have it, by its end alone: "zelenskyy" and "selenskyj" give one."""
    if known := _VARIANTS.get(word):
        return known
    if not _SHORTEST_SPELT <= len(word) <= _LONGEST_SPELT:
        return word
    short = _DIGRAPH.sub(lambda found: found[1] or found[2], word)
    word = short if len(short) >= _SHORTEST_SPELT else word
    if not _SLAVIC.search(word):
        return word
    for sound, letters in _SOUNDS:
        word = sound.sub(letters, word)
    return f"{word}~"  # met by no other word


@lru_cache(20_000)
def spellings(words: frozenset[str]) -> frozenset[str]:
    """The spelling of several words."""
    return frozenset(map(spelling, words))


def _variants() -> dict[str, str]:
    """Names of the lexicon that vary, as folded words and as terms."""
    found = {}
    for name, others in load("names")["spellings"].items():
        for each in (name, *listed(others, ",")):
            found[plain(each)] = found[terms(each)[0]] = f"{plain(name)}="
    return found


_VARIANTS = _variants()


Name = tuple[str, ...]  # the terms of a name, in order

# Endings that an adjective takes in German, French and Spanish.
_INFLECTIONS = ("e", "en", "er", "em", "es", "s", "ne", "nes", "le")
_BEFORE = 120  # characters before a bracket that a name may stand in
_SPELT_OUT = re.compile(r"\((?:the |“|\")?(?P<inside>[^()“”\"\n]{2,80})[”\"]?\)")


class Aliases:
    """Names by what they stand for. What several things share ("Congo") stands for any of them."""

    def __init__(self, names: Mapping[Name, frozenset[str]]) -> None:
        self._names = names
        self._forms: dict[str, set[Name]] = defaultdict(set)
        for name, keys in names.items():
            for key in keys:
                self._forms[key].add(name)
        self.related = cache(self._related)

    def keys(self, name: str) -> frozenset[str]:
        """The things a name stands for; none where it is not known."""
        return self._names.get(tuple(terms(name)), frozenset())

    def _related(self, term: str) -> tuple[frozenset[str], tuple[frozenset[str], ...]]:
        """The other names of a term: those that are one term, and the terms of those that are more."""
        forms = {form for key in self._names.get((term,), ()) for form in self._forms[key]}
        return (
            frozenset(form[0] for form in forms if len(form) == 1),
            tuple(frozenset(form) for form in forms if len(form) > 1),
        )

    def shortened(self, name: Name) -> frozenset[str]:
        """The names of one term that a name of several has."""
        return frozenset(form[0] for key in self._names.get(name, ()) for form in self._forms[key] if len(form) == 1)

    def learn(self, texts: Iterable[str]) -> Aliases:
        """These and what texts spell out: "European Central Bank (ECB)"."""
        names = dict(self._names)
        for text in texts:
            for short, long in _spelt_out(text):
                pair = tuple(terms(short)), tuple(terms(long))
                keys = names.get(pair[1]) or names.get(pair[0]) or frozenset((" ".join(pair[1]),))
                for name in pair:
                    names[name] = names.get(name, frozenset()) | keys
        return Aliases(names)


def is_short_of(short: str, long: str) -> bool:
    """Tell if a name is the initials of another, small words among them or not."""
    words = re.findall(r"[^\s-]+", long)
    letters = short.replace(".", "")
    if not 2 <= len(letters) <= len(words) or not letters.isupper():
        return False
    return letters in ("".join(w[0] for w in words).upper(), "".join(w[0] for w in words if not w[0].islower()))


def _spelt_out(text: str) -> Iterator[tuple[str, str]]:
    """The short and long names of which one stands in brackets behind the other."""
    for match in _SPELT_OUT.finditer(text):
        words, inside = text[max(match.start() - _BEFORE, 0) : match.start()].split(), match["inside"].strip()
        if words and is_short_of(words[-1], inside):
            yield words[-1], inside
        for size in range(len(inside), min(2 * len(inside), len(words)) + 1):
            long = " ".join(words[-size:])
            if is_short_of(inside, long) and (long[0].isupper() or long.islower()):
                yield inside, long
                break


def _known() -> Aliases:
    """The names of the lexicon."""
    names: dict[Name, frozenset[str]] = {}
    for key, others in (*load("names")["places"].items(), *load("names")["bodies"].items()):
        for each in (key, *listed(others, ",")):
            for form in _inflected(each) if each[0].islower() else (each,):
                name = tuple(terms(form))
                names[name] = names.get(name, frozenset()) | {key}
    return Aliases(names)


def _inflected(adjective: str) -> Iterator[str]:
    yield adjective
    yield from (adjective + ending for ending in _INFLECTIONS)
    if adjective.endswith("o"):
        yield from (adjective[:-1] + ending for ending in ("a", "as", "os"))


KNOWN = _known()


_SHORT = {form: short for short, forms in load("agencies").items() for form in (short, *forms)}
_AGENCY = re.compile(rf"(?<![\w])(?:{'|'.join(map(re.escape, sorted(_SHORT, key=len, reverse=True)))})(?!\w)")


def named_agencies(text: str) -> set[str]:
    """The agencies that a text names, by their short names."""
    return {_SHORT[match[0]] for match in _AGENCY.finditer(text)}


def common_agency(texts: Iterable[str]) -> str | None:
    """The agency that the most of these texts name, by its short name."""
    named = Counter(name for text in texts for name in named_agencies(text))
    return max(named, key=lambda name: (named[name], name)) if named else None
