"""Cuts the blocks of an article into passages: runs of whole sentences, verbatim from the article's text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retrieval.domain.articles import Block
from retrieval.nlp.sentences import sentences

# Characters: about 256 tokens, more of which the default embedder does not read.
PASSAGE_LENGTH = 1_000

Span = tuple[int, int]


def split_passages(text: str, blocks: Sequence[Block], length: int = PASSAGE_LENGTH) -> list[Span]:
    """The (start, end) of the passages, in order, none longer than `length` characters unless a sentence is.

    A passage never contains boilerplate: blocks join only if nothing but space and punctuation is between them. A
    heading opens a new passage if the last one has some length already, so that it stays with its text.
    """
    passages: list[Span] = []
    for block in blocks:
        opens = block.kind == "heading"
        for start, end in _pieces(text, block, length):
            last = passages[-1] if passages else None
            if last and _joins(text, last, start, end, length) and not (opens and last[1] - last[0] > length // 3):
                passages[-1] = (last[0], end)
            else:
                passages.append((start, end))
    return passages


def _pieces(text: str, block: Block, length: int) -> Iterator[Span]:
    """The block, or its sentences if it is too long for one passage."""
    if block.end - block.start <= length:
        yield block.start, block.end
        return
    for start, end in sentences(text[block.start : block.end]):
        yield block.start + start, block.start + end


def _joins(text: str, last: Span, start: int, end: int, length: int) -> bool:
    return end - last[0] <= length and not any(map(str.isalnum, text[last[1] : start]))
