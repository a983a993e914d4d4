"""A digest: what was published in some days, as stories in order, each told in the articles' own sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from retrieval import thresholds
from retrieval.agencies import common_agency
from retrieval.digest.pieces import Piece, Vector, find_names
from retrieval.digest.points import choose_points
from retrieval.digest.stories import cluster, topical, weigh
from retrieval.index import lookup
from retrieval.models import Article, Citation, Digest, Filter, Passage, Point, Story
from retrieval.search.citations import cite_part
from retrieval.words import content_terms

# Passages at the beginning of an article that its story is told from.
_LEADS = 2


@dataclass(frozen=True, slots=True)
class _Told:
    """An article of the window, and what of it is compared."""

    article: Article
    piece: Piece


@dataclass(frozen=True, slots=True)
class Topic:
    """What a digest is to be about: the terms of its words, and the unit vector of their meaning."""

    terms: frozenset[str]
    vector: Vector


def compose(connection: Connection, only: Filter, topic: Topic | None = None) -> Digest:
    """The digest of the articles that satisfy the filter, which has both days.

    Extractive: every point is a sentence of an article. Articles of unknown date are in no digest.
    """
    told = [_read(connection, article, vector) for article, vector in lookup.window(connection, only)]
    groups = [[told[at] for at in group] for group in cluster([each.piece for each in told])]
    if topic is not None:
        groups = [group for group in groups if _is_about(topic, _pieces(group))]
    since, until = only.since or "", only.until or ""
    groups.sort(key=lambda group: (-weigh(_pieces(group), since, until), group[0].article.id))
    frequencies = Counter(term for each in told for term in each.piece.terms)
    citations: list[Citation] = []
    stories = []
    for group in groups[: thresholds.TOLD_STORIES]:
        leads = lookup.leading_passages(connection, [each.article.id for each in _nearest(group)], _LEADS)
        stories.append(_tell(group, leads, frequencies, len(told), _origin(connection, group), citations))
    return Digest(since, until, sum(map(len, groups)), tuple(stories), len(groups), tuple(citations))


def _read(connection: Connection, article: Article, vector: Vector) -> _Told:
    body = lookup.article_body(connection, article.id)
    known = article.metadata
    terms = Counter(content_terms(f"{known.title or ''} {body}"))
    piece = Piece(article.id, known.published, vector, terms, find_names(body), article.story, known.outlet)
    return _Told(article, piece)


def _is_about(topic: Topic, pieces: Sequence[Piece]) -> bool:
    """Whether an article of a story has all the topic's words, or comes near to its meaning."""
    named = bool(topic.terms) and any(topic.terms <= each.terms.keys() for each in pieces)
    return named or topical(topic.vector, pieces) >= thresholds.TOPICAL_FROM


def _pieces(group: Sequence[_Told]) -> list[Piece]:
    return [each.piece for each in group]


def _nearest(group: Sequence[_Told]) -> list[_Told]:
    """Some articles of a story: an article of each origin, those first that say the most of what all say."""
    shared = Counter(term for each in group for term in each.piece.terms)
    central = sorted(group, key=lambda each: -_share(each.piece, shared))
    firsts: dict[int, _Told] = {}
    for each in central:
        firsts.setdefault(each.article.story, each)
    return list(firsts.values())[: thresholds.POINT_ARTICLES]


def _share(piece: Piece, shared: Counter[str]) -> float:
    """How many of a story's articles have a term of this one, in the mean over its terms; 0 where it has none."""
    return sum(shared[term] for term in piece.terms) / max(len(piece.terms), 1)


def _tell(
    group: Sequence[_Told],
    leads: Sequence[Passage],
    frequencies: Counter[str],
    articles: int,
    origin: str | None,
    citations: list[Citation],
) -> Story:
    """The story; its citations are added to those of the digest, which number them."""
    points = []
    for each in choose_points(leads, frequencies, articles):
        number = len(citations) + 1
        citations.append(cite_part(each.passage, number, each.start, each.end))
        points.append(Point(each.text, (number,)))
    return Story(
        title=_title([each.article for each in _nearest(group)]),
        files=tuple(each.article.file for each in group),
        outlets=tuple(dict.fromkeys(_outlets(group))),
        origin=origin,
        points=tuple(points),
    )


def _origin(connection: Connection, group: Sequence[_Told]) -> str | None:
    """The agency whose piece several articles print; it may be credited in the furniture alone."""
    tellers = Counter(each.article.story for each in group)
    copies = [each.article.id for each in group if tellers[each.article.story] > 1]
    return common_agency(lookup.article_text(connection, article) for article in copies)


def _title(articles: Sequence[Article]) -> str:
    """The title of the most central article, of those whose title is whole."""
    titles = [each.metadata.title or each.file for each in articles]
    return next((title for title in titles if not title.endswith(("…", "..."))), titles[0])


def _outlets(group: Sequence[_Told]) -> Iterator[str]:
    return (each.article.metadata.outlet for each in group if each.article.metadata.outlet)
