"""Feeds: subscriptions, polls, and how well the feeds cover the world."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.domain.articles import Duplicate, Skipped


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
