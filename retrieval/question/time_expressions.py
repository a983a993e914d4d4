"""Phrases that say when, and the window of publication dates that each gives.

A window that is wrong hides every right article, one that is missed only costs some ranking. So a phrase
counts only where it says when ("in", "since", "last"). Years that name a thing ("the 2022 World Cup", "in 2020
dollars"), background ("born in 1994", "the man who fled in 2019") and plans for the future give none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from retrieval.question.calendar import Period, Window, days_before
from retrieval.question.moments import (
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

# Older years in questions are history, not the day an article came out.
_FIRST_YEAR = 1990

_PREPOSITIONS = r"in|on|at|during|throughout|over|since|before|prior\s+to|after|until|till|up\s+to|as\s+of|from"
# What a year before it only names: "in 2024 election polls", "in 2020 dollars".
_THINGS = (
    r"elections?|budgets?|campaigns?|race|world|olympics?|games|votes?|referendum|census|summit|dollars|prices"
    r"|terms|primar(?:y|ies)|season|models?|edition|protocol|fiscal|finals?|championships?|cup|madness|draft"
)
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
    r"|\b(?:born|founded|built|dating|back)\s+"
    r"|\b(?:time|first|last|most|least|worst|best|level|record|\w+est)\s+)$",
    re.IGNORECASE,
)
_OTHER_TIME = re.compile(
    r"(?:\b(?:his|her|their|its|my|your|our|the|later|than|versus|vs\.?|like|USA|compared\s+(?:to|with)"
    r"|(?:up|down|unchanged)\s+from)|['’]s)\s+$",
    re.IGNORECASE,
)
# The end of a sentence that only tells, before the one that asks.
_TOLD = re.compile(r"(?:\w{4}|[0-9])[.!][\"”’']?\s+[\"“‘']?[A-Z].*\?", re.DOTALL)
_NEWS = re.compile(r"\b(?:news|reports?|articles?|stories|coverage|headlines)\s+$", re.IGNORECASE)
# After these, "May" may be a person or a verb: "since May resigned".
_PLAIN_NEXT = re.compile(
    r"\s*(?:$|[?.,;:!)]|(?:in|at|on|by|to|of|with|about|and|did|has|have|was|were)\b)", re.IGNORECASE
)


def relative_windows(text: str, as_of: date) -> Iterator[Window]:
    """Windows counted from the day of asking: "this week", "since Monday", "in the past three months"."""
    for match in _RELATIVE.finditer(text):
        how, what = (match["how"] or "").casefold(), match["what"]
        period = relative_period(what, as_of)
        if period is None or _OTHER_TIME.search(text[max(0, match.start() - 20) : match.start()]):
            continue
        # "What will they discuss on Tuesday?" asks about the Tuesday to come.
        if re.match(WEEKDAY, what, re.IGNORECASE) and re.search(r"\bwill\b", text[: match.start()], re.IGNORECASE):
            continue
        if how in ("since", "after"):
            yield Window(period.first, None, "relative", (match.span(),))
        elif not how or match["owns"]:  # "before this week's vote" is asked about this week
            start = match.start("what" if match["owns"] else 0)  # leaves "in [...] vote"
            yield Window(period.first, period.last, "relative", ((start, match.end()),))


def written_windows(text: str, as_of: date) -> Iterator[Window]:
    """Windows of written dates: "in May 2022", "since 2023", "from 3 to 9 October"."""
    yield from _ranges(text, as_of)
    yield from _ones(text, as_of)


def _ranges(text: str, as_of: date) -> Iterator[Window]:
    for match in _RANGE.finditer(text):
        period = _range_period(match["begin"], match["close"], as_of)
        if (
            period
            and _is_past(period.last if period.first > period.last else period.first, as_of)
            and not _is_background(text, match)
        ):
            yield Window(period.first, period.last, "absolute", (match.span(),))


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


def _ones(text: str, as_of: date) -> Iterator[Window]:
    taken = [match.span() for match in _RANGE.finditer(text)]
    for match in _ONE.finditer(text):
        if any(start <= match.start() < end for start, end in taken):
            continue
        how = " ".join(match["how"].casefold().split())
        period = written_period(match["what"], as_of)
        if period is None or not _is_past(period.first, as_of) or not _says_when(text, match, how):
            continue
        span = (match.span(),)
        if how == "since" or match["on"]:
            yield Window(period.first, None, "absolute", span)
        elif how == "after" and period.last < as_of:
            yield Window(period.last + timedelta(days=1), None, "absolute", span)
        elif how in ("before", "prior to"):
            yield Window(None, days_before(period.first, 1), "absolute", span)
        elif how in ("until", "till", "up to", "as of"):
            yield Window(None, period.last, "absolute", span)
        elif how != "after":
            yield Window(period.first, period.last, "absolute", span)


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
        "from": match["on"] is not None or _NEWS.search(text[: match.start()]) is not None,
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
