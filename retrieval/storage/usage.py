"""Counts the calls of the language model and their cost, keeps the day's budget of tokens, and the replies."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    Row,
    String,
    Table,
    delete,
    func,
    insert,
    select,
)

from retrieval.domain.llm import Call
from retrieval.domain.phrase import Phrase
from retrieval.errors import BriefingError, BusyError, ChatError
from retrieval.storage.catalog import Catalog
from retrieval.storage.engine import put
from retrieval.storage.schema import digest, tables, written

# Calls of a language model, one row a call. A row of an old day holds the sums of `calls`, without purpose and `prompt`
# version. `day` is in UTC, `person` a hash, kept for that day; `estimated` where the provider did not report
# the tokens.
usage = Table(
    "usage",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("day", String, nullable=False),
    Column("at", String, nullable=False),
    Column("person", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("model", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Column("cost", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("prompt", String, nullable=False, server_default=""),
    Index("usage_by_day", "day", "person"),
)

# Tokens that calls under way may use, since a moment in seconds since 1970. `person` is a hash.
reserved_tokens = Table(
    "reserved_tokens",
    tables,
    Column("id", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("at", Float, nullable=False),
)

# Replies of a language model, by a hash of the whole request; `person` is a hash of who was the first to need it.
replies = Table(
    "replies",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False),
    Column("reply", JSON, nullable=False),
    Column("at", String, nullable=False, server_default=""),
    Column("person", String, nullable=False, server_default=""),
    Index("replies_by_key", "key", unique=True),
    sqlite_autoincrement=True,
)


# The number of replies kept, the newest.
REPLIES_KEPT = 2_000


class Replies:
    """Replies in the catalog's file, by a hash of the whole request."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def find(self, key: str) -> Mapping[str, Any] | None:
        """The reply stored under this key."""
        with self._catalog.reading() as connection:
            kept: Mapping[str, Any] | None = connection.execute(
                select(replies.c.reply).where(replies.c.key == key)
            ).scalar()
            return kept

    def keep(self, key: str, reply: Mapping[str, Any], person: str = "") -> None:
        """Store a reply that JSON can represent, of a call for a person, who is stored as a hash; the oldest replies
        beyond the limit are deleted.
        """
        row = {"key": key, "reply": dict(reply), "at": written(datetime.now(UTC)), "person": digest(person)}
        with self._catalog.writing() as connection:
            # Not updated, since it is the newest now.
            connection.execute(delete(replies).where(replies.c.key == key))
            connection.execute(insert(replies).values(row))
            newest = select(func.max(replies.c.id)).scalar_subquery()
            connection.execute(delete(replies).where(replies.c.id <= newest - REPLIES_KEPT))


# Calls are kept for this long; of older days only the sums.
CALLS_KEPT = timedelta(days=100)
# Seconds after which no call is under way any longer.
_LONGEST = 900.0

_COUNTED = (usage.c.calls, usage.c.tokens_in, usage.c.tokens_out, usage.c.cost, usage.c.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfUsage:
    """A model's day, in UTC. `calls` were sent, `failed` of them without success; `cached` replies saved a call.

    `p50_ms` and `p95_ms` are of the calls with a reply; None where there were none, or only sums are left.
    `prompts` are the versions of the prompts used.
    """

    day: str
    model: str
    calls: int
    tokens_in: int
    tokens_out: int
    estimated: bool
    cost: float
    p50_ms: int | None
    p95_ms: int | None
    cached: int
    failed: int
    prompts: tuple[str, ...] = ()


class Usage:
    """The calls, in the catalog's file. Days are in UTC; people are stored as hashes."""

    def __init__(self, catalog: Catalog, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._catalog = catalog
        self._clock = clock

    def record(self, call: Call) -> None:
        """Count a call made now."""
        now = self._clock().astimezone(UTC)
        row = {
            "day": now.date().isoformat(),
            "at": now.isoformat(timespec="seconds"),
            "person": digest(call.person),
            "purpose": call.purpose,
            "model": call.model,
            "outcome": call.outcome,
            "calls": 1,
            "tokens_in": call.tokens_in,
            "tokens_out": call.tokens_out,
            "estimated": call.estimated,
            "cost": call.cost,
            "seconds": call.seconds,
            "prompt": call.prompt,
        }
        with self._catalog.writing() as connection:
            connection.execute(insert(usage).values(row))
            sum_up(connection, (now - CALLS_KEPT).date().isoformat())

    def spent(self, person: str = "") -> int:
        """The tokens used today by a person; by all people where it is empty."""
        with self._catalog.reading() as connection:
            return _spent(connection, self._clock().astimezone(UTC).date().isoformat(), digest(person))

    def stats(self) -> list[DayOfUsage]:
        """The usage of every day and model, the newest day first."""
        days = defaultdict[tuple[str, str], list[Row[Any]]](list)
        with self._catalog.reading() as connection:
            for row in connection.execute(select(usage).order_by(usage.c.day.desc(), usage.c.model)):
                days[row.day, row.model].append(row)
        return [_day(day, model, rows) for (day, model), rows in days.items()]


class Budget(Usage):
    """The usage with daily limits of tokens, for a person and for all people together, in all processes."""

    def __init__(
        self, catalog: Catalog, a_person: int, a_day: int, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        super().__init__(catalog, clock)
        self._limits = a_person, a_day

    @contextmanager
    def holding(self, person: str, tokens: int) -> Iterator[Callable[[int], None]]:
        """Reserve this many tokens for a call, so that simultaneous calls, of any process, stay within the budget.

        The context gives a function that reserves more. A call with an empty `person` counts for the day's
        total only.

        Raises:
            ChatError: today's budget is too small for them; the function raises it too.
        """
        id_, held, alike = uuid.uuid4().hex, 0, digest(person)
        a_person, a_day = self._limits
        # By the hash of a person; under "" is the limit of all people.
        limits = {"": a_day} | ({alike: a_person} if person else {})

        def reserve(more: int) -> None:
            nonlocal held
            now = self._clock().astimezone(UTC)
            with _unless_busy(), self._catalog.writing(patient=False) as connection:
                # Of processes that were killed, or had another clock.
                wrong = ~reserved_tokens.c.at.between(now.timestamp() - _LONGEST, now.timestamp() + _LONGEST)
                connection.execute(delete(reserved_tokens).where(wrong))
                for who, limit in limits.items():
                    spent = _spent(connection, now.date().isoformat(), who)
                    if spent + _reserved(connection, who) + more > limit:
                        raise ChatError(Phrase("today's budget for the model is spent"))
                row = {"id": id_, "person": alike, "tokens": held + more, "at": now.timestamp()}
                put(connection, reserved_tokens, [row])
            held += more

        try:
            reserve(tokens)
            yield reserve
        finally:
            with suppress(BriefingError), self._catalog.writing(patient=False) as connection:
                connection.execute(delete(reserved_tokens).where(reserved_tokens.c.id == id_))


def _spent(connection: Connection, day: str, who: str) -> int:
    """The tokens used on a day by a person, named by the hash; by all people where it is empty."""
    tokens = select(func.coalesce(func.sum(usage.c.tokens_in + usage.c.tokens_out), 0)).where(usage.c.day == day)
    return int(connection.execute(tokens.where(usage.c.person == who) if who else tokens).scalar_one())


def _reserved(connection: Connection, who: str) -> int:
    """The tokens that are reserved for calls under way, likewise."""
    tokens = select(func.coalesce(func.sum(reserved_tokens.c.tokens), 0))
    return int(connection.execute(tokens.where(reserved_tokens.c.person == who) if who else tokens).scalar_one())


@contextmanager
def _unless_busy() -> Iterator[None]:
    """Without its budget the model is not asked, and answers are extracts."""
    try:
        yield
    except BusyError as error:
        raise ChatError(Phrase("the model's budget cannot be read at the moment")) from error


def sum_up(connection: Connection, until: str) -> None:
    """Replace the calls of the days before `until` by their sums."""
    old = usage.c.day < until
    if connection.execute(select(usage.c.id).where(old, usage.c.at != "").limit(1)).scalar() is None:
        return
    alike = usage.c.day, usage.c.model, usage.c.outcome, usage.c.estimated
    sums = select(*alike, *(func.sum(each).label(each.name) for each in _COUNTED)).where(old).group_by(*alike)
    rows = [
        dict(row) | {"at": "", "person": "", "purpose": "", "prompt": ""} for row in connection.execute(sums).mappings()
    ]
    connection.execute(delete(usage).where(old))
    connection.execute(insert(usage), rows)


def _day(day: str, model: str, rows: Sequence[Row[Any]]) -> DayOfUsage:
    made = [row for row in rows if row.outcome != "cached"]
    seconds = sorted(row.seconds for row in made if row.outcome == "done" and row.at)
    return DayOfUsage(
        day=day,
        model=model,
        calls=_calls(made),
        tokens_in=sum(row.tokens_in for row in rows),
        tokens_out=sum(row.tokens_out for row in rows),
        estimated=any(row.estimated for row in made),
        cost=sum(row.cost for row in rows),
        p50_ms=_percentile(seconds, 0.5),
        p95_ms=_percentile(seconds, 0.95),
        cached=_calls(row for row in rows if row.outcome == "cached"),
        failed=_calls(row for row in rows if row.outcome == "failed"),
        prompts=tuple(sorted({row.prompt for row in rows if row.prompt})),
    )


def _calls(rows: Iterable[Row[Any]]) -> int:
    return sum(row.calls for row in rows)


def _percentile(ordered: Sequence[float], share: float) -> int | None:
    """The percentile by the nearest-rank method, in milliseconds."""
    return round(ordered[max(ceil(len(ordered) * share) - 1, 0)] * 1000) if ordered else None
