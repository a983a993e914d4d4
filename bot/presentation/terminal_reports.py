"""Output at a terminal beside answers: timelines, watched topics; ingests, feeds, usage, checks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from bot.presentation import wording
from bot.presentation.discord.markdown import shorten
from bot.presentation.links import Bases
from bot.presentation.terminal import linked, looked_through, source
from bot.presentation.terminal_style import PLAIN, Style, Tone, many, wrap
from bot.presentation.wording import articles
from retrieval.domain.answers import Timeline, TimelineEntry
from retrieval.domain.articles import IngestReport
from retrieval.domain.citations import Citation
from retrieval.domain.reports import BriefStatement, PollReport, Subscription, Watch, WatchNews
from retrieval.nlp.markup import readable, visible

if TYPE_CHECKING:
    from bot.doctor import Finding
    from retrieval.services.feeds import Imported
    from retrieval.storage.conversations import Vote
    from retrieval.storage.usage import DayOfUsage
    from retrieval.storage.vectors.stored import Reindexed

# The characters of a topic and a name.
_TOPIC, _NAME = 200, 40


def timeline(timeline: Timeline, bases: Bases, style: Style = PLAIN) -> str:
    """The statements about a topic under their days, the changed ones marked; at the end how much was searched."""
    about = shorten(visible(timeline.topic), _TOPIC)
    about = f"{shorten(visible(timeline.actor), _NAME)} on {about}" if timeline.actor else about
    shown = [wrap(f"No dated article says anything about {about}.")]
    if timeline.entries:
        days = (_day_of(list(group), bases, style) for _, group in groupby(timeline.entries, lambda each: each.date))
        shown = ["\n".join(_heading(timeline, about, style)), *days]
    if series := timeline.series:
        shown.append(wrap(f"{wording.titled(series)}: {wording.summary(series)}"))
    left = timeline.undated
    undated = f" {articles(left)} without a date {'is' if left == 1 else 'are'} left out." if left else ""
    return "\n\n".join([*shown, style.dim(wrap(looked_through(timeline.searched) + undated))])


def _heading(timeline: Timeline, about: str, style: Style) -> Iterator[str]:
    yield style.strong(wrap(f"{about}: {wording.extent(timeline)}"))
    yield from (style.tint(wrap(each), "unsure") for each in wording.shifts(timeline))


def _day_of(entries: Sequence[TimelineEntry], bases: Bases, style: Style) -> str:
    estimated = all(each.citation.published_estimated for each in entries)
    shown = [_entry(each, bases, not estimated and each.citation.published_estimated, style) for each in entries]
    return "\n\n".join([style.strong(wording.day(entries[0].date, estimated)), *shown])


def _entry(entry: TimelineEntry, bases: Bases, estimated: bool, style: Style) -> str:
    changed = entry.change == "changed"
    change = {"changed": "CHANGED", "same": "as before"}.get(entry.change or "", "")
    head = " · ".join(filter(None, (visible(entry.actor or ""), change, "date estimated" if estimated else "")))
    marked = f"{'>>' if changed else '  '} {wrap(head, 3, 3)}\n" if head else ""
    marked = style.tint(marked, "unsure") if changed else style.strong(marked)
    quote = textwrap.indent(wrap(wording.in_quotes(readable(entry.text)), indent=4), "    ")
    return f"{marked}{quote}\n{textwrap.indent(_where(entry.citation, bases, style), '    ')}"


def _where(citation: Citation, bases: Bases, style: Style) -> str:
    """The source of a quote without its day, which stands above."""
    who = ", ".join(filter(None, (citation.title, citation.outlet)))
    line = f"[{citation.number}] {f'{who} · ' if who else ''}{citation.where}"
    return linked(citation, bases, [line], 4, style)


def watch_added(watch: Watch) -> str:
    """The line about a topic that is watched from now on."""
    return wrap(f"Watching topic {_described(watch)}.")


def watch_list(kept: Sequence[Watch]) -> str:
    """The watched topics, one a line."""
    lines = (f"{_described(each)}{', paused' if each.paused else ''}" for each in kept)
    return "\n".join(map(wrap, lines)) if kept else "No topic is watched: `briefing watch add TOPIC` begins."


def watch_news(watched: int, found: Sequence[WatchNews], bases: Bases, style: Style = PLAIN) -> str:
    """The news of the watched topics, with the earlier quote, the new one, and their sources."""
    if not found:
        return f"No news on {many(watched, 'watched topic')}."
    return "\n\n".join("\n".join(_told(each, bases, style)) for each in found)


def _told(each: WatchNews, bases: Bases, style: Style) -> Iterator[str]:
    yield style.strong(wrap(f"{visible(each.topic)}: {wording.NEWS[each.kind]}"))
    if each.was:
        yield wrap(f"before, {_quoted(each.was)}", hanging=2)
    yield wrap(f"now, {_quoted(each.statement)}", hanging=2)
    if each.conflict:
        yield wrap(wording.disagreement(each.conflict), hanging=2)
    yield from (source(quote, bases, style=style) for quote in each.citations)


def _quoted(statement: BriefStatement) -> str:
    marks = " ".join(f"[{number}]" for number in statement.citations)
    return f"{wording.day(statement.published or None)}: {wording.in_quotes(statement.text)} {marks}"


def _described(watch: Watch) -> str:
    return f"{watch.id}: {visible(watch.topic)} ({watch.only})"


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
    passages = many(report.passages, "passage")
    head = f"{counts}: {articles(report.articles)}, {passages} ({report.seconds:.1f} s)"
    return "\n".join([head, *_came(report)])


def _came(report: IngestReport | PollReport) -> Iterator[str]:
    """The copies among what came in, and what was skipped, one a line."""
    yield from (f"  {visible(each.file)}: a {each.kind} of {visible(each.of)}" for each in report.duplicates)
    yield from (f"  skipped {visible(each.file)}: {visible(each.reason)}" for each in report.skipped)


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
    return f"{many(count, 'article')} removed"


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
    return "\n".join([f"{wording.day(judged.given)} {verdict}{reason}", wrap(judged.question), wrap(judged.answer)])


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
    lines = [f"{many(came.added, 'feed')} added, {came.known} already known{left}"]
    lines += [f"  left out {visible(each.url)}: {visible(each.reason)}" for each in came.left_out]
    return "\n".join(lines)


def polled(report: PollReport) -> str:
    """The report of a poll."""
    states = f"{report.read} read, {report.unchanged} unchanged, {len(report.failing)} failing"
    stored = f"{articles(report.added)} added, {report.updated} updated ({report.seconds:.1f} s)"
    failing = (f"  failing {visible(each.title)}: {visible(each.reason)}" for each in report.failing)
    return "\n".join([f"{many(report.polled, 'feed')} polled: {states}; {stored}", *failing, *_came(report)])


def _moment(written: str) -> str:
    return f"{wording.day(written)} {written[11:16]} UTC"


def stats(days: Sequence[DayOfUsage]) -> str:
    """The usage of language models, one line for a day and model."""
    return "\n".join(map(_usage, days)) or "No language model has been asked yet."


def _usage(day: DayOfUsage) -> str:
    calls = many(day.calls, "call")
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
