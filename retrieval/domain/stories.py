"""Digests and their stories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retrieval.domain.answers import Side
from retrieval.domain.citations import Citation
from retrieval.domain.feeds import Coverage


@dataclass(frozen=True, slots=True)
class Point:
    """A key sentence of a story, and the numbers of its citations."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reader should know of a story: somebody's position has changed (`shift`, the earlier side first), or its
    sources disagree (`disputed`).
    """

    kind: Literal["shift", "disputed"]
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """What several articles tell, or one. `origin` is the agency whose piece some of them print or rewrite.

    `new` is false for one still developing: the destination was told of it, by `earlier` articles that are not among
    its `files`.
    """

    title: str
    files: tuple[str, ...]
    outlets: tuple[str, ...]
    origin: str | None
    points: tuple[Point, ...]
    new: bool = True
    earlier: int = 0
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """The stories of some days, both inclusive, the weightiest first; `found` says how many there are in all.

    `articles` is how many articles they are. `last` is the moment of the last digest of the destination, where one is
    told; `told` are the keys of the articles that the stories consist of. `model` wrote points, if any; `dropped` and
    `note` are as those of an answer.
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
    model: str | None = None
    dropped: int = 0
    note: str | None = None
