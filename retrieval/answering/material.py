"""What an answer is made of once everything has been looked for: the question, what was found, and the extracts."""

from __future__ import annotations

from dataclasses import dataclass, field

from retrieval.domain.answers import Answer
from retrieval.domain.articles import Passage
from retrieval.domain.llm import Task
from retrieval.domain.searches import Filter
from retrieval.evidence.sentence_selection import Embed, Evidence
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A question with what was found for it: `plain` is the answer in extracts of the
    `evidence`, which a model's may replace.

    `task` is what a model is asked, over `passages` with the headings `above` them; there are none where it is not.
    `only` is the filter, `most` the statements that are wanted, `timings_ms` what was done takes.
    """

    query: Question
    found: Found
    plain: Answer
    evidence: tuple[Evidence, ...]
    task: Task
    passages: tuple[Passage, ...]
    embed: Embed
    only: Filter
    above: tuple[str, ...] = ()
    most: int | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)
