"""The articles that a digest is made of, and those that make one story."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from retrieval.digest.closing_words import ArticleEnd, closing_words, end_of
from retrieval.digest.features import StoryPiece, Vector, find_names
from retrieval.domain.articles import Article
from retrieval.nlp.tokens import STOPWORDS, terms
from retrieval.storage.full_text import stored_words
from retrieval.storage.passages import article_body


@dataclass(frozen=True, slots=True)
class DigestArticle:
    """An article, and the features it is compared by."""

    article: Article
    piece: StoryPiece


@dataclass(frozen=True, slots=True)
class StoryArticles:
    """The articles of one story: `fresh` ones, and `earlier` ones that the destination has read."""

    fresh: Sequence[DigestArticle]
    earlier: Sequence[DigestArticle]

    @property
    def pieces(self) -> list[StoryPiece]:
        """The features of the fresh articles."""
        return [each.piece for each in self.fresh]

    def is_repeat(self) -> bool:
        """Tell if all fresh articles are copies or rewrites of earlier ones."""
        return {each.article.story for each in self.fresh} <= {each.article.story for each in self.earlier}


def read_articles(connection: Connection, window: Sequence[tuple[Article, str, Vector]]) -> list[DigestArticle]:
    """The articles of a window with their features.

    Every one comes with its date, or the day it was stored, and the mean of its passages' vectors.
    """
    closing = closing_words(_end(connection, article) for article, _, _ in window)
    return [_read(connection, *each, closing[each[0].id]) for each in window]


def _end(connection: Connection, article: Article) -> ArticleEnd:
    return end_of(article.id, article.metadata.outlet, article.story, article_body(connection, article.id))


def _read(connection: Connection, article: Article, day: str, vector: Vector, closing: frozenset[str]) -> DigestArticle:
    known, body = article.metadata, article_body(connection, article.id)
    words = [*terms(known.title or ""), *stored_words(connection, article.id)]
    counts = Counter(term for term in words if term not in STOPWORDS)
    if closing:
        counts -= Counter(term for sentence in closing for term in terms(sentence))
        body = _without(body, closing)
    names = find_names(body)
    piece = StoryPiece(article.id, day, vector, counts, names, article.story, known.outlet, closing)
    return DigestArticle(article, piece)


def _without(body: str, closing: frozenset[str]) -> str:
    for sentence in closing:
        body = re.sub(r"\s+".join(map(re.escape, sentence.split())), " ", body)
    return body


def central(articles: Sequence[DigestArticle], count: int) -> list[DigestArticle]:
    """Some articles of a story: one of each origin, those first whose terms most of the others share."""
    shared = Counter(term for each in articles for term in each.piece.terms)
    firsts: dict[int, DigestArticle] = {}
    for article in sorted(articles, key=lambda each: -_share(each.piece, shared)):
        firsts.setdefault(article.article.story, article)
    return list(firsts.values())[:count]


def ids(articles: Iterable[DigestArticle]) -> list[int]:
    """The ids of the articles."""
    return [each.article.id for each in articles]


def _share(piece: StoryPiece, shared: Counter[str]) -> float:
    """The mean, over the terms of this article, of how many of the story's articles have the term; 0 without terms."""
    return sum(shared[term] for term in piece.terms) / max(len(piece.terms), 1)
