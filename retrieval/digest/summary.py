"""Summaries as answers: of an article, of a topic, of some days. All of the articles' own key sentences, cited."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

from sqlalchemy import Connection

from retrieval import tuned
from retrieval.answering.dating import PublicationDay, openings
from retrieval.answering.extractive import unmarked
from retrieval.digest.drafts import StoryDraft
from retrieval.digest.key_sentences import choose_points, find_candidates
from retrieval.domain.answers import Answer, Statement
from retrieval.domain.articles import Article, Passage
from retrieval.domain.citations import Citation
from retrieval.domain.searches import Filter, Hit, Searched
from retrieval.evidence.citations import cite_part, whole_excerpt
from retrieval.evidence.sentence_selection import headed, share
from retrieval.nlp.readable import readable
from retrieval.nlp.statements import Saying
from retrieval.nlp.tokens import content_terms
from retrieval.question.calendar import spell, spell_range
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found
from retrieval.storage.passages import leading_passages

# Passages of an article that its summary is made from: all of most, the beginning of a book.
_READ = 6
# Stories of some days that are told, articles of a topic, and sentences of each of these.
_STORIES = 5
_ARTICLES, _SENTENCES = 3, 2
# Articles of which the newest are told.
_LOOKED_AT = 6
# What is new is what came in the days before the newest article.
_LAST_DAYS = 6
# The share of a topic's words that a passage needs to be about it, also of the most that one has; and the share that a
# title needs to name the article that is meant.
_ABOUT_FROM, _AS_MUCH, _NAMED_FROM = 0.5, 0.8, 0.6
_TITLE_WORDS = 3
# The share of a topic that a sentence has, of the most that one has, to tell of it.
_SAYS_FROM = 0.75

# What is told, and what is said of it before.
Told = tuple[Citation, str]


def summarise_article(connection: Connection, query: Question, article: Article, searched: Searched) -> Answer | None:
    """An article by its key sentences, in its order; None where it says nothing."""
    points = _key_sentences(leading_passages(connection, [article.id], _READ))
    known = article.metadata
    title = f"“{known.title or article.file}”:"
    return _answer(query, searched, [(_cite(each), title if not at else "") for at, each in enumerate(points)])


def summarise_topic(connection: Connection, query: Question, found: Found) -> Answer | None:
    """A topic by the key sentences of the articles about it, the newest first; None where no article is about it.

    An article that the topic gives the title of is summarised alone.
    """
    shares = [share(found.weights, headed(hit)) for hit in found.hits]
    least = max(_ABOUT_FROM, _AS_MUCH * max(shares, default=0.0))
    about = [hit for hit, own in zip(found.hits, shares, strict=True) if own >= least]
    named = {each.article.story: each.article for each in map(_passage, about) if _is_named(each.article, found)}
    if len(named) == 1:
        return summarise_article(connection, query, next(iter(named.values())), found.searched)
    told: list[Citation] = []
    for article, passages in _newest_first(about):
        own = [*leading_passages(connection, [article.id], 1), *passages]
        points = _key_sentences({each.id: each for each in own}.values(), found.weights)
        told += map(_cite, points[:_SENTENCES])
    days = [PublicationDay(each.day, each.published_estimated) for each in told]
    return _answer(query, found.searched, list(zip(told, openings(days), strict=True)))


def summarise_days(query: Question, stories: Sequence[StoryDraft], searched: Searched) -> Answer | None:
    """The answer from the first points of the stories of some days; None where there is no story."""
    points = 1 if len(stories) > 1 else tuned.POINTS.most
    quotes = [
        (point.citations[0], f"{draft.story.title}:" if not at else "")
        for draft in stories[:_STORIES]
        for at, point in enumerate(draft.points[:points])
    ]
    return _answer(query, searched, quotes)


def last_days(within: Filter, newest: str | None, today: date) -> Filter:
    """The days of a filter; where it has none, the week up to the newest article."""
    if within.since or within.until:
        return replace(within, since=within.since or date.min.isoformat(), until=within.until or today.isoformat())
    until = date.fromisoformat(newest) if newest else today
    return replace(within, since=(until - timedelta(days=_LAST_DAYS)).isoformat(), until=until.isoformat())


def no_summary(query: Question, searched: Searched, within: Filter) -> Answer:
    """That there is nothing to summarise, and why."""
    request = query.request
    days = spell_range(within.since, within.until)
    newest = f", the newest of {spell(searched.newest)}" if searched.newest else ""
    what = f" goes by the name {request.file}" if request and request.file else ""
    what = what or (f" is about “{request.topic}”" if request and request.topic else "")
    what += f"{' and' if what else ''} was published {days}" if days else ""
    message = f"No article{what or ' has anything to summarise'}: I looked through {searched.articles:,}{newest}."
    return Answer(
        question=query.text, standing="nothing", reason="not_found", message=message, score=0.0, searched=searched
    )


def _answer(query: Question, searched: Searched, told: Sequence[Told]) -> Answer | None:
    if not told:
        return None
    citations = [replace(each, number=number) for number, (each, _) in enumerate(told, 1)]
    return Answer(
        question=query.text,
        standing="answered",
        score=1.0,
        searched=searched,
        statements=tuple(
            Statement(unmarked(readable(each.quote)), (each.number,), opening)
            for each, (_, opening) in zip(citations, told, strict=True)
        ),
        citations=tuple(citations),
        excerpts=tuple(map(whole_excerpt, citations)),
    )


def _passage(hit: Hit) -> Passage:
    return hit.passage


def _is_named(article: Article, found: Found) -> bool:
    """Whether a topic of several words gives the title of an article."""
    title = frozenset(content_terms(article.metadata.title or ""))
    return len(found.weights) >= _TITLE_WORDS and share(found.weights, title) >= _NAMED_FROM


def _newest_first(about: Sequence[Hit]) -> list[tuple[Article, list[Passage]]]:
    """The articles that come first of those about a topic, one of each story, with their passages; newest first."""
    by_article: dict[int, list[Passage]] = {}
    articles: dict[int, Article] = {}
    for passage in map(_passage, about):
        article = articles.setdefault(passage.article.story, passage.article)
        if passage.article.id == article.id:
            by_article.setdefault(article.id, []).append(passage)
    first = sorted(list(articles.values())[:_LOOKED_AT], key=lambda each: each.metadata.day, reverse=True)[:_ARTICLES]
    return [(each, by_article[each.id]) for each in first]


def _key_sentences(passages: Collection[Passage], wanted: Mapping[str, float] = MappingProxyType({})) -> list[Saying]:
    """The key sentences of some passages of an article, in their order; of those that say most of what is wanted."""
    found = find_candidates(list(passages))
    candidates = [each for each in found if _reads(each[1].text)] or found
    shares = [share(wanted, each.terms) for _, each in candidates]
    least = max(shares, default=0.0) * _SAYS_FROM
    told = [each for each, said in zip(candidates, shares, strict=True) if said >= least]
    frequencies = Counter(term for _, each in candidates for term in each.terms)
    chosen = choose_points(told, frequencies, len(candidates))
    return sorted(chosen, key=lambda each: each.passage.start + each.start)


def _reads(text: str) -> bool:
    """Whether a sentence reads as one: tables, notes and addresses between sentences do not."""
    return text.rstrip("\"'”’»)] ")[-1:] in ".!…" and not re.search(r"://|\||\]\(|<\w", text)


def _cite(said: Saying) -> Citation:
    return cite_part(said.passage, 0, said.start, said.end)
