"""Attempts to deliver: what they go through, how posted pages are found again, failures counted, creators warned."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, Table, select, update

from bot.presentation.discord.digests import Menu
from bot.presentation.discord.layouts import Page, footed, restored
from bot.presentation.discord.markdown import small
from bot.presentation.words import ENGLISH, OwnWords
from retrieval.domain.phrase import Phrase
from retrieval.errors import BriefingError
from retrieval.storage.schema import written


@dataclass(frozen=True, slots=True)
class Guilds:
    """The servers as deliveries see them: those that the bot `serves` and this process `owns`, and their `words`."""

    serves: Callable[[int], bool] = lambda _guild: True
    owns: Callable[[int], bool] = lambda _guild: True
    words: Callable[[int], OwnWords] = lambda _guild: ENGLISH


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery, claimed at the moment `at`. Nothing of it is posted before it has `pages`.

    `messages` are the ids of the messages that show the first pages. The page after them may be posted too. `told` are
    the keys of the articles in the pages; the `menu` stands under the last of them.
    """

    schedule: int
    due: datetime
    at: datetime
    pages: tuple[Page, ...] | None
    messages: tuple[str, ...]
    told: tuple[str, ...] = ()
    menu: Menu | None = None


def delivery_of(row: Row[Any]) -> Delivery:
    """The delivery of a row with the columns of its table."""
    return Delivery(
        schedule=row.schedule,
        due=datetime.fromisoformat(row.due),
        at=datetime.fromisoformat(row.at),
        pages=None if row.pages is None else tuple(map(restored, row.pages)),
        messages=tuple(row.messages),
        told=tuple(row.told or ()),
        menu=Menu(row.menu["topic"], tuple(map(tuple, row.menu["choices"]))) if row.menu else None,
    )


def note_message(connection: Connection, table: Table, which: ColumnElement[bool], number: int, message: str) -> None:
    """Note which message shows the page of this number, from 0."""
    shown = connection.execute(select(table.c.messages).where(which)).scalar()
    if shown is not None and len(shown) == number:
        connection.execute(update(table).where(which).values(messages=[*shown, message]))


def note_failure(
    connection: Connection,
    table: Table,
    which: ColumnElement[bool],
    now: datetime,
    back_off: Sequence[timedelta],
    refused: bool,
    **more: str,
) -> int:
    """Note a failure, the next try and `more` columns; return the number of refusals since it last worked, 0 where it
    is gone.
    """
    row = connection.execute(select(table.c.failures, table.c.refusals).where(which)).one_or_none()
    if row is None:
        return 0
    retry_at = written(now + back_off[min(row.failures, len(back_off) - 1)])
    counted = {"failures": row.failures + 1, "refusals": row.refusals + refused, "retry_at": retry_at}
    connection.execute(update(table).where(which).values(**counted, **more))
    return int(counted["refusals"])


@dataclass(frozen=True, slots=True)
class CreatorWarning:
    """The line for the creator of a schedule or a watch of this server, which was stopped."""

    id: int
    creator: str
    scope: str
    line: str


# Characters that a page leaves free for its mark, the line about a late digest, and a role.
ROOM = 200
_NOTICE = "notice "
GONE = Phrase("I no longer work on that server")


class RefusedError(BriefingError):
    """A channel or person does not accept messages; the message is the reason, in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """Pages on their way to a channel, claimed at the moment `at`; the first `posted` of them are recorded.

    `begun`: an earlier try may have posted the next one. `mark` and `record` take the number of a page from 0; the
    first page comes under `head` and mentions the `role`, the last stands above the `menu`.
    """

    channel: str
    pages: Sequence[Page]
    posted: int
    at: datetime
    begun: bool
    mark: Callable[[int], str]
    record: Callable[[int, str], None]
    head: str = ""
    role: str | None = None
    menu: Menu | None = None


class Poster(Protocol):
    """The place where deliveries go. Calls raise `RefusedError`, or another error if trying again may help."""

    async def send(self, channel: str, page: Page, mark: str, role: str | None, menu: Menu | None = None) -> str:
        """Post a page, after the mention of a role and above a menu of stories; return the id of the message.

        `mark` (at most 25 characters) is the nonce: Discord then does not show the page twice in a row.
        """

    async def find(self, channel: str, mark: str, since: datetime) -> str | None:
        """The id of the bot's message since then that `carries` the mark."""

    async def warn(self, person: str, line: str) -> None:
        """Tell a person in private."""


def mark_of(delivery: Delivery, number: int) -> str:
    """The mark of a page of a delivery; `number` counts from 0."""
    return f"{delivery.schedule}-{delivery.due:%y%m%d%H%M}/{number + 1}"


def notice_mark(notice: int, number: int) -> str:
    """The mark of a page of a notice about watches."""
    return f"{_NOTICE}{notice}/{number + 1}"


def marked(page: Page, mark: str) -> Page:
    """The page with its mark."""
    return footed(page, _last_line(mark))


def carries(text: str, mark: str) -> bool:
    """True if the text of a message is a page with this mark."""
    return text.rstrip().rpartition("\n")[2] == _last_line(mark)


def late(zone: str, due: datetime, words: OwnWords) -> str:
    """The line above a digest that is posted long after it was due."""
    local = due.astimezone(ZoneInfo(zone))
    day = words.day(local.date().isoformat())
    return small(words("Late: this was due at {time} on {day} ({zone}).", time=f"{local:%H:%M}", day=day, zone=zone))


def _last_line(mark: str) -> str:
    return f"-# {mark}" if mark.startswith(_NOTICE) else f"-# digest {mark}"


_log = logging.getLogger(__name__)

_ONE = Phrase(
    "I could not post the news of your watches in {channel}, {count} times in a row: {reason}. I have paused watch "
    "{watch}; resume it once the problem is solved."
)
_SEVERAL = Phrase(
    "I could not post the news of your watches in {channel}, {count} times in a row: {reason}. I have paused watches "
    "{first} and {last}; resume them once the problem is solved."
)


class Warnings(Protocol):
    """Schedules or watches, whose creators are to be told that they were stopped."""

    def warnings(self) -> list[CreatorWarning]:
        """The warnings that have not been sent."""

    def warned(self, id_: int, line: str, /) -> None:
        """Note that the creator got this warning; one that came meanwhile is still to be sent."""


class Notices:
    """Tells the creators, in the words of the server; a failed message is tried again later.

    A message may take `patience` seconds.
    """

    def __init__(self, stopped: Sequence[Warnings], post: Poster, patience: float, guilds: Guilds) -> None:
        self._stopped = stopped
        self._post = post
        self._patience = patience
        self._guilds = guilds
        self._told: set[tuple[int, int, str]] = set()

    async def tell(self) -> None:
        """Tell the creators who have not been told. After a crash in between, they may be told twice."""
        for at, stopped in enumerate(self._stopped):
            for each in await asyncio.to_thread(stopped.warnings):
                key, line = (at, each.id, each.line), self._guilds.words(int(each.scope)).said(each.line)
                if key in self._told or await self._reach(each.creator, line):
                    self._told.add(key)
                    await asyncio.to_thread(stopped.warned, each.id, each.line)
                    self._told.discard(key)

    async def _reach(self, person: str, line: str) -> bool:
        """Tell a person; return False if that is to be tried again."""
        try:
            async with asyncio.timeout(self._patience):
                await self._post.warn(person, line)
        except RefusedError as refused:
            _log.warning("%s takes no private messages (%s): %s", person, refused, line)
        except Exception as error:
            _log.warning("the private message to %s failed (%s): %s", person, error or type(error).__name__, line)
            return False
        return True


def reason_of(error: Exception) -> str:
    """Why a delivery failed, for those who manage a server: other errors may name folders and settings."""
    return error.line if isinstance(error, RefusedError) else Phrase("an internal error, see the log")


def stopped_schedule(schedule: int, channel: str, count: int, reason: str) -> str:
    """The line about a schedule that was paused."""
    return Phrase(
        "I could not post the digest in {channel}, {count} times in a row: {reason}. I have paused schedule "
        "{schedule}; resume it once the problem is solved.",
        channel=f"<#{channel}>",
        count=count,
        reason=reason,
        schedule=schedule,
    )


def stopped_watches(channel: str, count: int, reason: str, watches: Sequence[int]) -> str:
    """The line about watches that were paused."""
    *first, last = map(str, watches)
    where = f"<#{channel}>"
    if first:
        return _SEVERAL.filled(channel=where, count=count, reason=reason, first=", ".join(first), last=last)
    return _ONE.filled(channel=where, count=count, reason=reason, watch=last)
