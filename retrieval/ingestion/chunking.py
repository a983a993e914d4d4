"""An article's blocks become passages: runs of whole sentences, each verbatim in the article's text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retrieval.domain.articles import Block
from retrieval.nlp.sentences import sentences

# Characters: about what the default embedder reads (256 tokens) before it cuts.
PASSAGE_LENGTH = 1_000

Span = tuple[int, int]


def split_passages(text: str, blocks: Sequence[Block], length: int = PASSAGE_LENGTH) -> list[Span]:
    """The (start, end) of the passages, in order, none longer than `length` characters unless a sentence is.

    A passage never spans furniture: only blocks with nothing but space and punctuation between them join.
    A heading opens a new passage where the one before it has some length already, so that it stands with
    what it heads.
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
    """The block itself, or its sentences where it is too long for one passage."""
    if block.end - block.start <= length:
        yield block.start, block.end
        return
    for start, end in sentences(text[block.start : block.end]):
        yield block.start + start, block.start + end


def _joins(text: str, last: Span, start: int, end: int, length: int) -> bool:
    return end - last[0] <= length and not any(map(str.isalnum, text[last[1] : start]))
