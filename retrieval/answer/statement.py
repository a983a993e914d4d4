"""What a sentence states, as far as its wording shows: what it denies, its figures, its names.

Each is compared as `terms` gives it, so the words listed here go through `terms` too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, NamedTuple

from retrieval.words import STOPWORDS, content_terms, terms

# Long names that are to count as the short ones do, and negations of two words.
_STATES = re.compile(r"\b(?:[Tt]he\s+)?United\s+(?:(States)(?:\s+of\s+America)?|Kingdom)\b")
_REFUSING = re.compile(r"\bdeclin(?:e[sd]?|ing)\s+to\b|\brul(?:e[sd]?|ing)\s+out\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A text taken apart. `denied` and `affirmed` are the content terms that a negation reaches and that none does.

    `heads` stand right behind a negation, `evaded` are denied by a verb of evasion; `ended` is what is said to be so no
    longer, or to be given up.
    """

    terms: frozenset[str]
    names: frozenset[str]
    figures: tuple[Figure, ...]
    denied: frozenset[str]
    affirmed: frozenset[str]
    heads: frozenset[str]
    evaded: frozenset[str]
    ended: frozenset[str]


def read(text: str, usual: frozenset[str] = frozenset()) -> Statement:
    """What a text states. `usual` are terms that are no names where they open a sentence."""
    text = _REFUSING.sub(" not ", _STATES.sub(lambda match: "US" if match[1] else "UK", text))
    polar = list(_polarity(text))
    denied = frozenset(each.term for each in polar if each.cue)
    affirmed = frozenset(each.term for each in polar if not each.cue)
    return Statement(
        terms=frozenset(content_terms(text)),
        names=_names(text, usual),
        figures=tuple(_figures(text)),
        denied=denied - affirmed,
        affirmed=affirmed - denied,
        heads=frozenset(each.term for each in polar if each.distance == 0),
        evaded=frozenset(each.term for each in polar if each.cue in _EVASIONS),
        ended=frozenset(each.term for each in polar if each.ended),
    )


_CLAUSE = re.compile(r"[;:!?()—–]|[.,](?=\s|$)|\s-\s|\b(?:but|although|though|while|whereas|however)\b", re.IGNORECASE)
_NO_NEGATION = re.compile(
    r"\b(?:not\s+(?:only|just|merely|least)|no\s+(?:doubt|less)|nothing\s+but|without\s+(?:a\s+)?doubt)\b",
    re.IGNORECASE,
)
_NEGATIONS = frozenset(
    terms(
        "no not never none nobody nothing neither nor without cannot don't doesn't didn't won't can't"
        " couldn't wouldn't shouldn't isn't aren't wasn't weren't hasn't haven't hadn't deny refuse reject"
    )
)
# Too loose to rest a contradiction on: "aims to avoid" and "seeks to prevent" are one.
_EVASIONS = frozenset(terms("fail lack refrain avoid prevent dodge sidestep evade unable unwilling unlikely"))
# What follows is so no more, as "no longer" says it too.
_GIVING_UP = re.compile(r"\b(?:giv(?:e|es|en|ing)|gave)\s+up\b", re.IGNORECASE)
ENDINGS = frozenset(terms("relinquish abandon renounce forgo forsake drop shelve scrap ditch cease stop quit cancel"))
# How many content terms a negation reaches, and words beside the function words that do not count.
_REACH = 4
_IDLE = frozenset(terms("longer anymore"))


class _Polar(NamedTuple):
    """A content term with the negation that reaches it ("" for none), and how many terms stand between."""

    term: str
    cue: str
    distance: int
    ended: bool


def _polarity(text: str) -> Iterator[_Polar]:
    for clause in _CLAUSE.split(_GIVING_UP.sub("relinquish", text)):
        cue, distance, since = "", _REACH, _REACH
        for term in terms(_NO_NEGATION.sub(" ", clause)):
            if term in _NEGATIONS or term in _EVASIONS:
                cue, distance = term, 0
            elif term in _IDLE:
                since = distance
            elif term not in STOPWORDS:
                denying = distance < _REACH
                yield _Polar(term, cue if denying else "", distance, since < _REACH)
                distance, since = distance + 1, 0 if term in ENDINGS and not denying else since + 1


_Kind = Literal["number", "ordinal", "day", "weekday", "month", "year"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number or a part of a date: its value, the term that gives it, and the content terms beside it.

    `loose`: about so many, or an end of a range.
    """

    kind: _Kind
    value: str
    term: str
    before: str | None
    after: str | None
    loose: bool

    def agrees(self, other: Figure) -> bool:
        """Whether the other is the same figure; of a small number, whether it counts the same."""
        small = self.kind == "number" and len(self.value) == 1
        alike = {self.before, self.after} & {other.before, other.after} - {None}
        return self.value == other.value and (not small or bool(alike))

    def rivals(self, other: Figure) -> bool:
        """Whether the other is another figure for the very same thing."""
        if self.kind != other.kind or self.value == other.value or self.loose or other.loose:
            return False
        return self.after == other.after is not None or self.before == other.before is not None


_MAGNITUDES = frozenset(terms("hundred thousand million billion trillion"))
_LOOSE = frozenset(terms("about around roughly nearly almost some over under than least most approximately up"))
_RANGE = re.compile(r"([0-9][0-9.,]*)(?:\s*[-–—]\s*|\s+(?:to|and|or)\s+)([0-9][0-9.,]*)")


def _figures(text: str) -> Iterator[Figure]:
    words = terms(text)
    ranged = frozenset(terms(" ".join(chain.from_iterable(_RANGE.findall(text)))))
    for place, term in enumerate(words):
        if classed := _classify(words, place):
            kind, value = classed
            end = place + 1
            if end < len(words) and words[end] in _MAGNITUDES:
                value, end = f"{value} {words[end]}", end + 1
            before = _first_content(reversed(words[max(place - 3, 0) : place]))
            after = _first_content(words[end : end + 2])
            loose = term in ranged or not _LOOSE.isdisjoint(words[max(place - 2, 0) : place])
            yield Figure(kind, value, term, before, after, loose)


def _first_content(words: Iterable[str]) -> str | None:
    return next((word for word in words if word not in STOPWORDS), None)


_MONTHS = frozenset(terms("January February March April May June July August September October November December"))
_WEEKDAYS = frozenset(terms("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"))
# Verbs too, unless a number or one of these words stands beside them.
_DOUBTFUL = frozenset(terms("March May"))
_BEFORE_MONTH = frozenset(terms("in since until last early late this next"))
_NUMBERS = dict(
    zip(
        terms(
            "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty"
            " first second third fourth fifth"
        ),
        "2 3 4 5 6 7 8 9 10 11 12 15 20 30 40 50 1st 2nd 3rd 4th 5th".split(),
        strict=True,
    )
)
_DAY = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?")
_YEAR = re.compile(r"1[5-9][0-9]{2}|20[0-9]{2}")


def _classify(words: Sequence[str], place: int) -> tuple[_Kind, str] | None:
    """The kind and value of the term at a place; None where it is no figure."""
    term = words[place]
    beside = [*words[max(place - 1, 0) : place], *words[place + 1 : place + 2]]
    if term in _MONTHS:
        sure = term not in _DOUBTFUL or any(each[0].isdigit() or each in _BEFORE_MONTH for each in beside)
        return ("month", term) if sure else None
    if term in _WEEKDAYS:
        return "weekday", term
    value = _NUMBERS.get(term, term.lstrip("$£€¥"))
    day = _DAY.fullmatch(value)
    if day and not _MONTHS.isdisjoint(beside):
        return "day", day[1]
    if _YEAR.fullmatch(value):
        return "year", value
    if not value[:1].isdigit():
        return None
    return ("number" if value[-1].isdigit() else "ordinal"), value


_WORD = re.compile(r"[^\W_][\w’'.&-]*")
_COMMON_ENDING = re.compile(r"(?:ing|ly|ed|[^aiou]s)$")
# Names that do not begin alike; a capital stands for its government.
_ALIASES = {
    **dict.fromkeys(terms("French Paris"), "franc"),
    **dict.fromkeys(terms("British UK London"), "britain"),
    **dict.fromkeys(terms("American America Washington"), "usa"),
    **dict.fromkeys(terms("Moscow Kremlin"), "russia"),
    **dict.fromkeys(terms("Kyiv Kiev"), "ukrain"),
    **dict.fromkeys(terms("Berlin"), "germani"),
    **dict.fromkeys(terms("Dutch"), "netherland"),
    **dict.fromkeys(terms("Polish"), "poland"),
}


def _names(text: str, usual: frozenset[str]) -> frozenset[str]:
    """The terms of the words that a capital marks, the first of a sentence too unless it looks like a usual word."""
    found: set[str] = set()
    for match in _WORD.finditer(text):
        if match[0][0].isupper():
            made = content_terms(match[0])
            common = _COMMON_ENDING.search(match[0]) or usual.issuperset(made)
            if not (common and _opens(text[: match.start()])):
                found.update(made)
    return frozenset(found - _MONTHS - _WEEKDAYS)


def _opens(before: str) -> bool:
    """Whether a sentence begins after this text."""
    before = before.rstrip("\"'“‘( ")
    return not before or before[-1] in ".!?:"


def is_named(name: str, there: frozenset[str]) -> bool:
    """Whether a name is there in one of its forms: Ukraine and Ukrainian, Zelensky and Zelenskyy."""
    name = _ALIASES.get(name, name)
    return any(_is_kin(name, _ALIASES.get(each, each)) for each in there)


def _is_kin(one: str, other: str) -> bool:
    size = max(min(len(one), len(other)) - 1, 4)
    return one[:size] == other[:size]
