"""The news of watches and the notices that tell them in channels, so that none is lost or told twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, delete, exists, func, insert, select, update

from bot.discord.delivery.attempts import CreatorWarning, note_failure, note_message
from bot.discord.delivery.channel_watches import STORED, hours_of
from bot.discord.delivery.schedules import KEPT
from bot.discord.delivery.timetable import Timetable, due_between
from bot.presentation.discord.layouts import Page, restored, stored
from retrieval.domain.reports import WatchNews, WatchState
from retrieval.storage.catalog import Catalog
from retrieval.storage.deliveries import keep_state, notices, schedules, watch_channels, watch_news, watches
from retrieval.storage.schema import written

# News that wait longer than this before they are told say so.
_AT_ONCE = timedelta(minutes=5)
_NEWS = TypeAdapter(WatchNews)
# The news of the watches that run, with the rhythm of their channel.
_TOLD = (
    select(watch_news, watch_channels.c.rhythm)
    .join(watches, watches.c.id == watch_news.c.watch)
    .join(watch_channels, watch_channels.c.watch == watches.c.id)
    .where(watches.c.paused.is_(False))
)

# Makes the pages of a notice for the server of a scope, from its news; the moment is that of the oldest news that were
# held back, if any were.
Compose = Callable[[str, Sequence[WatchNews], datetime | None], Sequence[Page]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchNotice:
    """Pages that tell news in a channel, made at the moment `at`.

    `messages` are the ids of the messages that show the first pages. Unless it is `fresh`, the page after them may be
    posted too.
    """

    id: int
    scope: str
    channel: str
    at: datetime
    pages: tuple[Page, ...]
    messages: tuple[str, ...]
    fresh: bool


class WatchNotices:
    """The news of watches and their notices, in the catalog's own file."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def keep(self, states: Mapping[int, WatchState], news: Mapping[int, WatchNews], now: datetime) -> None:
        """Keep what looks at watches saw, with their news, by the ids of the watches: all of it or nothing."""
        with self._catalog.writing() as connection:
            for id_, state in states.items():
                if keep_state(connection, id_, state) and id_ in news:
                    row = {"watch": id_, "at": written(now), "news": _NEWS.dump_python(news[id_], mode="json")}
                    connection.execute(insert(watch_news).values(row))

    def waiting(self, now: datetime) -> dict[str, str]:
        """The channels in which something may be to tell now, with their scopes."""
        pending = select(watch_channels.c.channel, watches.c.scope).where(
            watches.c.id == watch_channels.c.watch,
            watches.c.paused.is_(False),
            exists().where(watch_news.c.watch == watches.c.id, watch_news.c.notice.is_(None)),
        )
        ready = notices.c.retry_at.is_(None) | (notices.c.retry_at <= written(now))
        claimed = select(notices.c.channel, notices.c.scope).where(notices.c.state == "claimed", ready)
        with self._catalog.reading() as connection:
            return {row.channel: row.scope for row in connection.execute(pending.union(claimed))}

    def claim(self, scope: str, channel: str, now: datetime, compose: Compose) -> WatchNotice | None:
        """The notice that is to be posted in a channel, from the news that are due; None if nothing is.

        A notice that was made before comes first. What is held back comes together.
        """
        open_ = (notices.c.scope == scope) & (notices.c.channel == channel) & (notices.c.state == "claimed")
        with self._catalog.writing() as connection:
            left = exists().where(watch_news.c.notice == notices.c.id)
            connection.execute(update(notices).where(open_, ~left).values(state="given_up", pages=None))
            running = select(_TOLD.subquery().c.notice)
            query = select(notices).where(open_, notices.c.id.in_(running)).order_by(notices.c.id).limit(1)
            if (row := connection.execute(query).one_or_none()) is not None:
                waits = row.retry_at and row.retry_at > written(now)
                quiet = row.counted and hours_of(connection, scope).cover(now)
                return None if waits or quiet else _notice(row, fresh=False)
            found, counted = _due(connection, scope, channel, now)
        if not found:
            return None
        # Outside of the transaction, which others wait for.
        delayed = [each.at for each in found if each.rhythm == "at once" and each.at < written(now - _AT_ONCE)]
        told = [_NEWS.validate_python(each.news) for each in found]
        pages = list(compose(scope, told, datetime.fromisoformat(delayed[0]) if delayed else None))
        return self._make(scope, channel, now, counted, pages, [each.id for each in found])

    def _make(
        self, scope: str, channel: str, now: datetime, counted: bool, pages: Sequence[Page], news: Sequence[int]
    ) -> WatchNotice | None:
        """Store the pages of a notice with these news; None if they changed meanwhile, and it is made anew."""
        row = {
            "scope": scope,
            "channel": channel,
            "at": written(now),
            "state": "claimed",
            "counted": counted,
            "pages": list(map(stored, pages)),
            "messages": [],
            "failures": 0,
            "refusals": 0,
        }
        with self._catalog.writing() as connection:
            if [each.id for each in _due(connection, scope, channel, now)[0]] != list(news):
                return None
            made = connection.execute(insert(notices).returning(notices), row).one()
            connection.execute(update(watch_news).where(watch_news.c.id.in_(news)).values(notice=made.id))
        return _notice(made, fresh=True)

    def record(self, notice: WatchNotice, number: int, message: str) -> None:
        """Note which message shows the page of this number, from 0."""
        with self._catalog.writing() as connection:
            note_message(connection, notices, notices.c.id == notice.id, number, message)

    def settle(self, notice: WatchNotice) -> None:
        """Note that a notice is posted: its news are never told again."""
        with self._catalog.writing() as connection:
            connection.execute(delete(watch_news).where(watch_news.c.notice == notice.id))
            done = {"state": "posted", "pages": None, "retry_at": None}
            connection.execute(update(notices).where(notices.c.id == notice.id).values(done))
            old = notices.c.scope == notice.scope, notices.c.at < written(notice.at - KEPT)
            connection.execute(delete(notices).where(*old, notices.c.state != "claimed"))

    def fail(self, id_: int, now: datetime, back_off: Sequence[timedelta], refused: bool) -> int:
        """Note a failure of a notice and its next try; return the number of refusals."""
        with self._catalog.writing() as connection:
            return note_failure(connection, notices, notices.c.id == id_, now, back_off, refused)

    def stop(self, notice: WatchNotice, warning: Callable[[Sequence[int]], str]) -> None:
        """Pause the watches of a channel that refuses, and store a warning about them for each of their creators."""
        mine = STORED.where(watches.c.scope == notice.scope, watch_channels.c.channel == notice.channel)
        theirs = defaultdict(list)
        with self._catalog.writing() as connection:
            for row in connection.execute(mine.where(watches.c.paused.is_(False)).order_by(watches.c.id)):
                theirs[row.creator].append(row.id)
            for ids in theirs.values():
                connection.execute(update(watches).where(watches.c.id.in_(ids)).values(paused=True))
                first = update(watch_channels).where(watch_channels.c.watch == ids[0])
                connection.execute(first.values(warning=warning(ids)))

    def warnings(self) -> list[CreatorWarning]:
        """The warnings that have not been sent."""
        told = select(watch_channels.c.watch, watch_channels.c.creator, watches.c.scope, watch_channels.c.warning)
        query = told.join(watches, watches.c.id == watch_channels.c.watch)
        query = query.where(watch_channels.c.warning.is_not(None), watch_channels.c.creator != "")
        with self._catalog.reading() as connection:
            return [CreatorWarning(*row) for row in connection.execute(query)]

    def warned(self, id_: int, line: str) -> None:
        """Note that the creator got this warning; one that came meanwhile is still to be sent."""
        sent = watch_channels.c.watch == id_, watch_channels.c.warning == line
        with self._catalog.writing() as connection:
            connection.execute(update(watch_channels).where(*sent).values(warning=None))


def _due(connection: Connection, scope: str, channel: str, now: datetime) -> tuple[list[Row[Any]], bool]:
    """The news of a channel that are to be told now, oldest first, and True if they count for the bound of the day."""
    pending = watch_news.c.notice.is_(None), watches.c.scope == scope, watch_channels.c.channel == channel
    found = connection.execute(_TOLD.where(*pending).order_by(watch_news.c.id)).all()
    digests = _digests(connection, channel)
    due, counted = [], False
    free = _is_free(connection, scope, now)
    for row in found:
        at = datetime.fromisoformat(row.at)
        if row.rhythm == "with the digest" and digests:
            is_due = any(due_between(each, at, now) for each in digests)
        else:
            # Without a digest, its news come hourly.
            is_due = free and (row.rhythm == "at once" or at < now.replace(minute=0, second=0, microsecond=0))
            counted |= is_due
        if is_due:
            due.append(row)
    return due, counted


def _digests(connection: Connection, channel: str) -> list[Timetable]:
    running = select(schedules).where(schedules.c.channel == channel, schedules.c.paused.is_(False))
    return [Timetable(row.time, row.zone, frozenset(row.weekdays)) for row in connection.execute(running)]


def _is_free(connection: Connection, scope: str, now: datetime) -> bool:
    """True outside of the quiet hours, if the bound of the day is not reached."""
    hours = hours_of(connection, scope)
    today = notices.c.scope == scope, notices.c.counted, notices.c.at >= written(hours.midnight(now))
    told = connection.execute(select(func.count()).select_from(notices).where(*today)).scalar_one()
    return not hours.cover(now) and told < hours.most


def _notice(row: Row[Any], fresh: bool) -> WatchNotice:
    return WatchNotice(
        id=row.id,
        scope=row.scope,
        channel=row.channel,
        at=datetime.fromisoformat(row.at),
        pages=tuple(map(restored, row.pages)),
        messages=tuple(row.messages),
        fresh=fresh,
    )
