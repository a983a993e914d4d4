"""Digests: the stories of some days, with points written by a language model where one is set."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from retrieval import tuned
from retrieval.answering.grounded_generation import write
from retrieval.digest.compose import compose, compose_story
from retrieval.digest.drafts import Relevant, finish, order, rewrite
from retrieval.digest.marks import mark
from retrieval.digest.topics import Topics, keep_relevant
from retrieval.domain.articles import Filter, Passage
from retrieval.domain.feeds import Coverage
from retrieval.domain.llm import CheckedReply, Task
from retrieval.domain.reports import Digest
from retrieval.llm.requests import LanguageModel, SecondLook
from retrieval.services.corpus import Corpus
from retrieval.storage.articles import count_matching
from retrieval.storage.conversations import Answers
from retrieval.storage.posted_articles import PostedArticles

# Passages of an article that are searched for roles: few articles have more, but a hostile one might have thousands.
_EVIDENCE_PASSAGES = 40


class Digests:
    """Composes digests.

    `coverage` gives the state of the feeds of some scopes, `answers` have the questions without an answer.
    """

    def __init__(
        self,
        corpus: Corpus,
        answers: Answers,
        topics: Topics,
        chat: LanguageModel | None,
        second: SecondLook,
        coverage: Callable[[Sequence[str] | None], Coverage],
    ) -> None:
        self._corpus = corpus
        self._answers = answers
        self._topics = topics
        self._chat = chat
        self._second = second
        self._coverage = coverage
        self._seen = PostedArticles(corpus.catalog)

    def compose(
        self,
        only: Filter,
        topic: str | None = None,
        destination: str | None = None,
        channel: str = "",
        *,
        roundup: bool = False,
    ) -> Digest:
        """The stories of the days of the filter; with a `topic`, only stories about it, and of them what is about it.

        For a `destination` articles that its schedules have already posted are left out, but not of a `roundup`.
        `channel` is where it is read.
        """
        about = self._topics.of(topic) if topic else None
        relevant = partial(keep_relevant, about, embed=self._corpus.embed) if about else None
        last = self.last(destination) if destination else None
        posted = self._seen.of(destination) if destination and not roundup else frozenset()
        with self._corpus.catalog.reading() as connection:
            newest = count_matching(connection, only).newest or date.today().isoformat()
            # An open end is the day of the newest article; with both ends open the digest is of that day alone.
            only = replace(only, since=only.since or only.until or newest, until=only.until or newest)
            draft = compose(connection, only, about, self._topics.followed, posted, _EVIDENCE_PASSAGES, relevant)
            # A change between two days of the digest, or within one, counts too.
            past = replace(only, since=None)
            known = count_matching(connection, past).articles
        seek = (lambda query: self._corpus.search(query, tuned.ANSWER.looked_into, past)) if known > 1 else None
        draft = order(mark(draft, seek, self._corpus.embed), relevant)
        if self._chat:
            draft = rewrite(draft, partial(self._write_points, self._chat, relevant))
        return replace(
            finish(draft),
            last=last.isoformat() if last else None,
            coverage=self._coverage(only.scopes),
            unanswered=self._answers.unanswered(only.scopes, channel),
            roundup=roundup,
        )

    def story(self, starts: Collection[str], topic: str | None, scopes: tuple[str, ...] | None) -> Digest | None:
        """One story in full, of the articles whose keys begin with `starts`; None if no such article is stored."""
        relevant = partial(keep_relevant, self._topics.of(topic), embed=self._corpus.embed) if topic else None
        with self._corpus.catalog.reading() as connection:
            draft = compose_story(connection, starts, scopes, relevant)
        return finish(order(mark(draft, None, self._corpus.embed), relevant)) if draft else None

    def _write_points(
        self, chat: LanguageModel, relevant: Relevant | None, title: str, passages: Sequence[Passage]
    ) -> CheckedReply:
        reply = write(Task("digest", title), passages, chat, self._second, strict=True)
        if relevant is None or not reply.sentences:
            return reply
        kept = relevant([each.text for each in reply.sentences])
        return replace(reply, sentences=tuple(each for each, own in zip(reply.sentences, kept, strict=True) if own))

    def last(self, destination: str) -> datetime | None:
        """The moment of the last scheduled digest of a destination, even one without news."""
        return self._seen.last(destination)
