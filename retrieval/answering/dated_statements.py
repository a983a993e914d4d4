"""What a model says of how things are now, or how they changed: the newest first, each with its day.

Neither how things are now nor what they were before is missing where the extractive answer tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from retrieval import tuned
from retrieval.answering.datelines import undated
from retrieval.answering.dating import Day, openings
from retrieval.answering.extractive import unmarked
from retrieval.domain.answers import Answer
from retrieval.domain.citations import Citation
from retrieval.domain.llm import CheckedStatement
from retrieval.evidence.citations import overlap
from retrieval.nlp.readable import readable

# A date of a month or less is said by the day of the article.
_MONTH = 31


@dataclass(frozen=True, slots=True)
class Told:
    """A statement and the quotes that bear it, not numbered yet; `opening` says of what day it is, if anything does.

    `by` is what a model said, where it is a model's.
    """

    text: str
    citations: tuple[Citation, ...]
    opening: str = ""
    by: CheckedStatement | None = None


@dataclass(frozen=True, slots=True)
class Succession:
    """Statements in the order they are told; whether what the model left out is `quoted` among them."""

    told: tuple[Told, ...]
    quoted: bool = False


def quotes(plain: Answer) -> list[Told]:
    """The sentences of an extractive answer."""
    return [Told(unmarked(readable(each.quote)), (each,)) for each in plain.citations]


def succeed(
    said: Sequence[Told],
    quoted: Sequence[Told],
    states: Callable[[str], bool],
    today: date | None,
    most: int | None = None,
) -> Succession:
    """What a model said in the order of time, in at most `most` statements; `quoted` is the extractive answer.

    `states` tells whether a text states the position asked for. What came out after `today` was not known then, and
    what has no date is never how things are now.
    """
    said = _plain(said)
    now = _now(said, quoted, states, today)
    lead = now or _lead(said, quoted, states, today)
    if lead is None:
        return Succession(tuple(said[:most]))
    rest = [each for each in said if each is not lead]
    before = _before([lead, *rest], quoted, today)
    # What replaced nothing is told by the model's own choice: it said first what answers best.
    rest = [before, *rest] if before else rest
    rest = rest[: most - 1] if most else rest
    ordered = [lead, *sorted(rest, key=lambda each: _known(each, today), reverse=True)]
    return Succession(tuple(_opened(ordered)), now is not None or before in rest)


def _now(
    said: Sequence[Told], quoted: Sequence[Told], states: Callable[[str], bool], today: date | None
) -> Told | None:
    """The latest quote, where all that was said is older, or of something else than the position it states."""
    if not quoted or not (newest := _known(quoted[0], today)):
        return None
    of_now = [each for each in said if _is_since(each, newest, today)]
    told = any(_share(each, quoted[0]) or states(each.text) for each in of_now)
    return None if told or (of_now and not states(quoted[0].text)) else quoted[0]


def _lead(
    said: Sequence[Told], quoted: Sequence[Told], states: Callable[[str], bool], today: date | None
) -> Told | None:
    """The newest, but of one time what rests on the latest quote or states the position; None where all is undated."""
    newest = max((_known(each, today) for each in said), default="")
    of_now = [each for each in said if newest and _is_since(each, newest, today)]

    def worth(each: Told) -> tuple[bool, bool, str]:
        return bool(quoted) and _share(each, quoted[0]), states(each.text), _known(each, today)

    return max(of_now, key=worth, default=None)


def _before(said: Sequence[Told], quoted: Sequence[Told], today: date | None) -> Told | None:
    """The first older quote, where nothing older is cited yet."""
    lead = _known(said[0], today)
    cited = (Told("", (citation,)) for each in said for citation in each.citations)
    if any(_is_before(each, lead, today) for each in cited):
        return None
    return next((each for each in quoted if _is_before(each, lead, today)), None)


def _is_since(told: Told, newest: str, today: date | None) -> bool:
    """Whether a statement is of the newest time: a few days more are no news."""
    first = date.fromisoformat(newest) - timedelta(days=tuned.SAME_TIME)
    return _known(told, today) >= first.isoformat()


def _is_before(told: Told, newest: str, today: date | None) -> bool:
    return bool(_known(told, today)) and not _is_since(told, newest, today)


def _known(told: Told, today: date | None) -> str:
    """The day of a statement, empty where it has none or is not to be known yet."""
    day = _day(told).day
    return "" if today and day > today.isoformat() else day


def _day(told: Told) -> Day:
    """That of the newest article cited; an estimate only where no other one is of that day."""
    dated = [(each.day, not each.published_estimated) for each in told.citations if each.day]
    day, stated = max(dated, default=("", True))
    return Day(day, not stated)


def _share(told: Told, quoted: Told) -> bool:
    (quote,) = quoted.citations
    return any(overlap(each, quote) for each in told.citations)


def _plain(said: Sequence[Told]) -> list[Told]:
    """Without dates of their own, for which the day of the article stands, each statement once."""
    found: dict[str, Told] = {}
    for each in said:
        days = [cited.day for cited in each.citations if cited.day]
        text = undated(each.text, days, _MONTH)
        found.setdefault(text, replace(each, text=text))
    return list(found.values())


def _opened(ordered: Sequence[Told]) -> Iterator[Told]:
    said = openings([_day(each) for each in ordered])
    return (replace(each, opening=opening) for each, opening in zip(ordered, said, strict=True))
