"""The state of what is posted page by page, and tried again after failures: columns of deliveries and notices alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, select, update

from retrieval.storage.schema import written


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
) -> int:
    """Note a failure and the next try; return the number of refusals since it last worked, 0 where it is gone."""
    row = connection.execute(select(table.c.failures, table.c.refusals).where(which)).one_or_none()
    if row is None:
        return 0
    retry_at = written(now + back_off[min(row.failures, len(back_off) - 1)])
    counted = {"failures": row.failures + 1, "refusals": row.refusals + refused, "retry_at": retry_at}
    connection.execute(update(table).where(which).values(counted))
    return int(counted["refusals"])
