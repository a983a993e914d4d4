"""Composes a digest: the articles of some days as stories in order of weight, all or those about a topic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from sqlalchemy import Connection

from retrieval import tuned
from retrieval.digest.articles import DigestArticle, StoryArticles, StoryPiece, Vector, read_articles
from retrieval.digest.drafts import LEADS, DigestDraft, Drafter, Relevant
from retrieval.digest.stories import cluster, weigh
from retrieval.domain.articles import Embed, Filter
from retrieval.domain.reports import Digest
from retrieval.embedding.base import Embedder
from retrieval.nlp.tokens import content_terms
from retrieval.question.understanding import clean
from retrieval.storage.articles import articles_in_window, keys_from


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: the terms of its words, and the unit vector of its text."""

    terms: frozenset[str]
    vector: Vector


def is_about(topic: Topic, pieces: Sequence[StoryPiece]) -> bool:
    """Tell if an article of a story has all the topic's words, or is near to its meaning."""
    named = bool(topic.terms) and any(topic.terms <= piece.terms.keys() for piece in pieces)
    return named or nearness(topic.vector, pieces) >= tuned.STORIES.topical_from


def nearness(vector: Vector, pieces: Sequence[StoryPiece]) -> float:
    """The cosine of a topic's unit vector and the nearest piece of a story."""
    return max((float(piece.vector @ vector) for piece in pieces), default=0.0)


def keep_relevant(topic: Topic, texts: Sequence[str], embed: Embed) -> list[bool]:
    """Which texts say something of the topic: those that name it, and those near to its meaning."""
    named = [bool(topic.terms) and topic.terms <= frozenset(content_terms(text)) for text in texts]
    others = [text for text, own in zip(texts, named, strict=True) if not own]
    near = iter(embed(others) @ topic.vector if others else ())
    return [own or float(next(near)) >= tuned.STORIES.said_from for own in named]


class Topics:
    """Topics by their words; `followed` are those of the settings. The embedding model is opened when first needed."""

    def __init__(self, embedder: Callable[[], Embedder], names: Sequence[str] = ()) -> None:
        self._embedder = embedder
        self._names = names

    def of(self, text: str) -> Topic:
        """The topic of these words."""
        return Topic(frozenset(content_terms(text)), self._embedder().query(clean(text)))

    @cached_property
    def followed(self) -> tuple[Topic, ...]:
        """The topics whose stories come first in every digest."""
        return tuple(map(self.of, self._names))


# The days of all articles.
_EVER = "0001-01-01", "9999-12-31"


def compose(
    connection: Connection,
    only: Filter,
    topic: Topic | None = None,
    followed: Sequence[Topic] = (),
    posted: Collection[str] = (),
    depth: int = LEADS,
    relevant: Relevant | None = None,
    *,
    by_occasion: bool = False,
) -> DigestDraft:
    """The digest of the articles that satisfy the filter, which has both days; with a topic, of stories about it alone.

    Every point is a sentence of an article, with a topic one that is `relevant`. Stories about a `followed` topic come
    before others of their weight. `posted` are the keys of the articles that the destination has read: they are left
    out, and a story that goes on after them is still developing. `depth` is how many passages of an article are kept
    as evidence. `by_occasion` takes a story apart where it rested. The draft has the stories that are told, and those
    that their marks may lift among them.
    """
    fresh, earlier = _read(connection, only, posted)
    groups = _about(topic, _group(fresh, earlier))
    if by_occasion:
        groups = [part for group in groups for part in _occasions(group)]
    frequencies = Counter(term for each in (*fresh, *earlier) for term in each.piece.terms)
    drafter = Drafter(connection, frequencies, len(fresh) + len(earlier), depth, relevant if topic else None)
    news: list[tuple[float, StoryArticles]] = []
    repeats: list[StoryArticles] = []
    for group in groups:
        if drafter.has_news(group):
            news.append((_weight(group, only, followed), group))
        else:
            repeats.append(group)
    news.sort(key=lambda pair: (-pair[0], pair[1].fresh[0].article.id))
    chosen = _candidates(news) if topic is None else news[: tuned.SHIFTS.stories]
    drafts = [drafter.draft(group, weight) for weight, group in chosen]
    # Articles near to a topic may have no sentence about it.
    told = [each for each in drafts if each.points or topic is None]
    digest = Digest(
        since=only.since or "",
        until=only.until or "",
        articles=sum(len(each.told) for each in told) + sum(len(group.fresh) for _, group in news[len(drafts) :]),
        stories=(),
        found=len(told) + len(news) - len(drafts),
        # Repeats count as posted: they would come back once the articles they repeat are too old to be compared.
        told=tuple(each.article.key for group in repeats for each in group.fresh),
    )
    return DigestDraft(digest, tuple(told))


def compose_story(
    connection: Connection, starts: Collection[str], scopes: tuple[str, ...] | None, relevant: Relevant | None
) -> DigestDraft | None:
    """A digest of one story in full, of the articles whose keys begin with `starts`; None if there are none."""
    keys = keys_from(connection, starts, scopes)
    articles = read_articles(connection, articles_in_window(connection, Filter(*_EVER, scopes=scopes), keys))
    if not articles:
        return None
    frequencies = Counter(term for each in articles for term in each.piece.terms)
    drafter = Drafter(connection, frequencies, len(articles), LEADS, relevant, full=True)
    days = sorted(each.piece.published.isoformat() for each in articles if each.piece.published)
    digest = Digest(since=days[0], until=days[-1], articles=len(articles), stories=(), found=1)
    return DigestDraft(digest, (drafter.draft(StoryArticles(articles, [])),))


def _about(topic: Topic | None, groups: Sequence[StoryArticles]) -> list[StoryArticles]:
    """The stories about a topic, with their articles about it alone."""
    if topic is None:
        return list(groups)
    narrowed = (
        StoryArticles([each for each in group.fresh if is_about(topic, [each.piece])], group.earlier)
        for group in groups
    )
    return [group for group in narrowed if group.fresh]


def _occasions(group: StoryArticles) -> Iterator[StoryArticles]:
    """A story apart where it rested for some days: what these brought is told by more than its last position."""
    part: list[DigestArticle] = []
    for each in sorted(group.fresh, key=_day):
        if part and (_day(each) - _day(part[-1])).days > tuned.DUPLICATES.days:
            yield StoryArticles(part, group.earlier)
            part = []
        part.append(each)
    yield StoryArticles(part, group.earlier)


def _day(each: DigestArticle) -> date:
    return each.piece.published or date.min


def _candidates(news: Sequence[tuple[float, StoryArticles]]) -> Sequence[tuple[float, StoryArticles]]:
    """The weightiest stories, and those that a mark would lift among them."""
    told = news[: tuned.POINTS.told_stories]
    least = told[-1][0] - tuned.STORIES.mark_weight if told else 0.0
    return [pair for pair in news[: tuned.SHIFTS.stories] if pair[0] >= least]


def _weight(group: StoryArticles, only: Filter, followed: Sequence[Topic]) -> float:
    wanted = any(is_about(topic, group.pieces) for topic in followed)
    return weigh(group.pieces, *(date.fromisoformat(day or "") for day in (only.since, only.until)), wanted=wanted)


def _read(
    connection: Connection, only: Filter, posted: Collection[str]
) -> tuple[list[DigestArticle], list[DigestArticle]]:
    """The articles of the window that were not posted, and the posted ones of it and of the days before."""
    window = articles_in_window(connection, only)
    new = [each for each in window if each[0].key not in posted]
    if not posted:
        return read_articles(connection, new), []
    before = date.fromisoformat(only.since or "") - timedelta(days=tuned.DEVELOPING.days)
    earlier = articles_in_window(connection, replace(only, since=before.isoformat()), posted)
    read = read_articles(connection, [*new, *earlier])
    return read[: len(new)], read[len(new) :]


def _group(fresh: Sequence[DigestArticle], earlier: Sequence[DigestArticle]) -> list[StoryArticles]:
    """The articles by stories, without the stories that have no fresh article."""
    groups = cluster([each.piece for each in (*fresh, *earlier)])
    found = [
        StoryArticles(
            [fresh[at] for at in group if at < len(fresh)],
            [earlier[at - len(fresh)] for at in group if at >= len(fresh)],
        )
        for group in groups
    ]
    return [group for group in found if group.fresh]
