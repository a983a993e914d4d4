"""When a question says something happened, or came out: its phrases about time, as days.

The patterns are English; expressions of other languages are put into English first, phrase by phrase, as the lexicon
has them. A phrase counts only where it says when ("in", "since", "last"); plans for the future give no time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from retrieval.nlp.lexicon import any_of, load
from retrieval.question.calendar import Period, TimeRange, days_before
from retrieval.question.dates import DAY, MONTH, RELATIVE, WRITTEN, YEAR, names_year, relative_period, written_period
from retrieval.question.phrases import LANGUAGES, phrases

Span = tuple[int, int]
Timed = tuple[TimeRange, Span]


@dataclass(frozen=True, slots=True)
class TimePhrases:
    """The time that a question asks about, if any, and the phrases it was read from, as spans of the question.

    It is `of_publication` where the question asks for what was published then.
    """

    time: TimeRange | None
    spans: tuple[Span, ...]
    of_publication: bool = False


# Older years in questions are history, not the day an article came out.
_FIRST_YEAR = 1990
_TIME = load("en")["time"]
_TAIL = r"(?!\w|[-/–.,:%]\w)"
_END_DAY = rf"{DAY}(?:,?\s+{YEAR})?"
_RANGE = re.compile(
    rf"\b(?:between|from|during|in|on)\s+(?>(?P<begin>{WRITTEN}|{DAY}))"
    rf"(?:\s+(?:and|to|until|till|through)\s+|\s?[-–—]\s?)(?>(?P<close>{WRITTEN}|{_END_DAY})){_TAIL}",
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
_OTHER_TIME = re.compile(rf"\b(?:{any_of(tuple(_TIME['others']))})\s+$", re.IGNORECASE)
# "Born in 1994", ", signed in 1994": when what a question names came to be.
_BACKGROUND = re.compile(
    rf"(?:\b(?:{any_of(tuple(_TIME['background']))})|,\s+\w+(?:ed|en|orn|uilt))\s+$", re.IGNORECASE
)
# What is quoted is a title or somebody's words, whatever it says of time.
QUOTED = re.compile(r'["“][^"“”]{1,300}["”]')
# "Wie viele kamen 2019?": where a verb or the like stands before it, a year alone says when in German.
_LONE_YEAR = re.compile(r"(?<![\w.-])(?P<before>[a-zäöüß]+)\s+(?=(?:19|20)[0-9]{2}(?![\w.,-]))")
# So many words before a time may say that it is one of publication.
_WORDS_BEFORE = 3


def read_time(text: str, as_of: date, language: str = "en") -> TimePhrases:
    """The time asked about on the day `as_of`, all the question's phrases about time taken together."""
    english, places = _in_english(text, language)
    quoted = [match.span() for match in QUOTED.finditer(english)]
    # "On Tuesday, 3 December" and "in May last year" are written dates as a whole.
    written = [*_ranges(english, as_of), *_ones(english, as_of)]
    relative = [each for each in _relative(english, as_of) if not _overlaps(each[1], [span for _, span in written])]
    found = [each for each in (*relative, *written) if not _overlaps(each[1], quoted)]
    # "This week" beside a year: the year is background.
    chosen = [each for each in found if each[0].relative] or found
    time = _joined([time for time, _ in chosen]) if chosen else None
    own = tuple((places[start], places[end]) for start, end in sorted(span for _, span in chosen if time))
    published = any(_is_published(text[:start], text[end:], language) for start, end in own)
    return TimePhrases(time, own, published)


def _is_published(before: str, after: str, language: str) -> bool:
    """Whether a word of publishing stands shortly before a time or right behind it: "im März 2024 veröffentlicht"."""
    near = " ".join([*before.split()[-_WORDS_BEFORE:], *after.split()[:1]])
    return bool(phrases(language, "published").search(near))


def _in_english(text: str, language: str) -> tuple[str, Sequence[int]]:
    """The text with its words about time in English, and for each offset into that the offset into the text."""
    pattern = _translated(language)
    if pattern is None:
        return text, range(len(text) + 1)
    table = load(language)["time_in_english"]
    made, places, last = "", [], 0
    for match in pattern.finditer(text):
        english = table[" ".join(match[0].casefold().replace("’", "'").split())]
        made += text[last : match.start()] + english
        places += [*range(last, match.start()), *[match.start()] * len(english)]
        last = match.end()
    made, places = made + text[last:], [*places, *range(last, len(text) + 1)]
    for year in _LONE_YEAR.finditer(text) if language == "de" else ():
        if year["before"] not in table:
            at = places.index(year.end())
            made, places[at:at] = f"{made[:at]}in {made[at:]}", [year.end()] * len("in ")
    return made, places


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
        # "What will they discuss on Tuesday?" asks about the Tuesday to come.
        to_come = match["weekday"] and re.search(r"\bwill\b", text[: match.start()], re.IGNORECASE)
        if period is None or to_come or _OTHER_TIME.search(text[max(0, match.start() - 20) : match.start()]):
            continue
        if how in ("", "since", "after"):
            yield TimeRange(period.first, None if how else period.last, relative=True), match.span()


def _ranges(text: str, as_of: date) -> Iterator[Timed]:
    """Times with two written ends: "from 3 to 9 October", "between 2021 and 2023"."""
    for match in _RANGE.finditer(text):
        period = _range_period(match["begin"], match["close"], as_of)
        if period and _is_past(period.first, as_of):
            yield TimeRange(period.first, period.last), match.span()


def _range_period(begin: str, close: str, as_of: date) -> Period | None:
    """ "1" of "1 and 15 May" takes its month, "March" of "March to June 2022" its year, from the other end."""
    lone_begin, lone_close = re.fullmatch(DAY, begin), re.fullmatch(_END_DAY, close, re.IGNORECASE)
    month = re.search(MONTH, close if lone_begin else begin, re.IGNORECASE)
    if month and lone_begin:
        begin = f"{begin} {month[0]}"
    elif month and lone_close:
        close = f"{month[0]} {close}"
    last = written_period(close, as_of)
    if last is None or last.first > as_of:
        return None
    first = written_period(begin, last.first, year=last.first.year if names_year(close) else None)
    if first and first.first > last.first and not names_year(begin):  # "from November to February 2022"
        first = written_period(begin, as_of, year=last.first.year - 1)
    return Period(first.first, last.last) if first and first.first <= last.last else None


def _ones(text: str, as_of: date) -> Iterator[Timed]:
    """Times of one written date: "in May 2022", "since 2023", "before 3 October"."""
    taken = [match.span() for match in _RANGE.finditer(text)]
    for match in _ONE.finditer(text):
        how, span = " ".join(match["how"].casefold().split()), match.span()
        period = written_period(match["what"], as_of)
        background = _BACKGROUND.search(text[max(0, match.start() - 60) : match.start()])
        if period is None or background or not _is_past(period.first, as_of) or _overlaps(span, taken):
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
