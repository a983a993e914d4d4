"""Which names are one without looking alike: known from the lexicon, and learnt from what articles spell out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from retrieval.nlp.lexicon import listed, load
from retrieval.nlp.tokens import terms

Name = tuple[str, ...]  # the terms of a name, in order

# Endings that an adjective takes in German, French and Spanish.
_INFLECTIONS = ("e", "en", "er", "em", "es", "s", "ne", "nes", "le")
_LONGEST_SHORT, _COMPOUND = 12, 12  # letters of a short name at most, of a word that may have one at least
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
        """What a name stands for; nothing where it is not known."""
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


def _spelt_out(text: str) -> Iterator[tuple[str, str]]:
    """The short and long names of which one stands in brackets behind the other."""
    for match in _SPELT_OUT.finditer(text):
        before, inside = text[max(match.start() - 120, 0) : match.start()].rstrip(), match["inside"].strip()
        words = before.split()
        if _is_short(inside):
            if long := _long(words, inside):
                yield inside, long
        elif words and _is_short(words[-1]) and " " in inside and _spells(inside.split(), _letters(words[-1])):
            yield words[-1], inside


def _is_short(word: str) -> bool:
    return len(word) <= _LONGEST_SHORT and " " not in word and sum(each.isupper() for each in word) > 1


def _long(words: list[str], short: str) -> str | None:
    """The last words that a short name is made of."""
    letters = _letters(short)
    compound = words and ("-" in words[-1] or len(words[-1]) >= _COMPOUND)
    for size in range(1 if compound else 2, min(len(letters) * 2, len(letters) + 5, len(words)) + 1):
        run = words[-size:]
        capital = run[0][0].isupper() or not any(word[0].isupper() for word in run)
        if capital and _spells(run, letters):
            return " ".join(run)
    return None


def _letters(short: str) -> list[str]:
    return [each for each in short.lower() if each.isalnum()]


def _spells(words: list[str], letters: list[str]) -> bool:
    """Whether letters come in this order in words: as initials, small words passed over, or further inside a word.

    After Schwartz and Hearst (2003), "A simple algorithm for identifying abbreviation definitions in biomedical text".
    """
    parts = [part for word in words for part in word.split("-") if part]
    reached = {(0, 0)} if parts and parts[0].lower().startswith(letters[0]) else set[tuple[int, int]]()
    for letter in letters[1:]:
        reached = {place for at in reached for place in _onwards(parts, letter, *at)}
    return any(part == len(parts) - 1 for part, _ in reached)


def _onwards(parts: list[str], letter: str, part: int, place: int) -> Iterator[tuple[int, int]]:
    """Where the next letter of a short name may stand behind a place in a long one."""
    inside = parts[part].lower().find(letter, place + 1)
    if inside > 0:
        yield part, inside
    for later in range(part + 1, len(parts)):
        if parts[later].lower().startswith(letter):
            yield later, 0
        if not parts[later][0].islower():
            return


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
