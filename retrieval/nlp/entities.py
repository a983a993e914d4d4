"""Named things in a text by their capitals, and which names are one: Rutte is Mark Rutte, Niger not Nigeria."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, dropwhile, pairwise
from typing import Literal

from retrieval.nlp.lexicon import listed, load
from retrieval.nlp.names import (
    KNOWN,
    OPENING,
    PARTICLES,
    SPEAKING_BODIES,
    Aliases,
    is_day,
    is_family_name,
    is_one_person,
    is_short_of,
    is_thing,
    is_title,
    owns,
    spelling,
    spellings,
)
from retrieval.nlp.tokens import content_terms, plain, terms

Kind = Literal["person", "acronym"]

_WORDS = {name: listed(words) for name, words in load("names")["words"].items()}
_ARTICLES = frozenset(_WORDS["german_articles"])
_BEHIND_PARTICLE = frozenset(_WORDS["behind_particle"])
_GERMAN, _ENGLISH = frozenset(_WORDS["german"]) | _ARTICLES, frozenset(_WORDS["english"])
# A sentence may open with these too; before another name they may be part of it, as in "Al Gore".
_SMALL_ABROAD = frozenset(word for language in ("fr", "es") for word in load(language)["function"]["words"].split())
_TOKEN = re.compile(r"[^\W_](?:[\w’'&.-]*[^\W_])?")
_POSSESSIVE = re.compile(r"['’]s?\Z")
_OPENERS = '.!?:;…\n\r"“”„«»‘•*#>–—|'
_COMMON_ENDING = re.compile(r"(?:ing|ly|ed|[^aiou]s)$")
_LONGEST_WORD, _MOST_WORDS, _LONGEST_NAMED = 64, 10, 200  # of a name
_LONG_NAME = re.compile(r"\b[A-Z][a-z’'-]+(?:\s+(?:(?:of|for|and|the|on)\s+){0,2}[A-Z][a-z’'-]+)+")
_LONGEST_NAME = 8
_SMALL_WORDS = frozenset(("of", "for", "and", "the", "on"))
# Letters of a place whose adjective is made, a title with a dot, a word that others are made of.
_PLACE, _ABBREVIATION, _STEM = 6, 4, 4
# Endings that stems keep.
_DERIVATIONS = ("ship", "ward", "ern", "ment", "ement")
_SEEN_BEFORE = 6
_GERMAN_SHARE = 0.08  # of the commonest German words in a German text, at least


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A named thing where it stands in a text, which it `opens` or a sentence of it; `kind` where its form shows it."""

    name: str
    terms: tuple[str, ...]
    start: int
    end: int
    opens: bool
    kind: Kind | None = None


@lru_cache(maxsize=4_096)  # passages that many questions find
def entities(text: str) -> tuple[Entity, ...]:
    """The named things of a text, in order; in German, French and Spanish too."""
    tokens = [match for match in _TOKEN.finditer(text) if len(match[0]) <= _LONGEST_WORD]
    small = frozenset(match[0] for match in tokens if match[0].islower())
    german = _is_german([match[0] for match in tokens])
    runs = [_opened(run, text, small) for run in _runs(tokens, text, german)]
    known = frozenset(_POSSESSIVE.sub("", run[-1][0]) for run in runs if len(run) > 1)
    if german:  # a noun behind an article is no name, wherever else it stands
        known -= {token[0] for before, token in pairwise(tokens) if before[0].lower() in _ARTICLES}
        inside = frozenset[str]()
    else:
        inside = frozenset(run[0][0] for run in runs if len(run) == 1 and not _opens(text, run[0].start()))
    return tuple(
        entity
        for run in runs
        if run and _makes_name(run, text, german, known | inside)
        if (entity := _entity(run, text)).terms
    )


def _is_german(words: Sequence[str]) -> bool:
    """Tell if every noun has a capital; "von der" of a name alone tells no language."""
    german, english = (sum(word.lower() in listed for word in words) for listed in (_GERMAN, _ENGLISH))
    return german > max(english, len(words) * _GERMAN_SHARE, 1)


def _runs(tokens: Sequence[re.Match[str]], text: str, german: bool) -> Iterator[list[re.Match[str]]]:
    """Words with capitals that stand side by side, or with a particle between them."""
    run: list[re.Match[str]] = []
    waiting: list[re.Match[str]] = []
    for token in tokens:
        last = (waiting or run)[-1] if run else token
        if run and (len(run) + len(waiting) >= _MOST_WORDS or _parts(last[0], text[last.end() : token.start()])):
            yield run
            run, waiting = [], []
        if german and _is_capital(token[0]) and [each[0] for each in waiting] == ["von"]:
            yield run  # "von" alone says whose something is, "von der" belongs to a name
            run, waiting = [token], []
        elif _is_capital(token[0]):
            run, waiting = [*run, *waiting, token], []
        elif run and _joins(token[0], run, waiting):
            waiting = [*waiting, token]
        elif run:
            yield run
            run, waiting = [], []
    if run:
        yield run


def _parts(word: str, apart: str) -> bool:
    """Tell if a name ends with a word, by what stands between it and the next; the dot of "Mr." and "J." is no end."""
    short = len(word) == 1 or (len(word) <= _ABBREVIATION and is_title(word))
    return owns(word) or (apart not in (" ", "\u00a0") and not (apart == ". " and short))


def _is_capital(word: str) -> bool:
    """Tell if a word has a capital: its first letter, or one further inside of a brand's."""
    return word[0].isupper() or (any(map(str.isupper, word[1:3])) and len(word) > 2 and word[0].isalpha())


def _joins(word: str, run: Sequence[re.Match[str]], waiting: Sequence[re.Match[str]]) -> bool:
    """Tell if a small word may stand inside a name; behind a title it parts one from the next."""
    if waiting:
        return word in _BEHIND_PARTICLE
    first = next((each[0] for each in run if each[0] != "The"), "The")
    return word in PARTICLES and not (word == "of" and is_title(first))


def _opened(run: list[re.Match[str]], text: str, small: frozenset[str]) -> list[re.Match[str]]:
    """A run of words without what has its capital only because a sentence opens with it."""
    if run and _opens(text, run[0].start()) and not KNOWN.keys(text[run[0].start() : run[-1].end()]):
        word = run[0][0]
        if word.lower() in OPENING or (word.lower() in small and not word.isupper()):
            return list(dropwhile(lambda token: not _is_capital(token[0]), run[1:]))
    return run


def _makes_name(run: Sequence[re.Match[str]], text: str, german: bool, known: frozenset[str]) -> bool:
    """Tell if a run of words with capitals is a name: one word alone may have its capital from elsewhere."""
    word = _POSSESSIVE.sub("", run[0][0])
    if all(is_day(each[0]) for each in run) or (len(run) == 1 and len(word) == 1):
        return False
    acronym = len(word) > 1 and (word.isupper() or any(map(str.isupper, word[1:])))
    opens = _opens(text, run[0].start())
    small = opens and word.lower() in _SMALL_ABROAD  # "Au cours de" is no gold and no African Union
    if len(run) > 1 or acronym or word in known or (KNOWN.keys(word) and not small):
        return True
    return not (german or small or is_title(word)) and not (
        opens and (_COMMON_ENDING.search(word) or word.lower() in OPENING)
    )


def _opens(text: str, place: int) -> bool:
    """Tell if a sentence, a line or a quotation begins at a place."""
    before = text[max(place - _SEEN_BEFORE, 0) : place].rstrip(" \t([")
    return not before or before[-1] in _OPENERS


def _entity(run: Sequence[re.Match[str]], text: str) -> Entity:
    start, end = run[0].start(), run[-1].end()
    name = _POSSESSIVE.sub("", text[start:end])
    return Entity(
        name=name,
        terms=tuple(terms(name)),
        start=start,
        end=start + len(name),
        opens=_opens(text, start),
        kind=_kind(name),
    )


def _kind(name: str) -> Kind | None:
    words = name.split()
    if len(words) == 1:
        return "acronym" if len(name) > 1 and name.isupper() else None
    behind = [word for word in words if not is_title(word)]
    titled = len(behind) < len(words) and is_title(words[0]) and behind and not any(map(is_thing, behind))
    return "person" if titled else None


def is_name(text: str) -> bool:
    """Tell if a text is one name and nothing else but an article."""
    found = entities(f"It was {text}")
    start = len("It was ") + (4 if text.lower().startswith("the ") else 0)
    return len(found) == 1 and (found[0].start, found[0].end) == (start, len("It was ") + len(text))


def is_named(term: str, there: frozenset[str], aliases: Aliases = KNOWN) -> bool:
    """Tell if a term is among others in one of its forms: Ukraine and Ukrainian, Zelensky and Zelenskyy, EU."""
    if term in there:
        return True
    alone, together = aliases.related(term)
    if not alone.isdisjoint(there) or any(form <= there for form in together):
        return True
    return spelling(term) in spellings(there) or not _derived(term).isdisjoint(there)


@lru_cache(100_000)
def _derived(term: str) -> frozenset[str]:
    """Terms that are made of one, or that one is made of, by an ending: a place's people, "membership" of a member."""
    if len(term) < _STEM or KNOWN.related(term)[0]:
        return frozenset()
    ends = {term + ending for ending in _DERIVATIONS}
    ends |= {term.removesuffix(ending) for ending in _DERIVATIONS if len(term) >= _STEM + len(ending)}
    return frozenset({*ends, _people_of(term)} - {term, ""})


def _people_of(term: str) -> str:
    """The adjective of a place, or the place of an adjective, that no list has."""
    other = f"{term}n" if term.endswith("a") else term[:-1] if term.endswith("an") else ""
    return other if min(len(term), len(other)) >= _PLACE and not KNOWN.related(other)[0] else ""


def short_forms(text: str) -> dict[str, frozenset[str]]:
    """The long names of a text by the terms that may stand for them: their acronym, or the initials of their words."""
    found: dict[str, frozenset[str]] = {}
    for match in _LONG_NAME.finditer(text):
        words = [word for word in match[0].split() if word not in _SMALL_WORDS][:_LONGEST_NAME]
        for start, end in combinations(range(len(words) + 1), 2):
            if end - start > 1:
                made = frozenset(content_terms(" ".join(words[start:end])))
                found["".join(word[0] for word in words[start:end]).casefold()] = made
        for short in KNOWN.shortened(tuple(terms(match[0]))):
            found[short] = frozenset(content_terms(match[0]))
    return found


def same_entity(one: str | Entity, other: str | Entity, aliases: Aliases = KNOWN) -> bool:
    """Tell if two names may be of one: "Rutte" and "Mark Rutte", "Kyiv" and "Ukraine"; Eric Trump is not Donald."""
    first, second = sorted(each if isinstance(each, str) else each.name for each in (one, other))
    return _is_same(first, second, aliases)


@lru_cache(50_000)
def _is_same(one: str, other: str, aliases: Aliases) -> bool:
    one, other = _essential(one), _essential(other)
    first, second = _spelt(one), _spelt(other)
    if first == second:
        return True
    keys = aliases.keys(one), aliases.keys(other)
    if all(keys):
        return not keys[0].isdisjoint(keys[1])
    if is_short_of(one, other) or is_short_of(other, one):
        return not any(keys)
    if any(keys) or not first or not second:
        return False
    if len(first) > 1 < len(second):
        return is_one_person(first, second, f"{one} {other}")
    place, people = terms(one), terms(other)
    adjective = len(place) == len(people) == 1 and _people_of(place[0]) == people[0]
    return adjective or is_family_name(first, second, f"{one} {other}")


def _essential(name: str) -> str:
    """A name without whose it is said to be and who speaks for it."""
    words = name[:_LONGEST_NAMED].split()
    while len(words) > 1 and words[-1] in SPEAKING_BODIES:
        words = words[:-1]
    if len(words) > 1 and words[0].casefold() == "the":
        words = words[1:]
    if len(words) > 2 and words[0] in ("US", "U.S."):
        words = words[1:]
    return _POSSESSIVE.sub("", " ".join(words))


def _spelt(name: str) -> tuple[str, ...]:
    """The words of a name in one spelling, unstemmed: Harris is not Harry."""
    words = (plain(_POSSESSIVE.sub("", word)).replace(".", "") for word in re.findall(r"[^\s/-]+", name))
    return tuple(spelling(word.strip("'’,;:()\"“”")) for word in words if word.strip("'’,;:()\"“”"))
