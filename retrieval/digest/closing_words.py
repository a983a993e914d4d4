"""The words that an outlet puts under all its articles: they tell nothing of what an article is about."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

# Where one sentence or line ends and another begins.
_APART = re.compile(r"(?<=[.!?…])[\"'”’»)]*\s+|\n+")
_TAIL = 1500  # characters at the end of an article that are looked at
_LEAST = 12  # characters: a shorter end says nothing of where it comes from


@dataclass(frozen=True, slots=True)
class ArticleEnd:
    """The last sentences of an article, from the end backwards; `story` is its origin."""

    article: int
    outlet: str | None
    story: int
    sentences: tuple[str, ...]


def end_of(article: int, outlet: str | None, story: int, text: str) -> ArticleEnd:
    """The end of an article's text."""
    return ArticleEnd(article, outlet, story, tuple(reversed(_sentences(text[-_TAIL:]))))


def is_closing(text: str, closing: Collection[str]) -> bool:
    """True if a text is nothing but closing words."""
    return bool(closing) and all(sentence in closing for sentence in _sentences(text))


def _sentences(text: str) -> list[str]:
    return [kept for part in _APART.split(text) if (kept := " ".join(part.split()))]


def closing_words(ends: Iterable[ArticleEnd]) -> dict[int, frozenset[str]]:
    """By article, the last sentences that its outlet ends an article of another origin with, too."""
    origins: defaultdict[tuple[str | None, str], set[int]] = defaultdict(set)
    kept = list(ends)
    for end in kept:
        for sentence in end.sentences:
            origins[end.outlet, sentence].add(end.story)
    return {end.article: frozenset(_shared(end, origins)) for end in kept}


def _shared(end: ArticleEnd, origins: defaultdict[tuple[str | None, str], set[int]]) -> Iterable[str]:
    for sentence in end.sentences:
        if len(origins[end.outlet, sentence]) < 2:
            return
        if len(sentence) >= _LEAST:
            yield sentence
