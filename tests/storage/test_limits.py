"""What all processes over one catalog count together, and the work that one of them at a time does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from retrieval.domain.llm import Call
from retrieval.errors import ChatError
from retrieval.storage.catalog import Catalog
from retrieval.storage.limits import HostTurns, QuestionLimit
from retrieval.storage.usage import Budget
from tests.fakes import opened
from tests.servers import IS_LOCK

pytestmark = pytest.mark.usefixtures("both_databases")


class Seconds:
    """A clock that stands still until somebody moves it."""

    def __init__(self) -> None:
        self.now = 1_780_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Catalog, Catalog]]:
    """One catalog as two processes have it open."""
    with opened(tmp_path) as one, opened(tmp_path) as other:
        yield one, other


def test_a_persons_questions_are_counted_over_all_processes(two: tuple[Catalog, Catalog]) -> None:
    clock = Seconds()
    here, there = (QuestionLimit(each, 3, 60, clock) for each in two)
    assert [here.wait("ann"), there.wait("ann"), here.wait("ann"), there.wait("ann")] == [0, 0, 0, 60]
    clock.now += 20
    assert (here.wait("ann"), here.wait("bob"), here.wait("ann")) == (40, 0, 40)
    clock.now += 40
    assert there.wait("ann") == 0
    # A clock that goes back a day keeps nobody waiting for one.
    clock.now -= 86_400
    assert there.wait("ann") == 0


def test_requests_to_a_host_take_turns_over_all_processes(two: tuple[Catalog, Catalog]) -> None:
    clock = Seconds()
    here, there = (HostTurns(each, clock) for each in two)
    assert (here.take("paper.example"), there.take("paper.example"), there.take("other.example")) == (0, 1, 0)
    here.leave("paper.example", 0.5)
    assert there.take("paper.example") == 0.5
    clock.now += 0.5
    assert (there.take("paper.example"), here.take("paper.example")) == (0, 1)
    # Whoever has the turn was killed.
    clock.now += 31
    assert here.take("paper.example") == 0
    # The clock was a year ahead.
    clock.now -= 365 * 86_400
    assert there.take("paper.example") == 0


def test_the_budget_of_a_day_holds_over_all_processes(two: tuple[Catalog, Catalog]) -> None:
    here, there = (Budget(each, a_person=200, a_day=300) for each in two)
    with here.holding("ann", 150):
        with pytest.raises(ChatError), there.holding("ann", 60):
            pass
        with pytest.raises(ChatError), there.holding("bob", 160):
            pass
        with there.holding("bob", 150):
            pass
    call = Call(
        purpose="answer",
        model="m",
        person="ann",
        tokens_in=100,
        tokens_out=50,
        estimated=False,
        cost=0,
        seconds=1,
        outcome="done",
    )
    here.record(call)
    with pytest.raises(ChatError), there.holding("ann", 60):
        pass


def test_what_a_process_has_claimed_is_free_when_it_has_ended(two: tuple[Catalog, Catalog]) -> None:
    here, there = (each.claims for each in two)
    assert here.take("digest 1")
    assert not here.take("digest 1")
    assert not there.take("digest 1")
    assert there.take("digest 2")
    here.drop("digest 1")
    assert there.take("digest 1")
    there.close()
    assert here.take("digest 1") and here.take("digest 2")
    # Its claim is lost, so that what it does at last has no effect.
    with two[1].writing() as connection:
        assert not there.done(connection, "digest 1")


def test_a_server_that_ends_the_session_of_a_process_takes_its_claims_and_no_more(
    two: tuple[Catalog, Catalog],
) -> None:
    here, there = two
    if here.database.kind != "PostgreSQL":
        pytest.skip("a file has no sessions")
    lock = here.hold("ingest")
    assert lock and here.claims.take("digest 1")
    # Of this catalog alone: other tests have theirs in the same database.
    lock_of_ingest = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE granted AND {IS_LOCK}"
    with there.reading() as connection:
        assert connection.execute(text(lock_of_ingest), {"name": "ingest"}).scalars().all() == [True]
    # Under another name, as others may have taken over what it had claimed.
    assert not lock.is_locked
    assert here.claims.take("digest 2")
    assert there.claims.take("digest 1")
    assert not there.claims.take("digest 2")
    with here.writing() as connection:
        assert not here.claims.done(connection, "digest 1")
        assert here.claims.done(connection, "digest 2")
    assert there.hold("ingest")
