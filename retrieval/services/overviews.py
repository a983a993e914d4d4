"""Overviews: digests of some days, a topic over time or between two sides, and answers that need no evidence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from sqlalchemy import Connection

from retrieval import tuned
from retrieval.answering.corpus import courtesy, list_articles
from retrieval.answering.grounded_generation import write
from retrieval.comparison.contrast import SAME, contrast
from retrieval.digest.compose import Topics, compose, compose_story, keep_relevant
from retrieval.digest.drafts import Relevant, finish, order, rewrite
from retrieval.digest.marks import mark
from retrieval.digest.summary import before, last_days, no_summary, summarise_article, summarise_days, summarise_topic
from retrieval.domain.answers import Answer, Comparison, Timeline
from retrieval.domain.articles import Article, Filter, Passage
from retrieval.domain.llm import CheckedReply, Task
from retrieval.domain.reports import Coverage, Digest
from retrieval.errors import NotFoundError, QuestionError
from retrieval.llm.requests import LanguageModel, SecondLook
from retrieval.nlp.tokens import content_terms
from retrieval.question.kinds import Kind, Wanted
from retrieval.question.understanding import Question, about
from retrieval.search.fusion import find_mentions
from retrieval.search.hybrid import all_of
from retrieval.services.articles import Articles
from retrieval.services.corpus import Corpus
from retrieval.storage.articles import count_matching
from retrieval.storage.conversations import Answers
from retrieval.storage.servers import PostedArticles
from retrieval.timeline.trace import trace

# Passages of an article that are searched for roles: few articles have more, but a hostile one might have thousands.
_EVIDENCE_PASSAGES = 40
# Articles, or weeks, that are tried for a summary, the newest first.
_TRIED = 5


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


class Timelines:
    """Timelines and comparisons of a topic."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def trace(self, topic: str, only: Filter, actor: str | None = None) -> Timeline:
        """The timeline of a topic, oldest first; with `actor`, only the statements of that actor."""
        # Dates and outlets in a topic belong to its subject and are no filter. All time slices are searched.
        query = about(topic, tense="changed")
        found = self._corpus.search_topic(query, tuned.TIMELINE.timeline_passages, self._corpus.resolve(only))
        return trace(query, found, self._corpus.embed, actor)

    def compare(self, topic: str, sides: Sequence[tuple[str, Filter]]) -> Comparison:
        """The statements of two sides about a topic; a side is a label and a filter.

        Raises:
            QuestionError: both are the same (one outlet may go by two names), or no article is from an outlet.
        """
        query = about(topic)
        only = [self._corpus.resolve(side) for _label, side in sides]
        if only[0] == only[1]:
            raise QuestionError(SAME)
        found = [self._corpus.search_topic(query, tuned.ANSWER.looked_into, each) for each in only]
        labels = [label for label, _side in sides]
        return contrast(query, list(zip(labels, found, strict=True)), self._corpus.embed)


class Summaries:
    """Answers questions that their kind alone decides."""

    def __init__(self, corpus: Corpus, articles: Articles, topics: Topics) -> None:
        self._corpus = corpus
        self._articles = articles
        self._topics = topics

    def answer(self, query: Question, only: Filter, day: date) -> Answer | None:
        """The answer to a question that needs no evidence; None for all others."""
        if query.request is None:
            return None
        within = all_of(query, only)
        with self._corpus.catalog.reading() as connection:
            everything = count_matching(connection, only)
            if query.request.kind == Kind.COURTESY:
                return courtesy(query, everything)
            if query.request.kind == Kind.CORPUS:
                listed = find_mentions(connection, query.request.topic, within)
                # Several words that no article has together may still be a question.
                several = len(content_terms(query.request.topic)) > 1
                if several and not listed.passages:
                    return None
                return list_articles(query, listed, everything)
            if query.request.file or query.request.newest:
                wanted = self._wanted(query.request, within)
                summaries = (summarise_article(connection, query, article, everything) for article in wanted)
                return next(filter(None, summaries), None) or no_summary(query, everything, within)
        summary = self._summarise(query, query.request, only, within, day)
        # What happened to something may be told in other days than its own.
        is_open = query.request.topic and query.time
        return summary or (None if is_open else no_summary(query, everything, within))

    def _wanted(self, request: Wanted, only: Filter) -> Sequence[Article]:
        """The article to summarise: the named one, or the newest that tells something."""
        try:
            if request.file:
                return (self._articles.show(request.file, only.scopes)[0],)
        except NotFoundError:
            return ()
        return self._articles.page(only, request.topic, 0, _TRIED)[0]

    def _summarise(self, query: Question, request: Wanted, only: Filter, within: Filter, day: date) -> Answer | None:
        """A summary of a topic or of some days, by default of the last days with articles."""
        catalog = self._corpus.catalog
        if request.topic and not query.time:
            found = self._corpus.search_topic(about(request.topic), tuned.ANSWER.looked_into, within, day)
            with catalog.reading() as connection:
                return summarise_topic(connection, query, found)
        topic = self._topics.of(request.topic) if request.topic else None
        with catalog.reading() as connection:
            everything = count_matching(connection, only)
            weeks = self._weeks(connection, only, within, everything.newest, day)
            followed = self._topics.followed
            drafts = (compose(connection, days, topic, followed, by_occasion=True) for days in weeks)
            summaries = (summarise_days(query, draft.stories, everything) for draft in drafts)
            return next(filter(None, summaries), None)

    def _weeks(
        self, connection: Connection, only: Filter, within: Filter, newest: str | None, day: date
    ) -> Iterator[Filter]:
        """The days that are asked for, else the last ones with articles, and those before: an article without a
        sentence, as a list or a draft, is no news.
        """
        for _ in range(_TRIED):
            days = last_days(within, newest, day)
            yield days
            if within.since or within.until:
                return
            newest = count_matching(connection, replace(only, until=before(days))).newest
            if newest is None:
                return
