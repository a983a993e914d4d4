"""Answers about the corpus itself: which articles there are, which of them mention something."""

from __future__ import annotations

from datetime import date

from retrieval.answering.standing import narrowed
from retrieval.domain.answers import Answer, Statement
from retrieval.domain.articles import Article, Passage, Searched
from retrieval.domain.citations import Citation
from retrieval.domain.phrase import Phrase, Value, together
from retrieval.evidence.citations import cite_part, whole_excerpt
from retrieval.nlp.prompt_injection import ordered
from retrieval.nlp.sentences import sentences
from retrieval.nlp.statements import statements
from retrieval.nlp.tokens import content_terms
from retrieval.question.understanding import Question
from retrieval.search.fusion import MentionList

# What is said to whoever greets, thanks, or asks who this is.
ABOUT_ME = (
    "I answer questions from your team's articles, with quotes and links, and say so where they have no answer. "
    'Ask me something like "What did NATO decide this week?", "Brief me on the budget" or "What articles do you have?".'
)

# How many articles there are, and in which order they are shown.
_ONE, _ONE_MENTIONS = Phrase("{count} article{which}:"), Phrase("{count} article{which} mentions “{topic}”:")
_ALL = Phrase("{count} articles{which}, the newest first:")
_ALL_MENTION = Phrase("{count} articles{which} mention “{topic}”, the newest first:")
_NEWEST = Phrase("{count} articles{which}, the newest {shown}:")
_NEWEST_MENTION = Phrase("{count} articles{which} mention “{topic}”, the newest {shown}:")


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
    lead = _lead(topic, listed)
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
    """The first of the sentences that have the most of the topic's words, else of the headings; of no topic the first
    sentence.
    """
    wanted = frozenset(content_terms(topic))
    told = [(len(wanted & each.terms), each.start, each.end) for each in statements(passage)]
    if not any(shared for shared, _, _ in told):
        spans = sentences(passage.text)
        orders = ordered(passage.text, spans)
        lines = [span for span, order in zip(spans, orders, strict=True) if not order]
        shared = [(len(wanted.intersection(content_terms(passage.text[slice(*span)]))), *span) for span in lines]
        told = [each for each in shared if each[0]] or told
    best = max(told, key=lambda each: each[0], default=None)
    return cite_part(passage, number, *best[1:]) if best else cite_part(passage, number)


def _named(article: Article) -> str:
    known = article.metadata
    day = Phrase("{day}", day=date.fromisoformat(known.published[:10])) if known.published else Phrase("no date")
    return together((f"“{known.title or article.file}”", known.outlet, day), " · ") or ""


def _lead(topic: str, listed: MentionList) -> str:
    """How many articles there are, and which of them are shown."""
    shown = len(listed.passages)
    values: dict[str, Value] = {"count": listed.total, "which": narrowed(listed.only), "topic": topic, "shown": shown}
    if listed.total == 1:
        return (_ONE_MENTIONS if topic else _ONE).filled(**values)
    if listed.total > shown:
        return (_NEWEST_MENTION if topic else _NEWEST).filled(**values)
    return (_ALL_MENTION if topic else _ALL).filled(**values)


def _none(topic: str, listed: MentionList, searched: Searched) -> str:
    if not searched.articles:
        return "There are no articles yet."
    asked = f"{narrowed(listed.only)} mentions “{topic}”" if topic else f" is{narrowed(listed.only)}"
    return f"No article{asked}: I searched all {searched.articles:,} articles."
