"""The articles that mention something, whatever they say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from retrieval.domain.articles import Passage
from retrieval.domain.searches import Filter
from retrieval.nlp.tokens import content_terms, terms
from retrieval.storage.articles import list_articles
from retrieval.storage.full_text import mentions
from retrieval.storage.passages import leading_passages, load_passages

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
