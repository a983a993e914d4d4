"""The JSON documents of the command line. People script against them: fields are added, never renamed."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.presentation.links import Bases, best_link
from retrieval.domain.answers import Answer, Comparison, Timeline, TimelineEntry, Verdict
from retrieval.domain.articles import Article, Hit, ListedArticle
from retrieval.domain.citations import Citation, Excerpt
from retrieval.domain.reports import ActorPosition, Brief, Digest, Subscription, Watch, WatchNews
from retrieval.evidence.citations import cite_part

if TYPE_CHECKING:
    from bot.doctor import Finding
    from retrieval.evaluation import Outcome
    from retrieval.storage.conversations import Vote
    from retrieval.storage.usage import DayOfUsage

# Unicode categories that JSON leaves as they are but a terminal may act on: controls, format characters, lone
# surrogates, line and paragraph separators.
_ACTIVE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def dump(document: Any, indent: int | None = 2) -> str:
    """The document as text, with every control character escaped; in one line where `indent` is None."""
    return "".join(map(_escape, json.dumps(document, ensure_ascii=False, indent=indent)))


def _escape(character: str) -> str:
    if character.isprintable() or character == "\n" or unicodedata.category(character) not in _ACTIVE:
        return character
    return json.dumps(character)[1:-1]


def answer(answer: Answer, bases: Bases) -> dict[str, Any]:
    """The document of `briefing ask`."""
    return {
        "question": answer.question,
        "answer": answer.text,
        "grounded": answer.grounded,
        "standing": answer.standing,
        "score": round(answer.score, 4),
        "mode": answer.mode,
        "model": answer.model,
        "prompts": answer.prompts,
        "statements": [asdict(each) for each in answer.statements],
        "sides": [{"side": name, "statements": [*map(asdict, own)]} for name, own in answer.sides.items()],
        "dropped": answer.dropped,
        "note": answer.note,
        "age_days": answer.age,
        "reason": answer.reason,
        "searched": asdict(answer.searched),
        "citations": [citation(each, bases) for each in answer.citations],
        "excerpts": [_excerpt(each, answer.citations) for each in answer.excerpts],
        "closest": [asdict(closest) for closest in answer.closest],
        "timeline": [entry(each, bases) for each in answer.timeline],
        "conflicts": [asdict(each) for each in answer.conflicts],
        "timings_ms": {stage: round(ms, 1) for stage, ms in answer.timings_ms.items()},
    }


def evaluated(outcome: Outcome, bases: Bases) -> dict[str, Any]:
    """A line of `briefing eval --answers`: the document of an answer, with the id of its question as it was asked."""
    return {"id": outcome.question.id, "asked": outcome.question.question, **answer(outcome.answer, bases)}


def citation(cited: Citation, bases: Bases) -> dict[str, Any]:
    """A citation with its best link."""
    return {**asdict(cited), "link": best_link(cited, bases)}


def _excerpt(excerpt: Excerpt, citations: Sequence[Citation]) -> dict[str, Any]:
    """An excerpt is found where its citation is, or on its own line where the file has lines."""
    cited = next((each for each in citations if each.number == excerpt.citation), None)
    return {**asdict(excerpt), "locator": cited.locator if cited and not cited.is_lined else f"line {excerpt.line}"}


def passages(hits: Sequence[Hit], bases: Bases) -> dict[str, Any]:
    """The document of `briefing search`."""
    return {"passages": [_passage(hit, bases) for hit in hits]}


def _passage(hit: Hit, bases: Bases) -> dict[str, Any]:
    passage, known = hit.passage, hit.passage.article.metadata
    return {
        "file": passage.article.file,
        "title": known.title,
        "outlet": known.outlet,
        "published": known.published,
        "score": round(hit.score, 4),
        "also": list(hit.also),
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "line": passage.line,
        "locator": passage.place_at(passage.start),
        "url": known.url,
        "link": best_link(cite_part(passage, 1), bases),
    }


def timeline(timeline: Timeline, bases: Bases) -> dict[str, Any]:
    """The document of `briefing timeline`."""
    entries = [entry(each, bases) for each in timeline.entries]
    searched = asdict(timeline.searched)
    document = {"topic": timeline.topic, "actor": timeline.actor, "searched": searched, "undated": timeline.undated}
    return {**document, "found": timeline.found, "entries": entries, "series": _series(timeline, bases)}


def _series(timeline: Timeline, bases: Bases) -> dict[str, Any] | None:
    if (series := timeline.series) is None:
        return None
    points = [{**asdict(each), "citation": citation(each.citation, bases)} for each in series.points]
    return {**asdict(series), "points": points}


def entry(stated: TimelineEntry, bases: Bases) -> dict[str, Any]:
    """An entry of a timeline with its citation."""
    return {**asdict(stated), "citation": citation(stated.citation, bases)}


def comparison(comparison: Comparison, bases: Bases) -> dict[str, Any]:
    """The document of `briefing compare`. The first `alike` statements of both columns speak of the same matter."""
    columns = [
        {**asdict(each), "statements": [citation(statement, bases) for statement in each.statements]}
        for each in comparison.columns
    ]
    return {"topic": comparison.topic, "alike": comparison.alike, "columns": columns}


def digest(digest: Digest, bases: Bases) -> dict[str, Any]:
    """The document of `briefing digest`. `new`, `earlier` and `last` are for destinations that remember."""
    return {
        "from": digest.since,
        "to": digest.until,
        "articles": digest.articles,
        "stories": [asdict(story) for story in digest.stories],
        "found": digest.found,
        "last": digest.last,
        "model": digest.model,
        "dropped": digest.dropped,
        "note": digest.note,
        "coverage": asdict(digest.coverage) if digest.coverage else None,
        "unanswered": [asdict(each) for each in digest.unanswered],
        "citations": [citation(each, bases) for each in digest.citations],
    }


def verdict(verdict: Verdict, bases: Bases) -> dict[str, Any]:
    """The document of `briefing verify`."""
    return {
        "claim": verdict.claim,
        "verdict": verdict.verdict,
        "score": round(verdict.score, 4),
        "evidence": [citation(each, bases) for each in verdict.evidence],
        "model": verdict.model,
        "note": verdict.note,
    }


def article(shown: Article, places: Sequence[tuple[int, str]] = ()) -> dict[str, Any]:
    """The document of `briefing show --json`; `places` say where in the source its stretches stand."""
    known = shown.metadata
    stretches = [{"start": start, "locator": place} for start, place in places]
    basis = {"published_basis": known.basis.get("published", "unknown")}
    return {"file": shown.file, "guild": shown.scope or None, **asdict(known), **basis, "locators": stretches}


def listed(found: Sequence[ListedArticle]) -> dict[str, Any]:
    """The document of `briefing list`."""
    return {"articles": [_listed(each) for each in found]}


def _listed(each: ListedArticle) -> dict[str, Any]:
    known = each.article.metadata
    return {
        "file": each.article.file,
        "title": known.title,
        "published": known.published,
        "published_basis": known.basis.get("published", "unknown"),
        "published_estimated": known.published_estimated,
        "outlet": known.outlet,
        "from": each.place,
        "tags": list(known.tags),
        "language": each.language,
        "passages": each.passages,
    }


def feeds(found: Sequence[Subscription]) -> dict[str, Any]:
    """The document of `briefing feeds list`."""
    return {"feeds": [_feed(each) for each in found]}


def feed_added(feed: Subscription, new: bool) -> dict[str, Any]:
    """The document of `briefing feeds add`."""
    return {"added": new, "feed": _feed(feed)}


def feed_removed(feed: Subscription) -> dict[str, Any]:
    """The document of `briefing feeds remove`."""
    return {"removed": _feed(feed)}


def _feed(feed: Subscription) -> dict[str, Any]:
    kept = asdict(feed)
    return {"id": kept.pop("id"), "guild": kept.pop("scope") or None, **kept}


def feedback(judged: Sequence[Vote]) -> dict[str, Any]:
    """The document of `briefing feedback`."""
    return {"feedback": [{**asdict(each), "citations": [*map(_quoted, each.citations)]} for each in judged]}


def _quoted(cited: tuple[str, str]) -> dict[str, str]:
    return dict(zip(("file", "quote"), cited, strict=True))


def stats(days: Sequence[DayOfUsage]) -> dict[str, Any]:
    """The document of `briefing stats`. A cost of null is not known."""
    counted = ("calls", "tokens_in", "tokens_out", "cached", "failed")
    total = {name: sum(getattr(day, name) for day in days) for name in counted}
    costs = {"cost": sum(day.cost for day in days) or None}
    return {"days": [{**asdict(day), "cost": day.cost or None} for day in days], "total": total | costs}


def findings(found: Sequence[Finding]) -> dict[str, Any]:
    """The document of `briefing doctor`."""
    return {"well": all(finding.well for finding in found), "checks": [asdict(finding) for finding in found]}


def brief(note: Brief, bases: Bases) -> dict[str, Any]:
    """The document of `briefing brief`."""
    from bot.presentation import brief_outline

    return {
        "topic": note.topic,
        "audience": note.audience,
        "as_of": note.as_of,
        "since": note.since,
        "sentence": asdict(note.sentence) if note.sentence else None,
        "new": [asdict(each) for each in note.new],
        "positions": [_position(each) for each in note.positions],
        "disagreements": [asdict(each) for each in note.disagreements],
        "timeline": [entry(each, bases) for each in note.timeline.entries],
        "figures": [{"value": each.value, **asdict(each.statement)} for each in note.figures],
        "not_known": brief_outline.sentences(note),
        "coverage": asdict(note.coverage),
        "unanswered": [asdict(each) for each in note.unanswered],
        "citations": [citation(each, bases) for each in note.citations],
        "model": note.model,
        "dropped": note.dropped,
        "note": note.note,
    }


def _position(held: ActorPosition) -> dict[str, Any]:
    """`was` is an earlier position; `changed` is true if its words show that it was dropped."""
    return {
        "actor": held.actor,
        "statement": held.statement.text,
        "published": held.statement.published,
        "was": asdict(held.was) if held.was else None,
        "changed": held.changed,
        "citations": list(held.statement.citations),
    }


def watches(kept: Sequence[Watch]) -> dict[str, Any]:
    """The document of `briefing watch list`."""
    return {"watches": [watch(each) for each in kept]}


def watch(watch: Watch) -> dict[str, Any]:
    """The document of `briefing watch add`."""
    return {
        "id": watch.id,
        "topic": watch.topic,
        "only": watch.only,
        "paused": watch.paused,
        "created": watch.created.isoformat(),
    }


def watch_news(watched: int, found: Sequence[WatchNews], bases: Bases) -> dict[str, Any]:
    """The document of `briefing watch run`: how many topics were looked at, and the news."""
    news = [{**asdict(each), "citations": [citation(quote, bases) for quote in each.citations]} for each in found]
    return {"watched": watched, "news": news}
