"""Briefing notes, a topic on one page with every line cited; and watched topics, with their news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from retrieval.domain.answers import Conflict, Unanswered
from retrieval.domain.citations import Citation
from retrieval.domain.timelines import Timeline

Length = Literal["short", "page", "long"]
NotKnownKind = Literal["nothing_new", "nothing_newer", "one_article", "one_agency", "undated", "unsaid"]
Unsaid = Literal["who", "when", "cost", "why"]
WatchedFor = Literal["changes", "disagreements", "anything"]
WATCHED_FOR: tuple[WatchedFor, ...] = get_args(WatchedFor)
NewsKind = Literal["changed", "disagreement", "new"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefStatement:
    """A statement of a note with the numbers of its citations.

    `published` is the ISO day of its article, empty where that is not known; `actor` is who says or does it.
    """

    text: str
    citations: tuple[int, ...]
    published: str = ""
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class ActorPosition:
    """The latest position of an actor, and an earlier one; `changed` where their words show that it replaced that."""

    actor: str
    statement: BriefStatement
    was: BriefStatement | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit as the article writes them ("48,000 tonnes"), in its statement."""

    value: str
    statement: BriefStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefCoverage:
    """The articles that a note rests on: `articles` are about its topic, of `searched` in all.

    `outlets` have the number of their articles, most first. `repeats` counts the articles that share their text with
    another, which is an `agency`'s if that is known; `undated` those without a date, `estimated` those whose day is an
    estimate. `oldest` and `newest` are ISO days, None where no day is known.
    """

    articles: int
    searched: int
    oldest: str | None
    newest: str | None
    outlets: tuple[tuple[str, int], ...] = ()
    repeats: int = 0
    undated: int = 0
    estimated: int = 0
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class NotKnown:
    """A thing that the articles of a note do not say; its days and numbers are those of the note.

    There is `nothing_new` since the day of the note before, or `nothing_newer`; all is from `one_article` or goes back
    to `one_agency`; some articles are `undated`; or the questions `unsaid` have no answer.
    """

    kind: NotKnownKind
    unsaid: tuple[Unsaid, ...] = ()


@dataclass(frozen=True, slots=True)
class PostedNote:
    """A note that was posted: the day it is as of, and the highest id of an article then."""

    day: date
    article: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """A briefing note on a topic, as of an ISO day.

    `sentence` is the latest position or event; None where no article is about the topic. `new` are the statements
    published since the ISO day `since`, or of articles that came in late. `not_known` is what the articles do not
    say, `unanswered` questions of the last seven days on any topic. `model` wrote `sentence` and `new`,
    if any did; `dropped` and `note` are as in `Answer`. `article` is the highest id of an article when it was written.
    """

    topic: str
    as_of: str
    since: str
    coverage: BriefCoverage
    timeline: Timeline
    sentence: BriefStatement | None = None
    new: tuple[BriefStatement, ...] = ()
    positions: tuple[ActorPosition, ...] = ()
    disagreements: tuple[Conflict, ...] = ()
    figures: tuple[Figure, ...] = ()
    not_known: tuple[NotKnown, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()
    citations: tuple[Citation, ...] = ()
    article: int = 0
    audience: str = ""
    model: str | None = None
    dropped: int = 0
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """The last look at a topic: the newest passage and article of the catalog then, and the topic's state.

    `position` is the quote that led, None where no article was about the topic. `turned` is the ISO day of the latest
    change of a position, empty where there was none; `disputed` are the words that were in dispute.
    """

    passage: int
    article: int
    position: Citation | None = None
    turned: str = ""
    disputed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A watched topic of a scope. `only` says which news are wanted; `state` is None before the first look."""

    id: int
    scope: str
    topic: str
    only: WatchedFor
    state: WatchState | None
    paused: bool
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchNews:
    """The news of a topic: its latest `statement`, and the one before it.

    A position has `changed`, sources have begun to disagree (`disagreement`, with its `conflict`), or there is `new`
    evidence. The statements' numbers are those of the `citations`.
    """

    topic: str
    kind: NewsKind
    statement: BriefStatement
    was: BriefStatement | None = None
    conflict: Conflict | None = None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """A look at a topic: what is to be kept of it, and its news, if any."""

    state: WatchState
    news: WatchNews | None = None
