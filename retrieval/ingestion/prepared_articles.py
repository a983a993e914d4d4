"""Articles read and cut into passages, not yet embedded.

A passage is a run of whole sentences, verbatim from the article's text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from retrieval.domain.articles import SHARED, Block, Document
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion.files import Source
from retrieval.ingestion.reading import read
from retrieval.ingestion.web_articles import IncomingArticle
from retrieval.nlp.sentences import sentences
from retrieval.storage.articles import paths_named
from retrieval.storage.catalog import StoredArticle

# Characters: about 256 tokens, more of which the default embedder does not read.
PASSAGE_LENGTH = 1_000

Span = tuple[int, int]
# Part of every fingerprint. Raise it when reading or chunking changes, so that all articles are read anew.
READER_VERSION = 14
# Passages embedded at a time: enough for every core, few enough that a kill loses little.
GROUP = 64


def split_passages(text: str, blocks: Sequence[Block]) -> list[Span]:
    """The (start, end) of the passages, in order, none longer than `PASSAGE_LENGTH` unless a sentence is.

    A passage never contains boilerplate: blocks join only if nothing but space and punctuation is between them. A
    heading opens a new passage if the last one has some length already, so that it stays with its text; headings over
    the first text that boilerplate parts from it are none.
    """
    passages: list[Span] = []
    first: int | None = None  # where the first passage with more than headings begins
    for block in blocks:
        opens = block.kind == "heading"
        for start, end in _pieces(text, block):
            last = passages[-1] if passages else None
            if last and _joins(text, last, start, end) and not (opens and last[1] - last[0] > PASSAGE_LENGTH // 3):
                passages[-1] = (last[0], end)
            else:
                passages.append((start, end))
            if first is None and not opens:
                first = passages[-1][0]
    return [each for each in passages if first is None or each[0] >= first]


def _pieces(text: str, block: Block) -> Iterator[Span]:
    """The block, or its sentences if it is too long for one passage."""
    if block.end - block.start <= PASSAGE_LENGTH:
        yield block.start, block.end
        return
    for start, end in sentences(text[block.start : block.end]):
        yield block.start + start, block.start + end


def _joins(text: str, last: Span, start: int, end: int) -> bool:
    return end - last[0] <= PASSAGE_LENGTH and not any(map(str.isalnum, text[last[1] : start]))


@dataclass(frozen=True, slots=True)
class PreparedArticle:
    """An article ready to be embedded, and the stored one that it replaces."""

    source: Source | IncomingArticle
    fingerprint: str
    document: Document
    spans: Sequence[Span]
    replaces: StoredArticle | None

    @property
    def body(self) -> str:
        """The article without the boilerplate between its passages."""
        return "\n".join(self.document.text[start:end] for start, end in self.spans)


def prepare(source: Source | IncomingArticle, known: StoredArticle | None) -> PreparedArticle | None:
    """The prepared article, None if it is unchanged. Raises UnreadableError."""
    if isinstance(source, IncomingArticle):
        document, mark = source.document, _fingerprint_incoming(source.document)
        if known and known.fingerprint == mark:
            return None
    else:
        data = source.load()
        mark = fingerprint(data, source.declared)
        if known and known.fingerprint == mark:
            return None
        document = read(data, source.inner or source.path.name, source.declared)
    spans = split_passages(document.text, document.blocks)
    if not spans:
        raise UnreadableError(Phrase("no text"))
    return PreparedArticle(source, mark, document, spans, known)


def unique_name(connection: Connection, source: Source | IncomingArticle, scope: str, left: str | None = None) -> str:
    """The first of the possible names that no other article has which the audience `scope` can see.

    Those of other audiences have no part in it: a name with a number would tell of them. `left` is the place the file
    was moved from.
    """
    name = source.name
    for name in source.names():
        if paths_named(connection, name, (SHARED, scope)) <= {source.place, left}:
            break
    return name


def fingerprint(data: bytes, declared: Mapping[str, object]) -> str:
    """A hash that changes with the file, its table in the manifest, and READER_VERSION."""
    mark = hashlib.sha256(data)
    mark.update(repr((READER_VERSION, sorted(declared.items()))).encode())
    return mark.hexdigest()


def grouped(prepared: Iterable[PreparedArticle]) -> Iterator[list[PreparedArticle]]:
    """The prepared articles in groups that are embedded together."""
    group: list[PreparedArticle] = []
    for each in prepared:
        group.append(each)
        if sum(len(one.spans) for one in group) >= GROUP:
            yield group
            group = []
    if group:
        yield group


def _fingerprint_incoming(document: Document) -> str:
    """A hash of the text and metadata, since the page differs at every fetch."""
    known = document.metadata
    stated = (
        known.title,
        known.author,
        known.outlet,
        known.url,
        known.published,
        known.tags,
        sorted(known.basis.items()),
    )
    spans = [(block.start, block.end, block.kind) for block in document.blocks]
    return fingerprint(document.text.encode(), {"told": stated, "blocks": spans})
