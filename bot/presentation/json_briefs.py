"""The JSON documents of briefing notes and watched topics. Fields are added, never renamed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bot.presentation import brief_outline
from bot.presentation.json_output import citation, entry
from bot.presentation.links import Bases
from retrieval.domain.briefs import ActorPosition, Brief
from retrieval.domain.watches import Watch, WatchNews


def brief(note: Brief, bases: Bases) -> dict[str, Any]:
    """The document of `briefing brief`."""
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
    """`was` is an earlier position; `changed` says if its words show that it was given up."""
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
    return {"watches": [_watch(each) for each in kept]}


def watch_added(watch: Watch) -> dict[str, Any]:
    """The document of `briefing watch add`."""
    return _watch(watch)


def _watch(watch: Watch) -> dict[str, Any]:
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
