"""The articles that a digest is made of, and those that make one story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

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


def read_article(connection: Connection, article: Article, day: str, vector: Vector) -> DigestArticle:
    """The article with its features; `day` is its date, or the day it was stored, `vector` the mean of its passages."""
    known = article.metadata
    words = [*terms(known.title or ""), *stored_words(connection, article.id)]
    counts = Counter(term for term in words if term not in STOPWORDS)
    names = find_names(article_body(connection, article.id))
    return DigestArticle(article, StoryPiece(article.id, day, vector, counts, names, article.story, known.outlet))


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
