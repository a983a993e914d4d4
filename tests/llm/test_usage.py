"""Calls of the model are counted by day, kept for a while, then summed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from retrieval.domain.llm import Call
from retrieval.errors import ChatError
from retrieval.storage.catalog import Catalog
from retrieval.storage.usage import CALLS_KEPT, Budget, DayOfUsage, Usage
from retrieval.storage.usage import usage as calls

pytestmark = pytest.mark.usefixtures("both_databases")

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Days:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def call(tokens: int = 100, seconds: float = 1.0, person: str = "ann", **other: object) -> Call:
    known = {"purpose": "answer", "model": "openai:x", "estimated": False, "cost": 0.5, "outcome": "done"}
    return Call(**{**known, "person": person, "tokens_in": tokens, "tokens_out": 10, "seconds": seconds, **other})  # type: ignore[arg-type]


def test_a_day_is_told_for_each_model(catalog: Catalog) -> None:
    usage = Usage(catalog, Days())
    for seconds in range(1, 21):
        usage.record(call(seconds=float(seconds)))
    usage.record(call(outcome="failed", seconds=99.0))
    usage.record(call(0, outcome="cached", cost=0.0, tokens_out=0))
    usage.record(call(7, model="ollama:y", estimated=True, cost=0.0))
    first, second = usage.stats()
    assert first == DayOfUsage(
        day="2026-03-02",
        model="ollama:y",
        calls=1,
        tokens_in=7,
        tokens_out=10,
        estimated=True,
        cost=0.0,
        p50_ms=1000,
        p95_ms=1000,
        cached=0,
        failed=0,
    )
    assert second == DayOfUsage(
        day="2026-03-02",
        model="openai:x",
        calls=21,
        tokens_in=2100,
        tokens_out=210,
        estimated=False,
        cost=10.5,
        p50_ms=10_000,
        p95_ms=19_000,
        cached=1,
        failed=1,
    )


def test_days_are_those_of_utc_and_the_newest_comes_first(catalog: Catalog) -> None:
    days = Days()
    usage = Usage(catalog, days)
    days.now = datetime.fromisoformat("2026-03-03T01:00:00+02:00")
    usage.record(call())
    days.now += timedelta(hours=2)
    usage.record(call())
    assert [day.day for day in usage.stats()] == ["2026-03-03", "2026-03-02"]
    assert (usage.spent(), usage.spent("ann"), usage.spent("bob")) == (110, 110, 0)


def test_of_days_long_gone_only_sums_are_kept(catalog: Catalog) -> None:
    days = Days()
    usage = Usage(catalog, days)
    for outcome in ("done", "done", "failed", "cached"):
        usage.record(call(outcome=outcome))
        usage.record(call(model="ollama:y", person=""))
    before = usage.stats()
    days.now += CALLS_KEPT + timedelta(days=1)
    usage.record(call())
    usage.record(call())
    new, *after = usage.stats()
    assert new.calls == 2
    assert [(day.model, day.calls, day.tokens_in, day.cost, day.cached, day.failed) for day in after] == [
        (day.model, day.calls, day.tokens_in, day.cost, day.cached, day.failed) for day in before
    ]
    assert {(day.p50_ms, day.p95_ms) for day in after} == {(None, None)}
    with catalog.reading() as connection:
        assert connection.execute(select(func.count()).select_from(calls)).scalar_one() == 6


def test_nobody_can_be_read_out_of_the_catalog(catalog: Catalog) -> None:
    Usage(catalog).record(call(person="123456789012345678"))
    with catalog.reading() as connection:
        (kept,) = connection.execute(select(calls.c.person)).scalars()
    assert "123456" not in kept


def test_the_budget_is_whole_again_the_next_day(catalog: Catalog) -> None:
    days = Days()
    budget = Budget(catalog, a_person=200, a_day=300, clock=days)
    budget.record(call(140))
    with pytest.raises(ChatError), budget.holding("ann", 60):
        pass
    # All that is left is held by those two.
    with budget.holding("ann", 50), budget.holding("bob", 100), pytest.raises(ChatError), budget.holding("", 1):
        pass
    days.now += timedelta(days=1)
    with budget.holding("ann", 200):
        pass


def test_what_is_held_for_a_call_grows_with_its_tries(catalog: Catalog) -> None:
    budget = Budget(catalog, a_person=200, a_day=300)
    with budget.holding("ann", 100) as hold:
        hold(60)
        with pytest.raises(ChatError):
            hold(41)
        with pytest.raises(ChatError), budget.holding("bob", 141):
            pass
        with budget.holding("bob", 140):
            pass
    with budget.holding("ann", 200):
        pass
