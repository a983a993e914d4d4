"""Digests: the stories of some days, with the points that a language model wrote where one is set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from retrieval import tuned
from retrieval.answering.grounded_generation import write
from retrieval.digest.compose import compose
from retrieval.digest.drafts import finish
from retrieval.digest.marks import mark
from retrieval.digest.topics import Topics
from retrieval.digest.written_points import rewrite
from retrieval.domain.articles import Passage
from retrieval.domain.feeds import Coverage
from retrieval.domain.llm import CheckedReply, Task
from retrieval.domain.searches import Filter
from retrieval.domain.stories import Digest
from retrieval.llm.second_look import Ask, SecondLook
from retrieval.services.corpus import Corpus
from retrieval.storage.articles import count_matching
from retrieval.storage.posted_articles import PostedArticles

# Passages of an article that are looked through for roles: few articles have more, a hostile one might have thousands.
_EVIDENCE_PASSAGES = 40


class Digests:
    """Composes digests. `coverage` tells how the feeds of some scopes are doing."""

    def __init__(
        self,
        corpus: Corpus,
        topics: Topics,
        ask: Ask | None,
        second: SecondLook,
        coverage: Callable[[Sequence[str] | None], Coverage],
    ) -> None:
        self._corpus = corpus
        self._topics = topics
        self._model = ask
        self._second = second
        self._coverage = coverage
        self._seen = PostedArticles(corpus.catalog)

    def compose(self, only: Filter, topic: str | None = None, destination: str | None = None) -> Digest:
        """The stories published in the days of the filter; about one topic alone where `topic` names it.

        A destination gets only what its schedules have not posted yet.
        """
        about = self._topics.of(topic) if topic else None
        last = self.last(destination) if destination else None
        posted = self._seen.of(destination) if destination else frozenset()
        with self._corpus.catalog.reading() as connection:
            newest = count_matching(connection, only).newest or date.today().isoformat()
            # Without an end it reaches to the newest article; without start and end it is the newest day.
            only = replace(only, since=only.since or only.until or newest, until=only.until or newest)
            draft = compose(connection, only, about, self._topics.followed, posted, _EVIDENCE_PASSAGES)
            # What changed within the days of the digest has changed too.
            past = replace(
                only, since=None, until=(date.fromisoformat(only.until or newest) - timedelta(1)).isoformat()
            )
            known = count_matching(connection, past).articles
        seek = (lambda query: self._corpus.search(query, tuned.ANSWER.looked_into, past)) if known else None
        if self._model:
            draft = rewrite(draft, partial(self._write_points, self._model))
        digest = finish(mark(draft, seek, lambda texts: self._corpus.embedder().documents(texts)))
        return replace(digest, last=last.isoformat() if last else None, coverage=self._coverage(only.scopes))

    def _write_points(self, ask: Ask, title: str, passages: Sequence[Passage]) -> CheckedReply:
        return write(Task("digest", title), passages, ask, self._second, strict=True)

    def last(self, destination: str) -> datetime | None:
        """The moment a schedule last posted to a destination, if only that nothing is new."""
        return self._seen.last(destination)
