"""Tell if a passage holds the numbers, days and names of a claim, in whatever form: what none holds is made up.

A number may be rounded, or a sum, difference or quotient of numbers that the claim quotes; a day may be told
from the day the article came out; a name is one with its short forms, its adjective and the capital that stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import combinations, permutations
from math import isclose

from retrieval.domain.articles import Passage
from retrieval.nlp.annotate import annotate
from retrieval.nlp.entities import Entity, entities, is_named, short_forms
from retrieval.nlp.lexicon import load
from retrieval.nlp.markup import readable
from retrieval.nlp.names import KNOWN
from retrieval.nlp.quantities import WEEKDAYS, Quantity, quantities
from retrieval.nlp.tokens import content_terms, terms

# Whatever a text tells of, there are two of it.
_PAIR = 2
# How far off a number may be that is told as about so much, one that is rounded, and one that is worked out.
_ABOUT, _ROUNDED, _WORKED_OUT = 0.1, 0.02, 0.05
# Numbers of the quotes that are reckoned with, and those of them that are summed.
_RECKONED, _SUMMED = 8, 4
# Days before and after the article's own that its weekdays may mean.
_WEEK = 7
# Characters of an ordinal that counts more than what is told: "first" is a word, "11th" is known of something.
_ORDINAL = 4
_MONTH_NAMES = tuple(terms("January February March April May June July August September October November December"))
_WEEKDAY_NAMES = tuple(terms("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"))
_WORD = re.compile(r"[^\W_]+")


def strange_names(claim: str, texts: Sequence[str]) -> list[str]:
    """The names in a claim of those whom none of the texts names, in any form."""
    there = frozenset(content_terms(" ".join(texts))).union(*(short_forms(each) for each in texts))
    aliases, spelt = KNOWN.learn(texts), short_forms(claim)
    found = []
    for entity in entities(claim):
        # The surname of a person, and of anything what tells it from others of its kind.
        last = content_terms(entity.name)[-1:]
        respelt = any(short in there and set(last) <= long for short, long in spelt.items())
        if last and not respelt and not _is_usual(entity, claim) and not is_named(last[0], there, aliases):
            found.append(entity.name)
    return found


def _is_usual(entity: Entity, claim: str) -> bool:
    """Tell if a word may have its capital only because the claim or a clause of it opens with it."""
    opens = " " not in entity.name and claim[: entity.start].rstrip(" \"“'‘")[-1:] in ("", ".", ";", ":", "?", "!")
    return opens and entity.kind != "acronym" and not KNOWN.keys(entity.name)


def strange_figure(claim: str, passages: Sequence[Passage], quotes: Sequence[str]) -> bool:
    """Tell if the claim has a number or a part of a date that none of the passages holds."""
    texts = [whole(each) for each in passages]
    there = [each for text in texts for each in annotate(text).quantities]
    quoted = [float(each.value) for quote in quotes for each in quantities(quote) if _is_number(each)]
    return any(
        not (_is_number(each) and is_held(each, there, quoted))
        and (each.kind == "number" or not is_dated(each, there, passages))
        for each in annotate(claim).quantities
    )


def is_held(number: Quantity, there: Iterable[Quantity], quoted: Sequence[float] = ()) -> bool:
    """Tell if a number is among others, rounded or not, or can be worked out from those that are quoted."""
    value = float(number.value)
    if value <= _PAIR:
        return True
    near = _ABOUT if number.loose else _ROUNDED
    known = [float(each.value) for each in there if _is_number(each)]
    if any(each == value or (number.kind == "number" and isclose(each, value, rel_tol=near)) for each in known):
        return True
    return any(isclose(each, value, rel_tol=_WORKED_OUT) for each in _worked_out(quoted[:_RECKONED]))


def _is_number(quantity: Quantity) -> bool:
    return quantity.kind in ("number", "year")


def _worked_out(numbers: Sequence[float]) -> Iterator[float]:
    for count in range(2, min(len(numbers), _SUMMED) + 1):
        yield from map(sum, combinations(numbers, count))
    for one, other in permutations(numbers, 2):
        yield one - other
        if other:
            yield from (one / other, 100 * one / other, 100 * (one - other) / other)


def is_dated(part: Quantity, there: Iterable[Quantity], passages: Sequence[Passage]) -> bool:
    """Tell if a part of a date is said, or is that of a day that an article means by its own."""
    if part.kind == "ordinal" and len(part.value) < _ORDINAL:
        return True
    if any(each.kind == part.kind and each.value == part.value for each in there):
        return True
    return part.kind != "ordinal" and any(
        part.value in _days(each)[part.kind] for each in passages if each.article.metadata.day
    )


def _days(passage: Passage) -> dict[str, set[str]]:
    """By kind, the parts of the dates that an article may mean: its own day's, and those it tells from it."""
    published = date.fromisoformat(passage.article.metadata.day)
    said = annotate(passage.text).order
    weekdays = {_WEEKDAY_NAMES.index(each) for each in said if each in WEEKDAYS}
    week = [published + timedelta(days) for days in range(-_WEEK, _WEEK + 1)]
    days = [published, *(each for each in week if each.weekday() in weekdays)]
    told = passage.text.casefold()
    if _beside("day").search(told) or not _near().isdisjoint(_WORD.findall(told)):
        days += [published + timedelta(shift) for shift in (-1, 1)]
    months = (
        [published.replace(day=15) + timedelta(30 * shift) for shift in (-1, 1)]
        if _beside("month").search(told)
        else []
    )
    years = (
        [published.replace(year=published.year + shift, day=1) for shift in (-1, 1)]
        if _beside("year").search(told)
        else []
    )
    return {
        "day": {str(each.day) for each in days},
        "weekday": {_WEEKDAY_NAMES[each.weekday()] for each in days},
        "month": {_MONTH_NAMES[each.month - 1] for each in (*days, *months)},
        "year": {str(each.year) for each in (*days, *months, *years)},
    }


@cache
def _near() -> frozenset[str]:
    return frozenset(load("claims")["near_days"])


@cache
def _beside(unit: str) -> re.Pattern[str]:
    """A unit of time that is counted from the article's own: "last month", "a year ago"."""
    words = "|".join(load("claims")["relative"])
    return re.compile(rf"\b(?:(?:{words})\s+{unit}|{unit}s?\s+(?:{words}))\b")


def whole(passage: Passage) -> str:
    """A passage as people read it, below what stands over its article."""
    known = passage.article.metadata
    above = (known.title, known.outlet, known.author)
    return ". ".join([*(each for each in above if each), readable(passage.text)])
