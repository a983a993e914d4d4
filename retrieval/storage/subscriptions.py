"""Stores the feeds: when they are due, the outcome of their polls, and the entries already processed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, delete, func, or_, select, true, update

from retrieval.domain.phrase import Phrase, together
from retrieval.domain.reports import FailingFeed, Subscription
from retrieval.storage.catalog import Catalog
from retrieval.storage.engine import add_missing, put
from retrieval.storage.schema import articles, entries, feeds, written

# The longest wait after failures, and that after lasting ones (a feed that is gone) once they are no accident.
LONGEST = timedelta(days=1)
_LASTING = 3
# Entries that gave no article are forgotten so long after their feed had them last.
KEPT = timedelta(days=30)
# The first pause after a failure where feeds are polled without a fixed interval.
_USUAL = timedelta(minutes=30)
# A feed is due this much before its time, so that a cron job of the same pace finds it due.
_EARLY = timedelta(minutes=1)
# When a feed is read again whose articles could not be stored, because another process was storing.
_SOON = timedelta(minutes=1)
# How far a clock may go back without being wrong.
_SKEW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFeed:
    """A feed that is due since `next_at`; `etag` and `modified` are of its last response, if its entries are done."""

    id: int
    scope: str
    url: str
    title: str
    next_at: str
    etag: str | None
    modified: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryState:
    """The outcome of processing an entry; `mark` is a fingerprint of the entry's version.

    It is `done`, or will be tried again after `tries` failed attempts. `place` is the path of its article; `reason`
    says why there is none, or why its text is only that of the feed.
    """

    entry: str
    mark: str
    done: bool
    tries: int = 0
    place: str | None = None
    reason: str | None = None


_Kind = TypeVar("_Kind", DueFeed, EntryState, Subscription)


class Subscriptions:
    """The feeds and their entries, in the catalog's own file; `every` is the time between two polls of a feed."""

    def __init__(self, catalog: Catalog, every: timedelta) -> None:
        self._catalog = catalog
        self._every = every

    def add(self, found: Iterable[tuple[str, str]], scope: str, now: datetime, most: int | None = None) -> int:
        """Subscribe to feeds, (title, address) each; returns how many are new. They are due at once.

        An audience has at most `most` feeds; the rest is left out.
        """
        at = written(now)
        rows = [
            {"scope": scope, "url": url, "title": title, "added": at, "failures": 0, "next_at": at}
            for title, url in found
        ]
        with self._catalog.writing() as connection:
            count = select(func.count()).select_from(feeds).where(feeds.c.scope == scope)
            there = before = int(connection.execute(count).scalar_one())
            for row in rows:
                if most is not None and there >= most:
                    break
                there += add_missing(connection, feeds, [row])
            return there - before

    def of(self, scopes: Sequence[str] | None = None) -> list[Subscription]:
        """The feeds of these scopes, in the order they were added; None is all."""
        # Each article once: several entries may lead to it.
        count = select(func.count(entries.c.place.distinct())).join(articles, articles.c.path == entries.c.place)
        counted = count.where(entries.c.feed == feeds.c.id).scalar_subquery().label("articles")
        query = select(feeds, counted).where(_seen_by(scopes)).order_by(feeds.c.id)
        with self._catalog.reading() as connection:
            return [_of(Subscription, row) for row in connection.execute(query)]

    def troubles(self, scopes: Sequence[str] | None, now: datetime) -> tuple[int, tuple[FailingFeed, ...], int]:
        """The number of feeds of these scopes, those that failed at their last poll, and how many others have not
        been read for a day.
        """
        failing = select(feeds).where(_seen_by(scopes), feeds.c.failures > 0).order_by(feeds.c.id)
        unread = or_(feeds.c.worked.is_(None), feeds.c.worked < written(now - timedelta(days=1)))
        count = select(func.count()).select_from(feeds).where(_seen_by(scopes))
        with self._catalog.reading() as connection:
            found = tuple(FailingFeed(row.title, row.url, row.reason or "") for row in connection.execute(failing))
            waiting = connection.execute(count.where(feeds.c.failures == 0, unread)).scalar_one()
            return int(connection.execute(count).scalar_one()), found, int(waiting)

    def due(self, now: datetime | None) -> list[DueFeed]:
        """The feeds due now, the longest due first, shared ones before others; all feeds where `now` is None."""
        query = select(feeds).order_by(feeds.c.next_at, feeds.c.scope, feeds.c.id)
        if now is not None:
            query = query.where(feeds.c.next_at <= written(now))
        with self._catalog.reading() as connection:
            return [_of(DueFeed, row) for row in connection.execute(query)]

    @contextmanager
    def polling(self, due: DueFeed) -> Iterator[bool]:
        """Poll a feed meanwhile; the value is False where another process does, or has since it was read as due."""
        same = feeds.c.id == due.id, feeds.c.next_at == due.next_at
        with self._catalog.claims.taking(f"feed {due.id}") as taken:
            with self._catalog.reading() as connection:
                still = taken and connection.execute(select(feeds.c.id).where(*same)).scalar() is not None
            yield still

    def correct(self, now: datetime) -> int:
        """Make feeds due that wait longer than any does, because a clock that was ahead stored when they are due.
        Returns their number.
        """
        latest, at = written(now + max(LONGEST, self._every) + _SKEW), written(now)
        wrong = feeds.c.next_at > latest
        with self._catalog.reading() as connection:
            if connection.execute(select(feeds.c.id).where(wrong).limit(1)).first() is None:
                return 0
        with self._catalog.writing() as connection:
            seen = entries.c.seen > at, entries.c.feed.in_(select(feeds.c.id).where(wrong))
            connection.execute(update(entries).where(*seen).values(seen=at))
            return int(connection.execute(update(feeds).where(wrong).values(next_at=at, polled=None)).rowcount)

    def remove(self, id_: int) -> bool:
        """Forget a feed and its entries, not its articles; whether there was such a feed."""
        with self._catalog.writing() as connection:
            return bool(connection.execute(delete(feeds).where(feeds.c.id == id_)).rowcount)

    def looked(self, id_: int) -> Mapping[str, EntryState]:
        """The states of a feed's entries, by entry."""
        query = select(entries).where(entries.c.feed == id_)
        with self._catalog.reading() as connection:
            return {row.entry: _of(EntryState, row) for row in connection.execute(query)}

    def read(
        self,
        feed: DueFeed,
        looked: Sequence[EntryState],
        now: datetime,
        updated: str | None = None,
        wait: timedelta = timedelta(0),
        gone: Collection[str] = (),
        soon: bool = False,
    ) -> None:
        """Note that a feed was read and what came of the entries it has now; it is due again after `wait` or later, or
        `soon`. `feed` has the title, address, `etag` and `modified` that shall be kept; `gone` entries are forgotten.
        """
        at = written(now)
        names = [each.name for each in fields(EntryState)]
        rows = [{name: getattr(each, name) for name in names} | {"feed": feed.id, "seen": at} for each in looked]
        with self._catalog.writing() as connection:
            if connection.execute(select(feeds.c.id).where(feeds.c.id == feed.id)).one_or_none() is None:
                return  # unsubscribed meanwhile
            if rows:
                put(connection, entries, rows)
            _forget(connection, feed.id, now, gone)
            kept: dict[str, Any] = {
                "title": feed.title,
                "updated": updated,
                "etag": feed.etag,
                "modified": feed.modified,
            }
            there = select(feeds.c.id).where(feeds.c.scope == feed.scope, feeds.c.url == feed.url)
            if connection.execute(there).first() is None:
                kept["url"] = feed.url  # the feed has moved, and its new address has no subscription yet
            kept |= {"next_at": written(now + _SOON)} if soon else {}
            self._went_well(connection, feed.id, now, wait, kept)

    def unchanged(self, id_: int, now: datetime) -> None:
        """Note that a feed has not changed since it was last read."""
        with self._catalog.writing() as connection:
            self._went_well(connection, id_, now, timedelta(0), {})

    def _went_well(
        self, connection: Connection, id_: int, now: datetime, wait: timedelta, kept: dict[str, Any]
    ) -> None:
        at = written(now)
        next_at = written(now + max(self._every - min(_EARLY, self._every / 10), min(wait, LONGEST)))
        well = {"polled": at, "worked": at, "failures": 0, "next_at": next_at, "reason": lacking_line(connection, id_)}
        connection.execute(update(feeds).where(feeds.c.id == id_).values(well | kept))

    def failed(
        self, id_: int, now: datetime, reason: str, lasting: bool = False, wait: timedelta = timedelta(0)
    ) -> None:
        """Note that a feed could not be read. The pause doubles with every failure; after a few `lasting` failures
        it is a day.

        `wait` is the pause that its server asks for.
        """
        which = feeds.c.id == id_
        with self._catalog.writing() as connection:
            before = connection.execute(select(feeds.c.failures).where(which)).scalar()
            if before is None:
                return
            longest = max(LONGEST, self._every)
            pause = min((self._every or _USUAL) * 2 ** min(before, 20), longest)
            if lasting and before + 1 >= _LASTING:
                pause = longest
            next_at = written(now + max(pause, min(wait, LONGEST)))
            noted = {"polled": written(now), "failures": before + 1, "reason": reason, "next_at": next_at}
            connection.execute(update(feeds).where(which).values(noted))


def _forget(connection: Connection, id_: int, now: datetime, gone: Collection[str]) -> None:
    """Delete entries that left the feed long ago and have no stored article, and entries that another one has
    replaced.
    """
    own, is_left = entries.c.feed == id_, entries.c.seen < written(now)
    kept = select(articles.c.id).where(articles.c.path == entries.c.place).exists()
    connection.execute(delete(entries).where(own, entries.c.seen < written(now - KEPT), ~kept))
    others = entries.alias()
    now_there = select(others.c.place).where(others.c.feed == id_, others.c.seen == written(now))
    renamed = entries.c.entry.in_(gone) | (is_left & entries.c.place.in_(now_there))
    connection.execute(delete(entries).where(own, renamed))


def _seen_by(scopes: Sequence[str] | None) -> ColumnElement[bool]:
    return true() if scopes is None else feeds.c.scope.in_(scopes)


def _of(kind: type[_Kind], row: Row[Any]) -> _Kind:
    return kind(**{each.name: getattr(row, each.name) for each in fields(kind)})


# What came of the entries of a feed, where some gave no article of their own: of one entry, and of several.
_UNFETCHED = (
    Phrase("{lacking} of {count} article could not be fetched: {reason}"),
    Phrase("{lacking} of {count} articles could not be fetched: {reason}"),
)
_OWN_TEXT = (
    Phrase("{lacking} of {count} article from the feed's own text: {reason}"),
    Phrase("{lacking} of {count} articles from the feed's own text: {reason}"),
)


def lacking_line(connection: Connection, id_: int) -> str | None:
    """One line on the entries of the feed's last reading that gave no article."""
    own = entries.c.feed == id_
    last = connection.execute(select(func.max(entries.c.seen)).where(own)).scalar()
    now_there = own & (entries.c.seen == last)
    count = connection.execute(select(func.count()).select_from(entries).where(now_there)).scalar_one()
    vain = now_there & entries.c.reason.is_not(None)
    told = [
        said.filled(lacking=lacking, count=int(count), reason=reason)
        for which, said in (
            (entries.c.place.is_(None), _UNFETCHED[count > 1]),
            (entries.c.place.is_not(None), _OWN_TEXT[count > 1]),
        )
        for lacking, reason in _reasons(connection, vain & which)
    ]
    return together(told, "; ")


def _reasons(connection: Connection, which: ColumnElement[bool]) -> Iterator[tuple[int, str]]:
    """The number of these entries and their most frequent reason; nothing where there are none."""
    by_reason = select(entries.c.reason, func.count()).where(which).group_by(entries.c.reason)
    reasons = connection.execute(by_reason.order_by(func.count().desc(), entries.c.reason)).all()
    if reasons:
        first = reasons[0][0]
        yield (
            sum(row[1] for row in reasons),
            Phrase("{reason} and other reasons", reason=first) if reasons[1:] else first,
        )
