"""Answers that need no evidence: summaries, lists of articles, greetings."""

from __future__ import annotations

from datetime import date

from retrieval import tuned
from retrieval.answering.corpus import courtesy, list_articles
from retrieval.digest.compose import compose
from retrieval.digest.summary import last_days, no_summary, summarise_article, summarise_days, summarise_topic
from retrieval.digest.topics import Topics
from retrieval.domain.answers import Answer
from retrieval.domain.articles import Article, Filter
from retrieval.errors import NotFoundError
from retrieval.nlp.tokens import content_terms
from retrieval.question.kinds import Kind, Wanted
from retrieval.question.understanding import Question, about
from retrieval.search.candidates import find_mentions
from retrieval.search.hybrid import all_of
from retrieval.services.articles import Articles
from retrieval.services.corpus import Corpus
from retrieval.storage.articles import count_matching


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
                article = self._wanted(query.request, within)
                summary = article and summarise_article(connection, query, article, everything)
                return summary or no_summary(query, everything, within)
        return self._summarise(query, query.request, only, within, day)

    def _wanted(self, request: Wanted, only: Filter) -> Article | None:
        """The article to summarise: the named one, or the newest."""
        try:
            if request.file:
                return self._articles.show(request.file, only.scopes)[0]
        except NotFoundError:
            return None
        return next(iter(self._articles.page(only, request.topic, 0, 1)[0]), None)

    def _summarise(self, query: Question, request: Wanted, only: Filter, within: Filter, day: date) -> Answer:
        """A summary of a topic or of some days, by default of the last days with articles."""
        catalog = self._corpus.catalog
        if request.topic and not query.time:
            found = self._corpus.search(about(request.topic), tuned.ANSWER.looked_into, within, day)
            with catalog.reading() as connection:
                return summarise_topic(connection, query, found) or no_summary(query, found.searched, within)
        topic = self._topics.of(request.topic) if request.topic else None
        with catalog.reading() as connection:
            everything = count_matching(connection, only)
            days = last_days(within, everything.newest, day)
            draft = compose(connection, days, topic, self._topics.followed)
        return summarise_days(query, draft.stories, everything) or no_summary(query, everything, within)
