"""Stretches of time, and what the passages of all of them tell of: where a question is about now or about change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from retrieval import tuned
from retrieval.domain.searches import Filter
from retrieval.domain.vectors import Vectors
from retrieval.search.fusion import Candidate


def eras(only: Filter, starts: Sequence[str], last: date) -> list[Filter]:
    """Stretches of time up to the day `last`, newest first, within the filter; `starts` are their first days."""
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


def gauge(
    question: Vectors, subject: Vectors, candidates: Sequence[Candidate], vectors: Mapping[int, Vectors]
) -> Vectors:
    """The matter of a question as a unit vector: its own and its subject's, with those of the passages nearest to both.

    Rocchio's feedback (1971): the newest may tell of the matter in other words but shares its subject.
    """
    aim = _unit(question + subject)
    known = [each for each in candidates if each.passage in vectors]
    examples: dict[int, Vectors] = {}
    for each in sorted(known, key=lambda each: -float(vectors[each.passage] @ aim)):
        examples.setdefault(each.story, vectors[each.passage])
    nearest = list(examples.values())[: tuned.POSITION.matter_examples]
    return _unit(aim + np.mean(nearest, axis=0)) if nearest else aim


def _unit(vector: Vectors) -> Vectors:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
