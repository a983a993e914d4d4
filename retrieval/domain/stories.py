"""Digests and their stories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retrieval.domain.answers import Side, Unanswered
from retrieval.domain.citations import Citation
from retrieval.domain.feeds import Coverage


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
