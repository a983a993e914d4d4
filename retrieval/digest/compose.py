"""A digest: what was published in some days, as stories in order, each told in the articles' own sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Connection

from retrieval import tuned
from retrieval.digest.articles import Matter, Report, read_report
from retrieval.digest.drafting import Teller
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
    told: Collection[str] = (),
) -> Digest:
    """The digest of the articles that satisfy the filter, which has both days; stories about a topic alone, if any.

    Extractive: every point is a sentence of an article. What the team follows comes before what weighs the same. Of
    `told` articles, by their keys, nobody wants to hear again; what goes on after them is still developing.
    """
    since, until = only.since or "", only.until or ""
    fresh, earlier = _read(connection, only, told)
    matters = [each for each in _matters(fresh, earlier) if topic is None or is_about(topic, each.pieces)]
    frequencies = Counter(term for each in (*fresh, *earlier) for term in each.piece.terms)
    teller = Teller(connection, frequencies, len(fresh) + len(earlier))
    news: list[Matter] = []
    repeats: list[Matter] = []
    for each in matters:
        (news if teller.has_news(each) else repeats).append(each)

    def weight(matter: Matter) -> float:
        wanted = any(is_about(each, matter.pieces) for each in followed)
        return weigh(matter.pieces, since, until, wanted=wanted)

    news.sort(key=lambda each: (-weight(each), each.fresh[0].article.id))
    chosen = news[: tuned.TOLD_STORIES]
    stories = tuple(teller.tell(each) for each in chosen)
    return Digest(
        since=since,
        until=until,
        articles=sum(len(each.fresh) for each in news),
        stories=stories,
        found=len(news),
        citations=tuple(teller.citations),
        # What repeats is as good as told: else it would come back once what it repeats is too old to be compared.
        told=tuple(report.article.key for each in (*chosen, *repeats) for report in each.fresh),
    )


def _read(connection: Connection, only: Filter, told: Collection[str]) -> tuple[list[Report], list[Report]]:
    """The articles of the window that were not told, and those told in it and in the days before."""
    window = articles_in_window(connection, only)
    fresh = [read_report(connection, *each) for each in window if each[0].key not in told]
    if not told:
        return fresh, []
    before = date.fromisoformat(only.since or "") - timedelta(days=tuned.DEVELOPING_DAYS)
    earlier = articles_in_window(connection, replace(only, since=before.isoformat()), told)
    return fresh, [read_report(connection, *each) for each in earlier]


def _matters(fresh: Sequence[Report], earlier: Sequence[Report]) -> list[Matter]:
    """The matters that have something fresh."""
    groups = cluster([each.piece for each in (*fresh, *earlier)])
    found = [
        Matter(
            [fresh[at] for at in group if at < len(fresh)],
            [earlier[at - len(fresh)] for at in group if at >= len(fresh)],
        )
        for group in groups
    ]
    return [each for each in found if each.fresh]
