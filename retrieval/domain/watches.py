"""Watches: topics that are looked at again whenever articles came in, and their news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from retrieval.domain.answers import Conflict
from retrieval.domain.briefs import BriefStatement
from retrieval.domain.citations import Citation

WatchedFor = Literal["changes", "disagreements", "anything"]
WATCHED_FOR: tuple[WatchedFor, ...] = get_args(WatchedFor)
NewsKind = Literal["changed", "disagreement", "new"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """The last look at a topic: the newest passage and article of the catalog then, and what the articles said.

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
