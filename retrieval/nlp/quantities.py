"""The numbers and parts of dates in a text, in whichever form they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Literal

from retrieval.nlp.lexicon import load
from retrieval.nlp.tokens import STOPWORDS, plain_figures, terms

_Kind = Literal["number", "ordinal", "day", "weekday", "month", "year"]
# The kinds that are parts of a date.
DATES: tuple[_Kind, ...] = ("year", "month", "day", "weekday")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or a part of a date: its value, its terms, and the content terms beside it.

    `loose`: about so many, or an end of a range. `around` are the nearest content terms, neither units nor figures,
    with their distance: below 0 before it.
    """

    kind: _Kind
    value: str
    terms: frozenset[str]
    before: str | None
    after: str | None
    loose: bool
    around: tuple[tuple[str, int], ...]

    def agrees(self, other: Quantity, said: frozenset[str] = frozenset()) -> bool:
        """Tell if the other is the same figure; a small number must count the same, or what `said` lacks."""
        same = self.kind == other.kind or {self.kind, other.kind} == {"number", "year"}
        if not same or self._readings.isdisjoint(other._readings):
            return False
        small = self.kind == "number" and len(self.value) == 1
        return not small or self.shares(other) or (bool(said) and self.after not in said)

    @property
    def _readings(self) -> frozenset[str]:
        """Its value, and that of "1.234" where a point stands between thousands."""
        other = (term.replace(".", "") for term in self.terms if self.kind == "number" and _POINTED.fullmatch(term))
        return frozenset((self.value, *other)) if len(self.terms) == 1 else frozenset((self.value,))

    def shares(self, other: Quantity) -> bool:
        """Tell if a term stands beside both."""
        return bool({self.before, self.after} & {other.before, other.after} - {None})

    def nearness(self, other: Quantity) -> float:
        """The number of words around both figures, those near to both and on the same side counting most."""
        theirs = dict(other.around)
        shared = ((place, theirs[term]) for term, place in self.around if term in theirs)
        return sum((1.0 if one * two > 0 else 0.5) / (abs(one) + abs(two)) for one, two in shared)

    def rivals(self, other: Quantity) -> bool:
        """Tell if the other is another figure for the very same thing."""
        if self.kind != other.kind or self.loose or other.loose or not self._readings.isdisjoint(other._readings):
            return False
        return self.after == other.after is not None or self.before == other.before is not None

    def counts(self, other: Quantity) -> bool:
        """Tell if the other is another number of the same: "40 members" and "32 NATO member nations"."""
        if self.kind != "number" or other.kind != "number" or self.loose or other.loose or self.after is None:
            return False
        return self._readings.isdisjoint(other._readings) and 0 < dict(other.around).get(self.after, 0) <= _COUNTED


_WORDS, _TIME = load("en")["numbers"], load("en")["time"]
# How many words behind a number the one may stand that says what it counts.
_COUNTED = 2
_POINTED = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_LOOSE = frozenset(terms(_WORDS["loose"]))
_RANGE = re.compile(r"([0-9][0-9.,]*)(?:\s*[-–—]\s*|\s+(?:to|and|or)\s+)([0-9][0-9.,]*)")
_PERCENT = re.compile(r"(?<=[0-9])\s*%|\bper\s+cent\b")


# What a number is given in says little of what it is a number of.
_UNITS_OF = frozenset(terms(_WORDS["units"]))
_AROUND = 4
# The two ends of a change or of a time.
_ENDS = ("from", "to")
_JOINTS = frozenset(("and", "but", "while", "whereas"))


def quantities(text: str) -> Iterator[Quantity]:
    """The figures of a text, in order."""
    text = _PERCENT.sub(" percent", plain_figures(text))
    words = terms(text)
    ranged = frozenset(terms(" ".join(chain.from_iterable(_RANGE.findall(text)))))
    found = list(_found(words))
    said = [n for n, word in enumerate(words) if word not in _UNITS_OF | STOPWORDS]
    inside = {place for _, _, first, end in found for place in range(first, end)}
    numbers = {place for kind, _, first, end in found for place in range(first, end) if kind == "number"}
    for kind, value, place, end in found:
        # A number is told by its date as well.
        telling = [n for n in said if n not in (numbers if kind == "number" else inside)]
        before = _first_content(reversed(words[max(place - 3, 0) : place]))
        after = _first_content(words[end : end + 2])
        loose = words[place] in ranged or not _LOOSE.isdisjoint(words[max(place - 2, 0) : place])
        yield Quantity(kind, value, frozenset(words[place:end]), before, after, loose, _around(words, telling, place))


def _found(words: Sequence[str]) -> Iterator[tuple[_Kind, str, int, int]]:
    """The figures of a text, each with its kind, its value and its place."""
    place = 0
    while place < len(words):
        kind, value, end = _read(words, place)
        if kind:
            yield kind, value, place, end
        place = end


def _around(words: Sequence[str], telling: Sequence[int], place: int) -> tuple[tuple[str, int], ...]:
    """The nearest of the telling words on either side, each with how manieth it is, farther in another clause."""
    found = dict[str, int]()
    for side in ([n for n in reversed(telling) if n < place][:_AROUND], [n for n in telling if n > place][:_AROUND]):
        for far, n in enumerate(side, 1):
            apart = _AROUND * any(word in _JOINTS for word in words[min(n, place) : max(n, place)])
            if words[n] not in found or far + apart < abs(found[words[n]]):
                found[words[n]] = far + apart if n > place else -far - apart
    return tuple((found | {word: -1 for word in words[max(place - 1, 0) : place] if word in _ENDS}).items())


def _first_content(words: Iterable[str]) -> str | None:
    return next((word for word in words if word not in STOPWORDS), None)


MONTHS = frozenset(terms(" ".join(_TIME["months"])))
WEEKDAYS = frozenset(terms(" ".join(_TIME["weekdays"])))
# Beside a number these are months: "Dec. 3".
_SHORT = {
    terms(short)[0]: terms(month)[0]
    for short in load("en")["full_stops"]["months"].split()
    for month in _TIME["months"]
    if month.startswith(short[:3])
}
# Verbs too, unless a number or one of these words stands beside them.
_DOUBTFUL = frozenset(terms("March May"))
_BEFORE_MONTH = frozenset(terms(_WORDS["before_month"]))
_ORDINALS = dict(zip(terms(_WORDS["ordinals"]), _WORDS["nth"].split(), strict=True))
_UNITS = {term: number for number, term in enumerate(terms(_WORDS["small"]), 2)}
_TENS = {term: 10 * number for number, term in enumerate(terms(_WORDS["tens"]), 2)}
_MAGNITUDES = {
    term: 10 ** int(size) for term, size in zip(terms(_WORDS["magnitudes"]), _WORDS["sizes"].split(), strict=True)
}
# Those of other languages, beside the day before them or the year behind: "3. Mai", "el 1º de mayo", "mai 2020".
_ABROAD = {
    terms(name)[0]: terms(english)[0]
    for language in ("de", "fr", "es", "pl", "uk")
    for name, english in load(language)["time_in_english"].items()
    if english.lower() in _TIME["months"]
}
_BETWEEN = [[word] for word in load("months")["between"].split()]
_DAY = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|er|o)?")
_YEAR = re.compile(r"1[5-9][0-9]{2}|20[0-9]{2}")


def _read(words: Sequence[str], place: int) -> tuple[_Kind | None, str, int]:
    """The kind and value of the figure that begins at a place, and where it ends; None for no figure."""
    term = words[place]
    beside = [*words[max(place - 1, 0) : place], *words[place + 1 : place + 2]]
    near_number = any(each[0].isdigit() for each in beside)
    term = _SHORT.get(term, term) if near_number else term
    if term in MONTHS:
        sure = term not in _DOUBTFUL or near_number or any(each in _BEFORE_MONTH for each in beside)
        return ("month", term, place + 1) if sure else (None, "", place + 1)
    if month := _month_abroad(words, place):
        return "month", month, place + 1
    if term in WEEKDAYS:
        return "weekday", term, place + 1
    value = term.lstrip("$£€¥")
    day = _DAY.fullmatch(value)
    behind = place + 1 + (words[place + 1 : place + 2] in _BETWEEN)
    if day and (any(_SHORT.get(each, each) in MONTHS for each in beside) or _month_abroad(words, behind)):
        return "day", day[1].lstrip("0") or "0", place + 1
    number, end = _number(words, place)
    if number is not None:
        return ("year" if _YEAR.fullmatch(number) and end == place + 1 else "number"), number, end
    value = _ORDINALS.get(value, value)
    return ("ordinal", value, place + 1) if value[:1].isdigit() else (None, "", place + 1)


def _month_abroad(words: Sequence[str], place: int) -> str | None:
    """The English name of the month that a date in another language has at a place."""
    if place >= len(words) or not (month := _ABROAD.get(words[place])):
        return None
    before = place - 1 - (words[max(place - 1, 0) : place] in _BETWEEN)
    behind = place + 1 + (words[place + 1 : place + 2] in _BETWEEN)
    dated = (before >= 0 and _DAY.fullmatch(words[before])) or (behind < len(words) and _YEAR.fullmatch(words[behind]))
    return month if dated else None


def _number(words: Sequence[str], place: int) -> tuple[str | None, int]:
    """The number that begins at a place, as a plain numeral, and its end; a lone "one" is none, "a million" is."""
    total, end = _small(words, place)
    if words[place] == "half" and words[place + 1 : place + 2] == ["a"] and _magnitude(words, place + 2):
        total, end = Decimal("0.5"), place + 2
    if total is None and words[place] in ("one", "a") and _magnitude(words, place + 1):
        total, end = Decimal(1), place + 1
    if total is None:
        return None, place + 1
    while size := _magnitude(words, end):
        total, end = total * size, end + 1
        joined = end + (words[end : end + 1] == ["and"])
        more, after = _small(words, joined) if size < 10**6 else (None, end)
        if more is not None and not words[joined][0].isdigit() and more < size:
            total, end = total + more, after
    return f"{total.normalize():f}", end


def _magnitude(words: Sequence[str], place: int) -> int | None:
    return _MAGNITUDES.get(words[place]) if place < len(words) else None


def _small(words: Sequence[str], place: int) -> tuple[Decimal | None, int]:
    """A numeral, or a number of one or two words below a hundred."""
    if place >= len(words):
        return None, place
    term = words[place].lstrip("$£€¥")
    if term[:1].isdigit() and term[-1].isdigit():
        try:
            return Decimal(term), place + 1
        except InvalidOperation:
            return None, place
    if term in _TENS:
        unit = _UNITS.get(words[place + 1], 0) if place + 1 < len(words) else 0
        unit = 1 if not unit and words[place + 1 : place + 2] == ["one"] else unit
        return Decimal(_TENS[term] + unit * (unit < 10)), place + 1 + (0 < unit < 10)
    return (Decimal(_UNITS[term]), place + 1) if term in _UNITS else (None, place)
