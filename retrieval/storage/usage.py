"""What the language model was asked and what it cost, and the day's budget of tokens."""

from __future__ import annotations

import hashlib
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
from retrieval.storage.schema import usage

# How long each call is kept; of days before that only the sums are.
KEPT = timedelta(days=100)

_COUNTED = (usage.c.calls, usage.c.tokens_in, usage.c.tokens_out, usage.c.cost, usage.c.seconds)


@dataclass(frozen=True, slots=True)
class DayOfUsage:
    """A model's day, in UTC. `calls` went out, `failed` of them in vain; `cached` replies saved one.

    `p50_ms` and `p95_ms` are of the calls that gave a reply; None where there were none, or only sums are left.
    `prompts` are the versions of the prompts it was asked by.
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
    """The calls, in the catalog's own file. Days are those of UTC; people are kept as digests."""

    def __init__(self, catalog: Catalog, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._catalog = catalog
        self._clock = clock

    def record(self, call: Call) -> None:
        """Count a call made now."""
        now = self._clock().astimezone(UTC)
        row = {
            "day": now.date().isoformat(),
            "at": now.isoformat(timespec="seconds"),
            "person": _digest(call.person),
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
            _sum_up(connection, (now - KEPT).date().isoformat())

    def spent(self, person: str | None = None) -> int:
        """How many tokens a person's questions have taken today, everybody's where it is None."""
        tokens = select(func.coalesce(func.sum(usage.c.tokens_in + usage.c.tokens_out), 0))
        today = usage.c.day == self._clock().astimezone(UTC).date().isoformat()
        whose = usage.c.person == _digest(person) if person is not None else literal(True)
        with self._catalog.reading() as connection:
            return int(connection.execute(tokens.where(today, whose)).scalar_one())

    def stats(self) -> list[DayOfUsage]:
        """What each day cost with each model, the newest day first."""
        days = defaultdict[tuple[str, str], list[Row[Any]]](list)
        with self._catalog.reading() as connection:
            for row in connection.execute(select(usage).order_by(usage.c.day.desc(), usage.c.model)):
                days[row.day, row.model].append(row)
        return [_day(day, model, rows) for (day, model), rows in days.items()]


class Budget:
    """The tokens that a day has for a person and for everybody, and a `Usage` that counts them."""

    def __init__(self, spending: Usage, a_person: int, a_day: int) -> None:
        self._usage = spending
        self._limits = a_person, a_day
        self._held = Counter[str | None]()
        self._lock = Lock()

    @contextmanager
    def holding(self, person: str, tokens: int) -> Iterator[Callable[[int], None]]:
        """Hold this many tokens for a call that is about to be made, so that calls at once stay within the budget.

        What it gives holds so many more. A call for nobody (`person` is empty) counts for the day alone.

        Raises:
            ChatError: today's budget has no room for them; so does what it gives.
        """
        a_person, a_day = self._limits
        whose = [(None, a_day), (person, a_person)] if person else [(None, a_day)]
        held = 0

        def hold(more: int) -> None:
            nonlocal held
            with self._lock:
                if any(self._usage.spent(each) + self._held[each] + more > limit for each, limit in whose):
                    raise ChatError("today's budget for the model is spent")
                self._held.update({each: more for each, _limit in whose})
                held += more

        hold(tokens)
        try:
            yield hold
        finally:
            with self._lock:
                self._held.subtract({each: held for each, _limit in whose})

    def record(self, call: Call) -> None:
        """Count a call made now."""
        self._usage.record(call)


def _digest(person: str) -> str:
    return hashlib.sha256(person.encode()).hexdigest()[:16] if person else ""


def _sum_up(connection: Connection, until: str) -> None:
    """Put the sums of the days before `until` in the place of their calls."""
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
    """The smallest value that this share of them does not exceed, in milliseconds."""
    return round(ordered[max(ceil(len(ordered) * share) - 1, 0)] * 1000) if ordered else None
