"""What is posted page by page, and tried again after failures: columns that deliveries and notices share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, select, update

from bot.presentation.discord.digests import Menu
from bot.presentation.discord.layouts import Page, restored
from retrieval.storage.schema import written


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
