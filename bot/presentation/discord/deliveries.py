"""Schedules, watches and the news of watches, for Discord."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.discord.delivery.channel_watches import ChannelWatch, QuietHours
from bot.discord.delivery.schedules import Schedule
from bot.discord.delivery.timetable import due_between
from bot.presentation.discord.answers import Link, source
from bot.presentation.discord.layouts import Block, Page, Text, Tone, paged
from bot.presentation.discord.markdown import clean_line, code, escape, quoted, shorten, small
from bot.presentation.wording import NEWS, in_quotes
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.answers import Conflict
from retrieval.domain.reports import NewsKind, WatchedFor, WatchNews
from retrieval.nlp.markup import readable

TOPIC = 100  # characters of a topic as it is shown
_SIGNS: Mapping[NewsKind, str] = {"changed": "🔄", "disagreement": "⚖️", "new": "🆕"}
_WANTED: Mapping[WatchedFor, str] = {
    "changes": phrase("only changes"),
    "disagreements": phrase("only disagreements"),
    "anything": phrase("anything new"),
}
# The longest quotes, ever shorter until all news fit in one message.
_QUOTES = (400, 250, 120)
# Citations of a side of a disagreement.
_CITED = 2
_GROUPS = {
    frozenset(range(7)): phrase("every day"),
    frozenset(range(5)): phrase("Monday to Friday"),
    frozenset({5, 6}): phrase("Saturday and Sunday"),
}
# Any timetable is due within this time.
_SOON = timedelta(days=9)


def pages(
    news: Sequence[WatchNews],
    link: Link,
    short: Link,
    room: int = 0,
    since: datetime | None = None,
    *,
    plain: bool = False,
    words: OwnWords = ENGLISH,
) -> list[Page]:
    """The news in one message, or more where even short quotes and `short` links do not fit.

    Every message leaves `room` characters free. `since` is the moment at which the oldest news came in, if they were
    held back.
    """
    told = list(_numbered(_latest(news)))
    disputed = any(each.kind == "disagreement" for each in told)
    found: list[Page] = []
    for longest in _QUOTES:
        found = paged(
            [tuple(_part(each, short if found else link, longest, words)) for each in told],
            Tone.DISPUTED if disputed else Tone.NEWS,
            opening="\n".join(_head(told, since, words)),
            room=room,
            plain=plain,
        )
        if len(found) == 1:
            break
    return found


def _latest(news: Sequence[WatchNews]) -> list[WatchNews]:
    """The news without evidence on which there is newer news of the topic."""
    last = {each.topic: at for at, each in enumerate(news)}
    return [each for at, each in enumerate(news) if each.kind != "new" or last[each.topic] == at]


def _head(news: Sequence[WatchNews], since: datetime | None, words: OwnWords) -> Iterator[str]:
    topics = len({each.topic for each in news})
    if topics > 1:
        title = words.many("News on {count} watched topic", "News on {count} watched topics", topics)
        yield f"## {title}"
    if since:
        yield small(words("Held back since {moment}.", moment=f"<t:{int(since.timestamp())}:f>"))


def _part(news: WatchNews, link: Link, longest: int, words: OwnWords) -> Iterator[Block]:
    """The news of a topic: both sides of a disagreement, the new quote and the one before it, with their sources."""
    sources = {each.number: each for each in news.citations}
    topic = escape(shorten(clean_line(news.topic), TOPIC))
    yield Text(f"### {_SIGNS[news.kind]} {topic}: {words(NEWS[news.kind])}")
    shown: set[int] = set()

    def cited(numbers: Iterable[int], dated: bool) -> Iterator[Block]:
        new = [each for each in dict.fromkeys(numbers) if each not in shown]
        shown.update(new)
        return (source(sources[each], link, words=words, dated=dated) for each in new)

    for side in news.conflict.sides if news.conflict else ():
        yield Text(_quote(side.said, longest))
        yield from cited(side.citations[:_CITED], dated=True)
    latest = words("Latest") if news.conflict else words("Now")
    for label, statement in ((latest, news.statement), (words("Before"), news.was)):
        # The latest may be a side that stands above.
        if statement and not shown.issuperset(statement.citations):
            first = sources[statement.citations[0]]
            who = [escape(shorten(clean_line(statement.actor), TOPIC))] if statement.actor else []
            lead = [f"**{label}**", words.day(first.published, first.published_estimated), *who]
            yield Text(f"{' · '.join(lead)}\n{_quote(statement.text, longest)}")
            yield from cited(statement.citations, dated=False)


def _quote(text: str, longest: int) -> str:
    return quoted(escape(in_quotes(shorten(clean_line(readable(text)), longest))))


def _numbered(news: Sequence[WatchNews]) -> Iterator[WatchNews]:
    """The news with numbers of citations that go on from one to the next."""
    before = 0
    for each in news:
        by = partial(_moved, by=before)
        sides = [replace(side, citations=by(side.citations)) for side in each.conflict.sides] if each.conflict else []
        yield replace(
            each,
            statement=replace(each.statement, citations=by(each.statement.citations)),
            was=each.was and replace(each.was, citations=by(each.was.citations)),
            conflict=Conflict(tuple(sides)) if sides else None,
            citations=tuple(replace(cited, number=cited.number + before) for cited in each.citations),
        )
        before += max((cited.number for cited in each.citations), default=0)


def _moved(numbers: Sequence[int], by: int) -> tuple[int, ...]:
    return tuple(each + by for each in numbers)


def watch_line(
    kept: ChannelWatch, digests: Collection[str] = (), reason: str | None = None, words: OwnWords = ENGLISH
) -> str:
    """A watch in one line; `digests` are the channels with a digest, `reason` says why the last notice failed."""
    watch = kept.watch
    rhythm = words.named("choice", kept.rhythm)
    if kept.rhythm == "with the digest" and kept.channel not in digests:
        rhythm = words("hourly, until a digest is scheduled there")
    parts = [f"**{watch.id}** · {escape(shorten(clean_line(watch.topic), TOPIC))}", f"<#{kept.channel}>"]
    parts += [words(_WANTED[watch.only]), rhythm]
    if watch.paused:
        parts.append(f"**{words('paused')}**")
    if reason:
        parts.append(words("could not be posted: {reason}", reason=words.said(reason)))
    return " · ".join(parts)


def hours(quiet: QuietHours, words: OwnWords = ENGLISH) -> str:
    """The quiet hours of a server and its bound, in a line of small print."""
    most = words.many("at most {count} notice a day", "at most {count} notices a day", quiet.most)
    if quiet.starts == quiet.ends:
        return small(words("No quiet hours, {most} ({zone}).", most=most, zone=escape(quiet.zone)))
    return small(
        words(
            "Quiet from {starts} to {ends} {zone}, {most}.",
            starts=quiet.starts,
            ends=quiet.ends,
            zone=escape(quiet.zone),
            most=most,
        )
    )


def schedule_line(schedule: Schedule, now: datetime, reason: str | None = None, words: OwnWords = ENGLISH) -> str:
    """A schedule in one line, with its next delivery; `reason` is its last error, if known."""
    parts = [f"**{schedule.id}** · <#{schedule.channel}>", escape(when(schedule, words))]
    if schedule.roundup:
        parts.append(words("roundup of the week"))
    if schedule.topic:
        parts.append(words("on {topic}", topic=escape(clean_line(schedule.topic))))
    if schedule.role:
        parts.append(words("mentions {role}", role=f"<@&{schedule.role}>"))
    if schedule.mail:
        parts.append(words("mail to {addresses}", addresses=", ".join(code(each) for each in schedule.mail)))
    if schedule.paused:
        parts.append(f"**{words('paused')}**")
    else:
        due = due_between(schedule.timetable, now, now + _SOON)[0]
        parts.append(words("next {moment}", moment=f"<t:{int(due.timestamp())}:F>"))
    if schedule.failures:
        parts.append(_failed(schedule, now, reason, words))
    return " · ".join(parts)


def when(schedule: Schedule, words: OwnWords = ENGLISH) -> str:
    """The time, zone and weekdays of a schedule."""
    timetable = schedule.timetable
    return f"{timetable.time} {timetable.zone}, {_days(timetable.weekdays, words)}"


def _days(weekdays: Collection[int], words: OwnWords) -> str:
    group = _GROUPS.get(frozenset(weekdays))
    return words(group) if group else ", ".join(words.weekdays()[day] for day in sorted(weekdays))


def _failed(schedule: Schedule, now: datetime, reason: str | None, words: OwnWords) -> str:
    said = words.many("failed {count} time in a row", "failed {count} times in a row", schedule.failures)
    said = words("failed once") if schedule.failures == 1 else said
    said += f": {words.said(reason)}" if reason else ""
    again = schedule.retry_at
    if again and again > now and not schedule.paused:
        said += f"; {words('next try {moment}', moment=f'<t:{int(again.timestamp())}:R>')}"
    return said
