"""Reports of feeds and their polls, digests of some days, briefing notes on a topic, watched topics with their news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from retrieval.domain.answers import Conflict, Side, Timeline, Unanswered
from retrieval.domain.articles import Duplicate, Skipped
from retrieval.domain.citations import Citation


@dataclass(frozen=True, slots=True)
class FailingFeed:
    """A feed that cannot be read, and the reason in a few words."""

    title: str
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """The state of the feeds: how many are polled, which fail, and the day of the newest article.

    `unread` feeds do not fail, but have not been read for a day.
    """

    feeds: int
    failing: tuple[FailingFeed, ...]
    newest: str | None
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A feed that is polled for the audience `scope`, and its state. Moments are in UTC.

    `polled` is when it was last requested, `worked` when it was last read, `updated` the day it changed by its own
    account. It has failed `failures` times in a row; `reason` is the problem with it or some of its articles, if
    any. `articles` counts its articles that are still stored.
    """

    id: int
    scope: str
    url: str
    title: str
    added: str
    polled: str | None
    worked: str | None
    updated: str | None
    failures: int
    reason: str | None
    next_at: str
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """The result of a poll: how many feeds were requested, how many had changed or not, and which failed.

    `skipped` are the entries without an article, by their addresses.
    """

    polled: int
    read: int
    unchanged: int
    failing: tuple[FailingFeed, ...]
    added: int
    updated: int
    duplicates: tuple[Duplicate, ...]
    skipped: tuple[Skipped, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Point:
    """A key sentence of a story, and the numbers of its citations."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A notice on a story: an actor's position has changed (`shift`, the earlier side first), or its sources
    disagree (`disputed`).
    """

    kind: Literal["shift", "disputed"]
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The articles of one event. `origin` is the agency whose piece some of them print or rewrite.

    `new` is false for a story still developing: `earlier` articles of it, not among its `files`, were posted to the
    destination before. `articles` are the keys of those that tell it best.
    """

    title: str
    files: tuple[str, ...]
    outlets: tuple[str, ...]
    origin: str | None
    points: tuple[Point, ...]
    new: bool = True
    earlier: int = 0
    marks: tuple[Mark, ...] = ()
    articles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The stories of some days, both inclusive, the most important first; `found` counts all, `articles` their
    articles.

    A `roundup` tells a week again, with what its destination has read. `last` is the moment of the destination's last
    digest, if there is a destination; `told` are the keys of the stories' articles. `unanswered` are questions of the
    last seven days. `model` wrote points, if any; `dropped` and `note` are as in `Answer`.
    """

    since: str
    until: str
    articles: int
    stories: tuple[Story, ...]
    found: int
    citations: tuple[Citation, ...] = ()
    coverage: Coverage | None = None
    last: str | None = None
    told: tuple[str, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()
    model: str | None = None
    dropped: int = 0
    note: str | None = None
    roundup: bool = False


Length = Literal["short", "page", "long"]
NotKnownKind = Literal["nothing_new", "nothing_newer", "one_article", "one_agency", "undated", "unsaid"]
Unsaid = Literal["who", "when", "cost", "why"]
WatchedFor = Literal["changes", "disagreements", "anything"]
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
