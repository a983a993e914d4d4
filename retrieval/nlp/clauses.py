"""How a sentence asserts a word: who its subject is, and whether it is denied, supposed or only wanted there.

A shallow reading of the words around it, without a grammar: what stands before a verb in its clause is its subject and
what governs it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from retrieval.nlp.forms import base, is_alike, one_word
from retrieval.nlp.lexicon import load
from retrieval.nlp.tokens import STOPWORDS, terms

# A word or three in quotation marks belong to their clause.
_QUOTED = re.compile(r"[“\"](\w+(?: \w+){0,2})[”\"]")
# Long names that are to count as the short ones do.
_STATES = re.compile(r"\b(?:[Tt]he\s+)?United\s+(?:(States)(?:\s+of\s+America)?|Kingdom)\b")

_TOKEN = re.compile(r"[^\W_](?:[\w’'.&-]*\w)?|[,;:()—–“”\"]|(?<=\s)-(?=\s)|[.!?](?=[\s\"”’)]|$)")
_NUMBER = re.compile(r"[$£€]?[0-9]")
_DONE = re.compile(r"[a-z]{2,}(?:ed|wn|en)")
_THIRD = re.compile(r"[a-z]{2,}[^\Wsui]s|[a-z]{2,}(?:sses|ises)")
# Words behind a verb of saying within which the speaker is named.
_SPEAKER = 5


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands, or a mark: in small letters, its terms, and whether a capital marks it as a name."""

    text: str
    terms: tuple[str, ...]
    name: bool


@dataclass(frozen=True, slots=True)
class Assertion:
    """A word as it stands in a sentence.

    `subject` are the terms before it in its clause, `others` those of names that stand there as its subject; `behind`
    what follows to the end of the clause. `open`: no subject is named in the clause, as behind a pronoun or in a clause
    that leans on another; then `subject` has those of the clauses before. `supposed`: 2 for what may be or
    depends on something, 1 for what is to be or is wanted.
    """

    at: int
    subject: frozenset[str]
    heads: frozenset[str]
    behind: frozenset[str]
    by: frozenset[str]
    pointing: bool
    passive: bool
    nominal: bool
    denied: bool
    supposed: int
    governors: frozenset[str]


def shorten(text: str) -> str:
    """A text with the short names of two states for their long ones."""
    return _STATES.sub(lambda match: "US" if match[1] else "UK", text)


@lru_cache(maxsize=4_096)
def read(text: str) -> tuple[Word, ...]:
    """The words and marks of a text."""
    found = list[Word]()
    for match in _TOKEN.finditer(_QUOTED.sub(r"\1", one_word(shorten(text)))):
        made = tuple(terms(match[0]))
        name = match[0][0].isupper() and not STOPWORDS.issuperset(made)
        found.append(Word(match[0].lower().replace("’", "'"), made, name))
    return tuple(found)


@cache
def words(section: str, key: str) -> frozenset[str]:
    """A list of the lexicon, as it is written."""
    return frozenset(load("en")[section][key].split())


@cache
def listed(section: str, key: str) -> frozenset[str]:
    """The terms of a list of the lexicon, of irregular verbs those of the base form."""
    return frozenset(map(base, terms(load("en")[section][key])))


def _is(word: Word, section: str, key: str) -> bool:
    return bool(word.terms) and base(word.terms[-1]) in listed(section, key)


def is_mark(word: Word) -> bool:
    """Whether it is a mark and no word."""
    return not word.terms


def is_auxiliary(word: Word) -> bool:
    """Whether it is a form of "to be", an auxiliary or a modal."""
    plain = word.text.removesuffix("n't")
    return plain in words("roles", "be") or plain in words("roles", "auxiliaries") or word.text in ("won't", "can't")


def is_negation(word: Word) -> bool:
    """Whether it denies what follows, an auxiliary with "n't" too."""
    return word.text.endswith("n't") or word.text in words("negation", "words") or word.text == "cannot"


def is_content(word: Word) -> bool:
    """Whether it is a word that tells something."""
    return any(each not in STOPWORDS for each in word.terms)


def is_finite(word: Word) -> bool:
    """Whether it may be a verb in the past or the third person by its form."""
    if word.name or not word.terms:
        return False
    irregular = base(word.terms[-1]) != word.terms[-1]
    return irregular or bool(_DONE.fullmatch(word.text) or _THIRD.fullmatch(word.text))


def clause(said: Sequence[Word], at: int) -> int:
    """Where the clause of a place begins."""
    start = at
    while start > 0 and not _parts(said, start - 1):
        start -= 1
    return start


def _parts(said: Sequence[Word], at: int) -> bool:
    """Whether a mark or a word parts clauses: not in a list, nor around what is only inserted."""
    word = said[at]
    if is_mark(word) and word.text != ",":
        return True
    if word.text == "once" and at + 1 < len(said) and (is_finite(said[at + 1]) or is_auxiliary(said[at + 1])):
        return False
    if word.text in words("roles", "subordinators"):
        return not (word.text in ("that", "so", "as", "than", "since", "until", "before", "after") and _leads_noun(said, at))
    if word.text == "," or word.text in ("and", "or", "nor"):
        return not _is_list(said, at)
    return False


def _leads_noun(said: Sequence[Word], at: int) -> bool:
    """Whether a noun without a verb follows: "after the announcement"."""
    for word in said[at + 1 : at + 7]:
        if is_auxiliary(word) or (is_finite(word) and not _is_determined(said, said.index(word))):
            return False
        if is_mark(word):
            return True
    return True


def _is_determined(said: Sequence[Word], at: int) -> bool:
    return at > 0 and (said[at - 1].text in words("roles", "determiners") or bool(_NUMBER.match(said[at - 1].text)))


def _is_list(said: Sequence[Word], at: int) -> bool:
    """Whether names stand on both sides: "Britain, France and Germany"."""
    before, after = at - 1, at + 1
    while after < len(said) and (said[after].text in ("and", "or", "the", "both", ",") or is_mark(said[after])):
        after += 1
    while before >= 0 and said[before].text in (",", "and"):
        before -= 1
    return before >= 0 and after < len(said) and said[before].name and said[after].name


def assertion(said: Sequence[Word], at: int) -> Assertion:
    """How a sentence asserts the word at a place."""
    start = clause(said, at)
    left = said[start:at]
    nominal, infinitive, gerund = _form(said, at, start)
    passive = _is_passive(said, at)
    heads = _heads(left)
    subject, pointing, first = _terms(left), _points(left), start
    # A clause without a subject of its own has that of the clause before; what only names somebody once more is none.
    more = left
    while first > 0 and not pointing and (not heads or not any(map(_may_be_verb, more))):
        end = first - 1
        first = clause(said, end)
        more = said[first:end]
        subject, pointing, heads = subject | _terms(more), _points(more), heads | _heads(more)
    if pointing:
        subject |= _terms(said[:first])
    stop = at + 1
    while stop < len(said) and not _parts(said, stop):
        stop += 1
    return Assertion(
        at=at,
        subject=subject,
        heads=heads,
        behind=_terms(said[at + 1 : stop]),
        by=_by(said[at + 1 : stop]),
        pointing=pointing,
        passive=passive,
        nominal=nominal,
        denied=_is_denied(said, start, at),
        supposed=_supposed(said, start, at, nominal=nominal, infinitive=infinitive, gerund=gerund),
        governors=_terms(left),
    )


def _may_be_verb(word: Word) -> bool:
    return is_auxiliary(word) or is_finite(word) or word.text.endswith("ing")


def _terms(part: Sequence[Word]) -> frozenset[str]:
    return frozenset(term for word in part for term in word.terms)


def _by(part: Sequence[Word]) -> frozenset[str]:
    at = next((place for place, word in enumerate(part) if word.text == "by"), len(part))
    return _terms(part[at:])


def _heads(left: Sequence[Word]) -> frozenset[str]:
    """The names before a word that stand as its subject, not behind a preposition."""
    found, beside = set[str](), False
    for word in left:
        if word.text in words("roles", "prepositions"):
            beside = True
        elif word.name and not beside:
            found.update(word.terms)
        elif not word.name and word.text not in words("roles", "determiners") and not _NUMBER.match(word.text):
            beside = beside and not is_auxiliary(word) and not is_mark(word)
    return frozenset(found)


def _points(left: Sequence[Word]) -> bool:
    """Whether a pronoun stands as the subject, or opens it: "his government"."""
    opening = left[0].text if left else ""
    return opening in words("roles", "possessives") or any(word.text in words("roles", "pronouns") for word in left)


def _form(said: Sequence[Word], at: int, start: int) -> tuple[bool, bool, bool]:
    """Whether a word stands as a noun, behind "to", or as a verb in "-ing" behind a preposition."""
    before = [word for word in said[max(start, at - 4) : at] if not word.text.endswith("ly")]
    last = before[-1] if before else None
    if last is None:
        return False, False, False
    if last.text == "to":
        return False, True, False
    word = said[at]
    if word.text.endswith("ing") and len(word.text) > 4:
        return False, False, last.text in words("modality", "prepositions")
    if is_auxiliary(last) or last.text in words("roles", "adverbs") or _is(last, "roles", "linking"):
        return False, False, False
    if is_finite(last) and word.text.endswith("s"):
        return True, False, False  # "highlighted concerns"
    for each in reversed(before):
        if each.text in words("roles", "determiners") or each.text in words("roles", "prepositions"):
            return True, False, False
        if each.text.endswith("'s") and not is_finite(word):
            return True, False, False
        if each.name or is_auxiliary(each) or is_mark(each):
            break
    return word.name or (not is_finite(word) and not _is_bare_verb(said, at)), False, False


def _is_bare_verb(said: Sequence[Word], at: int) -> bool:
    """Whether a word without an ending may be a verb: behind a noun in the plural or two names, and before an object."""
    return at > 0 and (said[at - 1].text.endswith("s") or said[at - 1].name or said[at - 1].text in ("who", "they", "we", "i"))


def _is_passive(said: Sequence[Word], at: int) -> bool:
    word = said[at]
    if not (_DONE.fullmatch(word.text) or base(word.terms[-1] if word.terms else "") != (word.terms or ("",))[-1]):
        return False
    for each in reversed(said[max(at - 4, 0) : at]):
        if each.text in words("roles", "be"):
            return True
        if not (each.text.endswith("ly") or each.text in words("roles", "adverbs")):
            break
    return at + 1 < len(said) and said[at + 1].text == "by"


def _is_denied(said: Sequence[Word], start: int, at: int) -> bool:
    """Whether words that deny stand before a word in its clause, an odd number of them."""
    count = 0
    for place in range(start, at):
        word = said[place]
        after = said[place + 1].text if place + 1 < len(said) else ""
        if word.text == "not" and after in ("only", "just", "merely", "least"):
            continue
        if word.text == "no" and after in ("doubt", "longer"):
            count += after == "longer"
            continue
        if is_negation(word) or _is(word, "negation", "refusing") or _is(word, "negation", "evading") or _is(word, "negation", "ending"):
            count += 1
    that = start > 0 and said[start - 1].text == "that" and start > 1
    if that and (_is(said[start - 2], "negation", "refusing")):
        count += 1
    return count % 2 == 1


def _supposed(said: Sequence[Word], start: int, at: int, *, nominal: bool, infinitive: bool, gerund: bool) -> int:
    left = said[start:at]
    opening = {word.text for word in said[max(start - 2, 0) : start + 1]}
    if opening & words("modality", "conditional") or any(word.text in words("modality", "maybe") for word in left):
        return 2
    if start > 1 and said[start - 1].text == "that" and _is(said[start - 2], "modality", "doubtful"):
        return 2
    level = 1 if any(word.text in words("modality", "to_be") for word in left) else 0
    if gerund:
        return 1
    if infinitive and not _is_done(said, start, at):
        return 1
    if nominal and any(_is(word, "modality", "unreal") or _is_unreal_to(said, start + place) for place, word in enumerate(left)):
        return max(level, 1)
    return level


def _is_unreal_to(said: Sequence[Word], at: int) -> bool:
    if said[at].text != "to" or at + 1 >= len(said):
        return False
    after = said[at + 1]
    verb = not (after.name or after.text in words("roles", "determiners") or _NUMBER.match(after.text) or after.text.endswith("s"))
    return verb and not _is_done(said, max(at - 6, 0), at + 1)


def _is_done(said: Sequence[Word], start: int, at: int) -> bool:
    """Whether what stands before "to" says that it is done, or refused."""
    for word in reversed(said[start : max(at - 1, start)]):
        if is_content(word) and not word.text.endswith("ly"):
            return any(_is(word, section, key) for section, key in (
                ("modality", "implicative"), ("negation", "refusing"), ("negation", "ending"),
            ))
    return False


def places(said: Sequence[Word], term: str, *, alike: bool) -> list[int]:
    """Where a word stands, in one of its forms or in one of the same meaning."""
    found = []
    for place, word in enumerate(said):
        made = word.terms
        if made and (is_alike(term, made) if alike else term in made):
            found.append(place)
    return found


def quantifiers(text: str) -> frozenset[str]:
    """The words of a text that say of how many of a kind something is so: all, only, none."""
    return frozenset(word.text for word in read(text) if word.text in words("quantifiers", "words"))
