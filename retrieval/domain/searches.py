"""Searches: the filter, the passages found, and how much was searched."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.domain.articles import Passage


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter on articles: inclusive days of publication, outlets, scopes and keys of articles (any of the listed).

    With `scopes` None, articles of all audiences match, as for the operator at the command line.
    """

    since: str | None = None
    until: str | None = None
    outlets: tuple[str, ...] = ()
    scopes: tuple[str, ...] | None = None
    keys: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.since or self.until or self.outlets or self.keys) or self.scopes is not None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, with the fused `score` that ranks it (0 to 1) and its `cosine` with the question.

    `also` names the files of other articles of the same story: copies and rewrites of one agency piece.
    """

    passage: Passage
    score: float
    also: tuple[str, ...] = ()
    cosine: float = 0.0


@dataclass(frozen=True, slots=True)
class Searched:
    """The extent of a search: the number of articles and the day of the newest."""

    articles: int
    newest: str | None


@dataclass(frozen=True, slots=True)
class Closest:
    """The article closest to a question that the articles do not answer."""

    file: str
    title: str | None
    published: str | None
