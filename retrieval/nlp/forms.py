"""The forms of words, and words of one meaning or of opposite ones: data of the lexicon, English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain, repeat

from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.tokens import STOPWORDS, terms

# Letters that two forms begin with alike: invite and invitation.
_STEM = 4
_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non")


def base(term: str) -> str:
    """The term of the base form of an irregular verb; of any other word the term itself."""
    return _bases().get(term, term)


def is_form(term: str, there: Iterable[str]) -> bool:
    """Tell if a word is there in one of its forms: offer and offered, give and gave, member and membership."""
    term = base(term)
    return any(_is_kin(term, base(each)) for each in there)


def is_alike(term: str, there: Iterable[str]) -> bool:
    """Tell if a word is there in one of its forms, or one of the same meaning."""
    meanings = _meanings().get(base(term), frozenset())
    return any(_is_kin(base(term), base(each)) or meanings & _meanings().get(base(each), frozenset()) for each in there)


def opposites(term: str) -> frozenset[str]:
    """The terms of opposite meaning that are known, of irregular verbs in their base form."""
    made = {prefix + term for prefix in _PREFIXES} | {
        term.removeprefix(prefix) for prefix in _PREFIXES if term.startswith(prefix) and len(term) > len(prefix) + 3
    }
    return _opposites().get(base(term), frozenset()) | made


def one_word(text: str) -> str:
    """A text with one word for verbs of two: "gave up" as "relinquished"."""
    return _phrases()[0].sub(lambda match: _phrases()[1][" ".join(match[0].lower().split())], text)


def forms(lemma: str) -> Iterator[str]:
    """A verb, its third person, "-ing" and past forms; a second word, behind a hyphen, stays behind each."""
    verb, _, particle = lemma.partition("-") if not lemma.startswith("u-") else (lemma, "", "")
    for form in (verb, *_inflected(verb)):
        yield f"{form} {particle}" if particle else form


def _inflected(verb: str) -> Iterator[str]:
    past = _irregular().get(verb, ())
    stem = verb + verb[-1] if verb in load("en")["irregular"]["doubling"].split() else verb
    if verb.endswith("y") and verb[-2] not in "aeiou":
        yield from (f"{verb[:-1]}ies", f"{verb}ing", *(past or [f"{verb[:-1]}ied"]))
    elif verb.endswith("e"):
        yield from (f"{verb}s", f"{verb if verb.endswith('ee') else verb[:-1]}ing", *(past or [f"{verb}d"]))
    else:
        hissing = verb.endswith(("s", "sh", "ch", "x", "o"))
        yield from (f"{verb}es" if hissing else f"{verb}s", f"{stem}ing", *(past or [f"{stem}ed"]))


def _is_kin(one: str, other: str) -> bool:
    if one in STOPWORDS or other in STOPWORDS:
        return one == other  # "with" is no form of "withdraw"
    size = max(min(len(one), len(other)) - 1, _STEM)
    return one[:size] == other[:size]


@cache
def _irregular() -> Mapping[str, tuple[str, ...]]:
    lines = chain(load("en")["irregular"]["verbs"], load("en")["irregular"]["rare"])
    return {first: tuple(past) for first, *past in map(str.split, lines)}


@cache
def _phrases() -> tuple[re.Pattern[str], Mapping[str, str]]:
    made = dict[str, str]()
    for line in load("en")["phrases"]["verbs"]:
        phrase, _, one = line.partition(" = ")
        verb, rest = phrase.split(maxsplit=1)
        others = list(forms(one)) if one != "not" else [one]
        pairs = zip(forms(verb), chain(others, repeat(others[-1])), strict=False)
        made |= {f"{form} {rest}": other for form, other in pairs}
    return re.compile(rf"\b(?:{any_of(made)})\b", re.IGNORECASE), made


@cache
def _bases() -> Mapping[str, str]:
    found = dict[str, str]()
    for line in load("en")["irregular"]["verbs"]:
        first, *others = terms(line)
        found |= dict.fromkeys(others, first)
    return found


@cache
def _meanings() -> Mapping[str, frozenset[int]]:
    """The numbers of the groups of words of one meaning that a term belongs to."""
    found = dict[str, set[int]]()
    for number, line in enumerate(load("en")["synonyms"]["groups"]):
        for term in terms(line):
            found.setdefault(base(term), set()).add(number)
    return {term: frozenset(groups) for term, groups in found.items()}


@cache
def _opposites() -> Mapping[str, frozenset[str]]:
    found = dict[str, set[str]]()
    for line in load("en")["opposites"]["pairs"]:
        one, other = (frozenset(map(base, terms(side))) for side in line.split("/"))
        for term in one | other:
            found.setdefault(term, set()).update(other if term in one else one)
    return {term: frozenset(others) for term, others in found.items()}
