"""When a question says something happened, or came out: its phrases about time, as days.

The patterns are English; expressions of other languages are put into English first, phrase by phrase, as the lexicon
has them. A time that is wrong misleads the search, one that is missed only costs some ranking. So a phrase counts only
where it says when ("in", "since", "last"). Years that name a thing ("the 2022 World Cup", "in 2020 dollars"),
background ("born in 1994", "the man who fled in 2019") and plans for the future give none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from retrieval.nlp.lexicon import load
from retrieval.question.calendar import Period, TimeRange, days_before
from retrieval.question.dates import (
    DAY,
    MONTH,
    NUMBER,
    WEEKDAY,
    WRITTEN,
    YEAR,
    lone_month,
    names_day,
    names_year,
    relative_period,
    written_period,
)
from retrieval.question.phrases import LANGUAGES, alternation, phrases

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class TimePhrases:
    """The time that a question asks about, if any, and the phrases it was read from, as spans of the question.

    It is `of_publication` where the question asks for what was published then. Phrases without a time only say "some
    time".
    """

    time: TimeRange | None
    spans: tuple[Span, ...]
    of_publication: bool = False


# Older years in questions are history, not the day an article came out.
_FIRST_YEAR = 1990

_PREPOSITIONS = r"in|on|at|during|throughout|over|since|before|prior\s+to|after|until|till|up\s+to|as\s+of|from"
_TIME = load("en")["time"]
_THINGS = alternation(tuple(_TIME["things"]))
_TAIL = rf"(?!\w|[-/–.,:%]\w|\s+(?:{_THINGS})\b)"
_END_DAY = rf"{DAY}(?:,?\s+{YEAR})?"
_RANGE = re.compile(
    rf"\b(?:between|from|during|in|on)\s+(?>(?P<begin>{WRITTEN}|{DAY}))"
    rf"(?:\s+(?:and|to|until|till|through)\s+|\s?[-–—]\s?)(?>(?P<close>{WRITTEN}|{_END_DAY})){_TAIL}",
    re.IGNORECASE,
)
_ONE = re.compile(rf"\b(?P<how>{_PREPOSITIONS})\s+(?>(?P<what>{WRITTEN})){_TAIL}(?P<on>\s+onwards?\b)?", re.IGNORECASE)
_UNIT = r"(?:hours?|days?|weeks?|months?|years?)"
_RELATIVE = re.compile(
    r"\b(?:(?P<how>since|after|before|until|till|up\s+to)\s+(?:the\s+)?"
    r"|(?:as\s+of|on|over|during|in|within|for|of|at)\s+)?"
    rf"(?P<what>today|tonight|yesterday|(?:this|last)\s+(?:past\s+)?(?:{WEEKDAY}|{MONTH})"
    rf"|(?:this|last)\s+(?:past\s+)?(?:morning|afternoon|evening|night|week|weekend|month|year)"
    rf"|(?<=in\s)(?:last|past)\s+{NUMBER}\s+{_UNIT}"
    rf"|(?:(?<=on\s)|(?<=since\s)|(?<=after\s)){WEEKDAY}"
    rf"|the\s+(?:last|past|previous)\s+(?:{NUMBER}\s+(?:of\s+)?)?{_UNIT}"
    r"|the\s+(?:past\s+|last\s+)?weekend)"
    r"(?!\w|-\w|\s+of\b)(?P<owns>['’]s\b)?",
    re.IGNORECASE,
)

_BACKGROUND = re.compile(
    r"(?:\w\s+(?:who|that)\s+(?:\w+\s+){1,3}|,\s+(?:(?!wh)\w+\s+)?(?!wh)\w+(?:ed|en|orn|uilt)\s+"
    rf"|\b(?:{alternation(tuple(_TIME['background']))})\s+"
    rf"|\b(?:{alternation(tuple(_TIME['superlatives']))}|\w+est)\s+)$",
    re.IGNORECASE,
)
_OTHER_TIME = re.compile(rf"(?:\b(?:{alternation(tuple(_TIME['others']))})\.?|['’]s)\s+$", re.IGNORECASE)
# The end of a sentence that only tells, before the one that asks.
_TOLD = re.compile(r"(?:\w{4}|[0-9])[.!][\"”’']?\s+[\"“‘']?[A-Z].*\?", re.DOTALL)
# After other words "May" may be a person or a verb: "since May resigned".
_PLAIN_NEXT = re.compile(rf"\s*(?:$|[?.,;:!)]|(?:{alternation(tuple(_TIME['after_month']))})\b)", re.IGNORECASE)
_VAGUE = re.compile(r"(?<!most\s)(?<!more\s)\brecently\b", re.IGNORECASE)
# What is quoted is a title or somebody's words, whatever it says of time.
QUOTED = re.compile(r'["“][^"“”]{1,300}["”]')
# So many words before a time may say that it is one of publication.
_WORDS_BEFORE = 3

Timed = tuple[TimeRange, Span]


def read_time(text: str, as_of: date, language: str = "en") -> TimePhrases:
    """The time asked about on the day `as_of`, all the question's phrases about time taken together."""
    english, places = _in_english(text, language)
    quoted = [match.span() for match in QUOTED.finditer(english)]
    written = list(_written(english, as_of))
    # "On Tuesday, 3 December" and "in May last year" are written dates as a whole.
    taken = [span for _, span in written]
    relative = [each for each in _relative(english, as_of) if not _overlaps(each[1], taken)]
    found = [each for each in (*relative, *written) if not _overlaps(each[1], quoted)]
    # "This week" beside a year: the year is background.
    chosen = [each for each in found if each[0].relative] or found
    vague = [match.span() for match in _VAGUE.finditer(english)]
    time = _joined([time for time, _ in chosen]) if chosen else None
    spans = sorted((*(span for _, span in chosen if time), *vague))
    own = tuple((places[start], places[end]) for start, end in spans)
    return TimePhrases(
        time, own, time is not None and any(_is_published(text[:start], language, text[end:]) for start, end in own)
    )


def _is_published(before: str, language: str, after: str = "") -> bool:
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
    return made + text[last:], [*places, *range(last, len(text) + 1)]


@cache
def _translated(language: str) -> re.Pattern[str] | None:
    listed = tuple(load(language).get("time_in_english", ())) if language in LANGUAGES else ()
    return re.compile(rf"(?<!\w)(?:{alternation(listed)})(?!\w)", re.IGNORECASE) if listed else None


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
        how, what = (match["how"] or "").casefold(), match["what"]
        period = relative_period(what, as_of)
        if period is None or _OTHER_TIME.search(text[max(0, match.start() - 20) : match.start()]):
            continue
        # "What will they discuss on Tuesday?" asks about the Tuesday to come.
        if re.match(WEEKDAY, what, re.IGNORECASE) and re.search(r"\bwill\b", text[: match.start()], re.IGNORECASE):
            continue
        if how in ("since", "after"):
            yield TimeRange(period.first, None, True), match.span()
        elif not how or match["owns"]:  # "before this week's vote" is asked about this week
            start = match.start("what" if match["owns"] else 0)  # leaves "in [...] vote"
            yield TimeRange(period.first, period.last, True), (start, match.end())


def _written(text: str, as_of: date) -> Iterator[Timed]:
    """Times of written dates: "in May 2022", "since 2023", "from 3 to 9 October"."""
    yield from _ranges(text, as_of)
    yield from _ones(text, as_of)


def _ranges(text: str, as_of: date) -> Iterator[Timed]:
    for match in _RANGE.finditer(text):
        period = _range_period(match["begin"], match["close"], as_of)
        if (
            period
            and _is_past(period.last if period.first > period.last else period.first, as_of)
            and not _is_background(text, match)
        ):
            yield TimeRange(period.first, period.last), match.span()


def _range_period(begin: str, close: str, as_of: date) -> Period | None:
    """ "1" of "1 and 15 May" takes its month, "March" of "March to June 2022" its year, from the other end."""
    month = re.search(MONTH, close if begin[0].isdigit() else begin, re.IGNORECASE)
    if re.fullmatch(DAY, begin):
        if month is None:
            return None
        begin = f"{begin} {month[0]}"
    elif re.fullmatch(_END_DAY, close, re.IGNORECASE) and not re.fullmatch("[0-9]{4}", close):
        month = re.search(MONTH, begin, re.IGNORECASE)
        if month is None:
            return None
        close = f"{month[0]} {close}"
    last = written_period(close, as_of)
    if last is None or last.first > as_of:
        return None
    first = written_period(begin, last.first, year=last.first.year if names_year(close) else None)
    if first and first.first > last.first and not names_year(begin):  # "from November to February 2022"
        first = written_period(begin, as_of, year=last.first.year - 1)
    return Period(first.first, last.last) if first and first.first <= last.last else None


def _ones(text: str, as_of: date) -> Iterator[Timed]:
    taken = [match.span() for match in _RANGE.finditer(text)]
    for match in _ONE.finditer(text):
        if any(start <= match.start() < end for start, end in taken):
            continue
        how = " ".join(match["how"].casefold().split())
        period = written_period(match["what"], as_of)
        if period is None or not _is_past(period.first, as_of) or not _says_when(text, match, how):
            continue
        span = match.span()
        if how == "since" or match["on"]:
            yield TimeRange(period.first, None), span
        elif how == "after" and period.last < as_of:
            yield TimeRange(period.last + timedelta(days=1), None), span
        elif how in ("before", "prior to"):
            yield TimeRange(None, days_before(period.first, 1)), span
        elif how in ("until", "till", "up to", "as of"):
            yield TimeRange(None, period.last), span
        elif how != "after":
            yield TimeRange(period.first, period.last), span


def _is_past(first: date, as_of: date) -> bool:
    return first <= as_of and first.year >= _FIRST_YEAR


def _is_background(text: str, match: re.Match[str]) -> bool:
    before, after = text[max(0, match.start() - 60) : match.start()], text[match.end() - 1 :]
    return bool(_BACKGROUND.search(before) or _TOLD.search(after))


def _says_when(text: str, match: re.Match[str], how: str) -> bool:
    """Whether preposition and moment go together, and the moment is not the background of the question."""
    what = match["what"]
    day, part = names_day(what), re.match(r"(?:the\s+)?[bems]\w+\s+of\b", what, re.IGNORECASE)
    fits = {
        "on": day,
        "at": part is not None,
        "over": re.search(r"summer|winter|spring|autumn|fall", what, re.IGNORECASE) is not None,
        "from": match["on"] is not None or any(_is_published(text[: match.start()], each) for each in LANGUAGES),
    }.get(how, True)
    return fits and not _is_background(text, match) and not _is_other_word(text, match, how)


def _is_other_word(text: str, match: re.Match[str], how: str) -> bool:
    """ "May" and "march" are other words too, unless written as months and in a month's place."""
    word = lone_month(match["what"])
    if word is None or word.casefold() not in ("may", "march", "mar", "mar."):
        return False
    if word[0].islower() and not text.islower():
        return True
    rest = text[match.end("what") :]
    return rest.startswith(("'", "’")) or (how != "in" and not _PLAIN_NEXT.match(rest))
