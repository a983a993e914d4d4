"""Output of the other commands for a terminal: ingests, feeds, evaluation, usage, checks."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.presentation.terminal_style import PLAIN, Style, Tone, wrap
from bot.presentation.wording import articles, day
from retrieval.domain.articles import IngestReport
from retrieval.domain.reports import PollReport, Subscription
from retrieval.nlp.markup import visible

if TYPE_CHECKING:
    from bot.doctor import Finding
    from retrieval.services.feeds import Imported
    from retrieval.storage.conversations import Vote
    from retrieval.storage.usage import DayOfUsage
    from retrieval.storage.vectors.stored import Reindexed


def ingest(report: IngestReport) -> str:
    """The report of an ingest."""
    done = {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "with another audience": report.rescoped,
        "removed": report.removed,
    }
    counts = ", ".join(f"{count} {what}" for what, count in done.items() if count or what == "added")
    passages = f"{report.passages} passage{'' if report.passages == 1 else 's'}"
    lines = [f"{counts}: {articles(report.articles)}, {passages} ({report.seconds:.1f} s)"]
    lines += [f"  {visible(each.file)}: a {each.kind} of {visible(each.of)}" for each in report.duplicates]
    lines += [f"  skipped {visible(each.file)}: {visible(each.reason)}" for each in report.skipped]
    return "\n".join(lines)


def reindexed(done: Reindexed) -> str:
    """The report of a reindex."""
    if not done.passages:
        return "nothing to do: no articles yet"
    if not done.changed:
        return f"nothing to do: {done.passages} passages are embedded with {done.model} already"
    was = f", before with {done.before}" if done.before else ""
    return f"{done.passages} passages are embedded with {done.model}{was}"


def removed(count: int) -> str:
    """The number of articles removed."""
    return f"{count} article{'' if count == 1 else 's'} removed"


def forgotten(gone: Mapping[str, int]) -> str:
    """The lines about deleted data, by kind."""
    return f"deleted {counted(gone)}" if gone else "nothing to delete"


def counted(kinds: Mapping[str, int]) -> str:
    """Numbers of things by kind: "questions 3, votes 1"."""
    return ", ".join(f"{kind} {count:,}" for kind, count in kinds.items())


def backed_up(made: Mapping[str, Any]) -> str:
    """The lines about the contents of a backup."""
    return f"{made['file']}: {_content(made)}, {made['bytes'] / 1e6:,.1f} MB"


def restored(done: Mapping[str, Any]) -> str:
    """The lines about restored data."""
    return f"restored {_content(done)}, as of {_moment(done['made'])}; the next command brings the vector index in step"


def migrated(done: Mapping[str, Any]) -> str:
    """The lines about copied data, and the settings to change now."""
    return f"copied and checked {_content(done)}: now set BRIEFING_DATABASE_URL to that address"


def _content(about: Mapping[str, Any]) -> str:
    tables = about["tables"]
    rows = sum(each["rows"] for each in tables.values())
    return f"{articles(tables['articles']['rows'])}, {tables['passages']['rows']:,} passages, {rows:,} rows in all"


def figures(measured: Mapping[str, Any]) -> str:
    """The figures of an evaluation, one a line."""
    return "\n".join(f"{name:12} {_figure(value)}" for name, value in measured.items())


def _figure(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_figure(each)}" for name, each in value.items())
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def feedback(judged: Sequence[Vote]) -> str:
    """The feedback on answers."""
    return "\n\n".join(_judgement(each) for each in judged) or "No feedback yet."


def _judgement(judged: Vote) -> str:
    verdict = "helpful" if judged.helpful else "not helpful"
    reason = f": {visible(judged.reason)}" if judged.reason else ""
    return "\n".join([f"{day(judged.given)} {verdict}{reason}", wrap(judged.question), wrap(judged.answer)])


def feeds(found: Sequence[Subscription]) -> str:
    """The feeds and their state."""
    return "\n".join(_feed(each) for each in found) or "No feeds yet: add one with `briefing feeds add URL`."


def _feed(feed: Subscription) -> str:
    whose = f" (server {visible(feed.scope)} alone)" if feed.scope else ""
    read = f"read {_moment(feed.worked)}" if feed.worked else "not read yet"
    lines = [wrap(f"{feed.id}. {feed.title}{whose}", hanging=3), f"   {visible(feed.url)}"]
    lines.append(f"   {read}, {articles(feed.articles)}")
    if feed.failures:
        again = f"next try {_moment(feed.next_at)}"
        lines.append(textwrap.indent(wrap(f"failing: {feed.reason} ({again})", 3), "   "))
    elif feed.reason:
        lines.append(textwrap.indent(wrap(feed.reason, 3), "   "))
    return "\n".join(lines)


def feed_added(feed: Subscription, new: bool) -> str:
    """The outcome of subscribing to a feed."""
    described = f"{feed.id}. {visible(feed.title)}\n   {visible(feed.url)}"
    return f"added: {described}\n   its articles come with the next poll" if new else f"already there: {described}"


def feed_removed(feed: Subscription) -> str:
    """The outcome of removing a feed."""
    kept = f"; its {articles(feed.articles)} {'stays' if feed.articles == 1 else 'stay'}" if feed.articles else ""
    return f"removed: {visible(feed.title)}{kept}"


def imported(came: Imported) -> str:
    """The outcome of importing feeds."""
    left = f", {len(came.left_out)} left out" if came.left_out else ""
    lines = [f"{came.added} feed{'' if came.added == 1 else 's'} added, {came.known} already known{left}"]
    lines += [f"  left out {visible(each.url)}: {visible(each.reason)}" for each in came.left_out]
    return "\n".join(lines)


def polled(report: PollReport) -> str:
    """The report of a poll."""
    feeds = f"{report.polled} feed{'' if report.polled == 1 else 's'} polled"
    states = f"{report.read} read, {report.unchanged} unchanged, {len(report.failing)} failing"
    lines = [f"{feeds}: {states}; {articles(report.added)} added, {report.updated} updated ({report.seconds:.1f} s)"]
    lines += [f"  failing {visible(each.title)}: {visible(each.reason)}" for each in report.failing]
    lines += [f"  {visible(each.file)}: a {each.kind} of {visible(each.of)}" for each in report.duplicates]
    lines += [f"  skipped {visible(each.file)}: {visible(each.reason)}" for each in report.skipped]
    return "\n".join(lines)


def _moment(written: str) -> str:
    return f"{day(written)} {written[11:16]} UTC"


def stats(days: Sequence[DayOfUsage]) -> str:
    """The usage of language models, one line for a day and model."""
    return "\n".join(map(_usage, days)) or "No language model has been asked yet."


def _usage(day: DayOfUsage) -> str:
    calls = f"{day.calls} call{'' if day.calls == 1 else 's'}"
    beside = ", ".join(f"{count} {what}" for what, count in (("failed", day.failed), ("cached", day.cached)) if count)
    about = "about " if day.estimated else ""
    parts = [f"{calls} ({beside})" if beside else calls, f"{about}{day.tokens_in:,} + {day.tokens_out:,} tokens"]
    if day.cost:
        parts.append(f"cost {day.cost:.4f}")
    if day.p50_ms is not None and day.p95_ms is not None:
        parts.append(f"p50 {day.p50_ms:,} ms, p95 {day.p95_ms:,} ms")
    return f"{day.day}  {visible(day.model)}  {', '.join([*parts, *day.prompts])}"


_STATES: dict[str, Tone] = {"FAIL": "bad", "note": "unsure", "ok": "good"}


def findings(found: Sequence[Finding], style: Style = PLAIN) -> str:
    """The findings of the doctor, and the fixes."""
    return "\n".join(_finding(each, style) for each in found)


def _finding(each: Finding, style: Style) -> str:
    word = "FAIL" if not each.well else "note" if each.mend else "ok"
    fix = f"\n     fix: {visible(each.mend)}" if each.mend else ""
    return f"{style.tint(word, _STATES[word])}{' ' * (5 - len(word))}{each.subject}: {visible(each.state)}{fix}"
