"""Searches: the filter, the passages found, and how much was searched."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.domain.articles import Passage


@dataclass(frozen=True, slots=True)
class Filter:
    """What a passage's article must satisfy: inclusive days of publication, outlets and scopes (any of them).

    `scopes` of None is everything there is: what the operator at the command line sees.
    """

    since: str | None = None
    until: str | None = None
    outlets: tuple[str, ...] = ()
    scopes: tuple[str, ...] | None = None

    def __bool__(self) -> bool:
        return bool(self.since or self.until or self.outlets) or self.scopes is not None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with the fused `score` that ranks it (0 to 1).

    `also` names the files of the other articles that tell the same story: copies, and rewrites of one agency piece.
    """

    passage: Passage
    score: float
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search looked through: how many articles, and the day of the newest."""

    articles: int
    newest: str | None


@dataclass(frozen=True, slots=True)
class Closest:
    """The article that came closest to a question the articles do not answer."""

    file: str
    title: str | None
    published: str | None
