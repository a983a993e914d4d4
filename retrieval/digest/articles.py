"""The articles of a digest, with the features by which they are compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from retrieval.domain.articles import Article
from retrieval.nlp.tokens import STOPWORDS, terms
from retrieval.storage.full_text import stored_words
from retrieval.storage.passages import article_body

Vector = NDArray[np.float32]

# A word, and a capitalised word inside a sentence; the pattern looks for the capital first, for speed.
_RUN = re.compile(r"[\w’'&-]+")
_NAME = re.compile(r"[A-Z](?:(?<=[\w,;:’”\"“(—–-] [A-Z])|(?<=[“\"‘(—][A-Z]))[\w’'&-]+")
_DAYS = frozenset(
    terms(
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August"
        " September October November December Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr Jun Jul Aug Sept Oct Nov Dec"
    )
)


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
    return DigestArticle(
        article,
        StoryPiece(article.id, date.fromisoformat(day[:10]), vector, counts, names, article.story, known.outlet),
    )


def central(articles: Sequence[DigestArticle], count: int) -> list[DigestArticle]:
    """Some articles of a story: one of each origin, those first whose terms most of the others share."""
    shared = Counter(term for each in articles for term in each.piece.terms)
    firsts: dict[int, DigestArticle] = {}
    for article in sorted(articles, key=lambda each: -_share(each.piece, shared)):
        firsts.setdefault(article.article.story, article)
    return list(firsts.values())[:count]


def ids(articles: Iterable[DigestArticle]) -> list[int]:
    """The ids of the articles."""
    return [article.article.id for article in articles]


def _share(piece: StoryPiece, shared: Counter[str]) -> float:
    """The mean, over the terms of this article, of how many of the story's articles have the term; 0 without terms."""
    return sum(shared[term] for term in piece.terms) / max(len(piece.terms), 1)


@dataclass(frozen=True, slots=True)
class StoryPiece:
    """The features of one article. `published` is the day of publication, or if unknown the day it was stored.

    `vector` is the unit mean of its passages' vectors, `terms` counts the terms of its title and text, `names` is
    the result of `find_names` on its text. Pieces of the same `story` are copies and rewrites of one origin: one
    source.
    """

    id: int
    published: date | None
    vector: Vector
    terms: Mapping[str, int]
    names: frozenset[str]
    story: int
    outlet: str | None


def find_names(text: str) -> frozenset[str]:
    """The terms of capitalised words inside sentences, without days and months.

    A word that the same text also writes in lower case is no name: headings capitalise every word.
    """
    found = {term for word in set(_NAME.findall(text)) for term in _terms(word)}
    written_small = (run for run in set(_RUN.findall(text)) if "a" <= run[0] <= "z" and len(run) > 1)
    small = {term for word in written_small for term in _terms(word)}
    return frozenset(found - small - _DAYS - STOPWORDS)


@lru_cache(maxsize=50_000)
def _terms(word: str) -> tuple[str, ...]:
    """The terms of a word, cached: most words of an article occurred in another one."""
    return tuple(terms(word))
