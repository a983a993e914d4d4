"""Whether two terms are forms of one word, or words of one meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from retrieval.nlp.lexicon import load
from retrieval.nlp.tokens import terms

# Letters that two forms begin with alike: invite and invitation.
_STEM = 4


def base(term: str) -> str:
    """The term of the base form of an irregular verb; of any other word the term itself."""
    return _bases().get(term, term)


def is_form(term: str, there: Iterable[str]) -> bool:
    """Whether a word is there in one of its forms: offer and offered, give and gave, member and membership."""
    term = base(term)
    return any(_is_kin(term, base(each)) for each in there)


def is_alike(term: str, there: Iterable[str]) -> bool:
    """Whether a word is there in one of its forms, or one of the same meaning."""
    meanings = _meanings().get(base(term), frozenset())
    return any(_is_kin(base(term), base(each)) or meanings & _meanings().get(base(each), frozenset()) for each in there)


def one_word(text: str) -> str:
    """A text with one word for verbs of two: "gave up" as "relinquished"."""
    return _phrases()[0].sub(lambda match: _phrases()[1][match[0].lower()], text)


@cache
def _phrases() -> tuple[re.Pattern[str], Mapping[str, str]]:
    irregular = {line.split()[0]: line.split()[1:] for line in load("en")["irregular"]["verbs"]}
    made = dict[str, str]()
    for line in load("en")["phrases"]["verbs"]:
        phrase, _, one = line.partition(" = ")
        verb, rest = phrase.split(maxsplit=1)
        for form, ending in (
            (verb, ""),
            (_ended(verb, "s"), "s"),
            (_ended(verb, "ing"), "ing"),
            (_ended(verb, "ed"), "ed"),
        ):
            made[f"{form} {rest}"] = _ended(one, ending)
        for form in irregular.get(verb, ()):
            made[f"{form} {rest}"] = _ended(one, "ed")
    return re.compile(rf"\b(?:{'|'.join(sorted(made, key=len, reverse=True))})\b", re.IGNORECASE), made


def _ended(verb: str, ending: str) -> str:
    """A verb with an ending; of spelling only a last "e" and a hiss are minded."""
    if verb == "not":
        return verb
    if ending in ("ed", "ing") and verb.endswith("e"):
        return verb[:-1] + ending
    if ending == "s" and verb.endswith(("s", "x", "ch", "sh")):
        return f"{verb}es"
    return verb + ending


def _is_kin(one: str, other: str) -> bool:
    size = max(min(len(one), len(other)) - 1, _STEM)
    return one[:size] == other[:size]


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
