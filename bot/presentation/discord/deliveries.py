"""Schedules, watches and the news of watches, for Discord."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.discord.delivery.channel_watches import ChannelWatch
from bot.discord.delivery.quiet_hours import QuietHours
from bot.discord.delivery.schedules import Schedule
from bot.discord.delivery.timetable import due_between
from bot.presentation.discord.citations import Link, number, source
from bot.presentation.discord.markdown import clean_line, code, escape, length, small
from bot.presentation.message_splitting import LIMIT, shorten, split
from bot.presentation.wording import NEWS, day, disagreement
from retrieval.domain.answers import Conflict
from retrieval.domain.briefs import BriefStatement
from retrieval.domain.citations import Citation
from retrieval.domain.watches import NewsKind, WatchedFor, WatchNews

TOPIC = 100  # characters of a topic as it is shown
_SIGNS: Mapping[NewsKind, str] = {"changed": "🔄", "disagreement": "⚖️", "new": "🆕"}
_WANTED: Mapping[WatchedFor, str] = {
    "changes": "only changes",
    "disagreements": "only disagreements",
    "anything": "anything new",
}
# The longest quotes, ever shorter until all news fit in one message.
_QUOTES = (400, 250, 120)
_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_GROUPS = {frozenset(range(7)): "every day", frozenset(range(5)): "Mon to Fri", frozenset({5, 6}): "Sat and Sun"}
# Any timetable is due within this time.
_SOON = timedelta(days=9)
# Citations of a side of a disagreement.
_CITED = 2


def pages(
    news: Sequence[WatchNews], link: Link, short: Link, room: int = 0, since: datetime | None = None
) -> list[str]:
    """The news in one message, or more where even short quotes and `short` links do not fit.

    Every message leaves `room` characters free. `since` is the moment at which the oldest news came in, if they were
    held back.
    """
    told = _latest(news)
    head = "\n".join(_head(told, since))
    limit = LIMIT - room
    found: list[str] = []
    for longest in _QUOTES:
        blocks = ["\n".join(_block(each, short if found else link, longest)) for each in told]
        found = _filled([head, *(part for block in blocks for part in split(block, limit))], limit)
        if len(found) == 1:
            break
    return found


def _latest(news: Sequence[WatchNews]) -> list[WatchNews]:
    """The news without evidence on which there is newer news of the topic."""
    last = {each.topic: at for at, each in enumerate(news)}
    return [each for at, each in enumerate(news) if each.kind != "new" or last[each.topic] == at]


def _head(news: Sequence[WatchNews], since: datetime | None) -> Iterator[str]:
    topics = len({each.topic for each in news})
    if topics > 1:
        yield f"**News on {topics} watched topics**"
    if since:
        yield small(f"Held back since <t:{int(since.timestamp())}:f>.")


def _filled(parts: Sequence[str], limit: int) -> list[str]:
    """The parts in as few messages as hold them whole."""
    found = [""]
    for part in filter(None, parts):
        if found[-1] and length(found[-1]) + 2 + length(part) > limit:
            found.append("")
        found[-1] += f"\n\n{part}" if found[-1] else part
    return found


def _block(news: WatchNews, link: Link, longest: int) -> Iterator[str]:
    sources = {each.number: each for each in news.citations}
    mark = partial(_mark, sources=sources, link=link)
    topic = escape(shorten(clean_line(news.topic), TOPIC))
    yield f"{_SIGNS[news.kind]} **{topic}**: {NEWS[news.kind]}"
    cited: list[int] = []
    if news.conflict:
        conflict = _brief(news.conflict, longest)
        yield disagreement(conflict, lambda text: escape(clean_line(text)), mark)
        cited += [each for side in conflict.sides for each in side.citations]
    for label, statement in (("latest" if news.conflict else "now", news.statement), ("was", news.was)):
        if statement:
            said = _said(statement, sources[statement.citations[0]], longest)
            yield f"{label}: {said} {' '.join(map(mark, statement.citations))}"
            cited += statement.citations
    yield from (source(sources[each], link).text for each in dict.fromkeys(cited))


def _mark(numbered: int, sources: Mapping[int, Citation], link: Link) -> str:
    return number(sources[numbered], link)


def _said(statement: BriefStatement, cited: Citation, longest: int) -> str:
    who = f", {escape(shorten(clean_line(statement.actor), TOPIC))}" if statement.actor else ""
    when = day(cited.published, cited.published_estimated)
    return f"{when}{who}: “{escape(shorten(clean_line(statement.text), longest))}”"


def _brief(conflict: Conflict, longest: int) -> Conflict:
    sides = (
        replace(side, said=shorten(side.said, longest), citations=side.citations[:_CITED]) for side in conflict.sides
    )
    return Conflict(tuple(sides))


def watch_line(kept: ChannelWatch, digests: Collection[str] = (), reason: str | None = None) -> str:
    """A watch in one line; `digests` are the channels with a digest, `reason` says why the last notice failed."""
    watch = kept.watch
    rhythm: str = kept.rhythm
    if rhythm == "with the digest" and kept.channel not in digests:
        rhythm = "hourly, until a digest is scheduled there"
    parts = [f"**{watch.id}** · {escape(shorten(clean_line(watch.topic), TOPIC))}", f"<#{kept.channel}>"]
    parts += [_WANTED[watch.only], rhythm]
    if watch.paused:
        parts.append("**paused**")
    if reason:
        parts.append(f"could not be told: {reason}")
    return " · ".join(parts)


def hours(quiet: QuietHours) -> str:
    """The quiet hours of a server and its bound, in a line of small print."""
    most = f"at most {quiet.most} notice{'' if quiet.most == 1 else 's'} a day"
    if quiet.starts == quiet.ends:
        return small(f"No quiet hours, {most} ({escape(quiet.zone)}).")
    return small(f"Quiet from {quiet.starts} to {quiet.ends} {escape(quiet.zone)}, {most}.")


def schedule_line(schedule: Schedule, now: datetime, reason: str | None = None) -> str:
    """A schedule in one line, with its next delivery; `reason` is its last error, if known."""
    parts = [f"**{schedule.id}** · <#{schedule.channel}>", escape(when(schedule))]
    if schedule.roundup:
        parts.append("roundup of the week")
    if schedule.topic:
        parts.append(f"on {escape(clean_line(schedule.topic))}")
    if schedule.role:
        parts.append(f"mentions <@&{schedule.role}>")
    if schedule.mail:
        parts.append(f"mail to {', '.join(code(each) for each in schedule.mail)}")
    if schedule.paused:
        parts.append("**paused**")
    else:
        parts.append(f"next <t:{int(_due_next(schedule, now).timestamp())}:F>")
    if schedule.failures:
        parts.append(_failed(schedule, now, reason))
    return " · ".join(parts)


def when(schedule: Schedule) -> str:
    """The time, zone and weekdays of a schedule."""
    timetable = schedule.timetable
    return f"{timetable.time} {timetable.zone}, {_days(timetable.weekdays)}"


def _due_next(schedule: Schedule, now: datetime) -> datetime:
    return due_between(schedule.timetable, now, now + _SOON)[0]


def _days(weekdays: Collection[int]) -> str:
    return _GROUPS.get(frozenset(weekdays)) or ", ".join(_NAMES[day] for day in sorted(weekdays))


def _failed(schedule: Schedule, now: datetime, reason: str | None) -> str:
    many = "once" if schedule.failures == 1 else f"{schedule.failures} times in a row"
    why = f": {reason}" if reason else ""
    again = schedule.retry_at
    later = f"; next try <t:{int(again.timestamp())}:R>" if again and again > now and not schedule.paused else ""
    return f"failed {many}{why}{later}"
