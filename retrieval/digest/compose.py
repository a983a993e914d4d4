"""Composes a digest: the articles published in some days, as stories in order of weight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Connection

from retrieval import tuned
from retrieval.digest.articles import DigestArticle, StoryArticles, read_article
from retrieval.digest.drafts import LEADS, DigestDraft, Drafter
from retrieval.digest.stories import cluster, weigh
from retrieval.digest.topics import Topic, is_about
from retrieval.domain.searches import Filter
from retrieval.domain.stories import Digest
from retrieval.storage.articles import articles_in_window


def compose(
    connection: Connection,
    only: Filter,
    topic: Topic | None = None,
    followed: Sequence[Topic] = (),
    posted: Collection[str] = (),
    depth: int = LEADS,
) -> DigestDraft:
    """The digest of the articles that satisfy the filter, which has both days; with a topic, of stories about it alone.

    Every point is a sentence of an article. Stories about a `followed` topic come before others of their weight.
    `posted` are the keys of the articles that the destination has read: they are left out, and a story that goes on
    after them is still developing. `depth` is how many passages of an article are kept as evidence.
    """
    fresh, earlier = _read(connection, only, posted)
    groups = [each for each in _group(fresh, earlier) if topic is None or is_about(topic, each.pieces)]
    frequencies = Counter(term for each in (*fresh, *earlier) for term in each.piece.terms)
    drafter = Drafter(connection, frequencies, len(fresh) + len(earlier), depth)
    news: list[StoryArticles] = []
    repeats: list[StoryArticles] = []
    for group in groups:
        (news if drafter.has_news(group) else repeats).append(group)
    news.sort(key=lambda group: (-_weight(group, only, followed), group.fresh[0].article.id))
    chosen = news[: tuned.POINTS.told_stories]
    digest = Digest(
        since=only.since or "",
        until=only.until or "",
        articles=sum(len(group.fresh) for group in news),
        stories=(),
        found=len(news),
        # Repeats count as posted: they would come back once the articles they repeat are too old to be compared.
        told=tuple(each.article.key for group in (*chosen, *repeats) for each in group.fresh),
    )
    return DigestDraft(digest, tuple(map(drafter.draft, chosen)))


def _weight(group: StoryArticles, only: Filter, followed: Sequence[Topic]) -> float:
    wanted = any(is_about(topic, group.pieces) for topic in followed)
    return weigh(group.pieces, *(date.fromisoformat(day or "") for day in (only.since, only.until)), wanted=wanted)


def _read(
    connection: Connection, only: Filter, posted: Collection[str]
) -> tuple[list[DigestArticle], list[DigestArticle]]:
    """The articles of the window that were not posted, and the posted ones of it and of the days before."""
    window = articles_in_window(connection, only)
    fresh = [read_article(connection, *each) for each in window if each[0].key not in posted]
    if not posted:
        return fresh, []
    before = date.fromisoformat(only.since or "") - timedelta(days=tuned.DEVELOPING.days)
    earlier = articles_in_window(connection, replace(only, since=before.isoformat()), posted)
    return fresh, [read_article(connection, *each) for each in earlier]


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
