"""Feeds: subscriptions, polls, and how well the feeds cover the world."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.domain.articles import Duplicate, Skipped


@dataclass(frozen=True, slots=True)
class FailingFeed:
    """A feed that cannot be read, and why, in a few words."""

    title: str
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the world the articles see: how many feeds are polled, those that fail, the newest article's day.

    `unread` feeds do not fail, but have not been read for a day.
    """

    feeds: int
    failing: tuple[FailingFeed, ...]
    newest: str | None
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that is polled for the audience `scope`, and how it goes. Moments are in UTC.

    `polled` is when it was last asked for, `worked` when it was last read, `updated` the day the feed says it changed.
    It has failed `failures` times running; `reason` is what is wrong with it or with some of its articles, if anything.
    `articles` is how many it brought that are still stored.
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


@dataclass(frozen=True, slots=True)
class PollReport:
    """What a poll did: how many feeds were asked for, were read anew, and had not changed; those that failed.

    `skipped` names entries that gave no article, by their addresses.
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
