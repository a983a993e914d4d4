"""Articles as they are read, stored, cut into passages and reported on.

Offsets are character offsets, end-exclusive, into an article's stored text. Days and moments are ISO 8601 strings
(`2024-12-03`, `2024-12-03T09:30:00+00:00`), which sort and compare by their first ten characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from retrieval.domain.citations import Basis, has_lines

# The scope of the articles that everybody sees.
SHARED = ""


BlockKind = Literal["heading", "paragraph", "item"]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading or list item of the article proper; page furniture has no blocks.

    `place` says where in the source a person finds it, as "p. 54"; empty where that is a line of the file.
    """

    start: int
    end: int
    kind: BlockKind = "paragraph"
    place: str = ""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of an article; `basis` says for each known field where it was read."""

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
        """The ISO day it came out, empty where nobody knows it."""
        return (self.published or "")[:10]


@dataclass(frozen=True, slots=True)
class Document:
    """A file read and cleaned, not yet stored. `blocks` are in order and never overlap."""

    text: str
    blocks: tuple[Block, ...]
    metadata: Metadata
    format: str


@dataclass(frozen=True, slots=True)
class Article:
    """A stored article without its text. `file` is its path inside the ingested folder.

    `story` is the id shared by all articles that tell one origin's story (an agency piece and its
    rewrites): articles of one story are one witness. `key` names the article in links: nobody can guess it, and it
    stays when the article is stored anew. `scope` says who sees it: `SHARED`, or the name of one audience. It is
    `on_disk` where it was read from a file, and not from the web or an attachment.
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
        """Whether the stored text is that of the file, line by line."""
        return has_lines(self.file)


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """An article in the list of all: its language as an ISO 639 code (`und`: it has too few words), its passages, and
    the path or address it came from."""

    article: Article
    language: str
    passages: int
    place: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of sentences of one article; `text` is the article's text from `start` to `end`.

    `line` is the line it starts on, counted from 1. `places` say where in the source it stands, each from an offset
    into the article on, such as (310, "p. 54"); there are none where the text is the file's own. `above` is the header
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
        """The place of what begins at an offset into the article; the line, where the file has lines."""
        before = [place for start, place in self.places if start <= offset]
        if before:
            return before[-1]
        line = self.line + self.text.count("\n", 0, max(0, offset - self.start))
        return f"line {line}" if self.article.is_lined else ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that did not become an article, and why, in a few words."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A new article that repeats a stored one: a `copy` in its words, a `rewrite` in its content."""

    file: str
    of: str
    kind: Literal["copy", "rewrite"]


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did to the catalog, and what the catalog holds after it.

    `rescoped` articles are as they were, but others see them now.
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
    """An article that came by an address or as an attachment. `state` is what that changed in the catalog."""

    article: Article
    state: Literal["added", "updated", "unchanged"]
    duplicate: Duplicate | None = None
