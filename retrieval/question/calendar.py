"""What an option says for a day: `--since`, or one of a command in Discord; in all languages of the bot's own words."""

from __future__ import annotations

import re
from datetime import date

from retrieval.domain.articles import Filter
from retrieval.domain.phrase import Phrase
from retrieval.errors import QuestionError
from retrieval.nlp.lexicon import any_of, listed, load
from retrieval.question.kinds import LANGUAGES
from retrieval.question.periods import MONTHS, Period, days_before, months_before, period_of
from retrieval.question.time_expressions import RELATIVE, in_english, relative_period

# The months in full, as `strftime` and the answers write them; and by any of their names in other languages.
_NAMES = tuple(load("en")["time"]["months"])
_OTHER_NAMES = {name: number for number, names in enumerate(load("months")["months"], 1) for name in listed(names)}
_OF = r"(?:(?:of|de|del)\s+)?"
_YEAR_NAMED = rf"(?:\s*(?:{any_of(listed(load('months')['behind']))})\.?)?"
_WRITTEN = re.compile(
    rf"(?:([0-9]{{1,2}})(?:\.|er|º)?\s+)?{_OF}([^\W\d_]{{3,12}})\.?,?\s+{_OF}([0-9]{{4}}){_YEAR_NAMED}"
)
# As answers print them in German.
_DOTTED = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})")
# What answers add to a day.
_ADDED = re.compile(r"\s*\([^()]*\)$")
_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_COUNTED = re.compile(rf"(?:on\s+)?(?:the\s+)?{RELATIVE}", re.IGNORECASE | re.VERBOSE)

_SPANS = load("spans")
_NUMBERS = {word: number for number, words in enumerate(_SPANS["numbers"], 1) for word in words.split()}
_UNITS = {word: unit for unit, words in _SPANS["units"].items() for word in words.split()}
_AGO = re.compile(
    rf"(?:(?P<before>{any_of(_SPANS['ago_before'])})\s+)?(?P<count>[0-9]{{1,6}}|{any_of(_NUMBERS)})\s+"
    rf"(?P<unit>{any_of(_UNITS)})(?:\s+(?P<behind>{any_of(_SPANS['ago_behind'])}))?"
)
# Characters of an option that are read.
_LONGEST = 60


def parse_day(text: str, *, end: bool = False, today: date | None = None) -> date:
    """The day of an option such as `--since`, of a month, week or year the first, or its last with `end`.

    Days are taken in ISO form, as answers print them, "14 Dec 2025 (date estimated)", and counted from today: "30 days
    ago", "yesterday", "last week"; in any language that the bot speaks.
    """
    word, now = _ADDED.sub("", " ".join(text.casefold().split())), today or date.today()
    period = _read(word, now) if len(word) <= _LONGEST else None
    if period is None:
        shown = text.strip()[:40]
        raise QuestionError(
            Phrase(
                '"{text}" is not a date: write it like 2024-12-03, "3 Dec 2024", 2024-12, 2024 or "yesterday".',
                text=shown,
            )
        )
    return period.last if end else period.first


def _read(word: str, now: date) -> Period | None:
    return _iso(word) or _dotted(word) or _written(word) or _ago(word, now) or _counted(word, now)


def _iso(word: str) -> Period | None:
    match = _ISO.fullmatch(word)
    return period_of(*(int(part) if part else None for part in match.groups())) if match else None


def _dotted(word: str) -> Period | None:
    match = _DOTTED.fullmatch(word)
    return period_of(int(match[3]), int(match[2]), int(match[1])) if match else None


def _written(word: str) -> Period | None:
    """A day or month as "3 dec 2024", "3 december 2024", "december 2024" or "3 de diciembre de 2024"."""
    match = _WRITTEN.fullmatch(word)
    if not match:
        return None
    english = MONTHS[match[2][:3]] if any(name.startswith(match[2]) for name in _NAMES) else None
    month = english or _OTHER_NAMES.get(match[2])
    return period_of(int(match[3]), month, int(match[1]) if match[1] else None) if month else None


def _ago(word: str, now: date) -> Period | None:
    """The day of "30 days ago", "vor 2 Wochen", "il y a trois mois"."""
    match = _AGO.fullmatch(word)
    if not match or bool(match["before"]) == bool(match["behind"]):
        return None
    count = int(match["count"]) if match["count"].isdecimal() else _NUMBERS[match["count"]]
    unit = _UNITS[match["unit"]]
    if unit in ("month", "year"):
        day = months_before(now, count * (12 if unit == "year" else 1))
    else:
        day = days_before(now, count * (7 if unit == "week" else 1))
    return Period(day, day)


def _counted(word: str, now: date) -> Period | None:
    """The days of "yesterday", "last week", "Monday" in the first language that has them."""
    for language in LANGUAGES:
        english = in_english(word, language)
        # A weekday alone is none in a sentence.
        if match := _COUNTED.fullmatch(english) or _COUNTED.fullmatch(f"on {english}"):
            return relative_period(match, now)
    return None


def parse_window(since: str | None, until: str | None) -> Filter:
    """The days of two such options, both included; `QuestionError` where the first is after the last."""
    first = parse_day(since) if since else None
    last = parse_day(until, end=True) if until else None
    if first and last and first > last:
        raise QuestionError(Phrase("{first} is after {last}: swap the two dates.", first=first, last=last))
    return Filter(first.isoformat() if first else None, last.isoformat() if last else None)
