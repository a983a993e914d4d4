"""When a question says something happened, or came out: its phrases about time, as days."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from retrieval.nlp.lexicon import any_of, load
from retrieval.question.kinds import LANGUAGES, phrases
from retrieval.question.periods import MONTHS, Period, TimeRange, days_before, latest, months_before, period_of

_TIME = load("en")["time"]
_NUMBERS = {word: number for number, word in enumerate(_TIME["numbers"], 1)}
_WEEKDAYS = [name.casefold() for name in _TIME["weekdays"]]

# In full or by three letters.
_MONTHS = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _TIME["months"])
_MONTH = rf"(?:sept|{_MONTHS})\b\.?"
_WEEKDAY = rf"(?:{'|'.join(_WEEKDAYS)})"
_DAY = r"[0-9]{1,2}(?:st|nd|rd|th|\.(?=\s))?(?![0-9])"
_YEAR = r"[0-9]{4}(?![0-9])"
# A part of a year or month is taken for all of it: where a time only prefers, wide is safe.
_PART = (
    r"(?:(?:early|mid(?:dle)?|late|(?:the\s+)?(?:beginning|start|middle|end)\s+of)(?:\s*-\s*|\s+)(?:in\s+|the\s+)?)?"
)

_NAMED = rf"""
    {_PART}
    (?:(?P<iso_year>[0-9]{{4}})-(?P<iso_month>[0-9]{{2}})(?:-(?P<iso_day>[0-9]{{2}}))?(?![0-9])
    |(?:{_WEEKDAY},?\s+)?(?:the\s+)?(?P<day_first>{_DAY})\s+(?:of\s+)?(?P<month_last>{_MONTH})
        (?:,?\s+(?:of\s+)?(?P<year_last>{_YEAR}))?
    |(?:{_WEEKDAY},?\s+)?(?P<month>{_MONTH})(?:\s+(?:the\s+)?(?P<day>{_DAY}))?(?:,?\s+(?:of\s+)?(?P<month_year>{_YEAR}))?
    |(?P<year>{_YEAR}))
"""
_WRITTEN = re.compile(_NAMED, re.IGNORECASE | re.VERBOSE)
# The same without names, on one line, to be built into longer patterns.
WRITTEN = "(?:" + re.sub(r"\n\s*", "", re.sub(r"\?P<\w+>", "?:", _NAMED)) + ")"

# Moments counted from the day of asking.
RELATIVE = rf"""(?:(?P<day>today|tonight|yesterday)
    |(?:(?<=on\s)|(?<=since\s)|(?<=after\s)|(?P<last>(?:last|past)\s+))(?P<weekday>{_WEEKDAY})
    |(?P<rolls>the\s+)?(?P<which>this|last|past|previous)\s+(?:past\s+)?
        (?:(?P<count>[0-9]{{1,3}}|{"|".join(_NUMBERS)})\s+)?(?P<unit>day|weekend|week|month|year)s?)"""
_DAYS = {"day": 1, "week": 7, "weekend": 7}


def written_period(text: str, as_of: date) -> Period | None:
    """The period of a match of `WRITTEN`; without a year it is the latest that had begun by `as_of`."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    if match["iso_year"]:
        return period_of(*(int(part) if part else None for part in match.group("iso_year", "iso_month", "iso_day")))
    named = match["year_last"] or match["month_year"] or match["year"]
    year = int(named) if named else None
    name, digits = match["month"] or match["month_last"], re.match("[0-9]+", match["day"] or match["day_first"] or "")
    if name is None:
        return period_of(year)
    month, day = MONTHS[name[:3].casefold()], int(digits[0]) if digits else None
    return latest(month, day, as_of) if year is None else period_of(year, month, day)


def relative_period(match: re.Match[str], as_of: date) -> Period | None:
    """The period of a match of a pattern with `RELATIVE` in it, asked on `as_of`."""
    if match["day"]:
        return Period(*[days_before(as_of, match["day"].casefold() == "yesterday")] * 2)
    if match["weekday"]:
        back = (as_of.weekday() - _WEEKDAYS.index(match["weekday"].casefold())) % 7
        return Period(*[days_before(as_of, back or 7 * bool(match["last"]))] * 2)
    which, unit = match["which"].casefold(), match["unit"].casefold()
    if match["count"] or which in ("past", "previous") or (which == "last" and match["rolls"]):
        return _rolling(match["count"] or "one", unit, as_of)
    if unit in _DAYS:  # "this week" looks back over seven days, since people say it on a Monday too
        end = days_before(as_of, as_of.weekday() + 1) if which == "last" else as_of
        return Period(days_before(end, 6 if which == "last" else 7), end)
    first = as_of.replace(day=1) if unit == "month" else as_of.replace(month=1, day=1)
    if which == "this":
        return Period(first, as_of)
    end = days_before(first, 1)
    return Period(end.replace(day=1) if unit == "month" else end.replace(month=1, day=1), end)


def _rolling(count: str, unit: str, as_of: date) -> Period | None:
    number = int(count) if count.isdecimal() else _NUMBERS[count.casefold()]
    if unit in ("month", "year"):
        return Period(months_before(as_of, number * (12 if unit == "year" else 1)), as_of)
    return Period(days_before(as_of, number * _DAYS[unit]), as_of) if number else None


Span = tuple[int, int]
Timed = tuple[TimeRange, Span]


@dataclass(frozen=True, slots=True)
class TimePhrases:
    """The time a question asks about, `of_publication` or of events, and the spans of the phrases it was read from."""

    time: TimeRange | None
    spans: tuple[Span, ...]
    of_publication: bool = False


# Older years in questions are history, not the day an article came out.
_FIRST_YEAR = 1990
_TAIL = r"(?!\w|[-/–.,:%]\w)"
_RANGE = re.compile(
    rf"\b(?:between|from|during|in)\s+(?>(?P<begin>{WRITTEN}))\s+(?:and|to|until|till|through)\s+(?>(?P<close>{WRITTEN})){_TAIL}",
    re.IGNORECASE,
)
_ONE = re.compile(
    rf"\b(?P<how>{any_of(_TIME['leads'])})\s+"
    rf"(?>(?P<what>{WRITTEN})){_TAIL}(?P<on>\s+onwards?\b)?",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?:(?P<how>since|after|before|until|till|up\ to)\s+(?:the\s+(?=\w+end))?"
    rf"|(?:as\ of|on|over|during|in|within|for|of|at)\s+)?{RELATIVE}(?!\w|-\w|\s+of\b)",
    re.IGNORECASE | re.VERBOSE,
)
# "Wie viele kamen 2019?": where a verb or the like stands before it, a year alone says when in German; in Polish and
# Ukrainian a day does, and a year that is called one.
_LONE_YEAR = re.compile(r"(?<![\w.-])(?P<before>[a-zäöüß]+)\s+(?=(?:19|20)[0-9]{2}(?![\w.,-]))")
_LONE_DATE = re.compile(
    rf"(?:^|(?<![\w.-])(?P<before>[^\W\d_]+),?\s+)(?=[0-9]{{1,2}}\s+{_MONTH}|(?:19|20)[0-9]{{2}}\s+(?:roku|року|р)\b)",
    re.IGNORECASE,
)
# "Que s'est-il passé lundi ?"
_LONE_WEEKDAY = re.compile(rf"(?:^|(?<![\w.-])(?P<before>[^\W\d_]+),?\s+)(?={_WEEKDAY}\b)", re.IGNORECASE)
_LONE = {"de": (_LONE_YEAR, "in "), "fr": (_LONE_WEEKDAY, "on "), "pl": (_LONE_DATE, "on "), "uk": (_LONE_DATE, "on ")}
_BEFORE_DATES = frozenset(
    (*" ".join(_TIME["leads"]).split(), *"between from and the of last".split(), *_WEEKDAYS, *_TIME["months"])
)
_APOSTROPHE = re.compile("[’ʼ]")
# So many words before a time may say that it is one of publication.
_WORDS_BEFORE = 3


def read_time(text: str, as_of: date, language: str = "en") -> TimePhrases:
    """The time asked about on the day `as_of`, all the question's phrases about time taken together."""
    english, places = _in_english(text, language)
    english = _of_year(language).sub(r"\1in", english)  # of the same length
    # "On Tuesday, 3 December" and "in May last year" are written dates as a whole.
    written = [*_ranges(english, as_of), *_ones(english, as_of)]
    relative = [each for each in _relative(english, as_of) if not _overlaps(each[1], [span for _, span in written])]
    # "This week" beside a year: the year is background.
    chosen = relative or written
    time = _joined([time for time, _ in chosen]) if chosen else None
    own = tuple((places[start], places[end]) for start, end in sorted(span for _, span in chosen if time))
    published = any(_is_published(text[:start], text[end:], language) for start, end in own)
    return TimePhrases(time, own, published)


def _is_published(before: str, after: str, language: str) -> bool:
    """Tell if a word of publishing stands shortly before a time or right behind it: "im März 2024 veröffentlicht"."""
    near = " ".join([*before.split()[-_WORDS_BEFORE:], *after.split()[:1]])
    return bool(phrases(language, "published").search(near))


def in_english(text: str, language: str) -> str:
    """The text with its words about time in English."""
    return _in_english(text, language)[0]


def _in_english(text: str, language: str) -> tuple[str, Sequence[int]]:
    """The text with its words about time in English, and for each offset into that the offset into the text."""
    pattern = _translated(language)
    if pattern is None:
        return text, range(len(text) + 1)
    table = load(language)["time_in_english"]
    made, places, last = "", [], 0
    for match in pattern.finditer(text):
        english = table[" ".join(_APOSTROPHE.sub("'", match[0].casefold()).split())]
        made += text[last : match.start()] + english
        places += [*range(last, match.start()), *[match.start()] * len(english)]
        last = match.end()
    made, places = made + text[last:], [*places, *range(last, len(text) + 1)]
    if language in _LONE:
        return _with_leads(made, places, language)
    return made, places


def _with_leads(made: str, places: list[int], language: str) -> tuple[str, list[int]]:
    """What `_in_english` gives, with a preposition before the dates that need none in their language."""
    pattern, lead = _LONE[language]
    table = load(language)["time_in_english"]
    for lone in reversed(list(pattern.finditer(made))):
        before = (lone["before"] or "").casefold()
        if before not in table and before not in _BEFORE_DATES:
            at = lone.end()
            made, places[at:at] = f"{made[:at]}{lead}{made[at:]}", [places[at]] * len(lead)
    return made, places


@cache
def _of_year(language: str) -> re.Pattern[str]:
    """ "Articles of 2019", "¿Qué artículos hay de 2019?": behind them alone "of" says when."""
    articles, have, there = (phrases(language, key).pattern for key in ("articles", "have", "there"))
    return re.compile(rf"({articles}(?:[\s-]+(?:{have}|{there}))?\s+)of(?=\s+(?:19|20)[0-9]{{2}}\b)", re.IGNORECASE)


@cache
def _translated(language: str) -> re.Pattern[str] | None:
    listed = tuple(load(language).get("time_in_english", ())) if language in LANGUAGES else ()
    return re.compile(rf"(?<!\w)(?:{any_of(listed)})(?!\w)", re.IGNORECASE) if listed else None


def _overlaps(span: Span, spans: Iterable[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in spans)


def _joined(times: Sequence[TimeRange]) -> TimeRange | None:
    """ "Since X, until Y" closes from both ends; other times are taken together, as wide as they reach."""
    since = [time.since for time in times if time.since]
    until = [time.until for time in times if time.until]
    open_end, open_start = any(time.until is None for time in times), any(time.since is None for time in times)
    if open_end and open_start:
        # "Since 2000" beside "before 2000" leaves nothing out.
        return TimeRange(max(since), min(until), times[0].relative) if max(since) <= min(until) else None
    return TimeRange(None if open_start else min(since), None if open_end else max(until), times[0].relative)


def _relative(text: str, as_of: date) -> Iterator[Timed]:
    """Times counted from the day of asking: "this week", "since Monday", "in the past three months"."""
    for match in _RELATIVE.finditer(text):
        how, period = (match["how"] or "").casefold(), relative_period(match, as_of)
        if period and how in ("", "since", "after"):
            yield TimeRange(period.first, None if how else period.last, relative=True), match.span()


def _ranges(text: str, as_of: date) -> Iterator[Timed]:
    """Times with two written ends: "from March to June 2022", "between 2021 and 2023"."""
    for match in _RANGE.finditer(text):
        last = written_period(match["close"], as_of)
        first = written_period(match["begin"], last.first if last else as_of)
        if first and last and first.first <= last.last and last.first <= as_of and _is_past(first.first, as_of):
            yield TimeRange(first.first, last.last), match.span()


def _ones(text: str, as_of: date) -> Iterator[Timed]:
    """Times of one written date: "in May 2022", "since 2023", "before 3 October"."""
    taken = [match.span() for match in _RANGE.finditer(text)]
    for match in _ONE.finditer(text):
        how, span = " ".join(match["how"].casefold().split()), match.span()
        period = written_period(match["what"], as_of)
        if period is None or not _is_past(period.first, as_of) or _overlaps(span, taken):
            continue
        if how == "since" or match["on"]:
            yield TimeRange(period.first, None), span
        elif how == "after":
            if period.last < as_of:
                yield TimeRange(period.last + timedelta(days=1), None), span
        elif how in ("before", "prior to"):
            yield TimeRange(None, days_before(period.first, 1)), span
        else:
            yield TimeRange(None if how in ("until", "till", "up to", "as of") else period.first, period.last), span


def _is_past(first: date, as_of: date) -> bool:
    return first <= as_of and first.year >= _FIRST_YEAR
