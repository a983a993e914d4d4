"""Why entries of a feed gave no article, in one line."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, func, select

from retrieval.domain.phrase import Phrase, together
from retrieval.storage.schema import entries

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
