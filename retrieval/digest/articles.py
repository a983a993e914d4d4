"""The articles of a digest, with the features by which they are compared, and the closing words of their outlets."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from retrieval.digest.key_sentences import Titled
from retrieval.domain.articles import Article
from retrieval.nlp.tokens import STOPWORDS, terms
from retrieval.storage.full_text import stored_words
from retrieval.storage.passages import article_bodies

# Where one sentence or line ends and another begins.
_APART = re.compile(r"(?<=[.!?…])[\"'”’»)]*\s+|\n+")
_TAIL = 1500  # characters at the end of an article that are looked at
_LEAST = 12  # characters: a shorter end says nothing of where it comes from
Vector = NDArray[np.float32]
# Articles whose texts are read in one statement.
_READ = 200
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
    closing = closing_words(
        end_of(article.id, article.metadata.outlet, article.story, body)
        for (article, _, _), body in _with_bodies(connection, window)
    )
    return [_read(connection, *each, closing[each[0].id], body) for each, body in _with_bodies(connection, window)]


def _with_bodies(
    connection: Connection, window: Sequence[tuple[Article, str, Vector]]
) -> Iterator[tuple[tuple[Article, str, Vector], str]]:
    """The articles with their bodies; these are read twice rather than kept, for all of a large digest take memory."""
    for start in range(0, len(window), _READ):
        some = window[start : start + _READ]
        bodies = article_bodies(connection, [article.id for article, _, _ in some])
        for each in some:
            yield each, bodies[each[0].id]


def _read(
    connection: Connection, article: Article, day: str, vector: Vector, closing: frozenset[str], body: str
) -> DigestArticle:
    known = article.metadata
    words = [*terms(known.title or ""), *stored_words(connection, article.id)]
    counts = Counter(term for term in words if term not in STOPWORDS)
    if closing:
        counts -= Counter(term for sentence in closing for term in terms(sentence))
        body = _without(body, closing)
    published, names = date.fromisoformat(day[:10]), find_names(body)
    piece = StoryPiece(article.id, published, vector, counts, names, article.story, known.outlet, closing)
    return DigestArticle(article, piece)


def _without(body: str, closing: frozenset[str]) -> str:
    for sentence in closing:
        body = re.sub(r"\s+".join(map(re.escape, sentence.split())), " ", body)
    return body


def central(articles: Sequence[DigestArticle], count: int) -> list[DigestArticle]:
    """Some articles of a story: one of every origin, those first whose terms most of the others share."""
    shared = Counter(term for each in articles for term in each.piece.terms)
    firsts: dict[int, DigestArticle] = {}
    for article in sorted(articles, key=lambda each: -_share(each.piece, shared)):
        firsts.setdefault(article.article.story, article)
    return list(firsts.values())[:count]


def newest(articles: Sequence[DigestArticle]) -> list[DigestArticle]:
    """The article of a story that came out last; of several the one that the catalog has had longest."""
    return [max(articles, key=lambda each: (each.article.metadata.published or "", -each.article.id))]


def with_shares(articles: Sequence[DigestArticle]) -> list[Titled]:
    """The articles of a story, one of every origin, with its centrality as a share of the highest.

    Those are `named` whose titles have a name that at least half of the articles have.
    """
    shared = Counter(term for each in articles for term in each.piece.terms)
    distinct = central(articles, len(articles))
    shares = [_share(each.piece, shared) for each in distinct]
    most = max(shares, default=0.0) or 1.0
    told = Counter(name for each in articles for name in each.piece.names)
    main = {name for name, count in told.items() if 2 * count >= len(articles) > 1}
    return [
        Titled(each.article, share / most, not main.isdisjoint(terms(each.article.metadata.title or "")))
        for each, share in zip(distinct, shares, strict=True)
    ]


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
    the result of `find_names` on its text; both without `closing`, the sentences that its outlet ends other articles
    with. Pieces of the same `story` are copies and rewrites of one origin: one source.
    """

    id: int
    published: date | None
    vector: Vector
    terms: Mapping[str, int]
    names: frozenset[str]
    story: int
    outlet: str | None
    closing: frozenset[str] = frozenset()


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
