"""What was said and done about a topic, day by day, and where somebody says other than before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from retrieval import thresholds
from retrieval.answer.changes import changed
from retrieval.answer.evidence import Embed, Evidence, Sentence, cite, said, weigh
from retrieval.models import Entry, Timeline
from retrieval.search.finder import Found
from retrieval.search.query import Query
from retrieval.wording.actors import actor, is_same


def trace(query: Query, found: Found, embed: Embed, who: str | None = None) -> Timeline:
    """The statements about the topic of a query by the day of their articles, oldest first; of `who` alone, if given.

    Undated articles are left out: nobody knows where they belong. Of a story and actor one statement of a day is told.
    """
    hits = {hit.passage.id: hit for hit in (*found.hits, *found.across) if hit.passage.article.metadata.published}
    chosen = _promising([sentence for hit in hits.values() for sentence in said(hit)], found, who)
    weighed = weigh(query, found, chosen, embed)
    about = [each for each in weighed if each.cosine >= thresholds.ENTRY_COSINE and _tells(each)]
    kept = sorted(_once(about)[: thresholds.ENTRIES], key=lambda each: (_day(each), _place(each)))
    return Timeline(query.text, tuple(_entries(kept, found)), found.searched)


def _promising(sentences: Sequence[Sentence], found: Found, who: str | None) -> list[Sentence]:
    """The sentences with most of the topic's words whose vectors are made, no more than some of an article."""
    if who:
        sentences = [each for each in sentences if (name := actor(each.text)) and is_same(name, who)]
    total = sum(found.weights.values()) or 1.0

    def coverage(each: Sentence) -> float:
        return sum(weight for term, weight in found.weights.items() if term in each.terms) / total

    def article(each: Sentence) -> int:
        return each.hit.passage.article.id

    by_article = groupby(sorted(sentences, key=article), article)
    best = [each for _, group in by_article for each in sorted(group, key=coverage)[-thresholds.ENTRY_SENTENCES :]]
    return sorted(best, key=coverage, reverse=True)[: thresholds.ENTRIES_WEIGHED]


def _tells(each: Evidence) -> bool:
    return each.coverage >= thresholds.ENTRY_COVERAGE


def _once(weighed: Sequence[Evidence]) -> list[Evidence]:
    """The strongest statement of each story and actor of a day; what says the same that day is one."""
    kept: list[Evidence] = []
    seen: set[tuple[int, str, str | None]] = set()
    for each in weighed:
        key = each.sentence.hit.passage.article.story, _day(each), actor(each.sentence.text)
        same = any(
            _day(other) == _day(each) and float(other.vector @ each.vector) > thresholds.SAME_SENTENCE for other in kept
        )
        if key not in seen and not same:
            seen.add(key)
            kept.append(each)
    return kept


def _entries(kept: Sequence[Evidence], found: Found) -> list[Entry]:
    entries: list[Entry] = []
    last: dict[str, Evidence] = {}
    for number, each in enumerate(kept, 1):
        name = actor(each.sentence.text)
        known = next((known for known in last if name and is_same(known, name)), None)
        change = changed(last[known], each, found) if known else ("first" if name else None)
        if name:
            last[known or name] = each
        quote = cite(each.sentence, number)
        entries.append(Entry(_day(each), known or name, each.sentence.text, change, quote))
    return _fullest(entries)


def _fullest(entries: Sequence[Entry]) -> list[Entry]:
    """Each actor under the longest of the names that are given."""
    names = sorted({each.actor for each in entries if each.actor}, key=len, reverse=True)
    return [
        replace(each, actor=next(name for name in names if is_same(name, each.actor))) if each.actor else each
        for each in entries
    ]


def _day(each: Evidence) -> str:
    return (each.sentence.hit.passage.article.metadata.published or "")[:10]


def _place(each: Evidence) -> tuple[str, int]:
    passage = each.sentence.hit.passage
    return passage.article.file, passage.start + each.sentence.start
