"""Summaries as answers: of an article, a topic or some days, from the articles' own key sentences, with citations."""

from __future__ import annotations

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
from retrieval.domain.articles import Article, Filter, Hit, Passage, Searched
from retrieval.domain.citations import Citation
from retrieval.evidence.citations import cite_part, whole_excerpt
from retrieval.evidence.sentence_selection import headed, share
from retrieval.nlp.markup import readable
from retrieval.nlp.statements import Sentence
from retrieval.nlp.tokens import content_terms
from retrieval.question.periods import spell, spell_range
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found
from retrieval.storage.passages import leading_passages

# Passages of an article that its summary is made from: all of most articles, the beginning of a book.
_READ = 6
# Stories in a summary of some days; articles in a summary of a topic, and sentences an article.
_STORIES = 5
_ARTICLES, _SENTENCES = 3, 2
# Articles of a topic from which the newest are chosen.
_LOOKED_AT = 6
# By default a summary covers this many days before the newest article.
_LAST_DAYS = 6
# The share of a topic's words that a passage needs to be about it, and the share of the best passage's; the share that
# a title needs to be the article that is meant.
_ABOUT_FROM, _AS_MUCH, _NAMED_FROM = 0.5, 0.8, 0.6
_TITLE_WORDS = 3
# The share of a topic's words that a key sentence needs, relative to the best sentence.
_SAYS_FROM = 0.75

# A quote, and the words before it.
IntroducedQuote = tuple[Citation, str]


def summarise_article(connection: Connection, query: Question, article: Article, searched: Searched) -> Answer | None:
    """The answer from an article's key sentences, in its order; None where it has none."""
    points = _key_sentences(leading_passages(connection, [article.id], _READ))
    known = article.metadata
    title = f"“{known.title or article.file}”:"
    return _answer(query, searched, [(_cite(each), title if not at else "") for at, each in enumerate(points)])


def summarise_topic(connection: Connection, query: Question, found: Found) -> Answer | None:
    """The answer from the key sentences of the articles about a topic, newest first; None where no article is about it.

    A topic that is the title of one article gives a summary of that article.
    """
    shares = [share(found.weights, headed(hit.passage)) for hit in found.hits]
    least = max(_ABOUT_FROM, _AS_MUCH * max(shares, default=0.0))
    about = [hit for hit, own in zip(found.hits, shares, strict=True) if own >= least]
    articles = (hit.passage.article for hit in about)
    named = {article.story: article for article in articles if _is_named(article, found)}
    if len(named) == 1:
        return summarise_article(connection, query, next(iter(named.values())), found.searched)
    quotes: list[Citation] = []
    for article, passages in _newest_first(about):
        own = [*leading_passages(connection, [article.id], 1), *passages]
        points = _key_sentences({each.id: each for each in own}.values(), found.weights)
        quotes += map(_cite, points[:_SENTENCES])
    days = [PublicationDay(quote.day, quote.published_estimated) for quote in quotes]
    return _answer(query, found.searched, list(zip(quotes, openings(days), strict=True)))


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


def before(days: Filter) -> str:
    """The day before the first of a filter's days, as `last_days` gives them, as an ISO date."""
    return (date.fromisoformat(str(days.since)) - timedelta(days=1)).isoformat()


def no_summary(query: Question, searched: Searched, within: Filter) -> Answer:
    """The answer that there is nothing to summarise, with the reason."""
    request = query.request
    days = spell_range(within.since, within.until)
    newest = f", the newest of {spell(searched.newest)}" if searched.newest else ""
    what = f" has the name {request.file}" if request and request.file else ""
    what = what or (f" is about “{request.topic}”" if request and request.topic else "")
    what += f"{' and' if what else ''} was published {days}" if days else ""
    message = f"No article{what or ' has anything to summarise'}: I searched {searched.articles:,} articles{newest}."
    return Answer(
        question=query.text, standing="nothing", reason="not_found", message=message, score=0.0, searched=searched
    )


def _answer(query: Question, searched: Searched, quotes: Sequence[IntroducedQuote]) -> Answer | None:
    if not quotes:
        return None
    citations = [replace(quote, number=number) for number, (quote, _) in enumerate(quotes, 1)]
    return Answer(
        question=query.text,
        standing="answered",
        score=1.0,
        searched=searched,
        statements=tuple(
            Statement(unmarked(readable(each.quote)), (each.number,), opening)
            for each, (_, opening) in zip(citations, quotes, strict=True)
        ),
        citations=tuple(citations),
        excerpts=tuple(map(whole_excerpt, citations)),
    )


def _is_named(article: Article, found: Found) -> bool:
    """Tell if a topic of several words is the title of an article."""
    title = frozenset(content_terms(article.metadata.title or ""))
    return len(found.weights) >= _TITLE_WORDS and share(found.weights, title) >= _NAMED_FROM


def _newest_first(about: Sequence[Hit]) -> list[tuple[Article, list[Passage]]]:
    """The newest of the articles about a topic, one of every story, with their passages."""
    by_article: dict[int, list[Passage]] = {}
    articles: dict[int, Article] = {}
    for passage in (hit.passage for hit in about):
        article = articles.setdefault(passage.article.story, passage.article)
        if passage.article.id == article.id:
            by_article.setdefault(article.id, []).append(passage)
    first = sorted(list(articles.values())[:_LOOKED_AT], key=lambda each: each.metadata.day, reverse=True)[:_ARTICLES]
    return [(each, by_article[each.id]) for each in first]


def _key_sentences(passages: Collection[Passage], wanted: Mapping[str, float] = MappingProxyType({})) -> list[Sentence]:
    """The key sentences of some passages of an article, in their order, near to the `wanted` terms."""
    candidates = find_candidates(list(passages))
    shares = [share(wanted, each.terms) for _, each in candidates]
    least = max(shares, default=0.0) * _SAYS_FROM
    relevant = [each for each, own in zip(candidates, shares, strict=True) if own >= least]
    frequencies = Counter(term for _, each in candidates for term in each.terms)
    chosen = choose_points(relevant, frequencies, len(candidates))
    return sorted(chosen, key=lambda each: each.passage.start + each.start)


def _cite(sentence: Sentence) -> Citation:
    return cite_part(sentence.passage, 0, sentence.start, sentence.end)
