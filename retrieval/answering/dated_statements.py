"""A model's statements about now or change in order: newest first, with their days, and what it left out quoted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from retrieval import tuned
from retrieval.answering.dating import PublicationDay, newest_day, openings
from retrieval.answering.extractive import unmarked
from retrieval.domain.answers import Answer
from retrieval.domain.citations import Citation
from retrieval.domain.llm import CheckedStatement
from retrieval.evidence.citations import overlap
from retrieval.evidence.positions import position
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.markup import readable
from retrieval.question.time_expressions import WRITTEN, written_period

# The openings by which a model dates a statement: "As of 14 December 2025, ...", "Earlier, in December 2024: ...".
_AT = r"(?:as\s+(?:of|at)|on|in|back\s+in|dated)\s+(?:the\s+)?"
# Behind a comma, or before what can only begin a statement: "In 2024 and 2025 the council met" is dated by both.
_DAY = re.compile(
    rf"(?P<date>(?:{_AT})?{WRITTEN})(?:\s*\([^()]{{0,20}}estimated[^()]{{0,20}}\))?"
    r"(?:\s*[,:–—-]\s+(?![0-9]{4}\b)|\s+(?=(?-i:[A-Z])|the\s))",
    re.IGNORECASE,
)
_WRITTEN = re.compile(WRITTEN, re.IGNORECASE)
_THEN = re.compile(rf"(?:{any_of(load('en')['time']['undated'])})(?:[,:]\s+|\s+(?={_AT}{WRITTEN}))", re.IGNORECASE)
# A date of a month or less is said by the day of the article.
_MONTH = 31


@dataclass(frozen=True, slots=True)
class Dated:
    """A statement and the quotes that bear it, not numbered yet; `opening` says of what day, `by` is a model's."""

    text: str
    citations: tuple[Citation, ...]
    opening: str = ""
    by: CheckedStatement | None = None


@dataclass(frozen=True, slots=True)
class Succession:
    """Statements in the order they are told; whether what the model left out is `quoted` among them."""

    told: tuple[Dated, ...]
    quoted: bool = False


def quotes(plain: Answer) -> list[Dated]:
    """The sentences of an extractive answer."""
    return [Dated(unmarked(readable(each.quote)), (each,)) for each in plain.citations]


def succeed(said: Sequence[Dated], quoted: Sequence[Dated], today: date | None, most: int | None = None) -> Succession:
    """At most `most` statements of a model in the order of time; `quoted` is the extractive answer.

    What came out after `today` was not known then, and what has no date is never how things are now.
    """
    said = _plain(said)
    now = _now(said, quoted, today)
    # Of one day the model's own order holds.
    lead = now or max(said, key=lambda each: _known(each, today), default=None)
    if lead is None or not _known(lead, today):
        return Succession(tuple(said[:most]))
    rest = [each for each in said if each is not lead]
    before = _before([lead, *rest], quoted, today)
    # What replaced nothing is told by the model's own choice: it said first what answers best.
    rest = [before, *rest] if before else rest
    rest = rest[: most - 1] if most else rest
    ordered = [lead, *sorted(rest, key=lambda each: _known(each, today), reverse=True)]
    return Succession(tuple(_opened(ordered)), now is not None or before in rest)


def _now(said: Sequence[Dated], quoted: Sequence[Dated], today: date | None) -> Dated | None:
    """The latest quote, where all that was said is older, or takes none of the positions that it takes."""
    if not quoted or not (newest := _known(quoted[0], today)):
        return None
    of_now = [each for each in said if _is_since(each, newest, today)]
    takes = position(quoted[0].text).taken
    told = any(_share(each, quoted[0]) or not takes or position(each.text).taken for each in of_now)
    return None if told else quoted[0]


def _before(said: Sequence[Dated], quoted: Sequence[Dated], today: date | None) -> Dated | None:
    """The first older quote, where nothing older is cited yet."""
    lead = _known(said[0], today)
    cited = (Dated("", (citation,)) for each in said for citation in each.citations)
    if any(_is_before(each, lead, today) for each in cited):
        return None
    return next((each for each in quoted if _is_before(each, lead, today)), None)


def _is_since(told: Dated, newest: str, today: date | None) -> bool:
    """Tell if a statement is of the newest time: a few days more are no news."""
    first = date.fromisoformat(newest) - timedelta(days=tuned.POSITION.same_time)
    return _known(told, today) >= first.isoformat()


def _is_before(told: Dated, newest: str, today: date | None) -> bool:
    return bool(_known(told, today)) and not _is_since(told, newest, today)


def _known(told: Dated, today: date | None) -> str:
    """The day of a statement, empty where it has none or is not to be known yet."""
    day = _day(told).day
    return "" if today and day > today.isoformat() else day


def _day(told: Dated) -> PublicationDay:
    return newest_day(told.citations)


def _share(told: Dated, quoted: Dated) -> bool:
    (quote,) = quoted.citations
    return any(overlap(each, quote) for each in told.citations)


def _plain(said: Sequence[Dated]) -> list[Dated]:
    """Without dates of their own, for which the day of the article stands, each statement once."""
    found: dict[str, Dated] = {}
    for each in said:
        days = [cited.day for cited in each.citations if cited.day]
        text = undated(each.text, days, _MONTH)
        found.setdefault(text, replace(each, text=text))
    return list(found.values())


def _opened(ordered: Sequence[Dated]) -> Iterator[Dated]:
    said = openings([_day(each) for each in ordered])
    return (replace(each, opening=opening) for each, opening in zip(ordered, said, strict=True))


def undated(text: str, days: Collection[str], longest: int = 366) -> str:
    """A statement without an opening that says when, if it names a day of `days` and spans less than `longest`."""
    rest = text
    while opening := _THEN.match(rest) or _own(rest, days, longest):
        rest = rest[opening.end() :]
    return rest[:1].upper() + rest[1:] if rest and rest != text else text


def _own(text: str, days: Collection[str], longest: int) -> re.Match[str] | None:
    opening = _DAY.match(text)
    written = _WRITTEN.search(opening["date"]) if opening else None
    # "May, who leads the party, ..."
    if opening is None or written is None or opening["date"].isalpha():
        return None
    for day in map(date.fromisoformat, days):
        period = written_period(written[0], day)
        if period and period.first <= day <= period.last and (period.last - period.first).days < longest:
            return opening
    return None
