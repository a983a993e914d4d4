"""Stretches of time, and what the passages of all of them tell of: where a question is about now or about change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from retrieval import tuned
from retrieval.domain.searches import Filter
from retrieval.question.understanding import Question
from retrieval.search.fusion import Candidate

Vectors = NDArray[np.float32]


def whole_course(query: Question, asked: Filter, only: Filter) -> Filter:
    """The filter for what is looked at across time: what changed "since May" was otherwise before May."""
    if query.tense == "changed" and query.time and not query.time.until:
        return replace(only, since=asked.since, until=asked.until)
    return only


def eras(only: Filter, starts: Sequence[str], last: date) -> list[Filter]:
    """Stretches of time up to the day `last`, the newest first, as far as the filter lets them be seen.

    `starts` are the days on which they begin, the newest first; what is before the last of them is one more.
    """
    found, end = [], last.isoformat()
    for start in [*dict.fromkeys(starts), None]:
        since = max(filter(None, (only.since, start)), default=None)
        until = min(filter(None, (only.until, end)))
        if since is None or since <= until:
            found.append(replace(only, since=since, until=until))
        if start is None:
            break
        end = (date.fromisoformat(start) - timedelta(days=1)).isoformat()
    return found


@dataclass(frozen=True, slots=True)
class Topic:
    """What a question is about, as the best evidence of all times tells it: its unit vector, and who comes how near.

    `near` is by passage id, and 1 for the nearest.
    """

    vector: Vectors
    near: Mapping[int, float]


def gauge(
    question: Vectors, subject: Vectors, stretches: Sequence[Sequence[Candidate]], vectors: Mapping[int, Vectors]
) -> Topic:
    """The matter of a question, by its own vector, that of its subject, and those of the passages nearest to both.

    Rocchio's feedback (1971). The newest may tell of the matter in other words than the question's, but it shares its
    subject with older passages that have them. Counted twice, the subject outweighs the one who acts: what else that
    one does is another matter.
    """
    aim = _unit(question + subject)
    known = [each for stretch in stretches for each in stretch if each.passage in vectors]
    examples: dict[int, Vectors] = {}
    for each in sorted(known, key=lambda each: -float(vectors[each.passage] @ aim)):
        examples.setdefault(each.story, vectors[each.passage])
    nearest = list(examples.values())[: tuned.MATTER_EXAMPLES]
    vector = _unit(aim + np.mean(nearest, axis=0)) if nearest else aim
    cosines = {each.passage: max(float(vectors[each.passage] @ vector), 0.0) for each in known}
    most = max(cosines.values(), default=0.0) or 1.0
    return Topic(vector, {each.passage: cosines.get(each.passage, 0.0) / most for era in stretches for each in era})


def _unit(vector: Vectors) -> Vectors:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
