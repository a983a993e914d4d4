"""The honest refusal: what was searched, and what came closest."""

from __future__ import annotations

from datetime import date

from retrieval.models import Answer, Closest, Filter
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found

# Articles named as closest.
_CLOSEST = 3


def refuse(query: Question, found: Found, score: float) -> Answer:
    """An answer that says that the articles do not answer the question."""
    articles = {hit.passage.article.id: hit.passage.article for hit in found.hits}
    closest = tuple(
        Closest(article.file, article.metadata.title, article.metadata.published)
        for article in list(articles.values())[:_CLOSEST]
    )
    return Answer(
        question=query.text,
        standing="nothing",
        message=_sentence(found, closest),
        score=score,
        reason="not_found",
        searched=found.searched,
        closest=closest,
    )


def _sentence(found: Found, closest: tuple[Closest, ...]) -> str:
    searched = found.searched
    among = f"the {searched.articles} articles" if searched.articles != 1 else "the one article"
    if not searched.articles:
        return f"Not in the articles: there is none{_narrowing(found.only)}."
    newest = f", the newest of {_day(searched.newest)}" if searched.newest else ""
    said = f"Not in the articles: I searched {among}{_narrowing(found.only)}{newest}"
    return (
        f"{said}, and what came closest is “{(closest[0].title or closest[0].file).rstrip('.')}”."
        if closest
        else f"{said}."
    )


def _narrowing(only: Filter) -> str:
    parts = [f" from {' or '.join(only.outlets)}"] if only.outlets else []
    if only.since and only.until:
        parts.append(f" published from {_day(only.since)} to {_day(only.until)}")
    elif only.since:
        parts.append(f" published since {_day(only.since)}")
    elif only.until:
        parts.append(f" published until {_day(only.until)}")
    return "".join(parts)


def _day(day: str | None) -> str:
    if day is None:
        return "an unknown day"
    when = date.fromisoformat(day[:10])
    return f"{when.day} {when:%B %Y}"
