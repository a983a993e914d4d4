"""The articles that a digest is made of, and the matters they report."""

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
class Report:
    """An article, and what of it is compared with others."""

    article: Article
    piece: StoryPiece


@dataclass(frozen=True, slots=True)
class Matter:
    """What some reports have in common: the `fresh` ones, and the `earlier` ones that the destination was told of."""

    fresh: Sequence[Report]
    earlier: Sequence[Report]

    @property
    def pieces(self) -> list[StoryPiece]:
        """What the fresh reports are weighed by."""
        return [each.piece for each in self.fresh]

    def is_repeat(self) -> bool:
        """Whether all that is fresh are copies and rewrites of what was told."""
        return {each.article.story for each in self.fresh} <= {each.article.story for each in self.earlier}


def read_report(connection: Connection, article: Article, day: str, vector: Vector) -> Report:
    """An article of this day, read for what it is compared by."""
    known = article.metadata
    said = [*terms(known.title or ""), *stored_words(connection, article.id)]
    counts = Counter(term for term in said if term not in STOPWORDS)
    names = find_names(article_body(connection, article.id))
    return Report(article, StoryPiece(article.id, day, vector, counts, names, article.story, known.outlet))


def central(reports: Sequence[Report], count: int) -> list[Report]:
    """Some reports of a matter: one of each origin, those first that say the most of what all say."""
    shared = Counter(term for each in reports for term in each.piece.terms)
    firsts: dict[int, Report] = {}
    for each in sorted(reports, key=lambda each: -_share(each.piece, shared)):
        firsts.setdefault(each.article.story, each)
    return list(firsts.values())[:count]


def ids(reports: Iterable[Report]) -> list[int]:
    """The ids of the articles."""
    return [each.article.id for each in reports]


def _share(piece: StoryPiece, shared: Counter[str]) -> float:
    """How many of a matter's reports have a term of this one, in the mean over its terms; 0 where it has none."""
    return sum(shared[term] for term in piece.terms) / max(len(piece.terms), 1)
