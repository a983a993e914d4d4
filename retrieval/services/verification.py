"""Judges people's claims by the articles."""

from __future__ import annotations

from dataclasses import replace

from retrieval import tuned
from retrieval.answering.llm_judge import give_opinion
from retrieval.answering.verification import judge
from retrieval.domain.answers import Verdict
from retrieval.domain.articles import Article, Filter, Hit
from retrieval.llm.requests import SecondLook
from retrieval.question.understanding import about
from retrieval.services.articles import Articles
from retrieval.services.corpus import Corpus
from retrieval.storage.passages import count_passages, leading_passages


class Verification:
    """Judges claims, by the language model of `second` where one is to judge."""

    def __init__(self, corpus: Corpus, articles: Articles, second: SecondLook) -> None:
        self._corpus = corpus
        self._articles = articles
        self._second = second

    def verify(self, claim: str, only: Filter, person: str = "", file: str | None = None) -> Verdict:
        """The verdict on a claim, by the sentences nearest to it; with `file`, by that article alone.

        Raises:
            NotFoundError: the name of the file fits no article, or several.
        """
        # Dates and outlets in a claim belong to its content and are no filter.
        found = self._corpus.search(about(claim), tuned.ANSWER.looked_into, only)
        if file is not None:
            found = replace(found, hits=self._whole(self._articles.show(file, only.scopes)[0]))
        verdict = judge(claim, found, self._corpus.embed)
        if not (self._second.judges and found.hits):
            return verdict
        return give_opinion(verdict, [hit.passage for hit in found.hits], self._second, person)

    def _whole(self, article: Article) -> tuple[Hit, ...]:
        with self._corpus.catalog.reading() as connection:
            every = leading_passages(connection, [article.id], count_passages(connection))
        return tuple(Hit(passage, 0.0) for passage in every)
