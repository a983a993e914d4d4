"""A figure of a topic over time: values of one quantity in one unit, each as an article of its day states it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from retrieval.domain.answers import FigurePoint, FigureSeries
from retrieval.domain.citations import Citation
from retrieval.nlp.entities import entities
from retrieval.nlp.lexicon import load
from retrieval.nlp.markup import readable
from retrieval.nlp.names import bare
from retrieval.nlp.quantities import Quantity, quantities
from retrieval.nlp.statements import Sentence
from retrieval.nlp.tokens import STOPWORDS, terms

# The fewest days of a series, and how near the words must stand that say what is counted.
_DAYS, _NEAR = 3, 4
_CURRENCIES = "$€£¥"
# A figure behind these is the size of a change, and no value; with those its sentence tells what may come.
_WORDS = load("en")["series"]
_CHANGES, _FORECASTS = frozenset(terms(_WORDS["changes"])), frozenset(_WORDS["forecasts"].split())
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Value:
    """A figure of a statement: its unit, and the terms near it that may say what it is of."""

    sentence: Sentence
    value: float
    unit: str
    about: frozenset[str]
    names: frozenset[str]

    @property
    def day(self) -> str:
        return self.sentence.day


def find_series(stated: Iterable[Sentence], cited: Callable[[Sentence], Citation]) -> FigureSeries | None:
    """The figure with values of the most days; `cited` makes the citation of a statement.

    All of its statements name the same: an unemployment rate of one state is not that of another. None where no figure
    has values of enough days.
    """
    by_unit: dict[str, list[_Value]] = defaultdict(list)
    for sentence in stated:
        for value in _values(sentence):
            by_unit[value.unit].append(value)
    found = [each for unit, values in sorted(by_unit.items()) for each in _of_unit(values)]
    best = max(found, key=lambda values: (len(values), values[-1].day), default=None)
    if best is None:
        return None
    about = frozenset.intersection(*(each.about for each in best))
    points = (FigurePoint(each.day, each.value, cited(each.sentence)) for each in best)
    return FigureSeries(_called(best[-1], about), best[-1].unit, tuple(points))


def _values(sentence: Sentence) -> Iterator[_Value]:
    """The figures of a statement that are values of its day."""
    text = readable(sentence.text)
    words = terms(text)
    # By its letters, or May would tell what may come.
    if not _FORECASTS.isdisjoint(_WORD.findall(text)) or any(
        each.kind == "year" and each.value != sentence.day[:4] for each in quantities(text)
    ):
        return
    names = frozenset(filter(None, (bare(each.name) for each in entities(text))))
    named = frozenset(term for name in names for term in terms(name))
    for each in quantities(text):
        unit = _unit(each)
        if unit and each.kind == "number" and not each.loose and not _is_change(each, words):
            near = {term for term, place in each.around if abs(place) <= _NEAR}
            yield _Value(sentence, float(each.value), unit, frozenset(near - named - {unit, "from", "to"}), names)


def _unit(figure: Quantity) -> str | None:
    sign = next((term[0] for term in figure.terms if term[:1] in _CURRENCIES), "")
    return sign or figure.after


def _is_change(figure: Quantity, words: Sequence[str]) -> bool:
    """Tell if a figure is how much something changed by, or what it was before."""
    place = next((at for at, word in enumerate(words) if word in figure.terms), 0)
    return dict(figure.around).get("from") == -1 or words[max(place - 1, 0)] in _CHANGES


def _of_unit(values: Sequence[_Value]) -> Iterator[list[_Value]]:
    """The series of a unit: values that share a word for what is counted, and a name."""
    words = Counter(term for each in values for term in each.about)
    for word, count in sorted(words.items()):
        if count < _DAYS:
            continue
        with_word = [each for each in values if word in each.about]
        for name in sorted({name for each in with_word for name in each.names}):
            series = _by_day([each for each in with_word if name in each.names])
            if len(series) >= _DAYS:
                yield series


def _by_day(values: Sequence[_Value]) -> list[_Value]:
    """One value a day, oldest first; without the days of which two are told."""
    days: dict[str, list[_Value]] = defaultdict(list)
    for each in values:
        days[each.day].append(each)
    return [told[0] for _, told in sorted(days.items()) if len({each.value for each in told}) == 1]


def _called(newest: _Value, about: frozenset[str]) -> str:
    """The quantity of a series in the words of its newest statement."""
    said = [word.strip(".,;:’'\"“”()") for word in readable(newest.sentence.text).split()]
    kept = [word for word in said if (found := terms(word)) and found[-1] in about and word.lower() not in STOPWORDS]
    return " ".join(dict.fromkeys(kept)) or newest.unit
