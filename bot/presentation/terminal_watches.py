"""Watched topics and their news at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.presentation import terminal
from bot.presentation.links import Bases
from bot.presentation.terminal_layout import wrap
from bot.presentation.wording import NEWS, day, disagreement
from retrieval.domain.briefs import BriefStatement
from retrieval.domain.watches import Watch, WatchNews
from retrieval.nlp.markup import visible


def added(watch: Watch) -> str:
    """The line about a topic that is watched from now on."""
    return wrap(f"Watching topic {_described(watch)}.")


def listed(kept: Sequence[Watch]) -> str:
    """The watched topics, one a line."""
    lines = (f"{_described(each)}{', paused' if each.paused else ''}" for each in kept)
    return "\n".join(map(wrap, lines)) if kept else "No topic is watched: `briefing watch add TOPIC` begins."


def news(watched: int, found: Sequence[WatchNews], bases: Bases) -> str:
    """The news of the watched topics, with the earlier quote, the new one, and their sources."""
    if not found:
        return f"No news on {watched} watched topic{'' if watched == 1 else 's'}."
    return "\n\n".join("\n".join(_told(each, bases)) for each in found)


def _told(each: WatchNews, bases: Bases) -> Iterator[str]:
    yield wrap(f"{visible(each.topic)}: {NEWS[each.kind]}")
    if each.was:
        yield wrap(f"before, {_quoted(each.was)}", hanging=2)
    yield wrap(f"now, {_quoted(each.statement)}", hanging=2)
    if each.conflict:
        yield wrap(disagreement(each.conflict), hanging=2)
    yield from (terminal.source(quote, bases) for quote in each.citations)


def _quoted(statement: BriefStatement) -> str:
    marks = " ".join(f"[{number}]" for number in statement.citations)
    return f"{day(statement.published or None)}: “{statement.text}” {marks}"


def _described(watch: Watch) -> str:
    return f"{watch.id}: {visible(watch.topic)} ({watch.only})"
