"""Answers about the corpus itself: which articles there are, which of them mention something."""

from __future__ import annotations

from retrieval.answering.standing import narrowing
from retrieval.domain.answers import Answer, Statement
from retrieval.domain.articles import Article, Passage
from retrieval.domain.citations import Citation
from retrieval.domain.searches import Searched
from retrieval.evidence.citations import cite_part, whole_excerpt
from retrieval.nlp.statements import statements
from retrieval.nlp.tokens import content_terms
from retrieval.question.calendar import spell
from retrieval.question.understanding import Question
from retrieval.search.candidates import MentionList

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


def list_articles(query: Question, listed: MentionList, searched: Searched) -> Answer:
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
    shown, one = len(listed.passages), listed.total == 1
    order = ":" if one else f", the newest{f' {shown}' if listed.total > shown else ' first'}:"
    about = _about(topic, listed, "mentions" if one else "mention")
    lead = f"{listed.total:,} article{'' if one else 's'}{about}{order}"
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


def _none(topic: str, listed: MentionList, searched: Searched) -> str:
    if not searched.articles:
        return "There are no articles yet."
    asked = _about(topic, listed, "mentions")
    if not topic:
        return f"No article is{asked}: I searched all {searched.articles:,} articles."
    return f"No article{asked}: I searched all {searched.articles:,} articles."


def _about(topic: str, listed: MentionList, verb: str) -> str:
    return narrowing(listed.only) + (f" {verb} “{topic}”" if topic else "")
