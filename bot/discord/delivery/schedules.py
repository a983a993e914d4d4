"""The schedules and the state of their deliveries, so that no delivery is lost or made twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from bot.discord.delivery.attempts import CreatorWarning, Delivery, delivery_of, note_failure, note_message
from bot.discord.delivery.outbox import store_mails
from bot.discord.delivery.timetable import Timetable
from bot.mail import Mail
from bot.presentation.discord.digests import Menu
from bot.presentation.discord.layouts import Page, restored, stored
from retrieval.storage.catalog import Catalog
from retrieval.storage.deliveries import deliveries, schedules
from retrieval.storage.engine import add_missing
from retrieval.storage.schema import written
from retrieval.storage.servers import note_posted

# How long settled deliveries are kept.
KEPT = timedelta(days=100)
# How far a clock may go back without being wrong.
_SKEW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A digest that goes to a channel by a timetable, and to addresses by `mail`; a `roundup` is of the whole week.

    The deliveries due up to `since` are settled. `failures` counts the failures since it last worked, `reason` is that
    of the last one; it is not tried again before `retry_at`.
    """

    id: int
    scope: str
    channel: str
    timetable: Timetable
    topic: str | None
    role: str | None
    creator: str
    created: datetime
    paused: bool
    since: datetime
    failures: int
    retry_at: datetime | None
    roundup: bool = False
    mail: tuple[str, ...] = ()
    reason: str | None = None


class Schedules:
    """The schedules and their deliveries, in the catalog's own file."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def add(
        self,
        scope: str,
        channel: str,
        timetable: Timetable,
        creator: str,
        now: datetime,
        topic: str | None = None,
        role: str | None = None,
        *,
        roundup: bool = False,
        mail: Sequence[str] = (),
    ) -> Schedule:
        """Add a schedule whose deliveries begin after `now`."""
        row = {
            "scope": scope,
            "channel": channel,
            "time": timetable.time,
            "zone": timetable.zone,
            "weekdays": sorted(timetable.weekdays),
            "topic": topic,
            "role": role,
            "creator": creator,
            "created": written(now),
            "paused": False,
            "since": written(now),
            "failures": 0,
            "refusals": 0,
            "roundup": roundup,
            "mail": list(mail),
        }
        with self._catalog.writing() as connection:
            return _schedule(connection.execute(insert(schedules).values(row).returning(schedules)).one())

    def of(self, scope: str) -> list[Schedule]:
        """The schedules of a scope, in the order they were added."""
        return self._find(schedules.c.scope == scope)

    def correct(self, now: datetime) -> list[Schedule]:
        """Let schedules go on from `now` whose deliveries are settled up to a later moment: a clock was ahead.

        Returns them as they were. What was claimed for later moments is forgotten, so that it is delivered then.
        """
        ahead = self._find(schedules.c.since > written(now + _SKEW))
        for each in ahead:
            which = schedules.c.id == each.id
            later = deliveries.c.schedule == each.id, deliveries.c.due > written(now)
            with self._catalog.writing() as connection:
                connection.execute(update(schedules).where(which).values(since=written(now), retry_at=None))
                connection.execute(delete(deliveries).where(*later))
        return ahead

    def running(self) -> list[Schedule]:
        """The schedules of every scope that are not paused."""
        return self._find(schedules.c.paused.is_(False))

    def _find(self, which: ColumnElement[bool]) -> list[Schedule]:
        with self._catalog.reading() as connection:
            return [_schedule(row) for row in connection.execute(select(schedules).where(which).order_by("id"))]

    def pause(self, id_: int, scope: str) -> bool:
        """Pause a schedule; return False if there is no such schedule."""
        return self._pause(_named(id_, scope), {})

    def resume(self, id_: int, scope: str, now: datetime) -> bool:
        """Deliver again what is due after `now`; return False if there is no such schedule."""
        fresh: dict[str, Any] = {"paused": False, "since": written(now), "failures": 0, "refusals": 0}
        fresh |= {"retry_at": None, "warning": None, "reason": None}
        with self._catalog.writing() as connection:
            return bool(connection.execute(update(schedules).where(_named(id_, scope)).values(fresh)).rowcount)

    def remove(self, id_: int, scope: str) -> bool:
        """Remove a schedule and its deliveries; return False if there is no such schedule."""
        with self._catalog.writing() as connection:
            return bool(connection.execute(delete(schedules).where(_named(id_, scope))).rowcount)

    def stop(self, id_: int, warning: str) -> None:
        """Pause a schedule that does not work, and store the warning for its creator."""
        self._pause(schedules.c.id == id_, {"warning": warning})

    def _pause(self, which: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
        with self._catalog.writing() as connection:
            paused = connection.execute(update(schedules).where(which).values(paused=True, **values))
            stopped = deliveries.c.schedule.in_(select(schedules.c.id).where(which))
            dropped = {"state": "given_up", "pages": None}
            connection.execute(update(deliveries).where(stopped, deliveries.c.state == "claimed").values(dropped))
            return bool(paused.rowcount)

    def warnings(self) -> list[CreatorWarning]:
        """The warnings that have not been sent."""
        known = schedules.c.warning.is_not(None), schedules.c.creator != ""
        query = select(schedules.c.id, schedules.c.creator, schedules.c.scope, schedules.c.warning).where(*known)
        with self._catalog.reading() as connection:
            return [CreatorWarning(*row) for row in connection.execute(query)]

    def warned(self, id_: int, line: str) -> None:
        """Note that the creator got this warning; one that came meanwhile is still to be sent."""
        sent = schedules.c.id == id_, schedules.c.warning == line
        with self._catalog.writing() as connection:
            connection.execute(update(schedules).where(*sent).values(warning=None))

    def claim(self, id_: int, due: datetime, now: datetime) -> Delivery | None:
        """Claim a delivery, or return the one claimed before; None if it is no longer to be made."""
        row = {"schedule": id_, "due": written(due), "state": "claimed", "at": written(now), "messages": []}
        with self._catalog.writing() as connection:
            wanted = schedules.c.id == id_, schedules.c.paused.is_(False), schedules.c.since < written(due)
            if connection.execute(select(schedules.c.id).where(*wanted)).one_or_none() is None:
                return None
            add_missing(connection, deliveries, [row])
            open_ = _is(id_, due), deliveries.c.state == "claimed"
            kept = connection.execute(select(deliveries).where(*open_)).one_or_none()
        return delivery_of(kept) if kept else None

    def take(self, delivery: Delivery) -> bool:
        """Take it on to make the pages of a delivery; return False where another process does, or has."""
        claims, open_ = self._catalog.claims, _is(delivery.schedule, delivery.due) & (deliveries.c.state == "claimed")
        if not claims.take(_unit(delivery)):
            return False
        with self._catalog.reading() as connection:
            unmade = select(deliveries.c.due).where(open_, deliveries.c.pages.is_(None))
            if connection.execute(unmade).scalar() is not None:
                return True
        claims.drop(_unit(delivery))
        return False

    def leave(self, delivery: Delivery) -> None:
        """Leave the making of a delivery, done or not."""
        self._catalog.claims.drop(_unit(delivery))

    def keep(
        self,
        delivery: Delivery,
        pages: Sequence[Page],
        told: Sequence[str],
        mails: Sequence[Mail] = (),
        menu: Menu | None = None,
    ) -> tuple[Page, ...] | None:
        """Store the pages before they are posted, with the `mails` and the `menu`.

        Return the pages stored first, or None if nothing is to be posted. `told` are the keys of their articles.
        """
        which = _is(delivery.schedule, delivery.due) & (deliveries.c.state == "claimed")
        with self._catalog.writing() as connection:
            new = update(deliveries).where(which, deliveries.c.pages.is_(None))
            row = {"pages": list(map(stored, pages)), "told": list(told), "menu": asdict(menu) if menu else None}
            if connection.execute(new.values(row)).rowcount:
                store_mails(connection, delivery.schedule, mails, delivery.at)
            kept = connection.execute(select(deliveries.c.pages).where(which)).scalar()
        return None if kept is None else tuple(map(restored, kept))

    def record(self, delivery: Delivery, number: int, message: str) -> None:
        """Note which message shows the page of this number, from 0."""
        which = _is(delivery.schedule, delivery.due)
        with self._catalog.writing() as connection:
            note_message(connection, deliveries, which, number, message)

    def settle(self, delivery: Delivery, state: Literal["posted", "given_up"]) -> None:
        """Note the end of a delivery: it, and the ones due before it, are never made again.

        If it was posted, its articles count as received by the channel from the moment of the claim.
        """
        id_, due = delivery.schedule, delivery.due
        worked = {"failures": 0, "refusals": 0, "reason": None} if state == "posted" else {}
        with self._catalog.writing() as connection:
            if state == "posted":
                _tell(connection, delivery)
            connection.execute(
                update(deliveries).where(_is(id_, due)).values(state=state, pages=None, told=None, menu=None)
            )
            later = schedules.c.id == id_, schedules.c.since < written(due)
            done = update(schedules).where(*later).values(since=written(due), retry_at=None, **worked)
            connection.execute(done)
            _forget(connection, id_, due - KEPT)

    def fail(self, id_: int, now: datetime, back_off: Sequence[timedelta], refused: bool, reason: str = "") -> int:
        """Note a failure and the next try; return the number of refusals since the schedule last worked."""
        with self._catalog.writing() as connection:
            return note_failure(connection, schedules, schedules.c.id == id_, now, back_off, refused, reason=reason)


def _unit(delivery: Delivery) -> str:
    return f"digest {delivery.schedule} {written(delivery.due)}"


def _tell(connection: Connection, delivery: Delivery) -> None:
    theirs = schedules.c.id == deliveries.c.schedule
    of = select(schedules.c.scope, schedules.c.channel, deliveries.c.told).join(schedules, theirs)
    row = connection.execute(of.where(_is(delivery.schedule, delivery.due))).one_or_none()
    # A schedule that was removed meanwhile has no channel.
    if row is not None:
        note_posted(connection, row.scope, row.channel, row.told or (), delivery.at)


def _forget(connection: Connection, schedule: int, until: datetime) -> None:
    old = deliveries.c.schedule == schedule, deliveries.c.due < written(until), deliveries.c.state != "claimed"
    connection.execute(delete(deliveries).where(*old))


def _named(id_: int, scope: str) -> ColumnElement[bool]:
    return (schedules.c.id == id_) & (schedules.c.scope == scope)


def _is(schedule: int, due: datetime) -> ColumnElement[bool]:
    return (deliveries.c.schedule == schedule) & (deliveries.c.due == written(due))


def _schedule(row: Row[Any]) -> Schedule:
    return Schedule(
        id=row.id,
        scope=row.scope,
        channel=row.channel,
        timetable=Timetable(row.time, row.zone, frozenset(row.weekdays)),
        topic=row.topic,
        role=row.role,
        creator=row.creator,
        created=datetime.fromisoformat(row.created),
        paused=row.paused,
        since=datetime.fromisoformat(row.since),
        failures=row.failures,
        retry_at=datetime.fromisoformat(row.retry_at) if row.retry_at else None,
        roundup=row.roundup,
        mail=tuple(row.mail),
        reason=row.reason,
    )
