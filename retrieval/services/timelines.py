"""A topic over time, and as two sides tell it."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval import tuned
from retrieval.comparison.contrast import contrast
from retrieval.comparison.sides import SAME
from retrieval.domain.searches import Filter
from retrieval.domain.timelines import Comparison, Timeline
from retrieval.errors import QuestionError
from retrieval.question.understanding import about
from retrieval.services.corpus import Corpus
from retrieval.timeline.trace import trace


class Timelines:
    """Timelines and comparisons of a topic."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def trace(self, topic: str, only: Filter, actor: str | None = None) -> Timeline:
        """What was said and done about a topic, oldest first; by one actor alone where `actor` names one."""
        # Dates and outlets in a topic are what it is about, not where to look. All stretches of time are searched.
        query = about(topic, tense="changed")
        found = self._corpus.search(query, tuned.TIMELINE.timeline_passages, self._corpus.resolve(only))
        return trace(query, found, self._corpus.embedder().documents, actor)

    def compare(self, topic: str, sides: Sequence[tuple[str, Filter]]) -> Comparison:
        """What two sides, each a label and a filter, say about a topic; `articles` are all that a filter leaves.

        Raises:
            QuestionError: both are the same (one outlet may go by two names), or no article is from an outlet.
        """
        query = about(topic)
        only = [self._corpus.resolve(side) for _label, side in sides]
        if only[0] == only[1]:
            raise QuestionError(SAME)
        found = [self._corpus.search(query, tuned.ANSWER.looked_into, each) for each in only]
        labels = [label for label, _side in sides]
        return contrast(query, list(zip(labels, found, strict=True)), self._corpus.embedder().documents)
