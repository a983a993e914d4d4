"""The passages that words and vectors find, before anything ranks them; and the articles that mention something."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from retrieval import tuned
from retrieval.domain.articles import Filter, Passage, Vectors
from retrieval.nlp.tokens import content_terms, terms
from retrieval.search.fusion import Candidate
from retrieval.storage.articles import list_articles
from retrieval.storage.full_text import frequent_words, mentions, search_words
from retrieval.storage.passages import filter_passages, leading_passages, load_passages, passage_origins
from retrieval.storage.vectors.chroma import Nearest
from retrieval.storage.vectors.stored import load_vectors, vectors_within

Open = Callable[[], Nearest]


@dataclass(frozen=True, slots=True)
class CorpusPart:
    """The articles that satisfy a filter, and their share of all."""

    only: Filter
    share: float


def find_candidates(
    connection: Connection, words: str, vector: Vectors, within: CorpusPart, vectors: Open
) -> dict[int, Candidate]:
    """The passages of a part that words and vectors find, by id; `vectors` opens the vector index."""
    frequent = frequent_words(connection)
    scores = dict(search_words(connection, words, tuned.SEARCH.candidates, within.only, frequent, within.share))
    cosines = _near(connection, vector, within, vectors)
    others, matrix = load_vectors(connection, [id_ for id_ in scores if id_ not in cosines])
    cosines |= dict(zip(others.tolist(), (matrix @ vector).tolist(), strict=True)) if len(others) else {}
    # A passage that Chroma still holds but the catalog no longer does has no place, and is left out.
    return {
        id_: Candidate(
            id_, place.article, place.story, place.published, scores.get(id_, 0.0), cosines[id_], place.language
        )
        for id_, place in passage_origins(connection, sorted(cosines)).items()
    }


def _near(connection: Connection, vector: Vectors, within: CorpusPart, vectors: Open) -> dict[int, float]:
    """The cosines of the nearest passages of a part; none for a vector that says nothing."""
    only = within.only
    if not vector.any():
        return {}
    if not only:
        return dict(vectors().nearest(vector, tuned.SEARCH.candidates))
    few = vectors_within(connection, only, tuned.SEARCH.exact_passages)
    if few is not None:
        near = sorted(zip((few[1] @ vector).tolist(), few[0].tolist(), strict=True), reverse=True)
        return {id_: cosine for cosine, id_ in near[: tuned.SEARCH.candidates]}
    # Twice what the filter's share of articles suggests has enough that satisfy it, as a rule.
    likely = min(math.ceil(2 * tuned.SEARCH.candidates / within.share), tuned.SEARCH.over_fetch)
    for wanted in sorted({likely, tuned.SEARCH.over_fetch}):
        found = dict(vectors().nearest(vector, wanted))
        kept = filter_passages(connection, list(found), only)
        if len(kept) >= tuned.SEARCH.candidates:
            break
    return {id_: found[id_] for id_ in kept[: tuned.SEARCH.candidates]}


def shared_vectors(connection: Connection, candidates: Mapping[int, Candidate]) -> dict[int, Vectors]:
    """The vectors of the passages whose story several of the candidates' articles tell."""
    told_by: dict[int, set[int]] = defaultdict(set)
    for each in candidates.values():
        told_by[each.story].add(each.article)
    ids, vectors = load_vectors(connection, [id_ for id_, each in candidates.items() if len(told_by[each.story]) > 1])
    return dict(zip(ids.tolist(), vectors, strict=True))


MOST_LISTED = 10


@dataclass(frozen=True, slots=True)
class MentionList:
    """Articles that satisfy a filter and mention a topic, each by a passage of it, newest first; `total` are all."""

    passages: Sequence[Passage]
    total: int
    only: Filter


def find_mentions(connection: Connection, topic: str, only: Filter) -> MentionList:
    """The newest articles that have all words of the topic; of no topic, the newest there are."""
    if not topic:
        found, total = list_articles(connection, only, "", 0, MOST_LISTED)
        return MentionList(leading_passages(connection, [each.id for each in found], 1), total, only)
    wanted = list(dict.fromkeys(content_terms(topic) or terms(topic)))
    ids, total = mentions(connection, wanted, only, MOST_LISTED) if wanted else ([], 0)
    loaded = load_passages(connection, ids)
    return MentionList([loaded[id_] for id_ in ids if id_ in loaded], total, only)
