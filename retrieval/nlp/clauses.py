"""A shallow reading of clauses: the subject of a word, and whether it is denied, supposed or only wanted there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from retrieval.nlp.forms import base, is_alike, one_word
from retrieval.nlp.lexicon import load
from retrieval.nlp.tokens import STOPWORDS, plain_figures, terms

# A word or three in quotation marks belong to their clause.
_QUOTED = re.compile(r"[“\"](\w+(?: \w+){0,2})[”\"]")
# Long names that are to count as the short ones do.
_STATES = re.compile(r"\b(?:[Tt]he\s+)?United\s+(?:(States)(?:\s+of\s+America)?|Kingdom)\b")
# A number with what multiplies it is one word.
_SIZES = "|".join(load("en")["numbers"]["magnitudes"].split())
_TOKEN = re.compile(
    rf"[0-9][0-9.]*(?:,[0-9]{{3}})*\s(?:{_SIZES})\b|[0-9]{{1,3}}(?:,[0-9]{{3}})+\b|[^\W_](?:[\w’'.&-]*\w)?"
    r"|[,;:()—–“”\"]|(?<=\s)-(?=\s)|[.!?](?=[\s\"”’)]|$)"
)
_NUMBER = re.compile(r"[$£€]?[0-9]")
_DONE = re.compile(r"[a-z]{2,}(?:ed|wn|en)")
_THIRD = re.compile(r"[a-z]{2,}[^\Wsui]s|[a-z]{2,}(?:sses|ises)")
# Words before another that show how it stands.
_BESIDE = 4

_Form = Literal["noun", "infinitive", "gerund", "verb"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands, or a mark: in small letters, its terms, and whether a capital marks it as a name."""

    text: str
    terms: tuple[str, ...]
    name: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """A word as it stands in a sentence.

    `subject` are the terms before it in its clause, or in the clauses before where its own names nobody; `heads` the
    names among them behind no preposition; it is `pointing` where a pronoun is the subject. `behind` follows it in its
    clause, `governors` stand before it, `by` is who does it in the passive. `supposed` is 2 for what may be or depends
    on something, 1 for what is to be or is wanted.
    """

    at: int
    subject: frozenset[str]
    heads: frozenset[str]
    behind: frozenset[str]
    by: frozenset[str]
    governors: frozenset[str]
    pointing: bool
    passive: bool
    nominal: bool
    denied: bool
    supposed: int


def shorten(text: str) -> str:
    """A text with the short names of two states for their long ones."""
    return _STATES.sub(lambda match: "US" if match[1] else "UK", text)


@lru_cache(maxsize=4_096)
def read(text: str) -> tuple[Word, ...]:
    """The words and marks of a text."""
    found = list[Word]()
    for match in _TOKEN.finditer(_QUOTED.sub(r"\1", one_word(shorten(plain_figures(text))))):
        made = tuple(terms(match[0]))
        name = match[0][0].isupper() and not STOPWORDS.issuperset(made)
        found.append(Word(match[0].lower().replace("’", "'"), made, name))
    return tuple(found)


def places(said: Sequence[Word], term: str) -> list[int]:
    """Where a word stands, in one of its forms or another of the same meaning."""
    return [place for place, word in enumerate(said) if word.terms and is_alike(term, word.terms)]


@cache
def words(section: str, key: str) -> frozenset[str]:
    """A list of the lexicon, as it is written."""
    return frozenset(load("en")[section][key].split())


@cache
def listed(section: str, key: str) -> frozenset[str]:
    """The terms of a list of the lexicon, of irregular verbs those of the base form."""
    return frozenset(map(base, terms(load("en")[section][key])))


def terms_of(part: Sequence[Word]) -> frozenset[str]:
    """The terms of words."""
    return frozenset(term for word in part for term in word.terms)


def is_mark(word: Word) -> bool:
    """Tell if it is a mark and no word."""
    return not word.terms


def is_number(word: Word) -> bool:
    """Tell if it is written in digits."""
    return bool(_NUMBER.match(word.text))


def is_determiner(word: Word) -> bool:
    """Tell if a noun follows: an article, a possessive or a number."""
    return word.text in words("roles", "determiners") or is_number(word)


def is_auxiliary(word: Word) -> bool:
    """Tell if it is a form of "to be", an auxiliary or a modal."""
    bare = word.text.removesuffix("n't")
    return bare in words("roles", "be") or bare in words("roles", "auxiliaries") or word.text in ("won't", "can't")


def is_negation(word: Word) -> bool:
    """Tell if it denies what follows, an auxiliary with "n't" too."""
    return word.text.endswith("n't") or word.text in words("negation", "words") or word.text == "cannot"


def is_content(word: Word) -> bool:
    """Tell if it is a word that tells something."""
    return any(each not in STOPWORDS for each in word.terms)


def is_finite(word: Word) -> bool:
    """Tell if it may be a verb in the past or the third person by its form."""
    if word.name or not word.terms:
        return False
    irregular = base(word.terms[-1]) != word.terms[-1]
    return irregular or bool(_DONE.fullmatch(word.text) or _THIRD.fullmatch(word.text))


def _is(word: Word, section: str, key: str) -> bool:
    return bool(word.terms) and base(word.terms[-1]) in listed(section, key)


def assertion(said: Sequence[Word], at: int) -> Assertion:
    """The way a sentence asserts the word at a place."""
    start = _clause(said, at)
    left, form = said[start:at], _form(said, at, start)
    subject, heads, pointing = _subject(said, start, at)
    stop = next((place for place in range(at + 1, len(said)) if _parts(said, place)), len(said))
    behind = said[at + 1 : stop]
    by = next((place for place, word in enumerate(behind) if word.text == "by"), len(behind))
    return Assertion(
        at=at,
        subject=subject,
        heads=heads,
        behind=terms_of(behind),
        by=terms_of(behind[by:]),
        governors=terms_of(left),
        pointing=pointing,
        passive=_is_passive(said, at),
        nominal=form == "noun",
        denied=_is_denied(said, start, at),
        supposed=_supposed(said, start, at, form),
    )


def _subject(said: Sequence[Word], start: int, at: int) -> tuple[frozenset[str], frozenset[str], bool]:
    """The terms before a word that may be its subject, the names that stand alone there, and whether a pronoun does.

    A clause without a subject of its own has that of the clause before.
    """
    more = said[start:at]
    subject, heads, pointing = terms_of(more), _heads(more), _points(more)
    while start > 0 and not pointing and (not heads or not any(map(_may_be_verb, more))):
        end = start - 1
        start = _clause(said, end)
        more = said[start:end]
        subject, heads, pointing = subject | terms_of(more), heads | _heads(more), _points(more)
    return subject | terms_of(said[:start]) if pointing else subject, heads, pointing


def _clause(said: Sequence[Word], at: int) -> int:
    """Where the clause of a place begins."""
    while at > 0 and not _parts(said, at - 1):
        at -= 1
    return at


def _parts(said: Sequence[Word], at: int) -> bool:
    """Tell if a mark or a word parts clauses."""
    word = said[at]
    if is_mark(word) and word.text != ",":
        return True
    if word.text == "once" and at + 1 < len(said) and _may_be_verb(said[at + 1]):
        return False  # "once had"
    return word.text in words("roles", "subordinators") or word.text in (",", "and", "or", "nor")


def _may_be_verb(word: Word) -> bool:
    return is_auxiliary(word) or is_finite(word) or word.text.endswith("ing")


def _heads(left: Sequence[Word]) -> frozenset[str]:
    found, beside = set[str](), False
    for word in left:
        if word.text in words("roles", "prepositions"):
            beside = True
        elif word.name:
            found |= set() if beside else set(word.terms)
        elif not is_determiner(word):
            beside = beside and not is_auxiliary(word) and not is_mark(word)
    return frozenset(found)


def _points(left: Sequence[Word]) -> bool:
    """Tell if a pronoun stands as the subject, or opens it: "his government"."""
    opening = left[0].text if left else ""
    return opening in words("roles", "possessives") or any(word.text in words("roles", "pronouns") for word in left)


def _form(said: Sequence[Word], at: int, start: int) -> _Form:
    """The form in which a word stands: as a noun, behind "to", in "-ing" behind a preposition, or as a verb."""
    before = [word for word in said[max(start, at - _BESIDE) : at] if not word.text.endswith("ly")]
    if not before:
        return "verb"
    word, last = said[at], before[-1]
    if last.text == "to":
        return "infinitive"
    if word.text.endswith("ing") and len(word.text) > len("-ing"):
        return "gerund" if last.text in words("modality", "prepositions") else "verb"
    if is_auxiliary(last) or last.text in words("roles", "adverbs") or _is(last, "roles", "linking"):
        return "verb"
    if is_finite(last) and word.text.endswith("s"):
        return "noun"  # "highlighted concerns"
    if is_finite(word) and not word.text.endswith("s"):
        return "noun" if is_determiner(last) else "verb"
    for each in reversed(before):
        if each.text in words("roles", "determiners") or each.text in words("roles", "prepositions"):
            return "noun"
        if each.text.endswith("'s") and not is_finite(word):
            return "noun"
        if each.name or is_auxiliary(each) or is_mark(each):
            break
    # A verb without an ending may stand behind a plural, a name or a pronoun.
    plural = last.name or last.text.endswith("s") or last.text == "who" or last.text in words("roles", "pronouns")
    return "noun" if word.name or not (is_finite(word) or plural) else "verb"


def _is_passive(said: Sequence[Word], at: int) -> bool:
    word = said[at]
    irregular = bool(word.terms) and base(word.terms[-1]) != word.terms[-1]
    if not irregular and not _DONE.fullmatch(word.text):
        return False
    for each in reversed(said[max(at - _BESIDE, 0) : at]):
        if each.text in words("roles", "be"):
            return True
        if not (each.text.endswith("ly") or each.text in words("roles", "adverbs")):
            break
    return at + 1 < len(said) and said[at + 1].text == "by"


def _is_denied(said: Sequence[Word], start: int, at: int) -> bool:
    """Tell if words that deny stand before a word in its clause, an odd number of them."""
    count = sum(_denies(said, place) for place in range(start, at))
    refused = start > 1 and said[start - 1].text == "that" and _is(said[start - 2], "negation", "refusing")
    return (count + refused) % 2 == 1


def _denies(said: Sequence[Word], place: int) -> bool:
    word = said[place]
    after = said[place + 1].text if place + 1 < len(said) else ""
    if word.text == "not" and after in ("only", "just", "merely", "least"):
        return False
    if word.text == "no" and after in ("doubt", "longer"):
        return after == "longer"
    return is_negation(word) or any(_is(word, "negation", key) for key in ("refusing", "evading", "ending"))


def _supposed(said: Sequence[Word], start: int, at: int, form: _Form) -> int:
    left = said[start:at]
    opening = {word.text for word in said[max(start - 2, 0) : start + 1]}
    doubted = start > 1 and said[start - 1].text == "that" and _is(said[start - 2], "modality", "doubtful")
    maybe = any(word.text in words("modality", "maybe") for word in left)
    if doubted or maybe or opening & words("modality", "conditional"):
        return 2
    to_be = any(word.text in words("modality", "to_be") for word in left)
    unreal = form == "noun" and any(_is(word, "modality", "unreal") for word in left)
    done = any(_is(word, "modality", "implicative") for word in said[max(at - 3, start) : at - 1])  # "continued to"
    return int(form == "gerund" or (form == "infinitive" and not done) or to_be or unreal)
