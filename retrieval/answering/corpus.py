"""Answers about the corpus itself: which articles there are, which of them mention something."""

from __future__ import annotations

from retrieval.domain.answers import Answer, Statement
from retrieval.domain.articles import Article, Passage
from retrieval.domain.citations import Citation
from retrieval.domain.searches import Searched
from retrieval.evidence.citations import cite_part, whole_excerpt
from retrieval.nlp.statements import statements
from retrieval.nlp.tokens import content_terms
from retrieval.question.calendar import spell, spell_range
from retrieval.question.understanding import Question
from retrieval.search.mentions import Listed

# What is said to whoever greets, thanks, or asks who this is.
ABOUT_ME = (
    "I answer questions from your team's articles, with quotes and links, and say so where they have no answer. "
    'Ask me something like "What did NATO decide this week?", "Brief me on the budget" or "What articles do you have?".'
)


def courtesy(query: Question, searched: Searched) -> Answer:
    """One friendly line on what the bot does."""
    return Answer(
        question=query.text, standing="nothing", reason="courtesy", message=ABOUT_ME, score=0.0, searched=searched
    )


def list_articles(query: Question, listed: Listed, searched: Searched) -> Answer:
    """The articles, each cited where it mentions the topic; nothing where none does."""
    topic = query.request.topic if query.request else ""
    if not listed.passages:
        return Answer(
            question=query.text,
            standing="nothing",
            reason="not_found",
            message=_none(topic, listed, searched),
            score=0.0,
            searched=searched,
        )
    citations = [_mention(passage, topic, number) for number, passage in enumerate(listed.passages, 1)]
    lead = _counted(topic, listed)
    return Answer(
        question=query.text,
        standing="answered",
        score=1.0,
        searched=searched,
        statements=tuple(
            Statement(_named(passage.article), (each.number,), lead if each.number == 1 else "")
            for passage, each in zip(listed.passages, citations, strict=True)
        ),
        citations=tuple(citations),
        excerpts=tuple(map(whole_excerpt, citations)),
    )


def _mention(passage: Passage, topic: str, number: int) -> Citation:
    """The first of the sentences that have the most of the topic's words; of no topic the first sentence."""
    wanted = frozenset(content_terms(topic))
    said = statements(passage)
    best = max(said, key=lambda each: len(wanted & each.terms), default=None)
    return cite_part(passage, number, best.start, best.end) if best else cite_part(passage, number)


def _named(article: Article) -> str:
    known = article.metadata
    parts = (f"“{known.title or article.file}”", known.outlet, spell(known.published) if known.published else "no date")
    return " · ".join(filter(None, parts))


def _counted(topic: str, listed: Listed) -> str:
    shown = f", the newest {len(listed.passages)}:" if listed.total > len(listed.passages) else ", the newest first:"
    if listed.total == 1:
        shown = ":"
    return f"{_articles(listed.total)}{_about(topic, listed)}{shown}"


def _none(topic: str, listed: Listed, searched: Searched) -> str:
    if not searched.articles:
        return "There are no articles yet."
    asked = _about(topic, listed).replace(" mention ", " mentions ")
    if not topic:
        return f"No article is{asked}: I searched all {searched.articles:,} articles."
    return f"No article{asked}: I searched all {searched.articles:,} articles."


def _about(topic: str, listed: Listed) -> str:
    only = listed.only
    told = [f" from {' or '.join(only.outlets)}"] if only.outlets else []
    if only.since or only.until:
        told.append(f" published {spell_range(only.since, only.until)}")
    return "".join([*told, f" mention{'s' if listed.total == 1 else ''} “{topic}”" if topic else ""])


def _articles(count: int) -> str:
    return f"{count:,} article{'' if count == 1 else 's'}"
