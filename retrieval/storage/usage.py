"""Counts the calls of the language model and their cost, and keeps the day's budget of tokens."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, literal, select

from retrieval.domain.llm import Call
from retrieval.errors import ChatError
from retrieval.storage.catalog import Catalog
from retrieval.storage.model_tables import usage
from retrieval.storage.schema import digest

# Calls are kept for this long; of older days only the sums.
KEPT = timedelta(days=100)

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
            sum_up(connection, (now - KEPT).date().isoformat())

    def spent(self, person: str | None = None) -> int:
        """The tokens used today by a person; by all people where it is None."""
        tokens = select(func.coalesce(func.sum(usage.c.tokens_in + usage.c.tokens_out), 0))
        today = usage.c.day == self._clock().astimezone(UTC).date().isoformat()
        whose = usage.c.person == digest(person) if person is not None else literal(True)
        with self._catalog.reading() as connection:
            return int(connection.execute(tokens.where(today, whose)).scalar_one())

    def stats(self) -> list[DayOfUsage]:
        """The usage of every day and model, the newest day first."""
        days = defaultdict[tuple[str, str], list[Row[Any]]](list)
        with self._catalog.reading() as connection:
            for row in connection.execute(select(usage).order_by(usage.c.day.desc(), usage.c.model)):
                days[row.day, row.model].append(row)
        return [_day(day, model, rows) for (day, model), rows in days.items()]


class Budget:
    """The daily limits of tokens for a person and for all people together."""

    def __init__(self, spending: Usage, a_person: int, a_day: int) -> None:
        self._usage = spending
        self._limits = a_person, a_day
        self._held = Counter[str | None]()
        self._lock = Lock()

    @contextmanager
    def holding(self, person: str, tokens: int) -> Iterator[Callable[[int], None]]:
        """Reserve this many tokens for a call, so that simultaneous calls stay within the budget.

        The context gives a function that reserves more. A call with an empty `person` counts for the day's
        total only.

        Raises:
            ChatError: today's budget is too small for them; the function raises it too.
        """
        a_person, a_day = self._limits
        whose = [(None, a_day), (person, a_person)] if person else [(None, a_day)]
        held = 0

        def hold(more: int) -> None:
            nonlocal held
            with self._lock:
                if any(self._usage.spent(who) + self._held[who] + more > limit for who, limit in whose):
                    raise ChatError("today's budget for the model is spent")
                self._held.update({who: more for who, _limit in whose})
                held += more

        hold(tokens)
        try:
            yield hold
        finally:
            with self._lock:
                self._held.subtract({who: held for who, _limit in whose})

    def record(self, call: Call) -> None:
        """Count a call made now."""
        self._usage.record(call)


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
