"""The mails of scheduled digests: stored with the pages of a delivery, and sent until the mail server takes them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, delete, insert, select, update

from bot.mail import Mail, Mailer, MailError
from bot.observing import EndedDelivery
from retrieval import observing
from retrieval.domain.phrase import Phrase
from retrieval.storage.catalog import Catalog
from retrieval.storage.deliveries import mails, schedules
from retrieval.storage.schema import written

_log = logging.getLogger(__name__)

# The shortest and the longest pause between two tries; a mail that waits longer than MAX_AGE is given up.
SHORTEST, LONGEST, MAX_AGE = timedelta(minutes=1), timedelta(hours=1), timedelta(hours=12)

_UNSENT = Phrase("I could not mail the digest of schedule {schedule}: {reason}.")


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail of a schedule that waits since the moment `at`."""

    id: int
    schedule: int
    mail: Mail
    at: datetime


def store_mails(connection: Connection, schedule: int, sent: Sequence[Mail], at: datetime) -> None:
    """Store mails to be sent."""
    rows = [
        {"schedule": schedule, "address": each.address, "content": each.content, "at": written(at)} for each in sent
    ]
    if rows:
        connection.execute(insert(mails), rows)


class Outbox:
    """The mails that wait, in the catalog's file. Without a mailer they wait until they are too old."""

    def __init__(self, catalog: Catalog, mailer: Mailer | None, clock: Callable[[], datetime]) -> None:
        self._catalog = catalog
        self._mailer = mailer
        self._clock = clock
        self._busy: asyncio.Task[None] | None = None
        self._stopped = False

    def round(self) -> asyncio.Task[None]:
        """Begin to send what waits, unless that is under way; the task ends when all of it was tried."""
        if self._busy is None or self._busy.done():
            self._busy = asyncio.create_task(self._send_all())
        return self._busy

    async def finish(self, seconds: float | None = None) -> None:
        """Begin no other mail, and wait at most this many seconds for this one; the next start sends the rest."""
        self._stopped = True
        if self._busy and not self._busy.done():
            await asyncio.wait({self._busy}, timeout=seconds)
            self._busy.cancel()

    async def _send_all(self) -> None:
        try:
            for stored in await asyncio.to_thread(self._waiting):
                if not self._stopped:
                    await asyncio.to_thread(self._send, stored)
        except Exception:
            _log.exception("the mails of digests could not be read or stored")

    def _waiting(self) -> list[StoredMail]:
        now = written(self._clock())
        due = mails.c.retry_at.is_(None) | (mails.c.retry_at <= now)
        with self._catalog.reading() as connection:
            rows = connection.execute(select(mails).where(due).order_by(mails.c.id)).all()
        return [
            StoredMail(row.id, row.schedule, Mail(row.address, row.content), datetime.fromisoformat(row.at))
            for row in rows
        ]

    def _send(self, stored: StoredMail) -> None:
        """Send a mail and forget it, unless another process does.

        After an end in between it is sent again, under the same Message-ID.
        """
        with self._catalog.claims.taking(f"mail {stored.id}") as taken:
            if taken and self._is_there(stored):
                self._deliver(stored)

    def _is_there(self, stored: StoredMail) -> bool:
        """False where another process has sent a mail since it was read here."""
        with self._catalog.reading() as connection:
            return connection.execute(select(mails.c.id).where(mails.c.id == stored.id)).scalar() is not None

    def _deliver(self, stored: StoredMail) -> None:
        refused = False
        why: str = Phrase("BRIEFING_SMTP_URL or BRIEFING_MAIL_FROM is not set")
        if self._mailer:
            try:
                with observing.step("mail"):
                    self._mailer.send(stored.mail)
            except MailError as error:
                refused, why = error.refused, error.line
            else:
                self._forget(stored)
                self._tell(stored, "delivered")
                return
        now = self._clock()
        _log.warning("the mail of schedule %d to %s was not sent: %s", stored.schedule, stored.mail.address, why)
        if refused or now - stored.at > MAX_AGE:
            self._forget(stored, _UNSENT.filled(schedule=stored.schedule, reason=why))
            self._tell(stored, "given_up")
        else:
            # As long again as it has waited.
            self._postpone(stored, now + min(max(now - stored.at, SHORTEST), LONGEST))

    def _tell(self, stored: StoredMail, state: Literal["delivered", "given_up"]) -> None:
        waited = (self._clock() - stored.at).total_seconds()
        observing.tell(EndedDelivery("mail", state, waited))

    def _forget(self, stored: StoredMail, warning: str = "") -> None:
        """Remove a mail; the creator of its schedule gets the warning, which does not stop the schedule."""
        with self._catalog.writing() as connection:
            connection.execute(delete(mails).where(mails.c.id == stored.id))
            if warning:
                theirs = update(schedules).where(schedules.c.id == stored.schedule, schedules.c.warning.is_(None))
                connection.execute(theirs.values(warning=warning))

    def _postpone(self, stored: StoredMail, until: datetime) -> None:
        with self._catalog.writing() as connection:
            connection.execute(update(mails).where(mails.c.id == stored.id).values(retry_at=written(until)))
