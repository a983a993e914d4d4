"""The watches of channels: what is told where, when, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import Row, Select, insert, select, update

from bot.discord.delivery.quiet_hours import QuietHours, hours_of, keep_hours
from retrieval.domain.reports import Watch, WatchedFor, WatchState
from retrieval.storage.catalog import Catalog
from retrieval.storage.deliveries import WatchList, insert_watch, notices, set_paused, watch_channels, watch_of, watches

Rhythm = Literal["at once", "hourly", "with the digest"]
RHYTHMS: tuple[Rhythm, ...] = get_args(Rhythm)

# The watches with their channels.
STORED = select(watches, watch_channels.c.channel, watch_channels.c.rhythm, watch_channels.c.creator).join(
    watch_channels, watch_channels.c.watch == watches.c.id
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelWatch:
    """A watch that is told about in a channel."""

    watch: Watch
    channel: str
    rhythm: Rhythm
    creator: str


class ChannelWatches:
    """The watches of channels and their notices, in the catalog's own file."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._kept = WatchList(catalog)

    def add(
        self,
        scope: str,
        topic: str,
        state: WatchState,
        only: WatchedFor,
        channel: str,
        rhythm: Rhythm,
        creator: str,
    ) -> ChannelWatch:
        """Watch a topic from this state on, for a channel."""
        with self._catalog.writing() as connection:
            watch = insert_watch(connection, scope, topic, only, state)
            row = {"watch": watch.id, "channel": channel, "rhythm": rhythm, "creator": creator}
            connection.execute(insert(watch_channels).values(row))
        return ChannelWatch(watch=watch, channel=channel, rhythm=rhythm, creator=creator)

    def of(self, scope: str) -> list[ChannelWatch]:
        """The watches of a scope, in the order they were added."""
        return self._find(STORED.where(watches.c.scope == scope))

    def running(self) -> list[ChannelWatch]:
        """The watches of every scope that are not paused."""
        return self._find(STORED.where(watches.c.paused.is_(False)))

    def _find(self, query: Select[Any]) -> list[ChannelWatch]:
        with self._catalog.reading() as connection:
            return [_channel_watch(row) for row in connection.execute(query.order_by(watches.c.id))]

    def pause(self, id_: int, scope: str) -> bool:
        """Pause a watch; return False if there is no such watch. News that are not told yet wait."""
        return self._kept.pause(id_, scope, True)

    def resume(self, id_: int, scope: str) -> bool:
        """Tell a watch's news again, those of the pause too; return False if there is no such watch."""
        with self._catalog.writing() as connection:
            theirs = watch_channels.c.watch == id_
            channel = select(watch_channels.c.channel).where(theirs).scalar_subquery()
            if not set_paused(connection, id_, scope, False):
                return False
            connection.execute(update(watch_channels).where(theirs).values(warning=None))
            open_ = update(notices).where(notices.c.channel == channel, notices.c.state == "claimed")
            connection.execute(open_.values(failures=0, refusals=0, retry_at=None))
            return True

    def remove(self, id_: int, scope: str) -> bool:
        """Remove a watch and its news; return False if there is no such watch."""
        return self._kept.remove(id_, scope)

    def hours(self, scope: str) -> QuietHours:
        """The quiet hours of a server."""
        with self._catalog.reading() as connection:
            return hours_of(connection, scope)

    def set_hours(self, scope: str, hours: QuietHours) -> None:
        """Set the quiet hours of a server."""
        with self._catalog.writing() as connection:
            keep_hours(connection, scope, hours)


def _channel_watch(row: Row[Any]) -> ChannelWatch:
    return ChannelWatch(watch=watch_of(row), channel=row.channel, rhythm=row.rhythm, creator=row.creator)
