"""Articles as they are read, stored, cut into passages, searched and reported on.

Offsets are character offsets, end-exclusive, into an article's stored text. Days and moments are ISO 8601 strings
(`2024-12-03`, `2024-12-03T09:30:00+00:00`), which sort and compare by their first ten characters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.citations import Basis, has_lines

# The scope of articles that are visible to all audiences.
SHARED = ""

# Vectors of texts, and what makes them.
Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]

BlockKind = Literal["heading", "paragraph", "item"]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading or list item of an article's own text; boilerplate has no blocks.

    `place` is its locator in the source, such as "p. 54"; empty where the locator is a line.
    """

    start: int
    end: int
    kind: BlockKind = "paragraph"
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The known metadata of an article; `basis` says for every known field where it was read."""

    title: str | None = None
    author: str | None = None
    outlet: str | None = None
    url: str | None = None
    published: str | None = None
    published_estimated: bool = False
    tags: tuple[str, ...] = ()
    basis: Mapping[str, Basis] = field(default_factory=dict, hash=False)

    @property
    def day(self) -> str:
        """The ISO day of publication, empty where it is not known."""
        return (self.published or "")[:10]


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read and cleaned, not stored yet. `blocks` are in order and do not overlap."""

    text: str
    blocks: tuple[Block, ...]
    metadata: Metadata
    format: str


@dataclass(frozen=True, slots=True)
class Article:
    """A stored article without its text. `file` is its path inside the ingested folder.

    Articles with the same `story` id share one origin (copies and rewrites of an agency piece) and count as one
    witness. `key` names the article in links; it cannot be guessed, and stays when the article is updated. `scope`
    says who sees it: `SHARED`, or the name of one audience. It is `on_disk` if it was read from a file, not from
    the web or an attachment.
    """

    id: int
    file: str
    metadata: Metadata
    story: int
    key: str
    scope: str = SHARED
    on_disk: bool = True

    @property
    def is_lined(self) -> bool:
        """True where the stored text is the file's own, so that line numbers are the file's."""
        return has_lines(self.file)


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """An article in the list of all articles: its language (an ISO 639 code, or `und` where the text is too short),
    the number of its passages, and the path or address it came from.
    """

    article: Article
    language: str
    passages: int
    place: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of sentences of one article; `text` is the article's text from `start` to `end`.

    `line` is the line it starts on, counted from 1. `places` are locators in the source with the article offset
    where each begins, such as (310, "p. 54"); there are none where the text is the file's own. `above` is the header
    and the lead-in over a passage that begins within a table or list.
    """

    id: int
    article: Article
    start: int
    end: int
    line: int
    text: str
    places: tuple[tuple[int, str], ...] = ()
    above: str = ""

    def place_at(self, offset: int) -> str:
        """The locator at an offset into the article; the line, where the file has lines."""
        before = [place for start, place in self.places if start <= offset]
        if before:
            return before[-1]
        line = self.line + self.text.count("\n", 0, max(0, offset - self.start))
        return f"line {line}" if self.article.is_lined else ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that did not become an article, and the reason in a few words."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A new article that repeats a stored one: a `copy` in the same words, a `rewrite` in other words."""

    file: str
    of: str
    kind: Literal["copy", "rewrite"]


@dataclass(frozen=True, slots=True)
class OpenedArticle:
    """An article with its text; `body` are the places of its passages, between them is boilerplate."""

    article: Article
    text: str
    body: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """The changes that an ingest made, and the totals after it.

    `rescoped` articles have only changed their audience.
    """

    added: int
    updated: int
    unchanged: int
    removed: int
    duplicates: tuple[Duplicate, ...]
    skipped: tuple[Skipped, ...]
    articles: int
    passages: int
    seconds: float
    rescoped: int = 0


@dataclass(frozen=True, slots=True)
class AddedArticle:
    """An article added by an address or as an attachment. `state` says what changed in the catalog."""

    article: Article
    state: Literal["added", "updated", "unchanged"]
    duplicate: Duplicate | None = None


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
