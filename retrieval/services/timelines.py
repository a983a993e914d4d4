"""A topic over time, and compared between two sides."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval import tuned
from retrieval.comparison.contrast import SAME, contrast
from retrieval.domain.answers import Comparison, Timeline
from retrieval.domain.articles import Filter
from retrieval.errors import QuestionError
from retrieval.question.understanding import about
from retrieval.services.corpus import Corpus
from retrieval.timeline.trace import trace


class Timelines:
    """Timelines and comparisons of a topic."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def trace(self, topic: str, only: Filter, actor: str | None = None) -> Timeline:
        """The timeline of a topic, oldest first; with `actor`, only the statements of that actor."""
        # Dates and outlets in a topic belong to its subject and are no filter. All time slices are searched.
        query = about(topic, tense="changed")
        found = self._corpus.search(query, tuned.TIMELINE.timeline_passages, self._corpus.resolve(only))
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
        found = [self._corpus.search(query, tuned.ANSWER.looked_into, each) for each in only]
        labels = [label for label, _side in sides]
        return contrast(query, list(zip(labels, found, strict=True)), self._corpus.embed)
